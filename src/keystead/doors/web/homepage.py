"""What the home page says: what moved since the last look, and what waits for this person."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keystead.accounts.queries import accounts_for, stale_profiles
from keystead.doors.web.measures import period_named
from keystead.kit.access import Actor
from keystead.kit.ui.tables import Cell, Column, Row, Table, figure_value, scale_for
from keystead.ledger.queries.imports import batches
from keystead.ledger.types import BatchState
from keystead.metrics.queries import evaluate

MOST_MOVED = 10
ASKING = (BatchState.MAPPING, BatchState.MATCHING, BatchState.CHECKING, BatchState.READY)


@dataclasses.dataclass(frozen=True)
class Task:
    """One thing that waits: what, where it is done, how urgent."""

    title: str
    hint: str
    url: str
    action: str
    tone: str = ""


@dataclasses.dataclass(frozen=True)
class Moved:
    """An account whose sell-in reads differently now."""

    account_id: int
    name: str
    before: Any
    now: Any
    change: Decimal


def moved_since(actor: Actor, since: dt.datetime, last: dt.date) -> list[Moved]:
    """Return the accounts whose sell-in of the year changed since a moment, most money first.

    New rows, restated months and undone imports all count: it is the same figure read twice.
    """
    period = period_named("year", last)
    asked: dict[str, Any] = {
        "actor": actor, "metrics": ["sell_in"], "by": ("account",), "period": period,
    }  # fmt: skip
    now, then = evaluate(**asked), evaluate(**asked, as_of=since)
    if now.commit == then.commit:
        return []
    names = {one.id: one.name for one in accounts_for(actor)}
    ids = {*now.table.column("account").to_pylist(), *then.table.column("account").to_pylist()}
    found = []
    for pk in ids & names.keys():
        new, old = now.figure("sell_in", account=pk), then.figure("sell_in", account=pk)
        change = Decimal(str(new.value or 0)) - Decimal(str(old.value or 0))
        if change:
            found.append(Moved(pk, names[pk], old, new, change))
    found.sort(key=lambda one: (-abs(one.change), one.name))
    return found


def moved_table(moved: list[Moved]) -> Table:
    """Return the table of what moved: one currency in the head, or each its own."""
    currencies = {one.now.currency or one.before.currency for one in moved}
    shown = moved[:MOST_MOVED]
    values = [figure_value(one.now) for one in shown]
    scale = scale_for(values, language="en") if len(currencies) == 1 else 1
    single = next(iter(currencies)) if len(currencies) == 1 else ""
    money: dict[str, Any] = (
        {"kind": "money", "currency": single, "scale": scale} if single else {"kind": "figure"}
    )
    columns = [
        Column("name", _("Account")),
        Column("before", _("Then"), **money, hide="phone"),
        Column("now", _("Now"), **money),
        Column("change", _("Change"), "variance", scale=scale),
        Column("bar", "", "variance_bar", hide="phone"),
    ]
    rows = [
        Row(
            {
                "name": Cell(one.name, href=reverse("web:account", args=[one.account_id])),
                "before": one.before,
                "now": one.now,
                "change": one.change,
                "bar": one.change,
            }
        )
        for one in shown
    ]
    return Table(columns, rows, caption=_("What moved since you last looked"))


def tasks_for(actor: Actor) -> list[Task]:
    """Return what waits for this person, most urgent first."""
    tasks: list[Task] = []
    if actor.can("ledger.import"):
        for one in batches(actor, states=ASKING, limit=8):
            tasks.append(_batch_task(one))
        tasks += [_waiting_task(one) for one in _with_waiting_rows(actor)]
    for profile in stale_profiles(actor):
        title = ngettext(
            "%(number)s answer about %(account)s is out of date",
            "%(number)s answers about %(account)s are out of date",
            profile.fields,
        ) % {"number": profile.fields, "account": profile.name}
        url = f"{reverse('web:account', args=[profile.account_id])}?tab=profile"
        tasks.append(Task(title, _("Confirm or renew them."), url, _("Review")))
    return tasks


def _batch_task(one: Any) -> Task:
    words = {
        BatchState.MAPPING: _("Which columns are which?"),
        BatchState.MATCHING: _("Some codes need a word from you."),
        BatchState.CHECKING: _("Some rows need a look before they count."),
        BatchState.READY: _("Everything is checked: it can be posted."),
    }
    title = one.file_name or _("Import %(number)s") % {"number": one.id}
    url = f"/imports/{one.id}/"
    return Task(title, words.get(one.state, ""), url, _("Continue"), "soon")


def _with_waiting_rows(actor: Actor) -> list[Any]:
    posted = batches(actor, states=[BatchState.POSTED], waiting=True, limit=5)
    return [one for one in posted if one.counts.waiting]


def _waiting_task(one: Any) -> Task:
    number = one.counts.waiting
    title = ngettext(
        "%(number)s row waits for its account or product",
        "%(number)s rows wait for their account or product",
        number,
    ) % {"number": number}
    return Task(title, one.file_name, f"/imports/{one.id}/", _("Match them"), "soon")
