"""The sales a case is tried on, read from the ledger as of its commit; and its answers."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from keystead.accounts.queries import descendants, scope_for
from keystead.catalog.queries import product_dimension
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor, once
from keystead.metrics.queries import evaluate, reading
from keystead.profitability.calc.whatif.answers import Forecast, answer, at_forecast
from keystead.profitability.calc.whatif.foreseen import Told
from keystead.profitability.calc.whatif.naming import names_channels
from keystead.profitability.calc.whatif.trying import Trial, made_book, made_trial
from keystead.profitability.queries.offers.ahead import foreseen_of
from keystead.profitability.queries.offers.naming import above_of, groups_at, shifting_in
from keystead.profitability.queries.rights import one_currency, sees_cost
from keystead.profitability.types.offers import Answer, Cell, Offer, OfferCase, Sold

ZERO: Final = Decimal(0)
YEARS_BACK: Final = 3
KEPT: Final = 12  # trials in memory; each holds its draws


def _nothing() -> dict[Cell, dict[date, Decimal]]:
    return defaultdict(dict)


_trials: OrderedDict[Any, Trial] = OrderedDict()
_lock = threading.Lock()


@dataclasses.dataclass
class _Cells:
    """Sales by cell and month: net, units, and before returns."""

    values: dict[Cell, dict[date, Decimal]] = dataclasses.field(default_factory=_nothing)
    units: dict[Cell, dict[date, Decimal]] = dataclasses.field(default_factory=_nothing)
    gross: dict[Cell, dict[date, Decimal]] = dataclasses.field(default_factory=_nothing)
    history: dict[date, Decimal] = dataclasses.field(default_factory=lambda: defaultdict(Decimal))

    def add(self, cell: Cell, month: date, value: Decimal, units: Decimal, gross: Decimal) -> None:
        self.values[cell][month], self.units[cell][month] = value, units
        self.gross[cell][month] = gross
        self.history[month] += value

    def shares(self, base: Period) -> dict[tuple[int, int], dict[str, Decimal]]:
        """Return the share of each channel in what was sold of a product to an account."""
        found: dict[tuple[int, int], dict[str, Decimal]] = defaultdict(dict)
        for account, product, channel in self.values:
            part = self.part_of_product((account, product, channel), base)
            if part:
                found[account, product][channel or ""] = part
        return found

    def part_of_product(self, cell: Cell, base: Period) -> Decimal:
        """Return the share of a channel in the units (else the value) of its product."""
        for told in (self.units, self.values):
            sums = {
                one: sum((amount for month, amount in held.items() if month in base), ZERO)
                for one, held in told.items()
                if one[:2] == cell[:2]
            }
            if whole := sum(sums.values(), ZERO):
                return sums.get(cell, ZERO) / whole
        return ZERO


def trial_of(actor: Actor, case: OfferCase, offer: Offer | None = None) -> Trial:
    """Return the ground of a case for this reader: sales they may see, costs if they may.

    The same ledger, setting and rights give the same draws; they are kept in memory. Channels are
    told apart where terms of the case, or of the offer that is being typed, name one.
    """
    terms = [case.today, *(one.terms for one in case.offers), *([offer.terms] if offer else [])]
    channels = any(names_channels(one) for one in terms)
    asked = ("offer_trial", actor, case.account_id, case.span, case.base, case.currency,
             case.commit, case.setting, channels)  # fmt: skip
    return once(asked, lambda: _kept_trial(actor, case, channels=channels))


def _kept_trial(actor: Actor, case: OfferCase, *, channels: bool) -> Trial:
    costs = sees_cost(actor, case.account_id)
    accounts = _accounts(actor, case.account_id)
    key = (case.account_id, accounts, case.span, case.base, case.currency, case.commit,
           case.setting, costs, channels)  # fmt: skip
    with _lock:
        if key in _trials:
            _trials.move_to_end(key)
            return _trials[key]
    made = _made(actor, case, accounts, costs=costs, channels=channels)
    with _lock:
        _trials[key] = made
        while len(_trials) > KEPT:
            _trials.popitem(last=False)
    return made


def reference_of(trial: Trial, case: OfferCase) -> Forecast:
    """Return today's terms at the forecast: what an offer is compared with."""
    return at_forecast(trial, Offer("today", "", case.today), case.today)


def answer_of(actor: Actor, case: OfferCase, offer: Offer) -> Answer:
    """Return what an offer would do; raises Invalid where its terms cannot be worked out."""
    trial = trial_of(actor, case, offer)
    key = (offer, case.today)
    if key not in trial.answers:
        trial.keep(key, answer(trial, offer, case.today, reference_of(trial, case)))
    found: Answer = trial.answers[key]
    return found


def default_base(last: date, today: date) -> Period:
    """Return the twelve months that are over, up to the month of the last sales.

    >>> str(default_base(date(2026, 6, 15), date(2026, 7, 10)))
    '2025-07..2026-06'
    """
    end = min(add_months(month_start(last), 1), month_start(today))
    return Period(add_months(end, -12), end)


def _accounts(actor: Actor, account_id: int) -> tuple[int, ...]:
    scope = scope_for(actor)
    below = (one for one in descendants(account_id) if scope.everything or one in scope.account_ids)
    return (account_id, *sorted(below))


def _made(
    actor: Actor, case: OfferCase, accounts: tuple[int, ...], *, costs: bool, channels: bool
) -> Trial:
    within = reading(actor, case.commit)
    first = add_months(case.base.end, -12 * YEARS_BACK)
    ask: dict[str, Any] = {
        "actor": actor,
        "filters": {"account": list(accounts)},
        "as_of": within,
        "currency": case.currency,
    }
    span = Period(first, case.base.end)
    names = ["sell_in", "sell_in_units", "sell_in_gross"]
    by = ("account", "product", *(("sales_channel",) if channels else ()), "month")
    found = evaluate(metrics=names, by=by, period=span, **ask)
    one_currency(found, ["sell_in"])
    sales = _Cells()
    columns = {name: found.table.column(name).to_pylist() for name in (*by, *names)}
    channel = columns.get("sales_channel", [None] * found.table.num_rows)
    keys = zip(columns["account"], columns["product"], channel, columns["month"], strict=True)
    amounts = zip(*(columns[name] for name in names), strict=True)
    for (account, product, place, month), told in zip(keys, amounts, strict=True):
        cell = (account, product or 0, (place or "") if channels else None)
        sales.add(cell, month, *(one or ZERO for one in told))
    spent = _costs(case, ask) if costs else {}
    ahead = foreseen_of(actor, case, accounts, sales.shares(case.base) if channels else None)
    bought = {cell[0] for cell, held in sales.values.items() if _within(held, case.base) > 0}
    to_come = [month for month in case.span.month_starts() if month >= case.base.end]
    known = ahead.covers(to_come, bought)
    rows = _rows(case, sales, spent, ahead.cells if known else None)
    setting = case.setting
    book = made_book(
        account_id=case.account_id,
        currency=case.currency,
        span=case.span,
        rows=rows,
        done=len([m for m in case.span.month_starts() if m < case.base.end]),
        history=sales.history,
        setting=setting,
        sees_cost=costs,
    )
    return made_trial(dataclasses.replace(book, shifting=shifting_in(case.span)), setting)


def _costs(case: OfferCase, ask: Mapping[str, Any]) -> dict[tuple[int, int], Decimal]:
    found = evaluate(metrics=["cost_of_goods"], by=("account", "product"), period=case.base, **ask)
    columns = (found.table.column(n).to_pylist() for n in ("account", "product", "cost_of_goods"))
    return {
        (account, product or 0): cost
        for account, product, cost in zip(*columns, strict=True)
        if cost is not None
    }


def _rows(
    case: OfferCase,
    sales: _Cells,
    costs: Mapping[tuple[int, int], Decimal],
    ahead: Mapping[Cell, Mapping[date, Told]] | None,
) -> tuple[Sold, ...]:
    """Return the rows of the book; a cost goes with the sales of the base to those of the term.

    ``ahead``: the agreed forecast, which then stands in the months to come; without it the month
    of the base does.
    """
    months = case.span.month_starts()
    names, values = _products(), sales.values
    cells = sorted({*values, *(ahead or ())}, key=lambda one: (one[0], one[1], one[2] or ""))
    groups, above = groups_at(case.span.start), above_of({cell[0] for cell in cells})
    reach = {month for held in (ahead or {}).values() for month in held}
    made = []
    for cell in cells:
        told = None if ahead is None else ahead.get(cell, {})
        line = [_month(case, sales, cell, month, told) for month in months]
        quantity, value, gross = (tuple(one[at] for one in line) for at in range(3))
        years = (add_months(month, -12) for month in months)
        before = tuple(
            _month(case, sales, cell, month, told if month in reach else None)[1] for month in years
        )
        # What nobody expects any more still counts in last year, from which growth is measured.
        if not any(value) and not any(quantity) and not (told is not None and any(before)):
            continue
        sku, name, brand, category = names.get(cell[1], ("", "", "", ""))
        made.append(
            Sold(
                cell[0], cell[1], sku, name, brand, category, quantity, value, before,
                _cost_of(case, sales, costs, cell, line), () if gross == value else gross,
                cell[2], above.get(cell[0], frozenset()), groups.get(cell[1], frozenset()),
                () if told is None else tuple(told[m].width if m in told else ZERO for m in months),
            )
        )  # fmt: skip
    return tuple(made)


def _cost_of(
    case: OfferCase, sales: _Cells, costs: Mapping[tuple[int, int], Decimal], cell: Cell,
    line: Sequence[tuple[Decimal, ...]],
) -> Decimal | None:  # fmt: skip
    """Return the cost of the base in proportion to the units, or to the value where none are told.

    None where it is unknown, or where nothing was sold to tell it from.
    """
    cost = costs.get(cell[:2])
    if cost is None or not any(any(one) for one in line):
        return cost and ZERO
    if cell[2] is not None:
        cost = cost * sales.part_of_product(cell, case.base)
    for at, held in enumerate((sales.units, sales.values)):
        base, term = _within(held.get(cell, {}), case.base), sum((one[at] for one in line), ZERO)
        if base > 0 and term:
            return cost * term / base
    return None


def _within(held: Mapping[date, Decimal], base: Period) -> Decimal:
    return sum((value for month, value in held.items() if month in base), ZERO)


def _month(
    case: OfferCase, sales: _Cells, cell: Cell, month: date, told: Mapping[date, Told] | None
) -> tuple[Decimal, Decimal, Decimal]:
    """Return units, value and value before returns of a month: actual, as forecast, or the base's.

    Where a forecast has no units, the price of the base says them; returns are those of the base.
    """
    here = _source(month, case.base)
    held = (sales.units, sales.values, sales.gross)
    units, value, gross = (one.get(cell, {}).get(here, ZERO) for one in held)
    if month < case.base.end or told is None:
        return units, value, gross
    found = told.get(month)
    if found is None:
        return ZERO, ZERO, ZERO
    amount = found.units
    if amount is None:
        worth = _within(sales.values.get(cell, {}), case.base)
        sold = _within(sales.units.get(cell, {}), case.base)
        amount = found.value * sold / worth if worth else ZERO
    before = found.value * gross / value if value > 0 else found.value
    return amount, found.value, before


def _source(month: date, base: Period) -> date:
    """Return the month of the data that stands for one of the term: itself, or years before."""
    while month >= base.end:
        month = add_months(month, -12)
    return month


def _products() -> dict[int, tuple[str, str, str, str]]:
    table = product_dimension()
    wanted = ("product_id", "sku", "name", "brand", "category")
    columns = (table.column(name).to_pylist() for name in wanted)
    return {
        number: (sku or "", name or "", brand or "", category or "")
        for number, sku, name, brand, category in zip(*columns, strict=True)
    }
