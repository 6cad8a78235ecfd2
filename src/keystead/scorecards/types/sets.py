"""KPI sets and the words they are described with."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from enum import StrEnum


def plain(value: Decimal | None) -> str | None:
    """Return the number as text without needless zeros; None stays None.

    >>> plain(Decimal("12.500")), plain(Decimal("1E+3"))
    ('12.5', '1000')
    """
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Direction(StrEnum):
    """Which way is better: more, less, or between two values."""

    HIGHER = "higher"
    LOWER = "lower"
    BAND = "band"


class TargetSource(StrEnum):
    """Where a line's target comes from."""

    TYPED = "typed"  # on the line, or on the account's own line
    DATASET = "dataset"  # the imported targets of the account
    LAST_YEAR = "last_year"  # last year's value, raised by ``uplift_pct``
    NONE = "none"  # shown, not scored


class TargetPer(StrEnum):
    """What a typed target counts for: the figure as it is, or each month or year of it."""

    AS_IS = "as_is"
    MONTH = "month"
    YEAR = "year"


class ZeroKind(StrEnum):
    """How the zero point is written: in percent of the target, or as a value of the metric."""

    PERCENT = "percent"
    VALUE = "value"


class Word(StrEnum):
    """The verdict in one word; never by colour alone."""

    GOOD = "good"
    WATCH = "watch"
    BEHIND = "behind"
    MISSING = "missing"
    SHOWN = "shown"


class Missing(StrEnum):
    """Why a line has no points."""

    NONE = ""
    NO_VALUE = "no_value"
    NO_TARGET = "no_target"
    NOT_SCORED = "not_scored"
    ZERO_POINT = "zero_point"  # the zero point is on the wrong side of the target
    MEASURE = "measure"  # value and target are in different currencies or units
    HIDDEN = "hidden"  # the reader's role may not see this metric
    UNKNOWN = "unknown"  # the metric is not in the catalogue


@dataclasses.dataclass(frozen=True)
class LineDef:
    """One KPI: what is measured, how much it weighs, what is good.

    ``target`` is the typed target; for a band its lower edge, ``target_high`` its upper one.
    ``zero_at`` is where the points end: a percentage of the target (50: half of it is worth
    nothing; 150 for lower-is-better; for a band the distance from its edge in percent of it),
    or a value of the metric (for a band a distance).
    """

    metric: str
    weight: Decimal
    direction: Direction = Direction.HIGHER
    target_source: TargetSource = TargetSource.TYPED
    target: Decimal | None = None
    target_high: Decimal | None = None
    target_per: TargetPer = TargetPer.AS_IS
    uplift_pct: Decimal = Decimal(0)
    zero_kind: ZeroKind = ZeroKind.PERCENT
    zero_at: Decimal = Decimal(50)
    label: str = ""
    id: int = 0


@dataclasses.dataclass(frozen=True)
class KpiSet:
    """The KPIs of one account segment. Words: ``good_from`` and ``watch_from`` points.

    Below ``min_coverage_pct`` of the weight with points there is no total.
    """

    id: int
    code: str
    name: str
    segment: str
    kinds: tuple[str, ...]
    lines: tuple[LineDef, ...]
    good_from: Decimal = Decimal(80)
    watch_from: Decimal = Decimal(50)
    min_coverage_pct: Decimal = Decimal(50)
    active: bool = True
    version: int = 1
