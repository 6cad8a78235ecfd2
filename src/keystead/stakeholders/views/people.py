"""The people of an account as a list, the panel of it, and one person."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.accounts.queries import account_for, accounts_for, may_see
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import day
from keystead.stakeholders.calc.strength import FORMULA, strength
from keystead.stakeholders.queries import (
    assessments_of,
    cadences_of,
    contact_for,
    contacts_for,
    interactions_of,
    place_of,
    roles_of,
    steps_open,
    ties_of,
    touches_of,
)
from keystead.stakeholders.queries.door import reads_opinions, writes_opinions
from keystead.stakeholders.queries.words import (
    BASES,
    CERTAINTIES,
    CHANNELS,
    ORGANISATIONS,
    ROLES,
    TIES,
    stance_words,
)
from keystead.stakeholders.types import Contact, Strength
from keystead.stakeholders.views.shown import (
    alarms_of,
    cards_of,
    full_name,
    may_edit,
    page_of,
    people_page,
    people_table,
    talks_table,
)

TALKS = 20


@policy("stakeholders.view")
def people(request: HttpRequest, account_id: int) -> HttpResponse:
    """List the people of an account, with who is missing, alarms and the latest talks."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    place = place_of(actor, account.id)
    words = request.GET.get("q", "").strip()
    listed = None
    if words:
        low = words.casefold()
        listed = [
            one
            for one in place.people
            if low in f"{one.contact.name} {one.contact.email} {one.contact.title}".casefold()
            or any(low in str(ROLES[role.role.value]).casefold() for role in one.roles)
        ]
    context: dict[str, Any] = {
        "account": account,
        "place": place,
        "table": people_table(place, listed),
        "words": words,
        "may_edit": may_edit(actor, account.id),
    }
    if request.headers.get("HX-Target") == "people":
        return render(request, "stakeholders/panels/rows.html", context)
    talks = Paginator(interactions_of(actor, account_id=account.id), TALKS)
    page = talks.get_page(request.GET.get("page"))
    context |= {
        "cards": cards_of(place),
        "alarms": alarms_of(place),
        "steps": steps_open(actor, account_id=account.id),
        "talks": talks_table(page.object_list),
        "page": page,
    }
    return render(request, "stakeholders/people.html", context)


@policy("stakeholders.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the people of an account on its page."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    place = place_of(actor, account.id)
    context = {
        "account": account,
        "place": place,
        "table": people_table(place),
        "cards": cards_of(place),
        "alarms": alarms_of(place),
        "may_edit": may_edit(actor, account.id),
    }
    return render(request, "stakeholders/panels/account.html", context)


@policy("stakeholders.view")
def person(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Show a person: where they work, what they decide, how we stand, what was said."""
    actor = actor_of(request)
    found = contact_for(actor, contact_id)
    if found.id != contact_id:
        return redirect(page_of(found.id))
    seen = account_for(actor, found.account_id) if may_see(actor, found.account_id) else None
    today = timezone.localdate()
    stands = strength(touches_of(actor, [found.id]).get(found.id, ()), today)
    names = {one.id: one.name for one in accounts_for(actor)}
    edits = seen is not None and may_edit(actor, seen.id) and found.erased_on is None
    context = {
        "person": found,
        "name": full_name(found),
        "account": seen,
        "at": found.at(today),
        "facts": _facts(found),
        "strength": stands,
        "parts": _parts(stands),
        "formula": FORMULA,
        "works": _works(found, edits=edits),
        "roles": _roles(actor, found, names, edits=edits),
        "ties": _ties(actor, found, edits=edits),
        "opinions": _opinions(actor, found, names),
        "reads_opinions": seen is not None and reads_opinions(actor, seen.id),
        "rhythms": cadences_of(actor, [found.id]),
        "talks": talks_table(interactions_of(actor, person_id=found.id)[:TALKS]),
        "data_url": reverse("stakeholders:data", args=[found.id]),
        "may_edit": edits,
        "may_judge": edits and seen is not None and writes_opinions(actor, seen.id),
        "people_page": people_page(seen) if seen else "",
    }
    return render(request, "stakeholders/person.html", context)


def _facts(found: Contact) -> list[tuple[str, str]]:
    facts = [
        (_("Mail address"), found.email),
        (_("Phone"), found.phone),
        (_("Language"), found.language),
        (_("Wants to be reached by"), str(CHANNELS[found.channel.value])),
        (_("Lawful basis"), str(BASES[found.basis.value])),
        (_("Where the data comes from"), found.basis_note),
        (_("Left on"), day(found.left_on) if found.left_on else ""),
    ]
    return [(label, value) for label, value in facts if value]


def _parts(stands: Strength) -> Table:
    rows = [
        {"part": part, "value": value, "weight": weight, "points": round(100 * value * weight)}
        for part, value, weight in (
            (_("Recency: halves every 90 days"), stands.recency, 0.40),
            (_("Frequency: meetings 3, calls 2, mails 1, halved every 90 days, 10 is full"),
             stands.frequency, 0.30),
            (_("Reciprocity: how much they begin, half is full"), stands.reciprocity, 0.15),
            (_("Breadth: how many of us, three is full"), stands.breadth, 0.15),
        )
    ]  # fmt: skip
    columns = [
        Column("part", _("Part")),
        Column("value", _("Reached"), "percent"),
        Column("weight", _("Weight"), "percent", hide="phone"),
        Column("points", _("Points"), "number"),
    ]
    return Table(columns, rows, _("How the strength comes about"), sortable=False)


def _works(found: Contact, *, edits: bool) -> Table:
    rows = [
        Row(
            {
                "what": Cell(
                    one.job_title,
                    href=reverse("stakeholders:edit_affiliation", args=[found.id, one.id])
                    if edits
                    else "",
                ),
                "where": Cell(
                    one.name, sub="" if one.account_id else str(ORGANISATIONS[one.kind.value])
                ),
                "starts": one.starts,
                "last": one.last,
            }
        )
        for one in found.affiliations
    ]
    columns = [
        Column("what", _("What they do there")),
        Column("where", _("Where")),
        Column("starts", _("First day"), "date", hide="phone"),
        Column("last", _("Last day"), "date"),
    ]
    return Table(columns, rows, _("Where they work"), empty=_("Not written down yet."))


def _roles(actor: Actor, found: Contact, names: dict[int, str], *, edits: bool) -> Table:
    rows = [
        Row(
            {
                "role": Cell(
                    str(ROLES[one.role.value]),
                    href=reverse("stakeholders:edit_role", args=[one.id]) if edits else "",
                    sub=_("can stop it alone") if one.has_veto else "",
                ),
                "account": names.get(one.account_id, ""),
                "evidence": one.evidence,
                "certainty": str(CERTAINTIES[one.certainty.value]),
                "reviewed": one.reviewed_on,
            }
        )
        for one in roles_of(actor, [found.id])
    ]
    columns = [
        Column("role", pgettext("decision", "Role")),
        Column("account", _("Account"), hide="phone"),
        Column("evidence", _("What shows it"), wide=True),
        Column("certainty", _("How sure"), hide="phone"),
        Column("reviewed", _("Looked at on"), "date", hide="phone"),
    ]
    return Table(columns, rows, _("Roles"), empty=_("No role is known yet."))


def _ties(actor: Actor, found: Contact, *, edits: bool) -> Table:
    ties = ties_of(actor, [found.id])
    others = {one.from_id if one.to_id == found.id else one.to_id for one in ties}
    names = {one.id: one.name for one in contacts_for(actor, others)} | {found.id: found.name}
    rows = [
        Row(
            {
                "from": names.get(one.from_id, "–"),
                "kind": Cell(
                    str(TIES[one.kind.value]),
                    href=reverse("stakeholders:edit_tie", args=[one.id]) if edits else "",
                    sub=one.note,
                ),
                "to": names.get(one.to_id, "–"),
            }
        )
        for one in ties
    ]
    columns = [
        Column("from", _("Person")),
        Column("kind", pgettext("tie", "Tie")),
        Column("to", _("To whom")),
    ]
    return Table(columns, rows, _("Ties"), empty=_("No tie is known yet."))


def _opinions(actor: Actor, found: Contact, names: dict[int, str]) -> Table:
    rows = [
        {
            "account": names.get(one.account_id, ""),
            "power": one.power,
            "interest": one.interest,
            "stance": Cell(stance_words(one.stance), sub=one.note),
            "reviewed": Cell(one.reviewed_on, sub=_("stale: look at it again") if one.stale else "",
                             tone="warn" if one.stale else ""),
        }
        for one in assessments_of(actor, [found.id])
    ]  # fmt: skip
    columns = [
        Column("account", _("Account"), hide="phone"),
        Column("power", _("Power"), "number", unit="0–5"),
        Column("interest", _("Interest"), "number", unit="0–5"),
        Column("stance", _("Stance")),
        Column("reviewed", _("Looked at on"), "date"),
    ]
    return Table(columns, rows, _("What we think"), empty=_("Nobody wrote an opinion yet."))
