"""What an offer would do: exact at the forecast, odds over the draws, cliffs along the volume."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from keystead.agreements.calc.evaluate import evaluate
from keystead.agreements.rules.treatment import treatment_of
from keystead.agreements.types import EntitlementRun, Terms, Treatment
from keystead.kernel.exact import round_half_up
from keystead.kernel.money import minor_units
from keystead.profitability.calc.customer import customer_view
from keystead.profitability.calc.waterfall import waterfall
from keystead.profitability.calc.whatif.benefits import PaidOut
from keystead.profitability.calc.whatif.draws import Floats
from keystead.profitability.calc.whatif.odds import odds_of, tier_odds
from keystead.profitability.calc.whatif.paying import Payer, Sales
from keystead.profitability.calc.whatif.pricing import PricedRow, on_invoice
from keystead.profitability.calc.whatif.trying import Trial, inputs_of, tried
from keystead.profitability.calc.whatif.walk import Walk, walked
from keystead.profitability.types import CustomerView, Level, Step, Waterfall
from keystead.profitability.types.offers import (
    Answer,
    BreakEven,
    Offer,
    Paid,
)

ZERO: Final = Decimal(0)
PULL_STEP: Final = 1.01
COMMITMENT: Final = "commitment"


@dataclasses.dataclass(frozen=True)
class Forecast:
    """An offer at the forecast, exactly."""

    rows: tuple[PricedRow, ...]
    run: EntitlementRun
    units: Decimal
    listed: Decimal
    invoice: Decimal
    today: Decimal
    cost: Decimal | None

    @property
    def net_net(self) -> Decimal:
        return self.invoice - self.run.total.amount

    @property
    def margin(self) -> Decimal | None:
        return None if self.cost is None else self.net_net - self.cost


def at_forecast(trial: Trial, offer: Offer, today: Terms) -> Forecast:
    """Return sales, entitlements and what is left at the forecast, to the cent."""
    key = ("forecast", offer, today)
    if key not in trial.answers:
        trial.keep(key, _at_forecast(trial, offer, today))
    found: Forecast = trial.answers[key]
    return found


def _at_forecast(trial: Trial, offer: Offer, today: Terms) -> Forecast:
    book = trial.book
    rows = trial.priced(offer, today)
    version = tried(book, offer.terms)
    run = evaluate(version, inputs_of(book, rows), book.span.last, assume_gates=True)
    places = minor_units(book.currency)
    costs = [row.cost for row in rows if row.sold.worth]
    known = book.sees_cost and bool(costs) and all(cost is not None for cost in costs)
    return Forecast(
        rows,
        run,
        sum((value for row in rows for value in row.quantity), ZERO),
        _rounded((value for row in rows for value in row.listed), places),
        _rounded((value for row in rows for value in row.value), places),
        _rounded((value for row in rows for value in row.today), places),
        _rounded((cost for cost in costs if cost is not None), places) if known else None,
    )


def answer(trial: Trial, offer: Offer, today: Terms, reference: Forecast) -> Answer:
    """Return all that the page says of an offer; ``reference`` is today's terms at the forecast.

    Raises Invalid for terms that cannot be worked out (two of equal rank, mixed currencies).
    """
    book = trial.book
    found = at_forecast(trial, offer, today)
    version = tried(book, offer.terms)
    sales = Sales.of(found.rows, trial.places, book.months)
    payer = Payer(version, sales)
    paid, total = payer.run(trial.together)
    _apart_paid, apart = payer.run(trial.apart)
    walk = walked(payer, sales, book.done)
    tiers = tier_odds(trial, payer, paid, walk)
    return Answer(
        offer=offer,
        currency=book.currency,
        span=book.span,
        units=found.units,
        list_sales=found.listed,
        invoice=found.invoice,
        ours=_ours(found, offer.terms, minor_units(book.currency)),
        theirs=_theirs(trial, found, services_of(offer.terms)),
        paid=_paid(found, paid),
        total=found.run.total.amount,
        net_net=found.net_net,
        margin=found.margin,
        effective=_effective(found),
        marginal=walk.marginal,
        pull=_pull(trial, payer, sales),
        tiers=tiers,
        ahead=walk.ahead(tiers),
        odds=odds_of(total, apart),
        curve=walk.curve(sales, trial),
        break_even=_break_even(walk, found, reference, offer),
        findings=(),
        commitment=_commitment(trial, offer, sales),
    )


def _rounded(values: Iterable[Decimal], places: int) -> Decimal:
    return round_half_up(sum(values, ZERO), places)


def _effective(found: Forecast) -> Decimal | None:
    return found.run.total.amount * 100 / found.invoice if found.invoice > 0 else None


def _ours(found: Forecast, terms: Terms, places: int) -> Waterfall:
    """From list to margin; what is left over by rounding of the invoice joins its last discount."""
    steps = [
        Step(one.key, amount=_off(found.rows, one.key, places), leads_to=Level.INVOICE)
        for one in on_invoice(terms)
    ]
    taken = sum((step.amount or ZERO for step in steps), ZERO)
    rest = found.listed - found.invoice - taken
    if steps:
        last = steps[-1]
        steps[-1] = dataclasses.replace(last, amount=(last.amount or ZERO) + rest)
    elif rest:
        steps.append(Step("discounts", amount=rest, leads_to=Level.INVOICE))
    for key in dict.fromkeys(line.condition for line in found.run.lines):
        steps.append(Step(key, amount=found.run.of(key).amount, leads_to=Level.NET_NET))
    limits = found.run.floor_top_up - found.run.cap_cut
    if limits:
        steps.append(Step("limits", amount=limits, leads_to=Level.NET_NET))
    if found.cost is not None:
        steps.append(Step("cogs", amount=found.cost, leads_to=Level.CONTRIBUTION))
    return waterfall(found.listed, steps, places=places)


def _off(rows: Sequence[PricedRow], key: str, places: int) -> Decimal:
    return _rounded((amount for row in rows for name, amount in row.off if name == key), places)


def services_of(terms: Terms) -> frozenset[str]:
    """Return the conditions that buy a service; what they pay is no margin on goods."""
    return frozenset(one.key for one in terms.conditions if treatment_of(one) is Treatment.SERVICE)


def _theirs(trial: Trial, found: Forecast, services: frozenset[str]) -> CustomerView | None:
    """What they earn at the recommended prices; None where one of them is not known."""
    resale = dict(trial.setting.resale)
    rows = [row for row in found.rows if any(row.quantity)]
    if not rows or any(row.sold.product_id not in resale for row in rows):
        return None
    places = minor_units(trial.book.currency)
    views = [
        customer_view(
            units=sum(row.quantity, ZERO),
            recommended_price=resale[row.sold.product_id],
            bought=sum(row.value, ZERO),
            rebates=ZERO,
            tax_pct=trial.setting.tax_pct,
            places=places,
        )
        for row in rows
    ]
    whole = sum((view.resale for view in views), ZERO)
    fees = sum((found.run.of(key).amount for key in services), ZERO)
    return CustomerView(whole, found.invoice, found.run.total.amount - fees)


def _paid(found: Forecast, paid: Sequence[PaidOut]) -> tuple[Paid, ...]:
    expected: dict[str, float] = {}
    for one in paid:
        key = one.measured.condition.key
        expected[key] = expected.get(key, 0.0) + float(one.amount.mean())
    return tuple(Paid(key, found.run.of(key).amount, mean) for key, mean in expected.items())


def _pull(trial: Trial, payer: Payer, sales: Sales) -> float:
    """What one more unit of sales pays on average, jumps included."""
    some = trial.together.every(4)
    more = some.stretched(PULL_STEP, trial.book.done)
    whole = sales.sums(()).value
    gained = float(more.measure(whole).mean() - some.measure(whole).mean())
    if gained <= 0:
        return 0.0
    return float(payer.run(more)[1].mean() - payer.run(some)[1].mean()) / gained


def _break_even(walk: Walk, found: Forecast, reference: Forecast, offer: Offer) -> BreakEven | None:
    """Where the offer leaves at least today's margin, as shares of the forecast as it was."""
    with_cost = found.cost is not None and reference.margin is not None
    goal = reference.margin if with_cost else reference.net_net
    if goal is None or not found.invoice:
        return None
    ranges = walk.at_least(float(goal), float(found.cost or 0) if with_cost else 0.0)
    without = walk.done + walk.ahead_sales / (1 + float(offer.volume_pct) / 100)
    by = walk.forecast / without if without else 1.0
    scaled = tuple((low * by, None if high is None else high * by) for low, high in ranges)
    return BreakEven("margin" if with_cost else "net_net", goal, scaled)


def _commitment(trial: Trial, offer: Offer, sales: Sales) -> float | None:
    """How likely the volume they commit to is reached."""
    found = next((one for one in offer.terms.targets if one.key == COMMITMENT), None)
    if found is None:
        return None
    sums = sales.sums((offer.terms.scope,))
    measured: Floats = trial.together.measure(sums.of(found.measure))
    return float(np.mean(measured >= float(found.value)))
