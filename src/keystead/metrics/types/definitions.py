"""What a metric is: declared data that a small compiler turns into a query on any engine."""

from __future__ import annotations

import dataclasses
from datetime import date
from enum import StrEnum

DIMENSIONS: tuple[str, ...] = tuple(
    """
    account parent root kind segment territory channel country
    product brand category product_kind
    year quarter month week date
    outlet shop item campaign status source expense_category sales_channel buyer basis
    agreement condition accrual_kind condition_family treatment
    platform title data_type access_type usage_report
    isbn print_issn online_issn package
    """.split()
)


class Kind(StrEnum):
    """How a metric gets its value."""

    AGGREGATE = "aggregate"  # one fold over the rows of a dataset
    FORMULA = "formula"  # arithmetic over aggregates
    SERIES = "series"  # a pure function over rows or aggregates in their order


class Additivity(StrEnum):
    """What may be added up: everything, everything but time, or nothing."""

    ADDITIVE = "additive"
    SEMI_ADDITIVE = "semi_additive"
    RATIO = "ratio"


class Unit(StrEnum):
    """What the bare number counts. Money and quantity carry their currency or unit beside it."""

    MONEY = "money"
    QUANTITY = "quantity"
    PERCENT = "percent"
    INDEX = "index"
    DAYS = "days"
    MONTHS = "months"
    COUNT = "count"


class Direction(StrEnum):
    """Which way is favourable; neutral where neither is."""

    UP = "up"
    DOWN = "down"
    NEUTRAL = "neutral"


class Fold(StrEnum):
    """How rows become one number."""

    SUM = "sum"
    LAST = "last"  # the rows of the last date of each account and place in the window
    FIRST = "first"
    DISTINCT = "distinct"


class Measure(StrEnum):
    """What a fold adds up, and with it what must not be mixed: currencies, units, nothing."""

    MONEY = "money"
    QUANTITY = "quantity"
    COUNT = "count"


class WindowKind(StrEnum):
    """Which days a figure of a period looks at."""

    PERIOD = "period"
    YEAR_TO_DATE = "year_to_date"  # from the start of the fiscal year to the end of the period
    WHOLE_YEAR = "whole_year"  # the fiscal year in which the period ends
    TRAILING = "trailing"  # so many months that end with the period
    SINCE_EVER = "since_ever"  # everything up to the end of the period


@dataclasses.dataclass(frozen=True, order=True)
class Window:
    """The days of a figure, relative to its period. ``months`` is only for trailing windows."""

    kind: WindowKind = WindowKind.PERIOD
    months: int = 0


@dataclasses.dataclass(frozen=True)
class Aggregate:
    """A fold over a dataset.

    ``expression`` and ``where`` are SQL expressions over the dataset's columns, read by the
    compiler into a syntax tree and never pasted as text. ``distinct`` names the columns whose
    different combinations a DISTINCT fold counts. ``month_share``: rows belong to whole months,
    and a month that is only partly inside the window counts by its days. ``zero_when_none``:
    rows of the dataset without one that meets ``where`` make a zero, not an empty figure.
    """

    dataset: str
    expression: str = "value"
    measure: Measure = Measure.MONEY
    fold: Fold = Fold.SUM
    where: str = ""
    window: Window = Window()
    distinct: tuple[str, ...] = ()
    month_share: bool = False
    zero_when_none: bool = False


@dataclasses.dataclass(frozen=True)
class Input:
    """One aggregate metric inside a formula or series.

    ``years``: the same days so many years earlier or later. ``window`` overrides the metric's
    own. ``total_over``: dimensions that are neither grouped nor filtered here, which makes a
    share of a total. ``steps``: for a series, so many months up to the period's end, each one
    apart; ``monthly``: each month of the period apart. ``label`` names the part in a proof.
    """

    metric: str
    label: str
    years: int = 0
    window: Window | None = None
    total_over: tuple[str, ...] = ()
    steps: int = 0
    monthly: bool = False


class Clock(StrEnum):
    """Numbers of the calendar that a formula may use."""

    DAYS = "days"  # days of the period
    MONTHS_ELAPSED = "months_elapsed"  # of the fiscal year, at the period's end, by days
    MONTHS_REMAINING = "months_remaining"
    TRAILING_DAYS = "trailing_days"  # days of the three months that end with the period


@dataclasses.dataclass(frozen=True)
class Formula:
    """``numerator / denominator x scale`` over named inputs and clocks.

    Both are SQL expressions over the input names. Without a denominator the value stays an
    exact decimal; with one it is a double, and empty where the denominator is zero.
    """

    inputs: tuple[tuple[str, Input], ...]
    numerator: str
    denominator: str = ""
    scale: int = 1
    clocks: tuple[Clock, ...] = ()

    def input(self, name: str) -> Input:
        """Return the input called ``name``; KeyError when there is none."""
        return dict(self.inputs)[name]


@dataclasses.dataclass(frozen=True)
class Column:
    """A column an observation carries into a series; ``expression`` over the dataset."""

    name: str
    expression: str


@dataclasses.dataclass(frozen=True)
class Observations:
    """Rows of a dataset, not folded, as input of a series.

    ``reference``: the function also sees the rows of the whole period that was asked for, to
    know what is regular; a figure of one slot of it then depends on that period too. A proof
    shows ``amount`` (with its currency) and ``detail`` of each row.
    """

    dataset: str
    columns: tuple[Column, ...]
    label: str
    where: str = ""
    window: Window = Window()
    reference: bool = False
    amount: str = ""
    detail: str = ""


@dataclasses.dataclass(frozen=True)
class Series:
    """A pure function of ``calc.series`` over ordered input.

    ``inputs``: aggregates by the query's dimensions and by ``along`` (more dimensions that the
    function works through, such as product). ``observations``: bare rows beside or instead.
    ``extras``: names of facts from lower rooms that the function needs.
    """

    function: str
    inputs: tuple[tuple[str, Input], ...] = ()
    along: tuple[tuple[str, tuple[str, ...]], ...] = ()
    observations: Observations | None = None
    extras: tuple[str, ...] = ()

    def along_of(self, name: str) -> tuple[str, ...]:
        return dict(self.along).get(name, ())


@dataclasses.dataclass(frozen=True)
class Revision:
    """An earlier version: what it computed, and why it changed."""

    version: int
    until: date
    why: str
    compute: Aggregate | Formula | Series


@dataclasses.dataclass(frozen=True, kw_only=True)
class MetricDef:
    """One metric, complete: what it says, how it is computed, where the formula comes from.

    Texts are English source strings; screens translate them. ``needs`` is the capability that
    reading it takes. ``resale_price``: it reads what resellers charge, so it must never feed a
    target, a task or a benefit (R-01), and naming one reseller among others is a logged act.
    """

    id: str
    label: str
    description: str
    formula: str
    unit: Unit
    grain: str
    additivity: Additivity
    compute: Aggregate | Formula | Series
    source: str
    example: str
    per: str = ""
    direction: Direction = Direction.UP
    version: int = 1
    earlier: tuple[Revision, ...] = ()
    needs: str = "metrics.view"
    resale_price: bool = False
    topic: str = "sales"

    @property
    def kind(self) -> Kind:
        if isinstance(self.compute, Aggregate):
            return Kind.AGGREGATE
        return Kind.FORMULA if isinstance(self.compute, Formula) else Kind.SERIES

    @property
    def datasets(self) -> tuple[str, ...]:
        """Datasets it reads directly; those of its inputs come from ``calc.definitions``."""
        if isinstance(self.compute, Aggregate):
            return (self.compute.dataset,)
        if isinstance(self.compute, Series) and self.compute.observations is not None:
            return (self.compute.observations.dataset,)
        return ()

    @property
    def inputs(self) -> tuple[tuple[str, Input], ...]:
        return () if isinstance(self.compute, Aggregate) else self.compute.inputs

    def compute_at(self, version: int) -> Aggregate | Formula | Series:
        """Return what the given version computes; KeyError for a version that never was."""
        if version == self.version:
            return self.compute
        for revision in self.earlier:
            if revision.version == version:
                return revision.compute
        raise KeyError(f"{self.id} has no version {version}")
