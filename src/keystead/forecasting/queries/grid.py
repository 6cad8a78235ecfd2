"""The grid: what one person edits, with the past beside it and what deserves a look first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.forecasting import models
from keystead.forecasting.queries.history import history_of
from keystead.forecasting.queries.mix import last_locked
from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.periods import heads
from keystead.forecasting.queries.table import cycle_table, table_of
from keystead.forecasting.rules.cycles import layers_of
from keystead.forecasting.types.cycle import STACK, Cycle, Layer
from keystead.forecasting.types.table import CycleTable, Floats
from keystead.kit.access import Actor
from keystead.kit.ui import formats

PAST = 6
MOST_FIRST = 25  # lines that deserve a look first: more of them and none does
WORTH_PCT = 5  # a change since last cycle below this is none


def own_layer(actor: Actor, wanted: str = "") -> tuple[Layer, bool]:
    """Return the layer to show and whether the reader writes it: theirs, else the agreed one."""
    writes = layers_of(actor.roles)
    if wanted in {one.value for one in STACK}:
        layer = Layer(wanted)
        return layer, layer in writes
    return (writes[0], True) if writes else (Layer.AGREED, False)


def grid_rows(actor: Actor, cycle_id: int, *, wanted: str = "") -> dict[str, Any]:
    """Return the grid of a cycle as plain values: months, names, and one entry per series.

    ``series``: account, product, unit, the past months then the forecast ones, and ``score`` with
    its words for those to look at first. Raises NotFound for a foreign cycle.
    """
    layer, writes = own_layer(actor, wanted)
    table = cycle_table(actor, cycle_id)
    cycle = table.cycle
    past = past_periods(cycle)
    months = [*past, *table.periods]
    history = past_of(actor, table, past)
    moved, error = _worth(actor, table, layer)
    first = _first(moved, error)
    names, products = account_names(), product_names()
    locale = get_language() or "en"
    named = table.named.get(layer)
    series = []
    for row, one in enumerate(table.series):
        more: dict[str, Any] = {}
        if row in first:
            more = {"score": round(float(error[row] + abs(moved[row])), 2),
                    "moved": round(float(abs(moved[row])), 2),
                    "why": _why(one.currency, error[row], moved[row], locale)}  # fmt: skip
        if named is not None and named[row].any():
            more["touched"] = [PAST + int(at) for at in np.flatnonzero(named[row])]
        series.append(
            [
                one.key.account_id, one.key.product_id, one.unit,
                [*_plain(history[row]), *_plain(table.layers[layer][row])], more or None,
            ]
        )  # fmt: skip
    accounts = _with_parents({one.key.account_id for one in table.series}, names, table)
    return {
        "seen": table.stamp,
        "layer": layer.value,
        "editable": writes and cycle.editable and actor.can("forecasting.edit"),
        "months": [month.isoformat() for month in months],
        "labels": heads(cycle.rhythm, months),
        "first": PAST,
        "frozen": [PAST + at for at, month in enumerate(table.periods) if month in cycle.frozen],
        "words": {"all": _("All accounts"), "none": _("No brand")},
        "accounts": accounts,
        "products": {
            pk: [products[pk].sku, products[pk].name, one_brand]
            for pk, one_brand in {one.key.product_id: one.brand for one in table.series}.items()
        },
        "series": series,
    }


def has_lines(actor: Actor, cycle: Cycle) -> bool:
    """Return whether the run that counts has a line that the reader may see."""
    rows = models.RunSeries.objects.filter(run_id=cycle.run_id or 0)
    scope = scope_for(actor, name="forecast")
    return (rows if scope.everything else rows.filter(account_id__in=scope.account_ids)).exists()


def past_periods(cycle: Cycle) -> list[date]:
    """Return the periods before a cycle that the grid shows beside it."""
    return list(cycle.rhythm.periods(cycle.rhythm.step(cycle.head.month, -PAST), PAST))


def past_of(actor: Actor, table: CycleTable, past: list[date]) -> Floats:
    """Return the last known periods of each series; NaN where nobody knows."""
    held = np.full((len(table.series), len(past)), np.nan)
    if not table.series:
        return held
    demand = history_of(actor, table)
    columns = {month: at for at, month in enumerate(demand.months)}
    place = demand.place
    for row, one in enumerate(table.series):
        at = place.get(one.key)
        if at is None:
            continue
        for column, month in enumerate(past):
            if month in columns:
                held[row, column] = demand.quantity[at, columns[month]]
    return held


def last_cycle(actor: Actor, table: CycleTable) -> CycleTable | None:
    """Return the cycle before, as it was agreed; None for the first one."""
    before = last_locked(models.CycleRow.objects.get(pk=table.cycle.id))
    if before is None:
        return None
    accounts = frozenset(one.key.account_id for one in table.series)
    return table_of(before, accounts)


def _worth(actor: Actor, table: CycleTable, layer: Layer) -> tuple[Floats, Floats]:
    """Each series' change since last cycle and likely error, both in value over the horizon."""
    price = np.array([float(one.price or 1) for one in table.series])
    spread = (table.bands["hi80"] - table.bands["lo80"]).sum(axis=1) / 2 if table.series else price
    moved = np.zeros(len(table.series))
    before = last_cycle(actor, table)
    if before is not None:
        place = {one.key: at for at, one in enumerate(before.series)}
        both = [month for month in table.periods if month in before.periods]
        now = [table.periods.index(month) for month in both]
        then = [before.periods.index(month) for month in both]
        for row, one in enumerate(table.series):
            at = place.get(one.key)
            if at is None or not both:
                continue
            change = table.layers[layer][row, now] - before.layers[Layer.AGREED][at, then]
            base = abs(before.layers[Layer.AGREED][at, then].sum())
            if abs(change.sum()) * 100 >= WORTH_PCT * base:
                moved[row] = change.sum()
    return moved * price, spread * price


def _first(moved: Floats, error: Floats) -> set[int]:
    """The series to look at first: the largest error and change in value, within a limit."""
    if not len(error):
        return set()
    score = error + np.abs(moved)
    order = np.argsort(-score, kind="stable")[: min(MOST_FIRST, max(len(score) // 4, 3))]
    return {int(at) for at in order if score[at] > 0}


def _why(currency: str, error: float, moved: float, locale: str) -> str:
    def amount(value: float) -> str:
        whole = Decimal(round(value))
        if not currency:
            return formats.short(whole, locale=locale)
        return formats.money(whole, currency, locale=locale)

    words = [_("likely error %(amount)s") % {"amount": amount(error)}]
    if moved:
        sign = "+" if moved > 0 else ""
        words.append(_("since last cycle %(amount)s") % {"amount": f"{sign}{amount(moved)}"})
    return ", ".join(words)


def _plain(values: Any) -> list[float | int | None]:
    found: list[float | int | None] = []
    for value in values:
        if np.isnan(value):
            found.append(None)
        else:
            number = round(float(value), 4)
            found.append(int(number) if number.is_integer() else number)
    return found


def _with_parents(
    accounts: set[int], names: dict[int, Any], table: CycleTable
) -> dict[int, list[Any]]:
    """Names of the accounts and of those above that hold only what the reader sees."""
    found: dict[int, list[Any]] = {}
    for pk in accounts:
        found[pk] = [names[pk].name, None]
        child, parent = pk, names[pk].parent_id
        while parent is not None and parent in table.below and parent in names:
            found[child][1] = parent
            found.setdefault(parent, [names[parent].name, None])
            child, parent = parent, names[parent].parent_id
    return found
