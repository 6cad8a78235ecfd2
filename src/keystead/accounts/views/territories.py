"""The tree of territories: who leads what."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import queries, services
from keystead.accounts.forms import TerritoryForm
from keystead.accounts.types import TerritoryRow
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table


@policy("shares.view")
def index(request: HttpRequest) -> HttpResponse:
    """Show the territories as a tree, with who leads them and how many accounts each has."""
    actor = actor_of(request)
    may_edit = actor.can("territories.edit")
    rows = queries.territories(actor)
    counts = queries.accounts_by_territory(actor)
    known = {row.code for row in rows}
    context = {
        "table": _table(rows, counts, may_edit=may_edit),
        "loose": sorted((code, count) for code, count in counts.items() if code not in known),
        "may_edit": may_edit,
        "count": len(rows),
    }
    return render(request, "accounts/territories.html", context)


@policy("territories.edit")
def add(request: HttpRequest) -> HttpResponse:
    """Add a territory."""
    actor = actor_of(request)
    form = TerritoryForm(
        request.POST or None,
        people=queries.people_for_team(actor),
        codes=_codes(actor),
        initial={"valid_from": timezone.localdate(), "code": request.GET.get("code", "")[:60]},
    )

    def save(data: dict[str, Any], version: int | None) -> None:
        services.add_territory(
            actor=actor,
            code=data["code"],
            name=data["name"],
            parent_code=data["parent_code"],
            lead_id=int(data["lead"]) if data["lead"] else None,
            valid_from=data["valid_from"],
        )

    return edit_page(request, form, save, _page(_("Add a territory")))


@policy("territories.edit")
def edit(request: HttpRequest, territory_id: int) -> HttpResponse:
    """Change a territory from a day on, or correct it."""
    actor = actor_of(request)
    row = queries.territory(actor, territory_id)
    if row is None:
        raise Http404
    form = TerritoryForm(
        request.POST or None,
        people=queries.people_for_team(actor),
        codes=[pair for pair in _codes(actor) if pair[0] != row.code],
        stored=True,
        initial={
            "name": row.name,
            "parent_code": row.parent_code,
            "lead": str(row.lead_id or ""),
            "valid_from": max(timezone.localdate(), row.span.valid_from or timezone.localdate()),
        },
    )

    def save(data: dict[str, Any], version: int | None) -> None:
        services.change_territory(
            actor=actor,
            territory_id=row.id,
            name=data["name"],
            parent_code=data["parent_code"],
            lead_id=int(data["lead"]) if data["lead"] else None,
            valid_from=data["valid_from"],
            version=version,
        )

    lede = _("The tree of the days before stays as it was.")
    return edit_page(request, form, save, _page(row.name or row.code, lede, row.version))


def _page(title: str, lede: str = "", version: int | None = None) -> Page:
    back = reverse("accounts:territories")
    return Page(title, back=back, back_label=_("Territories"), lede=lede, version=version)


def _codes(actor: Actor) -> list[tuple[str, str]]:
    return [(row.code, row.name or row.code) for row in queries.territories(actor)]


def _table(rows: tuple[TerritoryRow, ...], counts: dict[str, int], *, may_edit: bool) -> Table:
    below: dict[str, list[TerritoryRow]] = {}
    known = {row.code for row in rows}
    for row in rows:
        below.setdefault(row.parent_code if row.parent_code in known else "", []).append(row)
    shown: list[Row] = []

    def walk(code: str, level: int) -> None:
        for row in below.get(code, ()):
            href = reverse("accounts:territory", args=[row.id]) if may_edit else ""
            cells = {
                "name": Cell(row.name or row.code, href=href, sub=row.code if row.name else ""),
                "lead": row.lead,
                "accounts": counts.get(row.code, 0),
                "since": row.span.valid_from,
            }
            shown.append(Row(cells, level=min(level, 4)))
            walk(row.code, level + 1)

    walk("", 0)
    columns = [
        Column("name", _("Territory")),
        Column("lead", _("Led by")),
        Column("accounts", _("Accounts"), "number"),
        Column("since", _("As it is since"), "date", hide="phone"),
    ]
    empty = _("No territory yet.")
    return Table(columns, shown, _("Territories"), sortable=False, empty=empty)
