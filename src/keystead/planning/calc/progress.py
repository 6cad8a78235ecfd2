"""How far an objective got, and whether that is enough for the time that is gone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from keystead.kernel.periods import Period
from keystead.planning.types.plans import Standing

ENOUGH = Decimal("0.8")  # of what the time gone would ask for: below it, behind
_TENTH = Decimal("0.1")


def progress_pct(
    value: Decimal | None, target: Decimal | None, baseline: Decimal | None = None
) -> Decimal | None:
    """Return the way from baseline to target that was gone, in percent at one decimal.

    ``value``, ``target`` and ``baseline`` share one unit; no baseline is a start at zero. It
    works upwards and downwards. None without value or target, or where the way has no length.

    >>> progress_pct(Decimal(60), Decimal(80), Decimal(40))
    Decimal('50.0')
    >>> progress_pct(Decimal(9), Decimal(5), Decimal(10))
    Decimal('20.0')
    """
    start = Decimal(0) if baseline is None else baseline
    if value is None or target is None or target == start:
        return None
    return ((value - start) / (target - start) * 100).quantize(_TENTH)


def expected_pct(period: Period, today: date, *, grows: bool) -> Decimal:
    """Return what should be reached by a day, in percent at one decimal.

    ``grows``: a sum that builds up over the period (sell-in of a year); anything else (a rate)
    should be there from the start, so 100. Before the period 0, after it 100.

    >>> expected_pct(Period.year(2026), date(2026, 7, 2), grows=True)
    Decimal('49.9')
    """
    if not grows or today >= period.end:
        return Decimal("100.0")
    if today < period.start:
        return Decimal("0.0")
    return (Decimal((today - period.start).days) * 100 / period.days).quantize(_TENTH)


def cap_pct(value: Decimal | None, target: Decimal | None, *, builds_up: bool) -> Decimal | None:
    """Return how a figure that should stay low stands against its limit, in percent.

    ``builds_up``: a sum over the period (expenses), so the share of the limit that is used; else
    (a rate) 100 at or below the limit, and limit / value above it. None without either, or where
    the limit is zero or below.

    >>> cap_pct(Decimal(8), Decimal(5), builds_up=False)
    Decimal('62.5')
    """
    if value is None or target is None or target <= 0:
        return None
    if builds_up:
        return (value / target * 100).quantize(_TENTH)
    return Decimal("100.0") if value <= target else (target / value * 100).quantize(_TENTH)


def standing(progress: Decimal | None, expected: Decimal, *, limit: bool = False) -> Standing:
    """Return the word for a progress against what is expected, both in percent.

    ``limit``: the progress is how much of a limit is used, so more than expected is worse.

    >>> standing(Decimal(48), Decimal(50)).value, standing(Decimal(30), Decimal(50)).value
    ('at_risk', 'behind')
    >>> standing(Decimal(48), Decimal(50), limit=True).value
    'on_track'
    """
    if progress is None:
        return Standing.UNKNOWN
    if limit:
        if progress > 100:
            return Standing.BEHIND
        return Standing.AT_RISK if progress > expected else Standing.ON_TRACK
    if progress >= 100:
        return Standing.REACHED
    if progress >= expected:
        return Standing.ON_TRACK
    return Standing.AT_RISK if progress >= expected * ENOUGH else Standing.BEHIND


def together(progresses: list[Decimal | None]) -> Decimal | None:
    """Return the mean progress of the objectives that have one, each cut to 0..100.

    >>> together([Decimal(50), None, Decimal(140)])
    Decimal('75.0')
    """
    known = [min(max(one, Decimal(0)), Decimal(100)) for one in progresses if one is not None]
    return (sum(known, Decimal(0)) / len(known)).quantize(_TENTH) if known else None
