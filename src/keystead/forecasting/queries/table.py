"""The numbers of a cycle: what the run said, and what people made of it."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection
from django.db.models import FloatField, Q
from django.db.models.functions import Cast

from keystead.accounts.queries import scope_for
from keystead.accounts.queries.tree import current_parents
from keystead.accounts.rules import ascend
from keystead.catalog.queries import product_dimension
from keystead.forecasting import models
from keystead.forecasting.calc.layers import Change, stacked, touched
from keystead.forecasting.queries.cycles import as_cycle, cycle_row, newest_override
from keystead.forecasting.queries.standing import Base, Number, Places, standing_of
from keystead.forecasting.types.cycle import (
    HUMAN,
    STACK,
    Cycle,
    CycleState,
    Key,
    Layer,
    OverrideKind,
)
from keystead.forecasting.types.table import Bools, CycleTable, Floats, Series, exactly
from keystead.kit.access import Actor

BANDS = ("lo80", "hi80", "lo95", "hi95")
KEPT_CELLS = 1_000_000  # of all runs in memory, a series in a month each: about 50 MB
Locked = tuple[dict[Layer, Floats], dict[Layer, Bools]]
_kept: OrderedDict[tuple[str, int, str], Whole] = OrderedDict()
_lock = Lock()


class Whole:
    """All that a finished run said. It never changes, so it stays in memory for a while.

    Only the brands of the products may: they are those of ``products``.
    """

    def __init__(self, run: models.RunRow, horizon: int, products: pa.Table) -> None:
        self.products, self.hash = products, run.output_hash
        self.series = _series(run)
        self.cells = len(self.series) * horizon
        self.place = {
            (one.key.account_id, one.key.product_id): at for at, one in enumerate(self.series)
        }
        self.accounts = np.array([one.key.account_id for one in self.series], dtype=np.int64)
        self.locked: tuple[str, Locked] | None = None
        self.parts: Mapping[str, Floats] | None = None
        shape = len(self.series), horizon
        self.values = {name: np.zeros(shape) for name in ("naive", "statistical", *BANDS)}
        for layer, names in ((Layer.NAIVE, ()), (Layer.STATISTICAL, BANDS)):
            rows = models.ForecastVersion.objects.filter(run=run, layer=layer.value).annotate(
                **{f"{name}_f": Number(name) for name in ("qty", *names)}
            )
            wanted = ("account_id", "product_id", "horizon", "qty_f", *(f"{n}_f" for n in names))
            held = list(rows.values_list(*wanted))
            if not held:
                continue
            accounts, products_, steps, quantity, *bands = zip(*held, strict=True)
            at = (
                np.array([self.place[key] for key in zip(accounts, products_, strict=True)]),
                np.array(steps) - 1,
            )
            said = np.array(quantity, dtype=np.float64)
            self.values[layer.value][at] = said
            for name, values in zip(names, bands, strict=True):
                band = np.array(values, dtype=np.float64)  # nothing said is nan
                self.values[name][at] = np.where(np.isnan(band), said, band)
        for kept in self.values.values():
            kept.setflags(write=False)  # many tables stand on it

    def rows(self, allowed: frozenset[int] | None) -> Places | None:
        """Return the places of the series of some accounts; None stands for all."""
        if allowed is None:
            return None
        found = np.flatnonzero(np.isin(self.accounts, list(allowed)))
        return None if len(found) == len(self.series) else found


def cycle_table(
    actor: Actor,
    cycle_id: int,
    *,
    accounts: Iterable[int] | None = None,
    through: int | None = None,
) -> CycleTable:
    """Return the numbers of a cycle on the accounts that the actor may read.

    ``accounts`` narrows it further. ``through``: only overrides up to this id, to see a state of
    before (a workbook that was exported then). Without a finished run the table has no series.
    """
    row = cycle_row(actor, cycle_id)
    scope = scope_for(actor, name="forecast")
    allowed = None if scope.everything else frozenset(scope.account_ids)
    if accounts is not None:
        allowed = frozenset(accounts) if allowed is None else allowed & frozenset(accounts)
    return table_of(row, allowed, through)


def table_of(
    row: models.CycleRow, allowed: frozenset[int] | None = None, through: int | None = None
) -> CycleTable:
    """Return the numbers of a stored cycle; ``allowed`` None is everything. No rights checked."""
    cycle = as_cycle(row)
    stamp = newest_override(row.pk) if through is None else through
    if row.run_id is None:
        return CycleTable(cycle, (), cycle.periods, {}, {}, {}, stamp)
    whole = whole_of(models.RunRow.objects.get(pk=row.run_id), cycle.head.horizon)
    rows = whole.rows(allowed)
    series = whole.series if rows is None else tuple(whole.series[at] for at in rows)
    values = {name: _part(held, rows) for name, held in whole.values.items()}
    if through is not None:
        place = {one.key: at for at, one in enumerate(series)}
        changes = changes_of(row.pk, place, cycle.periods, through)
        layers = stacked(values["statistical"], changes)
        named = dict(touched(changes, (len(series), len(cycle.periods))))
    else:
        layers, named = _as_it_is(row, cycle, whole)
        layers = {layer: _part(held, rows) for layer, held in layers.items()}
        named = {layer: mask for layer, held in named.items() if (mask := _part(held, rows)).any()}
    layers[Layer.NAIVE] = values["naive"]
    bands = {name: values[name] for name in BANDS}
    return CycleTable(
        cycle, series, cycle.periods, layers, named, bands, stamp,
        _below({one.key.account_id for one in series}),
    )  # fmt: skip


def parts_of(table: CycleTable) -> dict[str, Floats]:
    """Return what the statistical line of each series is made of, series x months by part.

    A series without the part has zeros, as one with a line of another length.
    """
    if table.cycle.run_id is None:
        return {}
    run = models.RunRow.objects.get(pk=table.cycle.run_id)
    whole = whole_of(run, table.cycle.head.horizon)
    held = whole.parts
    if held is None:
        held = whole.parts = _parts(run, whole)
    rows = [whole.place[one.key.account_id, one.key.product_id] for one in table.series]
    return {name: lines[rows] for name, lines in held.items()}


def _parts(run: models.RunRow, whole: Whole) -> dict[str, Floats]:
    shape = whole.values["statistical"].shape
    found: dict[str, Floats] = {}
    stored = models.RunSeries.objects.filter(run=run)
    for account, product, parts in stored.values_list("account_id", "product_id", "parts"):
        for name, line in (parts if isinstance(parts, dict) else {}).items():
            if isinstance(line, list) and len(line) == shape[1]:
                lines = found.setdefault(str(name), np.zeros(shape))
                lines[whole.place[account, product]] = [one or 0 for one in line]
    return found


def _part(held: npt.NDArray[Any], rows: Places | None) -> npt.NDArray[Any]:
    return held if rows is None else held[rows]


def _as_it_is(row: models.CycleRow, cycle: Cycle, whole: Whole) -> Locked:
    """The layers of all series by now; of a locked cycle as they were frozen, read once."""
    if cycle.state is not CycleState.LOCKED:
        found = standing_of(row, _base(row, cycle, whole))
        return dict(found.layers), dict(found.named)
    held = whole.locked
    if held is None or held[0] != row.content_hash or not row.content_hash:
        held = row.content_hash, _locked(row, whole)
        if not connection.in_atomic_block:
            whole.locked = held
    return dict(held[1][0]), dict(held[1][1])


def _base(row: models.CycleRow, cycle: Cycle, whole: Whole) -> Base:
    return Base(
        (row.run_id, whole.hash), whole.values["statistical"], whole.place,
        {period: at for at, period in enumerate(cycle.periods)},
    )  # fmt: skip


def cells_since(
    row: models.CycleRow, layer: Layer, since: int, allowed: frozenset[int] | None = None
) -> tuple[tuple[tuple[Key, date, Decimal], ...], int]:
    """Return what a layer holds in the cells that changed after an override, and the newest one.

    Changed by whomever: by an override after ``since`` of the layer or one below it, or by taking
    one back. No rights are checked; ``allowed`` as in ``table_of``.
    """
    cycle = as_cycle(row)
    if row.run_id is None or cycle.state is CycleState.LOCKED:
        return (), newest_override(row.pk)
    whole = whole_of(models.RunRow.objects.get(pk=row.run_id), cycle.head.horizon)
    found = standing_of(row, _base(row, cycle, whole))
    gone = models.OverrideRow.objects.filter(cycle=row, pk__gt=since).exclude(supersedes=None)
    void = np.array(gone.values_list("supersedes_id", flat=True), dtype=np.intp)
    pks, of = found.lines[:, 0], found.lines[:, 1]
    later = ((pks > since) | np.isin(pks, void)) & (of <= STACK.index(layer))
    cells = np.unique(found.lines[later, 3:], axis=0)
    held, periods = found.layers[layer], cycle.periods
    return tuple(
        (key, periods[column], exactly(held[at, column]))
        for at, column in cells.tolist()
        for key in [whole.series[at].key]
        if allowed is None or key.account_id in allowed
    ), found.newest


def whole_of(run: models.RunRow, horizon: int) -> Whole:
    """Return what a finished run said, from memory where it was read before."""
    key = (str(connection.settings_dict["NAME"]), run.pk, run.output_hash)
    products = product_dimension()
    with _lock:
        found = _kept.get(key)
        if found is not None and found.products is products:
            _kept.move_to_end(key)
            return found
    made = Whole(run, horizon, products)
    with _lock:
        _kept[key] = made
        while len(_kept) > 1 and sum(one.cells for one in _kept.values()) > KEPT_CELLS:
            _kept.popitem(last=False)
    return made


def changes_of(
    cycle_id: int,
    place: Mapping[Key, int],
    periods: Sequence[Any],
    through: int | None = None,
) -> list[Change]:
    """Return the overrides that count, as the calculation takes them, in their order."""
    column = {period: at for at, period in enumerate(periods)}
    lines = live_lines(cycle_id, through).annotate(amount_f=Cast("amount", FloatField()))
    wanted = (
        "override_id", "override__layer", "kind", "account_id", "product_id", "period", "amount_f",
    )  # fmt: skip
    held: dict[tuple[int, str, str], list[tuple[int, int, float]]] = defaultdict(list)
    for pk, layer, kind, account, product, period, amount in lines.values_list(*wanted):
        at = place.get(Key(account, product))
        if at is not None and period in column:
            held[pk, layer, kind].append((at, column[period], amount))
    return [
        Change(
            pk, Layer(layer), OverrideKind(kind),
            np.array([one[0] for one in cells], dtype=np.intp),
            np.array([one[1] for one in cells], dtype=np.intp),
            np.array([one[2] for one in cells], dtype=np.float64),
        )
        for (pk, layer, kind), cells in held.items()
    ]  # fmt: skip


def live_lines(cycle_id: int, through: int | None = None) -> Any:
    """Return the lines of overrides that were not withdrawn (by what was there ``through``)."""
    known = models.OverrideRow.objects.filter(cycle_id=cycle_id)
    if through is not None:
        known = known.filter(pk__lte=through)
    void = known.exclude(supersedes=None).values("supersedes_id")
    limit = Q() if through is None else Q(override_id__lte=through)
    lines = models.OverrideLine.objects.filter(limit, override__cycle_id=cycle_id)
    return lines.exclude(override_id__in=void)


def brands() -> dict[int, str]:
    """Return the brand of each product."""
    table = product_dimension()
    ids, names = table["product_id"].to_pylist(), table["brand"].to_pylist()
    return {pk: name or "" for pk, name in zip(ids, names, strict=True)}


def _series(run: models.RunRow) -> tuple[Series, ...]:
    of = brands()
    rows = models.RunSeries.objects.filter(run=run).order_by("account_id", "product_id")
    return tuple(
        Series(
            Key(row.account_id, row.product_id), of.get(row.product_id, ""), row.unit, row.price,
            row.currency, row.segment, row.recipe, row.last_year, row.mase_scale, row.rmsse_scale,
        )
        for row in rows.defer("parts")
    )  # fmt: skip


def _locked(row: models.CycleRow, whole: Whole) -> Locked:
    """The layers as they were frozen at the lock; what has no row equals the layer below."""
    base = whole.values["statistical"]
    rows = models.ForecastVersion.objects.filter(
        run_id=row.run_id, layer__in=[layer.value for layer in HUMAN]
    ).annotate(qty_f=Number("qty"))
    held: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
    wanted = ("layer", "account_id", "product_id", "horizon", "qty_f")
    for layer, account, product, step, qty in rows.values_list(*wanted).iterator(5000):
        at = whole.place.get((account, product))
        if at is not None:
            held[layer].append((at, step - 1, qty))
    now, layers = base, {Layer.STATISTICAL: base}
    named: dict[Layer, Bools] = {}
    for layer in HUMAN:
        if cells := held.get(layer.value):
            now = now.copy()
            at_rows = [one[0] for one in cells]
            at_columns = [one[1] for one in cells]
            now[at_rows, at_columns] = [one[2] for one in cells]
            named[layer] = np.zeros(base.shape, dtype=np.bool_)
            named[layer][at_rows, at_columns] = True
            now.setflags(write=False)
        layers[layer] = now
    return layers, named


def _below(accounts: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return, for each account above one of these, which of them are below it."""
    parents = current_parents()
    found: dict[int, set[int]] = defaultdict(set)
    for account in accounts:
        for above in ascend(account, parents)[1:]:
            found[above].add(account)
    return {above: frozenset(held) for above, held in found.items()}
