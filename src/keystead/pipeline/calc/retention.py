"""Gross and net retention, and what a closed renewal counts as."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from keystead.kernel.exact import round_half_up
from keystead.pipeline.types.renewals import Booking, Outcome, Retention

HUNDRED: Final = Decimal(100)
Line = tuple[Outcome, Decimal | None]


def booking(target: Decimal, final: Decimal, *, lost: bool = False) -> Booking:
    """Return what a closed renewal counts as.

    >>> booking(Decimal(100), Decimal(120)), booking(Decimal(100), Decimal(90))
    (<Booking.UPSELL: 'upsell'>, <Booking.DOWNSELL: 'downsell'>)
    """
    if lost or (final <= 0 < target):
        return Booking.CHURN
    if final > target:
        return Booking.UPSELL
    return Booking.DOWNSELL if final < target else Booking.RENEWAL


def split(target: Decimal, final: Decimal) -> tuple[Decimal, Decimal]:
    """Return upsell and downsell: what is above and what is below the target.

    >>> split(Decimal(100), Decimal(120)), split(Decimal(100), Decimal(90))
    ((Decimal('20'), Decimal('0')), (Decimal('0'), Decimal('10')))
    """
    return max(final - target, Decimal(0)), max(target - final, Decimal(0))


def retention(lines: Iterable[Line], *, open_renewals: int = 0) -> Retention:
    """Return gross and net retention of closed renewals.

    ``lines``: an outcome and the rate of its currency into the one that is shown; target and
    final take the same rate, that of the end of the term. A line without rate is counted in
    ``unrated`` and in no figure. Gross = sum of min(final, target) / sum of targets; net = sum of
    finals / sum of targets, in percent to one decimal (half up). None where no target is above
    zero. Source: infoscience 6.4.
    """
    target = kept = final = Decimal(0)
    closed = unrated = 0
    for one, rate in lines:
        if rate is None:
            unrated += 1
            continue
        closed += 1
        target += one.target * rate
        final += one.final * rate
        kept += min(one.final, one.target) * rate
    return Retention(
        gross_pct=_pct(kept, target), net_pct=_pct(final, target), target=target, kept=kept,
        final=final, closed=closed, open=open_renewals, unrated=unrated,
    )  # fmt: skip


def rated(outcomes: Iterable[Outcome], rates: Mapping[tuple[str, date], Decimal]) -> list[Line]:
    """Return each outcome with the rate of its currency at the end of its term."""
    return [(one, rates.get((one.currency, one.term_end))) for one in outcomes]


def _pct(part: Decimal, whole: Decimal) -> Decimal | None:
    return round_half_up(HUNDRED * part / whole, 1) if whole > 0 else None
