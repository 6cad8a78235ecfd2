"""The roll-up: targets of the year, new sales and renewals apart, manager beside model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.pipeline import queries
from keystead.pipeline.queries.deal_words import CATEGORIES
from keystead.pipeline.types.opportunities import ForecastCategory
from keystead.pipeline.types.rollup import Rollup, RollupLine, Sums
from keystead.pipeline.views.deals import tabs

C = ForecastCategory
SHOWN = (C.CLOSED, C.COMMIT, C.BEST_CASE, C.PIPELINE, C.OMITTED)
YEARS_AROUND = 2


@require_GET
@policy("pipeline.view")
def rollup(request: HttpRequest) -> HttpResponse:
    """Show the roll-up of a year."""
    actor, asked, this = actor_of(request), request.GET, timezone.localdate().year
    years = [str(one) for one in range(this - YEARS_AROUND, this + YEARS_AROUND + 1)]
    year = asked.get("year", "") if asked.get("year") in years else str(this)
    codes = queries.currencies_of(actor) or ("EUR",)
    currency = asked.get("currency", "") if asked.get("currency") in codes else codes[0]
    by = "territory" if asked.get("by") == "territory" else "team"
    deep = asked.get("down") == "accounts"
    found = queries.rollup_for(actor, year=int(year), currency=currency, by=by, deep=deep)
    context: dict[str, Any] = {
        "found": found,
        "against": _against(found),
        "categories": _categories(found),
        "versus": _versus(found),
        "selects": [
            ("year", _("Year"), [(one, one) for one in years], year),
            ("currency", _("Currency"), [(one, one) for one in codes], currency),
            ("by", _("By"), [("team", _("Team and manager")), ("territory", _("Territory"))], by),
            ("down", _("Down to"), [("", _("Managers") if by == "team" else _("Territories")),
                                    ("accounts", _("Accounts"))], "accounts" if deep else ""),
        ],
    }  # fmt: skip
    if request.headers.get("HX-Target") == "rollup":
        return render(request, "pipeline/panels/rollup.html", context)
    context |= {"message": _message(found), "apart": apart(actor), "tabs": tabs(request, actor)}
    return render(request, "pipeline/rollup.html", context)


def apart(actor: Actor) -> Table | None:
    """Return where manager and model disagree, renewals and opportunities together."""
    given: list[tuple[str, str, str, str, Decimal, Decimal, Any]] = []
    for one in queries.disagreements(actor, today=timezone.localdate()):
        held = one.renewal
        given.append((
            reverse("pipeline:renewal", args=[held.id]), held.contract, held.account_name,
            held.owner_name, held.manager_pct or Decimal(0), one.model.pct or Decimal(0), held.last,
        ))  # fmt: skip
    for other in queries.deals_apart(actor):
        deal = other.opportunity
        given.append((
            reverse("pipeline:opportunity", args=[deal.id]), deal.title, deal.account_name,
            deal.owner_name, deal.pct, other.model.pct or Decimal(0), deal.expected_close,
        ))  # fmt: skip
    given.sort(key=lambda one: -abs(one[4] - one[5]))
    rows = [
        Row({"what": Cell(title, href=href, sub=account), "owner": owner or "–", "mine": mine,
             "model": model, "gap": mine - model, "on": on})
        for href, title, account, owner, mine, model, on in given
    ]  # fmt: skip
    columns = [
        Column("what", _("What")), Column("owner", _("Owner")),
        Column("mine", _("Manager"), "pct", digits=0), Column("model", _("Model"), "pct", digits=0),
        Column("gap", _("Difference"), "number", unit=pgettext("percent", "points"), digits=0),
        Column("on", _("Closes"), "date", hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Manager and model apart")) if rows else None


def _against(found: Rollup) -> Table:
    columns = [
        Column("name", _("Who")), _amount("target", _("Target"), found),
        _amount("sold", _("Invoiced so far"), found),
        _amount("new_closed", _("New: won"), found), _amount("new_open", _("New: weighted"), found),
        _amount("kept", _("Renewals: closed"), found),
        _amount("renewing", _("Renewals: weighted"), found),
        _amount("expected", _("Expected of both"), found),
        Column("share", _("Of the target"), "pct", digits=0),
    ]  # fmt: skip
    return Table(columns, _rows(found, _against_cells), _("Against the target"), sortable=False)


def _against_cells(one: RollupLine) -> dict[str, Any]:
    share = one.expected * 100 / one.target if one.target else None
    return {
        "target": Cell(one.target, proof=one.target_proof),
        "sold": Cell(one.sold, proof=one.sold_proof),
        "new_closed": one.new.closed, "new_open": one.new.weighted,
        "kept": one.renewals.closed, "renewing": one.renewals.weighted,
        "expected": one.expected, "share": share,
    }  # fmt: skip


def _categories(found: Rollup) -> Table:
    columns = [Column("name", _("Who")), Column("what", _("What"))]
    columns += [_amount(one.value, str(CATEGORIES[one.value]), found) for one in SHOWN]
    rows = []
    for one in found.lines:
        for words, held in ((_("New sales"), one.new), (_("Renewals"), one.renewals)):
            cells: dict[str, Any] = {"name": one.name, "what": words}
            cells |= {key.value: held.categories.get(key) for key in SHOWN}
            rows.append(Row(cells, level=one.level, total=one.level == 0))
    return Table(columns, rows, _("By forecast category"), sortable=False)


def _versus(found: Rollup) -> Table:
    columns = [
        Column("name", _("Who")), Column("what", _("What")),
        _amount("manager", _("Manager"), found), _amount("model", _("Model"), found),
        _amount("gap", _("Difference"), found),
        Column("open", _("Open ones"), "number", digits=0),
        Column("unsaid", _("Nobody said"), "number", digits=0, hide="phone"),
        Column("unmodelled", _("Model silent"), "number", digits=0, hide="phone"),
    ]  # fmt: skip
    rows = []
    for one in found.lines:
        for words, held in ((_("New sales"), one.new), (_("Renewals"), one.renewals)):
            rows.append(Row(_versus_cells(one.name, words, held), level=one.level,
                            total=one.level == 0))  # fmt: skip
    return Table(columns, rows, _("Manager beside model"), sortable=False)


def _versus_cells(name: str, words: str, held: Sums) -> dict[str, Any]:
    known = held.by_model or held.by_manager
    return {
        "name": name, "what": words,
        "manager": held.by_manager if known else None, "model": held.by_model if known else None,
        "gap": held.by_manager - held.by_model if known else None,
        "open": held.open, "unsaid": held.unsaid or None, "unmodelled": held.unmodelled or None,
    }  # fmt: skip


def _rows(found: Rollup, cells: Callable[[RollupLine], dict[str, Any]]) -> Sequence[Row]:
    return [
        Row(
            {"name": Cell(one.name, href=reverse("web:account", args=[int(one.key)]))
             if one.key else one.name, **cells(one)},
            level=one.level, total=one.level == 0,
        )
        for one in found.lines
    ]  # fmt: skip


def _amount(key: str, words: str, found: Rollup) -> Column:
    return Column(key, words, "number", unit=found.currency, digits=0)


def _message(found: Rollup) -> str:
    whole = found.lines[0]
    language = get_language() or "en"
    told = {
        "expected": formats.money(whole.expected, found.currency, locale=language),
        "year": found.year,
    }
    if not whole.target:
        return _("%(expected)s expected of %(year)s; nobody set a target") % told
    told["share"] = formats.number(whole.expected * 100 / whole.target, locale=language, digits=0)
    told["target"] = formats.money(whole.target, found.currency, locale=language)
    return _("%(expected)s expected of %(year)s: %(share)s %% of the target %(target)s") % told
