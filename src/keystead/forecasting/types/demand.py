"""The history of demand as it goes into a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from keystead.forecasting.types.cycle import DemandKind, Key
from keystead.forecasting.types.rhythm import Rhythm

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, slots=True)
class DemandProblem:
    """Something about the history that somebody should look at; nothing was dropped unsaid.

    A key with 0 in place of the product is about lines of an account that name none.
    """

    code: str
    key: Key | None
    month: date | None
    count: int = 1
    detail: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as it is stored with a run."""
        return {
            "code": self.code,
            "account_id": (self.key.account_id or None) if self.key else None,
            "product_id": (self.key.product_id or None) if self.key else None,
            "month": self.month.isoformat() if self.month else None,
            "count": self.count,
            "detail": self.detail,
            "there": self.detail,
        }


@dataclasses.dataclass(frozen=True, eq=False)
class Demand:
    """Net units by series and period, as of a commit; ``months`` are their first days.

    ``quantity`` is nan in a period that says nothing: before the ledger begins, without any row of
    anybody, masked. ``masks`` says why, by reason (``stock_out``, ``delisted``, ``no_data``,
    and by week ``month_only``, ``not_whole``).
    ``returns``: units that came back, which ``quantity`` has taken off.
    """

    kind: DemandKind
    keys: tuple[Key, ...]
    months: tuple[date, ...]
    quantity: Floats
    returns: Floats
    masks: Mapping[str, Bools]
    prices: tuple[Decimal | None, ...]
    currencies: tuple[str, ...]
    units: tuple[str, ...]
    price_months: Floats
    problems: tuple[DemandProblem, ...]
    commit: int
    rhythm: Rhythm = Rhythm.MONTH

    @cached_property
    def place(self) -> dict[Key, int]:
        return {key: at for at, key in enumerate(self.keys)}
