"""Accuracy of locked cycles and who added value: what was said, and what came true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.forecasting import models
from keystead.forecasting.calc.value_added import stair_case, track_record
from keystead.forecasting.queries.cycles import as_cycle, visible_rows
from keystead.forecasting.queries.demand import demand_history
from keystead.forecasting.queries.table import table_of
from keystead.forecasting.queries.worth import worth_of
from keystead.forecasting.types.cycle import (
    STACK,
    CycleState,
    DemandKind,
    Key,
    Layer,
)
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.table import CycleTable, exactly
from keystead.forecasting.types.value_added import (
    STAIRS,
    Judgement,
    Outcome,
    StairCase,
    TrackRecord,
)
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor

COMPARED = ("naive", "statistical", "agreed")
BANDS = ("lo80", "hi80", "lo95", "hi95")
MOST_CYCLES = 24
INTERMITTENT = "intermittent"


@dataclass(frozen=True, slots=True)
class LagRow:
    """Accuracy of one layer at one lag: percent of what was sold."""

    lag: int
    layer: str
    wape: float | None
    bias: float | None
    mase: float | None
    rmsse: float | None  # of intermittent series only: there the squared error is what counts
    cover80: float | None
    cover95: float | None
    cells: int


@dataclass(frozen=True, slots=True)
class CutRow:
    """Accuracy of a group: an account, a brand, a segment."""

    label: str
    naive: float | None
    statistical: float | None
    agreed: float | None
    bias: float | None
    mase: float | None
    rmsse: float | None
    cover80: float | None
    cover95: float | None
    value: Decimal
    cells: int


@dataclass(frozen=True)
class Accuracy:
    """What the accuracy page shows of all locked cycles the reader sees.

    ``lag`` periods ahead for stairs and cuts; ``unpriced`` cells count with no value: they have no
    price, or no rate into the currency.
    """

    cycles: int
    first: date | None
    last: date | None
    currency: str
    case: StairCase
    lags: tuple[LagRow, ...]
    cuts: Mapping[str, tuple[CutRow, ...]]
    lag: int = 1
    unpriced: int = 0
    rhythm: Rhythm = Rhythm.MONTH


@dataclass(frozen=True, slots=True)
class _Cell:
    outcome: Outcome
    key: Key
    lag: int
    segment: str
    brand: str
    scale: Decimal | float | None
    square: Decimal | None
    bands: tuple[float, float, float, float]
    priced: bool


def accuracy(
    actor: Actor,
    *,
    kind: DemandKind = DemandKind.SELL_IN,
    lag: int = 1,
    rhythm: Rhythm = Rhythm.MONTH,
) -> Accuracy:
    """Return how good the locked cycles of one rhythm were, on the accounts the reader may see.

    Weeks and months never stand in one figure. Stairs and cuts are at ``lag`` periods ahead (1, 2,
    3 or 6 months; 1, 2, 4, 8 or 13 weeks; Invalid else). Values of several
    currencies are told in the one most series have, at the rate of each month.
    """
    actor.require("forecasting.view")
    if lag not in rhythm.lags:
        by_week = rhythm is Rhythm.WEEK
        text = _("Choose 1, 2, 4, 8 or 13 weeks ahead.") if by_week else ""
        raise Invalid(text or _("Choose 1, 2, 3 or 6 months ahead."), code="lag")
    cells, currency = _cells(actor, kind, rhythm)
    rows = sorted({one.outcome.cycle for one in cells}, key=str)
    here = [one for one in cells if one.lag == lag]
    months = sorted({one.outcome.period for one in cells})
    cuts = {
        "account": _cut(here, lambda one: str(one.key.account_id)),
        "brand": _cut(here, lambda one: one.brand),
        "product": _cut(here, lambda one: str(one.key.product_id)),
        "segment": _cut(here, lambda one: one.segment),
    }
    return Accuracy(
        len(rows), months[0] if months else None, months[-1] if months else None, currency,
        stair_case([one.outcome for one in here]),
        tuple(_lag(cells, one, layer) for one in rhythm.lags for layer in COMPARED),
        cuts, lag, sum(not one.priced for one in here), rhythm,
    )  # fmt: skip


def judgements(
    actor: Actor,
    *,
    author: int | None = None,
    kind: DemandKind = DemandKind.SELL_IN,
    rhythm: Rhythm = Rhythm.MONTH,
) -> tuple[Judgement, ...]:
    """Return the overrides of locked cycles of one rhythm that came true, cell by cell.

    Of one author if given. Before is what the author's line held when they typed, after what they
    made of it.
    """
    tables = _locked(actor, kind, rhythm)
    actual = _actuals(actor, kind, tables, rhythm)
    found: list[Judgement] = []
    worth = worth_of(tables, timezone.localdate())
    for table in tables:
        held = {one.key: one for one in table.series}
        lines = models.OverrideLine.objects.filter(override__cycle_id=table.cycle.id)
        void = models.OverrideRow.objects.filter(cycle_id=table.cycle.id).exclude(supersedes=None)
        lines = lines.exclude(override_id__in=void.values("supersedes_id"))
        if author is not None:
            lines = lines.filter(override__by_id=author)
        wanted = (
            "override_id", "override__by_id", "override__reason", "account_id", "product_id",
            "period", "before", "after",
        )  # fmt: skip
        for pk, by, reason, account, product, period, before, after in lines.values_list(*wanted):
            key = Key(account, product)
            came = actual.get((key, period))
            if came is None or key not in held or by is None:
                continue
            unit = worth.unit(held[key], period) or Decimal(0)
            found.append(
                Judgement(pk, by, table.cycle.id, key, period, before, after, came, unit, reason)
            )
    return tuple(found)


def own_record(actor: Actor, rhythm: Rhythm = Rhythm.MONTH) -> TrackRecord:
    """Return what the reader's own overrides did in the cycles of one rhythm."""
    found = judgements(actor, author=actor.user_id, rhythm=rhythm)
    return track_record(actor.user_id, found)


def _locked(actor: Actor, kind: DemandKind, rhythm: Rhythm) -> list[CycleTable]:
    rows = visible_rows(actor).filter(
        kind=kind.value, rhythm=rhythm.value, state=CycleState.LOCKED.value
    )
    scope = scope_for(actor, name="forecast")
    allowed = None if scope.everything else frozenset(scope.account_ids)
    return [table_of(row, allowed) for row in rows.order_by("-month")[:MOST_CYCLES]]


def _actuals(
    actor: Actor, kind: DemandKind, tables: Sequence[CycleTable], rhythm: Rhythm
) -> dict[tuple[Key, date], Decimal]:
    """What came true, by series and period, up to the last whole one."""
    if not any(table.series for table in tables):
        return {}
    cut_off = date.fromordinal(rhythm.start(timezone.localdate()).toordinal() - 1)
    accounts = frozenset(one.key.account_id for table in tables for one in table.series)
    first = min(table.cycle.head.month for table in tables)
    demand = demand_history(actor, kind=kind, cut_off=cut_off, accounts=accounts, rhythm=rhythm)
    found: dict[tuple[Key, date], Decimal] = {}
    for key, row in demand.place.items():
        for column, month in enumerate(demand.months):
            value = demand.quantity[row, column]
            if month >= first and not np.isnan(value):
                found[key, month] = exactly(float(value))
    # A series that never sold has zeros where others sold; a masked month (an empty shelf, off the
    # list) of one that did says nothing and is not compared.
    known = {month for _key, month in found}
    for key in {one.key for table in tables for one in table.series} - demand.place.keys():
        found.update({(key, month): Decimal(0) for month in known})
    return found


def _cells(actor: Actor, kind: DemandKind, rhythm: Rhythm) -> tuple[list[_Cell], str]:
    """Return every cell that came true, and the currency its value is told in."""
    tables = _locked(actor, kind, rhythm)
    actual = _actuals(actor, kind, tables, rhythm)
    worth = worth_of(tables, timezone.localdate())
    found = []
    for table in tables:
        for column, month in enumerate(table.periods):
            for row, one in enumerate(table.series):
                came = actual.get((one.key, month))
                if came is None:
                    continue
                layers = {
                    layer.value: table.quantity(layer, row, column)
                    for layer in (Layer.NAIVE, *STACK)
                    if layer in table.layers
                }
                unit = worth.unit(one, month)
                outcome = Outcome(table.cycle.head.month, one.key, month, came, layers,
                                  unit or Decimal(0))  # fmt: skip
                bands = tuple(
                    float(table.bands[name][row, column]) for name in BANDS
                )  # fmt: skip
                found.append(
                    _Cell(outcome, one.key, _lag_of(table, month), one.segment, one.brand,
                          one.mase_scale, one.rmsse_scale, bands, unit is not None)  # type: ignore[arg-type]
                )  # fmt: skip
    return found, worth.currency


def _lag_of(table: CycleTable, month: date) -> int:
    return table.cycle.rhythm.between(table.cycle.head.month, month) + 1


def _lag(cells: Iterable[_Cell], lag: int, layer: str) -> LagRow:
    held = [one for one in cells if one.lag == lag]
    sizes = float(sum(abs(one.outcome.actual) for one in held))
    errors = [float(one.outcome.layers[layer] - one.outcome.actual) for one in held]
    ranges = layer == "statistical" and held
    return LagRow(
        lag, layer,
        sum(map(abs, errors)) * 100 / sizes if sizes else None,
        sum(errors) * 100 / sizes if sizes else None,
        _mase(held, layer),
        _rmsse([one for one in held if one.segment == INTERMITTENT], layer),
        _cover(held, 0) if ranges else None, _cover(held, 2) if ranges else None, len(held),
    )  # fmt: skip


def _mase(held: Sequence[_Cell], layer: str) -> float | None:
    """Mean absolute error over that of the seasonal naive in the history."""
    found = [
        float(abs(one.outcome.layers[layer] - one.outcome.actual)) / float(one.scale)
        for one in held if one.scale
    ]  # fmt: skip
    return sum(found) / len(found) if found else None


def _rmsse(held: Sequence[_Cell], layer: str) -> float | None:
    """Root mean squared error over that of the plain naive in the history: the mean of series."""
    by: dict[Key, list[float]] = defaultdict(list)
    for one in held:
        if one.square:
            error = float(one.outcome.layers[layer] - one.outcome.actual)
            by[one.key].append(error**2 / float(one.square))
    found = [(sum(ratios) / len(ratios)) ** 0.5 for ratios in by.values()]
    return sum(found) / len(found) if found else None


def _cover(held: Sequence[_Cell], at: int) -> float:
    inside = sum(one.bands[at] <= float(one.outcome.actual) <= one.bands[at + 1] for one in held)
    return inside * 100 / len(held)


def _cut(cells: Iterable[_Cell], group: Callable[[_Cell], str]) -> tuple[CutRow, ...]:
    """Accuracy by group, the largest value added or lost first."""
    by: dict[str, list[_Cell]] = defaultdict(list)
    for one in cells:
        by[group(one)].append(one)
    rows = []
    for label, held in by.items():
        case = stair_case([one.outcome for one in held])
        stairs = {one.layer: one for one in case.stairs}
        value = sum((one.value for one in case.stairs if one.layer not in STAIRS[:2]), Decimal(0))
        rows.append(
            CutRow(label, stairs["naive"].wape, stairs["statistical"].wape, stairs["agreed"].wape,
                   stairs["agreed"].bias, _mase(held, "agreed"), _rmsse(held, "agreed"),
                   _cover(held, 0), _cover(held, 2), value, case.cells)
        )  # fmt: skip
    return tuple(sorted(rows, key=lambda one: (-abs(one.value), one.label)))


def cycle_names(actor: Actor) -> dict[int, str]:
    """Return the names of the cycles the reader sees."""
    return {row.pk: as_cycle(row).name for row in visible_rows(actor)}
