"""What the page says of an offer: figures, charts, tables, what stands in the way."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from keystead.agreements.queries.redline import redline
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.kit.ui import formats
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.profitability.calc.whatif.naming import Approximation
from keystead.profitability.calc.whatif.trying import version_of
from keystead.profitability.forms.offers import OfferForm
from keystead.profitability.queries.offers import answer_of, contradictions, sending, trial_of
from keystead.profitability.types.offers import Answer, Book, Offer, OfferCase
from keystead.profitability.views.offers import charts
from keystead.profitability.views.offers.outlook import outlook_words
from keystead.profitability.views.shared import days, locale

SAME = 0.0005  # closer to the forecast than a tenth of a percent shows


def answer_context(actor: Actor, case: OfferCase, form: OfferForm) -> dict[str, Any]:
    """Return the context of the answer; where the terms make no sense, the sentences instead.

    Contradictions of the terms go to the places of the table they are about.
    """
    book = trial_of(actor, case).book
    context: dict[str, Any] = {"case": case, "form": form, "offer": form.stored}
    if form.offer is None or form.errors:
        return context | {"mend": True}
    try:
        for one in contradictions(actor, case, form.offer):
            form.errors.setdefault(f"c-{one.condition}" if one.condition else "", one.text)
        if form.errors:
            return context | {"mend": True}
        found = answer_of(actor, case, form.offer)
    except Invalid as error:
        form.errors.setdefault(*_place(error, form))
        return context | {"mend": True}
    view = sending(actor, case, found)
    for one in view.breaches:
        if one.condition and one.stops:
            form.errors.setdefault(f"c-{one.condition}", one.text)
    saved = form.offer == form.stored
    return context | {
        "found": found,
        "view": view,
        "saved": saved,
        "figures": _figures(found),
        "ours": charts.ours(found),
        "theirs": charts.theirs(found),
        "resale_unknown": found.theirs is None,
        "axis": charts.axis(found),
        "marks": charts.marks_in_words(found),
        "tiers": charts.tier_table(found),
        "outlook": outlook_words(book),
        "spread": _spread(found),
        "warnings": _warnings(found, view.retroactive, view.approximations),
        "side": side_by_side(actor, case, found),
        "empty_book": not book.rows,
    }


def _place(error: Invalid, form: OfferForm) -> tuple[str, str]:
    first = error.data.get("first", "")
    text = f"{_(error.message)} {_(error.hint)}".strip() if error.hint else _(error.message)
    return (f"c-{first}" if first in form.keys else ""), text


def money(value: Any, currency: str) -> str:
    """Return an amount in short words."""
    if isinstance(value, float):
        value = Decimal(repr(round(value, 2)))
    return formats.money(value, currency, locale=locale())


def rate(value: float | Decimal | None) -> str:
    """Return a rate in percent with two decimals."""
    if value is None:
        return formats.MISSING
    ratio = Decimal(repr(value)) if isinstance(value, float) else value
    return formats.percent(ratio, locale=locale(), digits=2)


def _figures(found: Answer) -> list[tuple[str, str, str]]:
    """Name, figure and a line below, in the order one asks."""
    odds, currency = found.odds, found.currency
    effective = None if found.effective is None else found.effective / 100
    band = _("P10 %(low)s, P50 %(middle)s, P90 %(high)s") % {
        "low": money(odds.low, currency),
        "middle": money(odds.middle, currency),
        "high": money(odds.high, currency),
    }
    left = found.margin if found.margin is not None else found.net_net
    named = _("Margin after cost of goods") if found.margin is not None else _("Net-net sales")
    figures = [
        (named, money(left, currency), _("at the forecast")),
        (_("Expected payout"), money(odds.expected, currency), band),
        (_("Effective rate"), rate(effective), _("of invoice sales, at the forecast")),
        (
            _("Marginal rate"), rate(found.marginal),
            _("%(pull)s on average over the draws, jumps included") % {"pull": rate(found.pull)},
        ),
        _next(found),
        _even(found),
    ]  # fmt: skip
    if found.commitment is not None:
        chance = formats.percent(Decimal(repr(found.commitment)), locale=locale(), digits=0)
        figures.append((_("Commitment kept"), chance, _("odds that the volume is bought")))
    return figures


def _next(found: Answer) -> tuple[str, str, str]:
    if found.ahead is None:
        return _("Next tier"), formats.MISSING, _("no bound lies ahead of the forecast")
    names = charts.names_of(found)
    words = {
        "gain": money(found.ahead.gain, found.currency),
        "name": names.get(found.ahead.condition, ""),
        "tier": found.ahead.place + 1,
    }
    gap = _("%(gap)s more") % {"gap": money(found.ahead.gap, found.currency)}
    return _("Next tier"), gap, _("pays %(gain)s more: %(name)s, tier %(tier)s") % words


def _even(found: Answer) -> tuple[str, str, str]:
    even = found.break_even
    if even is None:
        return _("Break-even volume"), formats.MISSING, _("there are no sales to compare with")
    of = _("today's margin") if even.of == "margin" else _("today's net-net sales")
    goal = _("leaves %(of)s of %(goal)s") % {"of": of, "goal": money(even.today, found.currency)}
    if not even.ranges:
        return _("Break-even volume"), _("never"), goal
    low, high = even.ranges[0]
    if low <= 0:
        return _("Break-even volume"), _("any"), goal
    change = _signed(low - 1) if abs(low - 1) >= SAME else _("as today")
    if len(even.ranges) > 1 or high is not None:
        goal += " " + _("A cliff ends this range again.")
    return _("Break-even volume"), change, goal


def _signed(ratio: float) -> str:
    text = formats.percent(Decimal(repr(round(ratio, 4))), locale=locale(), digits=1)
    return f"+{text}" if ratio > 0 else text


def _spread(found: Answer) -> str:
    words = {
        "together": money(found.odds.spread, found.currency),
        "apart": money(found.odds.apart, found.currency),
    }
    return (
        _(
            "The payout spreads by %(together)s with months and brands moving together as set, by "
            "%(apart)s if they were independent: independence understates what a year can cost."
        )
        % words
    )


def _warnings(
    found: Answer, retroactive: tuple[str, ...], taken: tuple[Approximation, ...]
) -> list[str]:
    names = charts.names_of(found)
    told = [f"{names.get(one.condition, one.condition)}: {_(one.text)}" for one in taken]
    if retroactive:
        told.append(
            _(
                "Retroactive tiers (%(names)s): they pay from the first unit, so the customer may "
                "load at the end of the period; loyalty rebates by a strong supplier need a legal "
                "review."
            )
            % {"names": ", ".join(names.get(key, key) for key in retroactive)}
        )
    return told


def side_by_side(actor: Actor, case: OfferCase, live: Answer) -> Table:
    """Return all offers beside each other: results, then only the terms that differ."""
    answers: dict[str, Answer | None] = {}
    for one in case.offers:
        if one.key == live.offer.key:
            answers[one.key] = live
            continue
        try:
            answers[one.key] = answer_of(actor, case, one)
        except Invalid:
            answers[one.key] = None
    shown = [
        dataclasses.replace(one, terms=live.offer.terms, name=live.offer.name)
        if one.key == live.offer.key else one
        for one in case.offers
    ]  # fmt: skip
    rows = [*_results(shown, answers), *_differences(actor, case, shown)]
    columns = [
        Column("what", _("Offer")),
        *(Column(one.key, one.name, "text") for one in shown),
    ]
    return Table(columns, rows, _("Offers side by side"), sortable=False)


def _results(shown: list[Offer], answers: dict[str, Answer | None]) -> list[Row]:
    def line(label: str, read: Any) -> Row:
        cells: dict[str, Any] = {"what": label}
        for one in shown:
            found = answers[one.key]
            cells[one.key] = formats.MISSING if found is None else read(found)
        return Row(cells)

    known = [found for found in answers.values() if found is not None]
    rows = [line(_("Net-net sales"), lambda f: money(f.net_net, f.currency))]
    if any(found.margin is not None for found in known):
        rows.append(line(_("Margin"), lambda f: money(f.margin, f.currency)))
    rows += [
        line(_("Expected payout"), lambda f: money(f.odds.expected, f.currency)),
        line(
            _("P10 – P90"),
            lambda f: f"{money(f.odds.low, f.currency)} – {money(f.odds.high, f.currency)}",
        ),
        line(
            _("Effective rate"),
            lambda f: rate(None if f.effective is None else f.effective / 100),
        ),
        line(_("Break-even volume"), lambda f: _even(f)[1]),
    ]
    if any(found.theirs is not None for found in known):
        rows.append(
            line(
                _("Their margin"),
                lambda f: (
                    formats.MISSING if f.theirs is None else money(f.theirs.margin, f.currency)
                ),
            )
        )
    return rows


def _differences(actor: Actor, case: OfferCase, shown: list[Offer]) -> list[Row]:
    """Rows of terms that are not the same in all offers, each in words."""
    book = trial_of(actor, case).book
    first = version_of(book, shown[0].terms)
    cells: dict[str, dict[str, str]] = {}
    for one in shown[1:]:
        for entry in redline(first, version_of(book, one.terms)):
            row = cells.setdefault(entry.place, {shown[0].key: entry.old})
            row[one.key] = entry.new or "–"
    for place, row in cells.items():
        for one in shown:
            row.setdefault(one.key, row[shown[0].key] or "–")
        row["what"] = place
    rows = [Row({key: Cell(text) for key, text in row.items()}) for row in cells.values()]
    moves = {one.key: _moves(one, book) for one in shown}
    if len(set(moves.values())) > 1:
        rows.insert(0, Row({"what": _("Prices"), **moves}))
    responses = {one.key: _signed(float(one.volume_pct) / 100) for one in shown}
    if len(set(responses.values())) > 1:
        rows.insert(0, Row({"what": _("Volume they would add"), **responses}))
    return rows


def _moves(offer: Offer, book: Book) -> str:
    names = {row.product_id: row.sku for row in book.rows}
    told = []
    for move in offer.moves:
        what = move.brand or move.category or names.get(move.product or 0, "") or _("All products")
        if move.new_price is not None:
            told.append(f"{what}: {money(move.new_price, book.currency)}")
        elif move.change_pct is not None:
            told.append(f"{what}: {_signed(float(move.change_pct) / 100)}")
    return "; ".join(told) or _("as today")


def term_words(case: OfferCase) -> str:
    """Return term and currency in words."""
    return f"{days(case.span)}, {case.currency}"
