"""Figures that were worked out a moment ago: the same question to the same rows is not asked twice.

Who may ask is decided before, for each request. What is kept is named by everything that the
answer depends on: the question with its accounts, the content of the datasets as of the commit, the
tables it joins. So nothing is ever out of date; what no longer counts is no longer asked for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

import pyarrow as pa

from keystead.accounts.queries import team_table
from keystead.catalog.queries import listing_table
from keystead.metrics.queries.dimensions import mark_of
from keystead.metrics.queries.prepared import Prepared
from keystead.metrics.types import Series

MOST_BYTES = 64 * 2**20
MOST_BYTES_OF_ONE = 2 * 2**20
_EXTRAS: dict[str, Callable[[], pa.Table]] = {"agreed": listing_table, "manager_days": team_table}


class Memory:
    """Tables by name, the longest unused leave first; one question at a time is worked out once."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._lock = Lock()
        self._tables: OrderedDict[Hashable, pa.Table] = OrderedDict()
        self._bytes = 0
        self._working: dict[Hashable, Lock] = {}

    def get(self, key: Hashable, work: Callable[[], pa.Table]) -> pa.Table:
        """Return the kept table, or work it out; others with the same question wait for it."""
        found = self._find(key)
        if found is not None:
            return found
        with self._lock:
            turn = self._working.setdefault(key, Lock())
        try:
            with turn:
                found = self._find(key)
                if found is None:
                    found = work()
                    self._keep(key, found)
                return found
        finally:
            with self._lock:
                self._working.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._tables.clear()
            self._bytes = 0

    def _find(self, key: Hashable) -> pa.Table | None:
        with self._lock:
            found = self._tables.get(key)
            if found is not None:
                self._tables.move_to_end(key)
            return found

    def _keep(self, key: Hashable, table: pa.Table) -> None:
        if table.nbytes > MOST_BYTES_OF_ONE:
            return
        with self._lock:
            if key in self._tables:
                return
            self._tables[key] = table
            self._bytes += table.nbytes
            while self._bytes > self.most_bytes:
                _key, old = self._tables.popitem(last=False)
                self._bytes -= old.nbytes


memory = Memory()


def kept(ready: Prepared, work: Callable[[], pa.Table]) -> pa.Table:
    """Return the answer to a question, worked out or from memory."""
    key = _key(ready)
    return work() if key is None else memory.get(key, work)


def _key(ready: Prepared) -> Hashable | None:
    asked = ready.asked
    rows = ready.store.mark(asked.datasets)
    if rows is None:
        return None
    joined = tuple(
        (name, ready.dims.marks[name] if ready.dims.tables.get(name) is table else mark_of(table))
        for name, table in sorted(ready.tables.items())
    )
    computes = [metric.compute for metric in asked.metrics]
    names = {name for one in computes if isinstance(one, Series) for name in one.extras}
    extras = tuple((name, mark_of(_EXTRAS[name]())) for name in sorted(names & _EXTRAS.keys()))
    versions = tuple((metric.id, metric.version) for metric in asked.metrics)
    key: tuple[Any, ...] = (versions, asked.query, asked.calendar, ready.reference)
    return (*key, rows, joined, extras)
