"""The parts a condition is made of: scope, tiers, limits, gates, targets, baselines, prices."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

from keystead.agreements.types.choices import (
    GateEffect,
    GateKind,
    Measure,
    Partial,
)
from keystead.kernel.periods import Period


@dataclasses.dataclass(frozen=True)
class Selection:
    """Some lines: each list that is not empty narrows them down; an empty selection is nothing.

    ``accounts`` are the contracting account and those below it that were named; the caller
    expands the tree (``calc.scope.expanded``). ``groups`` are names of product groups.
    """

    accounts: tuple[int, ...] = ()
    ship_tos: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
    products: tuple[int, ...] = ()
    brands: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, field.name) for field in dataclasses.fields(self))


@dataclasses.dataclass(frozen=True)
class Scope:
    """Which lines count: those included (an empty selection: all) and not excluded."""

    include: Selection = Selection()
    exclude: Selection = Selection()


EVERYTHING = Scope()


@dataclasses.dataclass(frozen=True)
class Tier:
    """One step: from ``lower`` on, ``rate``. A tier runs to the next lower bound.

    ``valid`` makes a ramp: the row counts in periods whose last day lies in it.
    """

    lower: Decimal
    rate: Decimal
    valid: Period | None = None


@dataclasses.dataclass(frozen=True)
class Cap:
    """The most that is paid per period: an amount, or a percentage of the benefit measure."""

    amount: Decimal | None = None
    pct_of_base: Decimal | None = None


@dataclasses.dataclass(frozen=True)
class Floor:
    """The least that is paid per period of the condition, once the period is over.

    Cumulative: what earlier periods earned above the guarantee counts towards later ones.
    """

    amount: Decimal
    cumulative: bool = False


@dataclasses.dataclass(frozen=True)
class Gate:
    """Something that must hold for a benefit to be paid.

    ``name`` is the key of the reading that is handed in (``data_on_time``, ``no_overdue_debt``,
    ``licence_valid``, a metric id); for a share gate it is the ``focus`` share of the scope's
    value. A flag is met when true, a number or share when at least ``at_least``. Not met:
    nothing is paid, or ``scale_pct`` percent of it.
    """

    name: str
    kind: GateKind = GateKind.FLAG
    at_least: Decimal | None = None
    effect: GateEffect = GateEffect.STOP
    scale_pct: Decimal = Decimal(0)
    focus: Scope | None = None


@dataclasses.dataclass(frozen=True)
class Target:
    """What was agreed to be reached in a period; the scope is the condition's where none is given.

    ``measure`` metric: ``metric`` names it and its value is handed in under ``key``.
    """

    key: str
    measure: Measure
    value: Decimal
    period: Period | None = None
    unit: str = ""
    currency: str = ""
    scope: Scope | None = None
    metric: str = ""
    source: str = ""


@dataclasses.dataclass(frozen=True)
class Baseline:
    """What growth is counted from, frozen at signing: one amount per calendar month.

    ``months`` pairs the first day of a month *of the agreement* with the amount that this month
    is compared with (so growth for March reads the entry of March). A month that is missing, or
    a sum of zero, means no baseline: growth is then an error, never a free top tier.
    """

    key: str
    measure: Measure
    months: tuple[tuple[date, Decimal], ...]
    unit: str = ""
    currency: str = ""
    source: str = ""
    proof_id: str = ""
    frozen_on: date | None = None


@dataclasses.dataclass(frozen=True)
class FreeGoods:
    """``free`` units of a product (empty: the same one) for every ``per`` units bought."""

    free: Decimal
    per: Decimal
    partial: Partial = Partial.FLOOR
    product: int | None = None


@dataclasses.dataclass(frozen=True)
class PriceProtection:
    """Credit on the customer's stock at a price cut.

    The stock is the last one reported within ``report_days`` before the cut, with what was sold
    on since taken off if ``less_off_take``. It is at most ``cap_days_of_stock`` days of off-take
    (at the pace of the ``off_take_days`` before the cut), and at most what was bought in the
    ``sell_in_days`` before it.
    """

    include_in_transit: bool = False
    cap_days_of_stock: Decimal | None = None
    report_days: int = 31
    sell_in_days: int | None = None
    less_off_take: bool = False
    off_take_days: int = 90


@dataclasses.dataclass(frozen=True)
class PriceRow:
    """A price: the narrower the row, the sooner it is chosen (``calc.prices``)."""

    amount: Decimal
    currency: str
    product: int | None = None
    group: str = ""
    account: int | None = None
    channel: str = ""
    unit: str = ""
    min_quantity: Decimal = Decimal(0)
    max_quantity: Decimal | None = None
    valid: Period | None = None
    priority: int | None = None
    key: str = ""


@dataclasses.dataclass(frozen=True)
class Service:
    """What a fee buys, and what must be shown before it is paid (rule R-09)."""

    deliverable: str = ""
    proof: str = ""
    fair_value_note: str = ""
    due: Period | None = None


@dataclasses.dataclass(frozen=True)
class Example:
    """A worked example of a condition: what is measured, and what it must pay.

    It is run whenever the condition changes: terms are tested code. ``baseline`` is the sum that
    growth counts from, ``focus_measure`` the part of a mix, ``targets_reached`` the k of n.
    """

    name: str
    tier_measure: Decimal
    expected: Decimal
    benefit_measure: Decimal | None = None
    baseline: Decimal | None = None
    focus_measure: Decimal | None = None
    targets_reached: int | None = None
