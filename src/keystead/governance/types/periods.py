"""Closed periods: what may no longer change."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import ClassVar

from keystead.kernel.events import Event

LEDGERS: tuple[str, ...] = tuple(
    "sell_in flow off_take stock listing shelf_price expense cost target market "
    "forecast accrual".split()
)


@dataclasses.dataclass(frozen=True)
class PeriodLock:
    """A fiscal month of one ledger that is closed (``reopened_at`` None) or was.

    ``ledger``: a dataset id such as ``sell_in``. ``start`` is in it, ``end`` no longer is.
    """

    id: int
    ledger: str
    label: str
    start: date
    end: date
    closed_at: datetime
    closed_by_name: str
    reopened_at: datetime | None
    version: int

    @property
    def closed(self) -> bool:
        return self.reopened_at is None


@dataclasses.dataclass(frozen=True, kw_only=True)
class PeriodClosed(Event):
    """Finance closed a period of a ledger."""

    name: ClassVar[str] = "governance.period_closed"
    ledger: str
    start: date
    end: date


@dataclasses.dataclass(frozen=True, kw_only=True)
class PeriodReopened(Event):
    """A period was opened again, by finance and compliance together."""

    name: ClassVar[str] = "governance.period_reopened"
    ledger: str
    start: date
    end: date
