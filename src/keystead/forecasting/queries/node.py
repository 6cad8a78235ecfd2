"""One place of the grid in full: past and range, layers, why it changed, who said what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from keystead.forecasting.calc.made_of import made_of
from keystead.forecasting.calc.similar import SimilarPeriod, similar_periods
from keystead.forecasting.calc.waterfall import EFFECTS, Sides, Units, in_units, steps_over
from keystead.forecasting.queries.cycles import comments_of, overrides_at
from keystead.forecasting.queries.grid import last_cycle
from keystead.forecasting.queries.history import history_of, plans_known
from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.table import cycle_table, parts_of
from keystead.forecasting.queries.words import RECIPES, SEGMENTS
from keystead.forecasting.types.cycle import STACK, Comment, Key, Layer, Node, Override
from keystead.forecasting.types.demand import Demand
from keystead.forecasting.types.grid import Steps
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.table import CycleTable, Floats, exactly
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor

BACK = {Rhythm.MONTH: 18, Rhythm.WEEK: 26}  # periods of the past in the chart
SHOWN = 12
ZERO = Decimal(0)
LATELY = {Rhythm.MONTH: 3, Rhythm.WEEK: 13}  # periods that say what is sold lately


@dataclass(frozen=True)
class NodeView:
    """What the side of the grid shows; numbers by period, None where nobody knows."""

    node: Node
    label: str
    unit: str
    past_months: tuple[date, ...]
    past: tuple[float | None, ...]
    year_ago: tuple[float | None, ...]
    months: tuple[date, ...]
    bands: dict[str, tuple[float, ...]]
    one_series: bool
    layers: dict[Layer, tuple[Decimal, ...]]
    before: tuple[Decimal | None, ...]
    steps: Steps | None
    shared: tuple[date, ...]
    overrides: tuple[Override, ...]
    comments: tuple[Comment, ...]
    segment: str
    recipe: str
    parts: dict[str, tuple[Decimal, ...]]  # of the statistical line; they add up to it
    series: int
    similar: tuple[SimilarPeriod, ...]  # past months most like the first one that may change
    similar_to: date | None
    planned: dict[str, float]  # what is known of that month
    rhythm: Rhythm = Rhythm.MONTH


def node_view(actor: Actor, cycle_id: int, node: Node) -> NodeView:
    """Return everything about a node of a cycle; NotFound where the reader sees nothing of it."""
    table = cycle_table(actor, cycle_id)
    rows = table.rows_of(node)
    if not rows:
        raise NotFound("Nothing is forecast here.", code="node_empty")
    history = history_of(actor, table)
    rhythm = table.cycle.rhythm
    back = BACK[rhythm]
    months = rhythm.periods(rhythm.step(table.cycle.head.month, -back), back)
    past = _past(history, table, rows, months)
    ahead = tuple(rhythm.year_before(month) for month in table.periods)
    parts = parts_of(table)
    before, steps, shared = _last(actor, table, rows, history, parts)
    statistical = _sums(table.layers[Layer.STATISTICAL], rows)
    units = {table.series[at].unit for at in rows}
    alone = len(rows) == 1
    first = table.series[rows[0]]
    return NodeView(
        node, label_of(node), units.pop() if len(units) == 1 else "", months, past,
        _past(history, table, rows, ahead), table.periods, _bands(table, rows), alone,
        {layer: _sums(table.layers[layer], rows) for layer in (Layer.NAIVE, *STACK)},
        before, steps, shared, _overrides(actor, table, node),
        tuple(one for one in comments_of(actor, cycle_id) if one.node == node)[-SHOWN:],
        str(SEGMENTS.get(first.segment, first.segment)) if alone else "",
        str(RECIPES.get(first.recipe, first.recipe)) if alone else "",
        made_of([{name: held[rows].sum(axis=0).tolist() for name, held in parts.items()}],
                statistical), len(rows),
        *_similar(actor, table, history, rows), rhythm,
    )  # fmt: skip


def label_of(node: Node) -> str:
    """Return what a node is called; empty for the top."""
    return labels()(node)


def labels() -> Callable[[Node], str]:
    """Return what gives nodes their names; for many at once the names are read once."""
    accounts, products = account_names(), product_names()

    def label(node: Node) -> str:
        words = []
        if node.account_id is not None:
            words.append(accounts[node.account_id].name)
        if node.brand:
            words.append(node.brand)
        if node.product_id is not None:
            words.append(products[node.product_id].name)
        return " / ".join(words)

    return label


def _past(
    history: Demand, table: CycleTable, rows: list[int], months: tuple[date, ...]
) -> tuple[float | None, ...]:
    place = {month: at for at, month in enumerate(history.months)}
    held = history.place
    at_rows = [held[table.series[at].key] for at in rows if table.series[at].key in held]
    found: list[float | None] = []
    for month in months:
        if month not in place or not at_rows:
            found.append(None)
            continue
        column = history.quantity[at_rows, place[month]]
        found.append(None if np.isnan(column).all() else round(float(np.nansum(column)), 4))
    return tuple(found)


def _sums(values: Floats, rows: list[int]) -> tuple[Decimal, ...]:
    return tuple(exactly(float(one)) for one in values[rows].sum(axis=0))


def _bands(table: CycleTable, rows: list[int]) -> dict[str, tuple[float, ...]]:
    """Ranges of a sum: half-widths added in squares, as errors of series that go their own way."""
    middle = table.layers[Layer.STATISTICAL][rows]
    total = middle.sum(axis=0)
    found = {}
    for name, held in table.bands.items():
        width = np.sqrt(((held[rows] - middle) ** 2).sum(axis=0))
        low = name.startswith("lo")
        found[name] = tuple(float(one) for one in np.maximum(total + (-width if low else width), 0))
    return found


def _last(
    actor: Actor,
    table: CycleTable,
    rows: list[int],
    history: Demand,
    parts: Mapping[str, Floats],
) -> tuple[tuple[Decimal | None, ...], Steps | None, tuple[date, ...]]:
    """Last cycle's agreed numbers here, and why they are others now, over the months of both."""
    before = last_cycle(actor, table)
    if before is None:
        return (None,) * len(table.periods), None, ()
    place = {one.key: at for at, one in enumerate(before.series)}
    then = {month: at for at, month in enumerate(before.periods)}
    at_before = [place.get(table.series[at].key, -1) for at in rows]
    there = [at for at in at_before if at >= 0]
    sums = before.layers[Layer.AGREED][there].sum(axis=0)
    agreed = tuple(
        exactly(float(sums[then[month]])) if there and month in then else None
        for month in table.periods
    )
    shared = tuple(month for month in table.periods if month in then)
    moved = _moved(history, before, table)
    keys = [table.series[at].key for at in rows]
    steps = steps_over(
        _sides(before, parts_of(before), at_before, [then[month] for month in shared]),
        _sides(table, parts, rows, [table.periods.index(month) for month in shared]),
        in_units(np.array([moved.get(key, 0.0) for key in keys])),
    )
    return agreed, steps, shared


def _moved(history: Demand, before: CycleTable, table: CycleTable) -> dict[Key, float]:
    """How much more a series sells a period lately than it did lately at the cut-off before."""
    place = {month: at for at, month in enumerate(history.months)}

    rhythm = table.cycle.rhythm

    def lately(first: date) -> list[int]:
        months = [rhythm.step(first, -step) for step in range(1, LATELY[rhythm] + 1)]
        return [place[month] for month in months if month in place]

    then, now = lately(before.cycle.head.month), lately(table.cycle.head.month)
    if not then or not now:
        return {}
    sold = np.nan_to_num(history.quantity)
    more = sold[:, now].mean(axis=1) - sold[:, then].mean(axis=1)
    return {key: float(more[at]) for key, at in history.place.items()}


def _similar(
    actor: Actor, table: CycleTable, history: Demand, rows: list[int]
) -> tuple[tuple[SimilarPeriod, ...], date | None, dict[str, float]]:
    """The past months most like the first one ahead that may still change: the same season, like
    promotions and prices, not long ago."""
    ahead = next((month for month in table.periods if month not in table.cycle.frozen), None)
    held = history.place
    places = [held[table.series[at].key] for at in rows if table.series[at].key in held]
    if ahead is None or not places:
        return (), None, {}
    sold = history.quantity[places]
    total = np.where(np.isnan(sold).all(axis=0), np.nan, np.nansum(sold, axis=0))
    count = len(history.months)
    column = count + table.periods.index(ahead)
    lines = plans_known(actor, history, places, len(table.periods))
    known = {name: (line[:count], float(line[column])) for name, line in lines.items()}
    return (
        similar_periods(history.months, total, ahead, known), ahead,
        {name: planned for name, (_line, planned) in known.items()},
    )  # fmt: skip


def _sides(
    table: CycleTable, parts: Mapping[str, Floats], rows: list[int], columns: list[int]
) -> Sides:
    """The numbers of some series, -1 for one that is not there, in some months."""
    at = np.array(rows, dtype=np.intp)
    missing = (at < 0)[:, None]

    def cells(held: Floats) -> Units:
        if not len(held):
            return np.zeros((len(rows), len(columns)), dtype=np.int64)
        return np.where(missing, 0, in_units(held[at][:, columns]))

    return Sides(
        cells(table.layers[Layer.AGREED]), cells(table.layers[Layer.STATISTICAL]),
        {cause: cells(parts[cause.value]) for cause in EFFECTS if cause.value in parts},
        [table.series[one].recipe if one >= 0 else "" for one in rows],
    )  # fmt: skip


def _overrides(actor: Actor, table: CycleTable, node: Node) -> tuple[Override, ...]:
    """Overrides typed at this node, the newest first."""
    found = [one for one in overrides_at(actor, table.cycle.id, node) if one.kind != "withdraw"]
    return tuple(found[::-1][:SHOWN])
