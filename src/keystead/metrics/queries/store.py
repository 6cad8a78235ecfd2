"""Runs compiled queries over the ledger's files: cache where there is one, else the segments."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from sqlglot import exp

from keystead.kit.files import duck
from keystead.ledger import queries as ledger
from keystead.ledger.types import CacheRead, SegmentRead, SliceSet, dataset_def
from keystead.metrics.calc.compiler import (
    NOTES,
    Plan,
    Sources,
    read_segments,
    render,
    statements,
)

CACHED = "facts"
SUMS = "month_sums"


class Store:
    """The facts as of one commit.

    ``swapped`` gives a dataset other files than those of then; ``plain`` as in ``Sources``.
    """

    def __init__(
        self,
        commit: int | None = None,
        swapped: Mapping[str, Sequence[SegmentRead]] | None = None,
        plain: frozenset[str] = frozenset(),
    ) -> None:
        self.plain = plain
        self.known = ledger.versions()
        self.commit = self.known.commit if commit is None else commit
        self.swapped = dict(swapped or {})
        self._slices: dict[str, SliceSet] = {}
        self._caches: dict[str, CacheRead | None] = {}

    def slices(self, dataset: str) -> SliceSet:
        """Return what to read for a dataset."""
        if dataset not in self._slices:
            found = ledger.slice_set(dataset, commit=self.commit, known=self.known)
            if dataset in self.swapped:
                reads = tuple(self.swapped[dataset])
                found = SliceSet(dataset, self.commit, reads, frozenset(), 0)
            self._slices[dataset] = found
        return self._slices[dataset]

    def currencies(self, datasets: Iterable[str]) -> frozenset[str]:
        """Return the currencies that occur in the datasets, whoever's they are."""
        found: set[str] = set()
        for dataset in datasets:
            found |= self.slices(dataset).currencies
        return frozenset(found)

    def mark(self, datasets: Iterable[str]) -> tuple[tuple[str, str], ...] | None:
        """Return what names the rows of the datasets; None where they are put together by hand."""
        if self.swapped:
            return None
        return tuple(
            (name, ledger.content_mark(name, self.commit, known=self.known))
            for name in sorted(datasets)
        )

    def sources(self, datasets: Iterable[str], *, cached: bool = True) -> Sources:
        """Return how the compiler should read the datasets."""
        known, tables, sums = {}, {}, {}
        for dataset in datasets:
            currencies = self.slices(dataset).currencies
            if len(currencies) == 1 and _always_has_currency(dataset):
                known[dataset] = next(iter(currencies))
            if cached and self._cache(dataset) is not None:
                tables[dataset], sums[dataset] = CACHED, SUMS
        return Sources(known, sums, tables, self.plain)

    def run(self, plan: Plan, tables: Mapping[str, pa.Table]) -> pa.Table:
        """Return the result of a plan."""
        datasets = {scan.dataset for scan in plan.scans}
        try:
            return self._run(plan, datasets, tables)
        except duck.EngineError:
            if not any(self._caches.get(dataset) for dataset in datasets):
                raise
        # A cache that was swapped or is of another engine version must never cost an answer.
        self._caches = dict.fromkeys(datasets, None)
        return self._run(plan, datasets, tables)

    def table(self, tree: exp.Query, dataset: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        """Return the rows of one tree that reads one dataset from its segments."""
        sql = render(tree)
        with duck.session() as session:
            _register(session, tables, sql)
            self._offer(session, dataset)
            return session.arrow(sql)

    def fold(
        self,
        compiled: Callable[[Sources], exp.Query],
        dataset: str,
        tables: Mapping[str, pa.Table] | None = None,
    ) -> pa.Table:
        """Return the rows of a tree over one dataset: from its cache, else from its segments."""
        cache = self._cache(dataset)
        if cache is not None:
            try:
                sql = render(compiled(self.sources([dataset])))
                return self._in_cache(dataset, sql, tables or {})
            except duck.EngineError:
                self._caches[dataset] = None  # swapped, or of another version of the engine
        return self.table(compiled(self.sources([dataset], cached=False)), dataset, tables or {})

    def _run(self, plan: Plan, datasets: Iterable[str], tables: Mapping[str, pa.Table]) -> pa.Table:
        text = statements(plan, self.sources(datasets))
        if text.home:
            return _finished(self._in_cache(text.home, text.rest, tables), text.units)
        done = {name: self._in_cache(dataset, sql, tables) for name, dataset, sql in text.apart}
        with duck.session() as session:
            _register(session, {**tables, **done}, text.rest)
            for dataset in {scan.dataset for scan in plan.scans if scan.name not in done}:
                self._offer(session, dataset)
            return _finished(session.arrow(text.rest), text.units)

    def _in_cache(self, dataset: str, sql: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        cache = self._caches[dataset]
        if cache is None:
            raise duck.EngineError("the cache went away")
        with duck.open_cache(cache.path) as session:
            _register(session, tables, sql)
            return session.arrow(sql)

    def _offer(self, session: duck.Session, dataset: str) -> None:
        """Make the dataset readable in the session under its own name."""
        reads = self.slices(dataset).reads
        definition = dataset_def(dataset)
        schema = definition.schema
        if not reads:
            session.register(dataset, schema.empty_table())
            return
        select = render(read_segments(reads, schema.names, definition.later))
        session.execute(f'create or replace temp view "{dataset}" as {select}')

    def _cache(self, dataset: str) -> CacheRead | None:
        if dataset not in self._caches:
            usable = dataset not in self.swapped and bool(self.slices(dataset).reads)
            self._caches[dataset] = (
                ledger.cache_for(dataset, self.commit, known=self.known) if usable else None
            )
        return self._caches[dataset]


def _register(session: duck.Session, tables: Mapping[str, pa.Table], sql: str) -> None:
    """Offer the tables that the statement names; offering one takes longer than looking."""
    for name, table in tables.items():
        if name in sql:
            session.register(name, table)


@functools.cache
def _note_words() -> pa.Array:  # not at import: the first array makes PyArrow look for pandas
    return pa.array([note.value for note in NOTES], pa.string())


def _finished(result: pa.Table, units: Sequence[str | None]) -> pa.Table:
    """Return the result with notes in words and with the units that needed no column."""
    for index, unit in enumerate(units):
        name = f"m{index}_note"
        place = result.column_names.index(name)
        codes = result[name].combine_chunks()
        words = pa.DictionaryArray.from_arrays(codes, _note_words())
        result = result.set_column(place, name, words)
        if unit is not None:
            zeros = pa.repeat(pa.scalar(0, pa.int8()), result.num_rows)
            same = pa.DictionaryArray.from_arrays(zeros, pa.array([unit], pa.string()))
            result = result.append_column(f"m{index}_unit", same)
    return result


def _always_has_currency(dataset: str) -> bool:
    names = [field.name for field in dataset_def(dataset).schema if not field.nullable]
    return "currency" in names


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Return a result as plain rows."""
    found: list[dict[str, Any]] = table.to_pylist()
    return found
