"""The score of a card: points per line, weights, missing values. Documented in README.md."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from keystead.kernel.exact import largest_remainder, round_half_up
from keystead.kernel.periods import Period
from keystead.scorecards.types import (
    Direction,
    KpiSet,
    LineDef,
    LineScore,
    Missing,
    Reading,
    Score,
    TargetPer,
    TargetSource,
    Word,
    ZeroKind,
)

PLACES = 1
FULL = Decimal(100)


def line_points(reading: Reading) -> tuple[Decimal | None, Missing]:
    """Return the points of a line, 0 to 100 at one decimal, or None and the reason.

    Higher and lower: ``100 x (value - zero) / (target - zero)``, cut at 0 and 100, where
    ``zero`` is the value that is worth nothing: ``target x zero_at %``, or ``zero_at`` itself.
    It must lie below the target where higher is better and above it where lower is better,
    else there are no points (reason ``zero_point``): half of a target of 0, say, means nothing.

    Band: 100 inside; outside, the points fall in a straight line to 0 at the distance
    ``zero_at`` (in percent of the edge, or as a value) from the nearer edge.

    >>> line = LineDef("sell_in", Decimal(1), zero_at=Decimal(50))
    >>> line_points(Reading(line, Decimal(90), Decimal(100)))
    (Decimal('80.0'), <Missing.NONE: ''>)
    >>> line_points(Reading(line, None, Decimal(100)))[1].value
    'no_value'
    """
    line, reason = reading.line, _why_not(reading)
    if reading.value is None or reading.target is None or reason is not Missing.NONE:
        return None, reason
    if line.direction is Direction.BAND:
        return _band_points(line, reading.value, reading.target, reading.target_high)
    zero = _zero(line, reading.target)
    gap = reading.target - zero
    if gap == 0 or (gap > 0) != (line.direction is Direction.HIGHER):
        return None, Missing.ZERO_POINT
    return _cut((reading.value - zero), gap), Missing.NONE


def score_card(kpi_set: KpiSet, readings: Sequence[Reading]) -> Score:
    """Return the score of a card from one reading per line of the set, in its order.

    Lines without points fall out and the weights of the others are raised in proportion, so
    that the shares of those that count add up to 100 exactly (one decimal, largest remainder).
    ``total = sum(points x weight) / sum(weight)`` over lines with points, half-up to one
    decimal; None when they carry less than ``min_coverage_pct`` of the weight.

    >>> lines = (LineDef("a", Decimal(60)), LineDef("b", Decimal(40)))
    >>> cards = KpiSet(1, "s", "S", "", (), lines)
    >>> known = Reading(lines[0], Decimal(75), Decimal(100))
    >>> found = score_card(cards, [known, Reading(lines[1], None, Decimal(1))])
    >>> str(found.total), str(found.coverage_pct), str(found.lines[0].share_pct)
    ('50.0', '60.0', '100.0')
    """
    points = [line_points(reading) for reading in readings]
    weights = [
        reading.line.weight if found is not None else Decimal(0)
        for reading, (found, _) in zip(readings, points, strict=True)
    ]
    due = sum((r.line.weight for r in readings if _is_scored(r.line)), Decimal(0))
    have = sum(weights, Decimal(0))
    shares = _shares(weights)
    lines = tuple(
        LineScore(found, share, word_for(kpi_set, found, missing), missing)
        for (found, missing), share in zip(points, shares, strict=True)
    )
    with localcontext(prec=60, rounding=ROUND_HALF_UP):
        coverage = round_half_up(have * 100 / due, PLACES) if due else Decimal(0)
        enough = bool(have) and have * 100 >= due * kpi_set.min_coverage_pct
        gained = sum((p * w for (p, _), w in zip(points, weights, strict=True) if p is not None),
                     Decimal(0))  # fmt: skip
        total = round_half_up(gained / have, PLACES) if enough else None
    return Score(total, coverage, word_for(kpi_set, total), lines)


def word_for(kpi_set: KpiSet, points: Decimal | None, missing: Missing = Missing.NONE) -> Word:
    """Return the verdict: good and watch begin at the set's thresholds.

    >>> word_for(KpiSet(1, "s", "S", "", (), ()), Decimal("79.9"))
    <Word.WATCH: 'watch'>
    """
    if points is None:
        return Word.SHOWN if missing is Missing.NOT_SCORED else Word.MISSING
    if points >= kpi_set.good_from:
        return Word.GOOD
    return Word.WATCH if points >= kpi_set.watch_from else Word.BEHIND


def typed_target(value: Decimal, per: TargetPer, period: Period) -> Decimal:
    """Return a typed target for the period: as it is, or for each month or year of it.

    A month that the period holds only partly counts by its days.

    >>> typed_target(Decimal(310), TargetPer.MONTH, Period.parse("2026-01-01..2026-01-10"))
    Decimal('100.0000')
    >>> typed_target(Decimal(1200), TargetPer.YEAR, Period.parse("2026-Q1"))
    Decimal('300.0000')
    """
    if per is TargetPer.AS_IS:
        return value
    with localcontext(prec=60, rounding=ROUND_HALF_UP):
        months = sum(
            (
                Decimal(piece.days) / Period.month(piece.start.year, piece.start.month).days
                for piece in period.months()
            ),
            Decimal(0),
        )
        return round_half_up(value * months / (1 if per is TargetPer.MONTH else 12), 4)


def raised(value: Decimal, uplift_pct: Decimal) -> Decimal:
    """Return last year's value plus the uplift, as a target; the size of it for losses too.

    >>> raised(Decimal(200), Decimal(5)), raised(Decimal(-200), Decimal(5))
    (Decimal('210.0000'), Decimal('-190.0000'))
    """
    with localcontext(prec=60, rounding=ROUND_HALF_UP):
        return round_half_up(value + abs(value) * uplift_pct / 100, 4)


def _why_not(reading: Reading) -> Missing:
    if not _is_scored(reading.line):
        return Missing.NOT_SCORED
    if reading.missing is not Missing.NONE:
        return reading.missing
    if reading.value is None:
        return Missing.NO_VALUE
    return Missing.NO_TARGET if reading.target is None else Missing.NONE


def _is_scored(line: LineDef) -> bool:
    return line.target_source is not TargetSource.NONE


def _zero(line: LineDef, target: Decimal) -> Decimal:
    if line.zero_kind is ZeroKind.VALUE:
        return line.zero_at
    return target * line.zero_at / 100


def _band_points(
    line: LineDef, value: Decimal, low: Decimal, high: Decimal | None
) -> tuple[Decimal | None, Missing]:
    if high is None or high < low:
        return None, Missing.NO_TARGET
    if low <= value <= high:
        return FULL.quantize(Decimal("0.1")), Missing.NONE
    edge = low if value < low else high
    reach = line.zero_at
    if line.zero_kind is ZeroKind.PERCENT:
        reach = abs(edge) * line.zero_at / 100
    if reach <= 0:
        return Decimal("0.0"), Missing.NONE
    return _cut(reach - abs(value - edge), reach), Missing.NONE


def _cut(part: Decimal, whole: Decimal) -> Decimal:
    with localcontext(prec=60, rounding=ROUND_HALF_UP):
        return round_half_up(min(FULL, max(Decimal(0), part * 100 / whole)), PLACES)


def _shares(weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    if not any(weights):
        return tuple(Decimal("0.0") for _ in weights)
    units = largest_remainder(100 * 10**PLACES, weights)
    return tuple(Decimal(part).scaleb(-PLACES) for part in units)
