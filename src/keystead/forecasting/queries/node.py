"""One place of the grid in full: past and range, layers, why it changed, who said what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from keystead.forecasting import models
from keystead.forecasting.calc.made_of import made_of
from keystead.forecasting.calc.similar import SimilarPeriod, similar_periods
from keystead.forecasting.calc.waterfall import added, refit_by_level, steps_between
from keystead.forecasting.queries.cycles import comments_of, overrides_at
from keystead.forecasting.queries.grid import last_cycle
from keystead.forecasting.queries.history import history_of, plans_known
from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.queries.words import RECIPES, SEGMENTS
from keystead.forecasting.types.cycle import STACK, Comment, Key, Layer, Node, Override
from keystead.forecasting.types.demand import Demand
from keystead.forecasting.types.grid import Cause, Side, Steps
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
    parts = _parts_of(table, rows)
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
        made_of((parts.get(table.series[at].key, {}) for at in rows), statistical), len(rows),
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
    now_made_of: Mapping[Key, dict[str, list[float]]],
) -> tuple[tuple[Decimal | None, ...], Steps | None, tuple[date, ...]]:
    """Last cycle's agreed numbers here, and why they are others now, over the months of both."""
    before = last_cycle(actor, table)
    if before is None:
        return (None,) * len(table.periods), None, ()
    place = {one.key: at for at, one in enumerate(before.series)}
    then = {month: at for at, month in enumerate(before.periods)}
    agreed: list[Decimal | None] = []
    at_before = [place[table.series[at].key] for at in rows if table.series[at].key in place]
    for month in table.periods:
        known = month in then and bool(at_before)
        values = before.layers[Layer.AGREED][at_before, then[month]] if known else None
        agreed.append(None if values is None else exactly(float(values.sum())))
    shared = tuple(month for month in table.periods if month in then)
    parts = now_made_of, _parts_of(before, at_before)
    moved = _moved(history, before, table)
    steps = added(
        steps_between(
            was, now, refit=refit_by_level(was, now, moved.get(table.series[at].key, ZERO))
        )
        for at in rows
        for month in shared
        for was in [_side(before, place.get(table.series[at].key), then[month], parts[1], month)]
        for now in [_side(table, at, table.periods.index(month), parts[0], month)]
    )
    return tuple(agreed), steps, shared


def _moved(history: Demand, before: CycleTable, table: CycleTable) -> dict[Key, Decimal]:
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
    return {key: exactly(float(more[at])) for key, at in history.place.items()}


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


def _side(
    table: CycleTable,
    row: int | None,
    column: int,
    parts: Mapping[Key, dict[str, list[float]]],
    month: date,
) -> Side:
    if row is None:
        return Side(Decimal(0), Decimal(0), {}, "")
    series = table.series[row]
    held = parts.get(series.key, {})
    effects = {
        cause: exactly(held[cause.value][column])
        for cause in (Cause.PROMOTION, Cause.PRICE, Cause.CALENDAR)
        if len(held.get(cause.value, [])) > column
    }
    return Side(
        table.quantity(Layer.AGREED, row, column), table.quantity(Layer.STATISTICAL, row, column),
        effects, series.recipe,
    )  # fmt: skip


def _parts_of(table: CycleTable, rows: list[int]) -> dict[Key, dict[str, list[float]]]:
    accounts = {table.series[at].key.account_id for at in rows}
    found = models.RunSeries.objects.filter(run_id=table.cycle.run_id)
    if len(accounts) < 500:
        found = found.filter(account_id__in=accounts)
    return {
        Key(account, product): _lists(parts)
        for account, product, parts in found.values_list("account_id", "product_id", "parts")
    }


def _lists(parts: object) -> dict[str, list[float]]:
    if not isinstance(parts, dict):
        return {}
    return {
        str(name): [float(one or 0) for one in held]
        for name, held in parts.items()
        if isinstance(held, list) and all(isinstance(one, int | float | None) for one in held)
    }


def _overrides(actor: Actor, table: CycleTable, node: Node) -> tuple[Override, ...]:
    """Overrides typed at this node, the newest first."""
    found = [one for one in overrides_at(actor, table.cycle.id, node) if one.kind != "withdraw"]
    return tuple(found[::-1][:SHOWN])
