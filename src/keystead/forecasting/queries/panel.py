"""The panel that a run forecasts: history, trees, and what is known of the months ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from keystead.accounts.queries.tree import current_parents
from keystead.accounts.rules import ascend
from keystead.catalog.queries import product_dimension
from keystead.forecasting.types.cycle import Key
from keystead.forecasting.types.demand import Demand
from keystead.forecasting.types.panel import FutureInputs, Panel


def panel_of(
    demand: Demand,
    future: FutureInputs | None = None,
    predecessors: Mapping[Key, Key] | None = None,
    shares: Mapping[Key, Decimal] | None = None,
) -> Panel:
    """Return the panel of a history; keys and paths are ids, so that names may change.

    ``shares``: the part of a predecessor's demand that goes over, all of it where not named.
    """
    parents = current_parents()
    table = product_dimension()
    names = ("product_id", "brand", "category")
    about = {
        pk: (brand or "", category or "")
        for pk, brand, category in zip(*(table[n].to_pylist() for n in names), strict=True)
    }
    brands = [about.get(key.product_id, ("", ""))[0] for key in demand.keys]
    before = predecessors or {}
    return Panel(
        keys=tuple(named(key) for key in demand.keys),
        account_path=tuple(
            tuple(str(one) for one in reversed(ascend(key.account_id, parents)))
            for key in demand.keys
        ),
        product_path=tuple(
            (brand or "-", str(key.product_id))
            for brand, key in zip(brands, demand.keys, strict=True)
        ),
        first=demand.months[0],
        freq=demand.rhythm.freq,
        values=demand.quantity,
        future=future,
        static={
            "brand": tuple(brands),
            "category": tuple(about.get(key.product_id, ("", ""))[1] for key in demand.keys),
            "predecessor": tuple(
                named(before[key]) if key in before else "" for key in demand.keys
            ),
            "share": tuple(
                str((shares or {}).get(key, 1)) if key in before else "" for key in demand.keys
            ),
        },
    )


def named(key: Key) -> str:
    """Return the name of a series in a panel.

    >>> named(Key(3, 14))
    '3:14'
    """
    return f"{key.account_id}:{key.product_id}"


def key_of(name: str) -> Key:
    """Return the series of a name.

    >>> key_of("3:14")
    Key(account_id=3, product_id=14)
    """
    account, product = name.split(":")
    return Key(int(account), int(product))


def last_year(demand: Demand, months: Sequence[object]) -> list[float | None]:
    """Return the units of the last year of each series, as far as its periods are known."""
    window = demand.quantity[:, -demand.rhythm.season :]
    return [None if np.isnan(line).all() else float(np.nansum(line)) for line in window]
