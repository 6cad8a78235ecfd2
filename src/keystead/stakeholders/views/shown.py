"""Parts that several pages of the room show: tables of people, cards of roles, alarms, talks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.accounts.queries import may_write
from keystead.accounts.types import Account
from keystead.kit.access import Actor
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.stakeholders.calc.tree import in_order
from keystead.stakeholders.queries import Place
from keystead.stakeholders.queries.place import Known
from keystead.stakeholders.queries.words import (
    PERSONAS,
    ROLES,
    STATE_TONES,
    STATES,
    TOUCHES,
    alarm_words,
    stance_words,
)
from keystead.stakeholders.types import Contact, Interaction, TieKind


@dataclasses.dataclass(frozen=True)
class Card:
    """A role that decides: who holds it, or that nobody is known."""

    role: str
    state: str
    tone: str
    hint: str
    names: tuple[tuple[int, str], ...]
    add: str


def may_edit(actor: Actor, account_id: int) -> bool:
    return actor.can("stakeholders.edit") and may_write(actor, account_id)


def page_of(person_id: int) -> str:
    return reverse("stakeholders:person", args=[person_id])


def people_page(account: Account) -> str:
    return reverse("stakeholders:people", args=[account.id])


def cards_of(place: Place) -> list[Card]:
    """Return a card for each role that should be known, the empty ones with what they would say."""
    names = {one.contact.id: one.contact.name for one in place.people}
    new = reverse("stakeholders:add", args=[place.account.id])
    return [
        Card(
            str(ROLES[one.role.value]),
            str(STATES[one.state.value]),
            STATE_TONES[one.state.value],
            str(PERSONAS.get(one.role.value, "")),
            tuple((pk, names[pk]) for pk in one.people),
            f"{new}?role={one.role.value}",
        )
        for one in place.coverage
    ]


def alarms_of(place: Place) -> list[str]:
    """Return the alarms as sentences."""
    return [
        alarm_words(
            one.kind,
            place.name_of(one.person_id) or place.colleagues.get(one.colleague_id or 0, ""),
            one.share,
        )
        for one in place.alarms
    ]


def people_table(place: Place, listed: Iterable[Known] | None = None) -> Table:
    """Return people as a table; under their bosses where the whole place is listed."""
    shown = list(place.people if listed is None else listed)
    bosses = {t.from_id: t.to_id for t in place.ties if t.kind is TieKind.REPORTS_TO}
    by_id = {one.contact.id: one for one in shown}
    order = in_order(by_id, bosses) if listed is None else [(key, 0) for key in by_id]
    rows = [Row(_cells(place, by_id[key]), level=min(depth, 4)) for key, depth in order]
    columns = [
        Column("name", _("Name")),
        Column("role", pgettext("decision", "Role")),
        Column("strength", _("Strength"), "number", unit="0–100"),
        Column("last", _("Last talk"), "date", hide="phone"),
    ]
    if place.opinions:
        columns += [
            Column("power", _("Power"), "number", unit="0–5", hide="phone"),
            Column("interest", _("Interest"), "number", unit="0–5", hide="phone"),
            Column("stance", _("Stance"), "tag"),
        ]
    empty = _("Nobody is known here yet. Begin with who decides.")
    return Table(columns, rows, _("People"), empty=empty, sortable=listed is not None)


def _cells(place: Place, one: Known) -> dict[str, Any]:
    found = one.assessment
    cells: dict[str, Any] = {
        "name": Cell(full_name(one.contact), href=page_of(one.contact.id), sub=work_of(place, one)),
        "role": ", ".join(str(ROLES[role.role.value]) for role in one.roles),
        "strength": one.strength.score,
        "last": one.strength.last_on,
    }
    if place.opinions:
        stance = stance_words(found.stance) if found else ""
        if found and found.stale:
            stance = _("%(stance)s, stale") % {"stance": stance}
        tone = "" if not found else "warn" if found.stale else _tone(found.stance)
        cells |= {
            "power": found.power if found else None,
            "interest": found.interest if found else None,
            "stance": Cell(stance, tone=tone) if found else "",
        }
    return cells


def full_name(contact: Contact) -> str:
    return f"{contact.title} {contact.name}".strip()


def work_of(place: Place, one: Known) -> str:
    """Return what they do, where when it is elsewhere, and that they left."""
    at = one.contact.at(place.on)
    parts = []
    if at is not None:
        parts.append(at.job_title)
        if at.account_id != place.account.id:
            parts.append(at.name)
    if one.contact.left_on is not None and one.contact.left_on <= place.on:
        parts.append(_("has left"))
    return ", ".join(parts)


def talks_table(talks: Iterable[Interaction]) -> Table:
    """Return interactions as a table, the latest first."""
    rows = [
        Row(
            {
                "on": one.on,
                "subject": Cell(
                    one.subject,
                    href=reverse("stakeholders:talk", args=[one.id]),
                    sub=", ".join(name for _pk, name in one.people),
                ),
                "kind": str(TOUCHES[one.kind.value]),
                "ours": ", ".join(name for _pk, name in one.colleagues),
                "next": Cell(one.next_step, sub=_("done") if one.next_done else ""),
            }
        )
        for one in talks
    ]
    columns = [
        Column("on", pgettext("day", "On"), "date"),
        Column("subject", _("What it was about")),
        Column("kind", _("What it was"), hide="phone"),
        Column("ours", _("Of ours"), hide="phone"),
        Column("next", _("Next step"), hide="phone"),
    ]
    return Table(columns, rows, _("Talks"), empty=_("No talk was written down yet."))


def _tone(stance: int) -> str:
    return "good" if stance > 0 else "bad" if stance < 0 else ""
