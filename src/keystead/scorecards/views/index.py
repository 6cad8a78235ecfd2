"""/scorecards/: how my accounts stand, the KPI sets behind it, the latest snapshots."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from keystead.accounts.queries import accounts_for
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.scorecards import queries
from keystead.scorecards.types import KpiSet
from keystead.scorecards.views.show import TONES, number, word_name
from keystead.scorecards.views.snapshots import snapshot_table


@policy("scorecards.view")
def index(request: HttpRequest) -> HttpResponse:
    """Show totals, sets and snapshots."""
    actor = actor_of(request)
    sets = queries.kpi_sets(actor)
    latest = queries.snapshots(actor, limit=8)
    context = {
        "totals": _totals(actor, sets),
        "sets": _sets(sets),
        "snapshots": snapshot_table(latest) if latest else None,
        "may_edit": actor.can("scorecards.edit"),
        "period": queries.default_period(),
    }
    return render(request, "scorecards/index.html", context)


def _totals(actor: Actor, sets: tuple[KpiSet, ...]) -> Table:
    names = {found.id: found.name for found in sets}
    kept = queries.scores_for(actor)
    rows = []
    for account in accounts_for(actor):
        found = kept.get(account.id)
        page = reverse("web:account", args=[account.id]) + "?tab=scorecard"
        sub = "" if found is None or found.fresh else _("being computed again")
        rows.append(
            Row(
                {
                    "account": Cell(account.name, href=page, sub=account.code),
                    "set": _(names[found.kpi_set_id]) if found else "",
                    "total": Cell(found.total if found else None, sub=sub),
                    "word": Cell(word_name(found.word), tone=TONES.get(found.word, ""))
                    if found
                    else None,
                    "coverage": found.coverage_pct / 100 if found else None,
                }
            )
        )
    rows.sort(key=_lowest_first)
    columns = [
        Column("account", _("Account")),
        Column("total", _("Points"), "number", digits=1, unit=_("of 100")),
        Column("word", _("Verdict"), "tag"),
        Column("coverage", _("Weight with points"), "percent", hide="phone"),
        Column("set", _("KPI set"), hide="phone"),
    ]
    return Table(
        columns,
        rows,
        caption=_("Points by account, the lowest first"),
        empty=_("You have no accounts yet."),
    )


def _lowest_first(row: Row) -> tuple[bool, object]:
    total = row.cells["total"].value
    return total is None, total


def _sets(sets: tuple[KpiSet, ...]) -> Table:
    rows = [
        Row(
            {
                "name": Cell(_(found.name), href=reverse("scorecards:edit_set", args=[found.id])),
                "segment": found.segment,
                "lines": len(found.lines),
                "weights": ", ".join(number(line.weight) for line in found.lines if line.weight),
                "state": Cell(_("in use"), tone="good") if found.active else Cell(_("retired")),
            },
            tone="" if found.active else "past",
        )
        for found in sets
    ]
    columns = [
        Column("name", _("KPI set")),
        Column("segment", _("Segment")),
        Column("lines", _("Lines"), "number"),
        Column("weights", _("Weights"), hide="phone", unit="%"),
        Column("state", _("State"), "tag"),
    ]
    return Table(columns, rows, caption=_("KPI sets"), sortable=False)
