"""What a condition would pay at the customer's last twelve months, while it is being written."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from keystead.agreements.calc.earn import tiers_table
from keystead.agreements.calc.evaluate import counts_sales, evaluate
from keystead.agreements.calc.measures import Inputs, total
from keystead.agreements.calc.payment import parse_terms
from keystead.agreements.calc.tiers import Table, next_tiers
from keystead.agreements.calc.tiers import cliffs as jumps
from keystead.agreements.calc.volumes import Counting, Sums, Volumes
from keystead.agreements.queries.naming import named_in
from keystead.agreements.queries.sales import accounts_of, last_year, sales
from keystead.agreements.rules.conditions import GROWTH
from keystead.agreements.types import (
    AgreementVersion,
    Anchor,
    Baseline,
    Condition,
    EntitlementLine,
    Family,
    Measure,
    Method,
    RateKind,
    Tier,
    Timing,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor

ZERO = Decimal(0)
MOST_YEARS = 10
VOLUMES = (Measure.NET_VALUE, Measure.GROSS_VALUE, Measure.QUANTITY)


@dataclasses.dataclass(frozen=True)
class Step:
    """A tier ahead: how far it is, and how much more it pays."""

    bound: Decimal
    gap: Decimal
    gain: Decimal


@dataclasses.dataclass(frozen=True)
class Preview:
    """What a condition pays at known sales.

    ``paid`` in the agreement's currency over ``span``, ``base`` the net sales it looks at.
    ``why`` says in words why there is nothing to show. ``cliffs`` pair a bound with the jump.
    ``years``: where rates change by period beyond the first twelve months of the agreement, what
    each of its years would pay at the same sales.
    """

    span: Period
    currency: str
    base: Decimal = ZERO
    paid: Decimal | None = None
    free_units: Decimal | None = None
    lines: tuple[EntitlementLine, ...] = ()
    ahead: Step | None = None
    cliffs: tuple[tuple[Decimal, Decimal], ...] = ()
    years: tuple[tuple[Period, Decimal], ...] = ()
    assumed: bool = False
    why: str = ""

    @property
    def rate_pct(self) -> Decimal | None:
        """What is paid in percent of net sales."""
        if self.paid is None or self.base <= 0:
            return None
        return self.paid * 100 / self.base


def preview(
    actor: Actor, account_id: int, version: AgreementVersion, condition: Condition, today: date
) -> Preview:
    """Return what the condition of a version would have paid over the last twelve whole months.

    The terms are laid over these months: the year of a condition is the twelve, quarters run
    from their first month, gates count as met. Rates that change by period change in the same
    order of months; those of later years are tried on the same twelve. A baseline that is read at
    signing is that of the year before. Nothing is stored.
    """
    span = last_year(today)
    accounts = accounts_of(account_id)
    whole = Period(add_months(span.start, -12), span.end)
    named = named_in((version,), months=-_ahead_by(version, span))
    volumes = sales(actor, sorted(accounts), whole, version.currency, named)
    counting = Counting.of(condition)
    try:
        months = volumes.months(accounts, (version.scope, condition.scope), counting)
        held = total((month, sums) for month, sums in months.items() if month in span)
        if not counts_sales(condition):
            return _on_the_spot(condition, held, span, version.currency)
        return _earned(version, condition, accounts, volumes, span, held)
    except Invalid as error:
        return Preview(span, version.currency, why=_(error.message))


def _ahead_by(version: AgreementVersion, span: Period) -> int:
    """Return how many months after the span the version begins."""
    first, then = span.start, version.effective.start
    return (then.year - first.year) * 12 + then.month - first.month


def _earned(
    version: AgreementVersion,
    condition: Condition,
    accounts: frozenset[int],
    volumes: Volumes,
    span: Period,
    held: Sums,
) -> Preview:
    laid = _laid_over(version, span, volumes, accounts)
    inputs = Inputs(volumes, accounts)
    lines = _lines_of(laid, inputs, condition.key)
    own = laid.condition(condition.key) or condition
    years = []
    for place, year in enumerate(_years(version, condition)):
        later = _laid_over(version, span, volumes, accounts, place) if place else laid
        paid = _lines_of(later, inputs, condition.key) if place else lines
        years.append((year, sum((line.amount.amount for line in paid), ZERO)))
    units = [line.free_units for line in lines if line.free_units is not None]
    return Preview(
        span,
        version.currency,
        base=held.value,
        paid=sum((line.amount.amount for line in lines), ZERO),
        free_units=sum(units, ZERO) if units else None,
        lines=lines,
        ahead=_ahead(own, lines),
        cliffs=_cliffs(own, lines, span),
        years=tuple(years),
        assumed=bool(condition.gates or version.gates),
        why=_why(condition, lines),
    )


def _lines_of(version: AgreementVersion, inputs: Inputs, key: str) -> tuple[EntitlementLine, ...]:
    run = evaluate(version, inputs, version.effective.last, assume_gates=True)
    return tuple(line for line in run.lines if line.condition == key)


def _years(version: AgreementVersion, condition: Condition) -> tuple[Period, ...]:
    """Return the years of a version whose rates change beyond the first; none without a ramp."""
    whole = version.effective
    if not any(tier.valid for tier in condition.tiers) or whole.end <= add_months(whole.start, 12):
        return ()
    starts: list[date] = []
    start = whole.start
    while start < whole.end and len(starts) < MOST_YEARS:
        starts.append(start)
        start = add_months(whole.start, 12 * len(starts))
    return tuple(Period(one, min(add_months(one, 12), whole.end)) for one in starts)


def _laid_over(
    version: AgreementVersion,
    span: Period,
    volumes: Volumes,
    accounts: frozenset[int],
    year: int = 0,
) -> AgreementVersion:
    """Return the terms of a year of the version as if they held over the span."""
    ahead = _ahead_by(version, span) + 12 * year
    conditions = tuple(
        dataclasses.replace(
            one,
            anchor=Anchor.AGREEMENT,
            valid=None,
            tiers=_moved(one.tiers, ahead),
            targets=tuple(dataclasses.replace(t, period=None) for t in one.targets),
        )
        for one in version.conditions
    )
    keys = {one.baseline for one in conditions if one.baseline}
    bases = tuple(_baseline(version, key, span, volumes, accounts) for key in sorted(keys))
    return dataclasses.replace(version, effective=span, conditions=conditions, baselines=bases)


def _moved(tiers: tuple[Tier, ...], months: int) -> tuple[Tier, ...]:
    """Return the rows of a ramp that many months earlier, from the first day of each month."""
    return tuple(
        dataclasses.replace(
            tier,
            valid=Period(
                add_months(month_start(tier.valid.start), -months),
                add_months(month_start(tier.valid.last), 1 - months),
            ),
        )
        if tier.valid
        else tier
        for tier in tiers
    )


def _baseline(
    version: AgreementVersion,
    key: str,
    span: Period,
    volumes: Volumes,
    accounts: frozenset[int],
) -> Baseline:
    typed = version.baseline(key)
    months = span.month_starts()
    if typed is not None:
        by_month = {month.month: amount for month, amount in typed.months}
        held = tuple((month, by_month.get(month.month, ZERO)) for month in months)
        return dataclasses.replace(typed, months=held)
    one = next(found for found in version.conditions if found.baseline == key)
    months_ago = named_in((version,), months=-_ahead_by(version, span) - 12)
    before = volumes.under(months_ago).months(
        accounts, (version.scope, one.scope), Counting.of(one)
    )
    return Baseline(
        key,
        Measure.NET_VALUE,
        tuple((month, before.get(add_months(month, -12), Sums()).value) for month in months),
        currency=version.currency,
    )


def _on_the_spot(condition: Condition, held: Sums, span: Period, currency: str) -> Preview:
    """What is given on the invoice or at payment, on the same sales."""
    paid: Decimal | None = None
    why = ""
    if condition.timing is Timing.ON_INVOICE and condition.tiers:
        rate = condition.tiers[0].rate
        percent = condition.rate_kind is RateKind.PERCENT
        paid = held.value * rate / 100 if percent else held.quantity * rate
    elif condition.family is Family.EARLY_PAYMENT:
        terms = parse_terms(condition.payment_terms)
        paid = held.value * terms.discount_pct / 100
        why = _("If everything is paid within the days of the discount.")
    else:
        why = _("It pays when something happens, not by what is sold.")
    return Preview(span, currency, base=held.value, paid=paid, why=why)


def _ahead(condition: Condition, lines: Sequence[EntitlementLine]) -> Step | None:
    """The next tier from where the last period stood."""
    if not lines or not condition.tiers or condition.rate_kind is RateKind.FREE_GOODS:
        return None
    last = lines[-1]
    if last.tier_measure is None:
        return None
    table = tiers_table(condition, last.period.last)
    if _same(condition):
        found = next_tiers(table, last.tier_measure, _price(condition, last))
        return Step(found[0].threshold, found[0].gap, found[0].additional) if found else None
    for bound, jump in _steps(table, last.benefit_measure or ZERO):
        if bound > last.tier_measure:
            return Step(bound, bound - last.tier_measure, jump)
    return None


def _cliffs(
    condition: Condition, lines: Sequence[EntitlementLine], span: Period
) -> tuple[tuple[Decimal, Decimal], ...]:
    if not condition.tiers or condition.rate_kind is RateKind.FREE_GOODS:
        return ()
    table = tiers_table(condition, span.last)
    if condition.tier_measure is condition.benefit_measure or (
        condition.rate_kind is RateKind.FIXED
    ):
        return tuple(found for found in jumps(table) if found[0] > 0)
    benefit = lines[-1].benefit_measure or ZERO if lines else ZERO
    return tuple(found for found in _steps(table, benefit) if found[0] > 0)


def _steps(table: Table, benefit: Decimal) -> list[tuple[Decimal, Decimal]]:
    """The jumps where the tier is measured on something else than what is paid on."""
    if table.method is not Method.ALL_UNITS:
        return []
    found, before = [], ZERO
    for tier in table.tiers:
        whole = tier.rate if table.rate_kind is RateKind.FIXED else tier.rate * benefit
        whole = whole / 100 if table.rate_kind is RateKind.PERCENT else whole
        found.append((tier.lower, whole - before))
        before = whole
    return found


def _same(condition: Condition) -> bool:
    return condition.tier_measure in VOLUMES and condition.benefit_measure in (
        *VOLUMES,
        Measure.NONE,
    )


def _price(condition: Condition, line: EntitlementLine) -> Decimal | None:
    if condition.tier_measure is condition.benefit_measure or not line.tier_measure:
        return None
    return (line.benefit_measure or ZERO) / line.tier_measure


def _why(condition: Condition, lines: Sequence[EntitlementLine]) -> str:
    if any(line.tier_measure is None for line in lines):
        if condition.tier_measure in GROWTH:
            return _("There were no sales a year before to count growth from.")
        if condition.tier_measure is Measure.METRIC:
            return _("The metric is read when it is settled; it is not known here.")
        return _("It cannot be measured on these sales.")
    return ""
