"""The whitespace grid of an account: sites by brands or products; a cell; Excel both ways."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from keystead.accounts.queries import account_for
from keystead.kernel.errors import Invalid, SourceProblem
from keystead.kernel.periods import Period
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.sheets import EXCEL, download, problem_table, uploaded
from keystead.kit.ui.tags.numbers import money
from keystead.planning import services
from keystead.planning.forms.whitespace import CellForm, initial_cell
from keystead.planning.queries.whitespace import cell_for, grid_of
from keystead.planning.queries.whitespace_sheets import grid_workbook
from keystead.planning.queries.words import SHOWN
from keystead.planning.types.whitespace import Cell, Grid, Sum
from keystead.planning.views.shown import may_edit, people

LARGEST = 10 * 1024 * 1024


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A cell as the page draws it: its word, its money, the bar, where it leads."""

    tone: str
    word: str
    amount: str
    extra: str
    proof: str
    edit: str
    title: str
    bars: tuple[tuple[str, str], ...]


@require_GET
@policy("planning.view")
def whitespace(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the grid."""
    actor, asked = actor_of(request), request.GET
    by = "product" if asked.get("by") == "product" else "brand"
    unowned = asked.get("unowned") == "1"
    grid = grid_of(actor, account_id, by=by, unowned=unowned)
    writes = may_edit(actor, grid.account_id)
    sites = [
        (
            site,
            [_drawn(grid, grid.cells[site.id, one.key], writes) for one in grid.columns],
            _sum(grid, grid.rows[site.id]),
        )
        for site in grid.sites
    ]
    context: dict[str, Any] = {
        "grid": grid,
        "span": Period.parse(grid.period),
        "account": account_for(actor, account_id),
        "sites": sites,
        "totals": [_sum(grid, grid.totals[one.key]) for one in grid.columns],
        "total": _sum(grid, grid.total),
        "message": _message(grid),
        "by": by,
        "unowned": unowned,
        "writes": writes,
        "may_export": actor.can("export.data"),
    }
    return render(request, "planning/whitespace.html", context)


@policy("planning.edit")
def cell(request: HttpRequest, account_id: int) -> HttpResponse:
    """Say what stands in a cell."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    column, said = cell_for(actor, account.id, request.GET.get("column", ""))
    if not column.label:
        raise Http404
    top = request.GET.get("from", "")
    back = reverse("planning:whitespace", args=[int(top) if top.isdecimal() else account.id])
    if column.product_id is not None:
        back += "?by=product"
    initial: dict[str, Any] = {
        "owner": actor.user_id, "currency": account.currency, "stated_on": timezone.localdate(),
        "stale_days": 180, "state": "open",
    }  # fmt: skip
    known = (None, "") if said is None else (said.owner_id, said.owner_name)
    if said is not None:
        initial |= {name: value for name, value in initial_cell(said).items() if value != ""}
    form = CellForm(request.POST or None, initial=initial, people=people(actor, known))

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_cell(
            actor=actor, entry=form.entry(account.id, column), currency=data["currency"],
            expected_version=version if version is not None else said.version if said else 0,
        )  # fmt: skip

    page = Page(f"{account.name} · {column.label}", back=back, back_label=_("Whitespace"),
                version=said.version if said else 0)  # fmt: skip
    return edit_page(request, form, save, page)


@require_GET
@policy("planning.view", "export.data")
def whitespace_excel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Send the grid as Excel; the second sheet comes back."""
    actor = actor_of(request)
    by = "product" if request.GET.get("by") == "product" else "brand"
    grid = grid_of(actor, account_id, by=by)
    name = f"whitespace-{grid.account_code}-{timezone.localdate():%Y-%m-%d}.xlsx"
    return download(grid_workbook(actor, grid), name, EXCEL)


@require_POST
@policy("planning.edit")
def whitespace_import(request: HttpRequest, account_id: int) -> HttpResponse:
    """Take the cells of a workbook back: all rows or none."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    back = reverse("planning:whitespace", args=[account.id])
    try:
        content, name = uploaded(request, LARGEST)
        report = services.import_cells(
            actor=actor, account_id=account.id, content=content, name=name
        )
    except (SourceProblem, Invalid) as error:
        messages.error(request, str(error))
        return redirect(back)
    if not report.written:
        context = {"account": account, "table": problem_table(report)}
        return render(request, "planning/whitespace_problems.html", context, status=422)
    counts = {"created": report.created, "changed": report.changed, "same": report.unchanged}
    messages.success(
        request, _("%(created)s new, %(changed)s changed, %(same)s as before.") % counts
    )
    return redirect(back)


def _message(grid: Grid) -> str:
    room = grid.total.room + grid.total.other
    if not room:
        return _("Whitespace: nothing is said to be open yet")
    alone = sum(one.unowned for one in grid.cells.values())
    words = _("%(room)s is open at %(name)s; %(alone)s cells have no owner")
    return words % {
        "room": money(room, grid.currency), "name": grid.account_name, "alone": alone,
    }  # fmt: skip


def _drawn(grid: Grid, one: Cell, writes: bool) -> Drawn:
    column = quote(one.column)
    edit = f"{reverse('planning:cell', args=[one.site_id])}?column={column}&from={grid.account_id}"
    said, today = one.said, timezone.localdate()
    words = [str(SHOWN[one.shown.value])]
    if said is not None:
        words += [said.competitor, said.owner_name, said.note]
        if said.stale(today):
            words.append(_("stale"))
        if one.said_in_other:
            words.append(_("the potential is in another currency"))
    extra = one.room or one.other
    return Drawn(
        tone=one.shown.value, word=str(SHOWN[one.shown.value]),
        amount=money(one.current, grid.currency) if one.current else "",
        extra=f"+{money(extra, grid.currency)}" if extra else "", proof=one.proof_id,
        edit=edit if writes else "", title=" · ".join(filter(None, words)),
        bars=_bars(one.current, one.room, one.other),
    )  # fmt: skip


def _sum(grid: Grid, one: Sum) -> Drawn:
    extra = one.room + one.other
    return Drawn(
        tone="sum", word="", amount=money(one.current, grid.currency),
        extra=f"+{money(extra, grid.currency)}" if extra else "", proof="", edit="", title="",
        bars=_bars(one.current, one.room, one.other),
    )  # fmt: skip


def _bars(*parts: Decimal) -> tuple[tuple[str, str], ...]:
    """Return the parts of the stacked bar in whole per cent of the cell."""
    whole = sum(parts, Decimal(0))
    if whole <= 0:
        return ()
    names = ("current", "room", "other")
    return tuple(
        (name, str(round(part * 100 / whole)))
        for name, part in zip(names, parts, strict=True)
        if part > 0
    )
