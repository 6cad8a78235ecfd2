"""Gathers what a walker finds and builds the tables of a report at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keystead.connectors.counter.calc.wording import month_of
from keystead.connectors.counter.types import COUNT_SCHEMA, ENTRY_COLUMNS, Report, ReportHeader

_SHOWN = 50  # of what broke the same rule


class _Numbers(dict[str, int]):
    """Numbers words in the order in which they come."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


class Builder:
    """Collects the things, their attributes and their counts.

    A million counts stand in a large report, so nothing here is done once per count in Python:
    months, numbers and lengths are appended run by run and expanded by Arrow.
    """

    def __init__(self, form: str) -> None:
        self.form_name = form
        self.items: list[dict[str, str]] = []
        self.item_places: list[str] = []
        self.attributes: dict[tuple[str, ...], int] = {}
        self.attribute_names: tuple[str, ...] = ()
        self.usual: dict[tuple[Any, ...], tuple[str, ...]] = {}
        self.entry_item: list[int] = []
        self.entry_attribute: list[int] = []
        self.entry_part: list[int] = []
        self.metrics = _Numbers()
        self.months = _Numbers()
        self.run_entry: list[int] = []
        self.run_metric: list[int] = []
        self.run_ends: list[int] = []
        self.count_month: list[int] = []
        self.count: list[Any] = []
        self.stray: list[tuple[str, str, str]] = []
        self.layout: list[tuple[str, str, str]] = []

    def say(self, place: str, rule: str, what: str) -> None:
        """Note something that cannot be taken as usage."""
        if sum(1 for one in self.stray if one[1] == rule) < _SHOWN:
            self.stray.append((place, rule, what[:200]))

    def form(self, place: str, rule: str, what: str) -> None:
        """Note something about the form of the report."""
        self.layout.append((place, rule, what[:200]))

    def item(self, said: dict[str, str], place: str) -> int:
        self.items.append(said)
        self.item_places.append(place)
        return len(self.items) - 1

    def entry(self, item: int, attributes: tuple[str, ...], part: int) -> int:
        known = self.attributes
        number = known.get(attributes)
        if number is None:
            number = known[attributes] = len(known)
        self.entry_item.append(item)
        self.entry_attribute.append(number)
        self.entry_part.append(part)
        return len(self.entry_item) - 1

    def report(self, header: ReportHeader, *, has_header: bool, has_items: bool) -> Report:
        """Return what was gathered as a report."""
        counts = self._counts()
        return Report(
            header=header,
            form=self.form_name,
            entries=self._entries(),
            counts=counts,
            columns=self._columns(),
            months=tuple(
                sorted(m for m in pc.unique(counts.column("month")).to_pylist() if m is not None)
            ),
            stray=tuple(self.stray),
            layout=tuple(self.layout),
            has_header=has_header,
            has_items=has_items,
        )

    def place(self, entry: int) -> str:
        """Return where an entry stands in the document."""
        return entry_place(self.item_places[self.entry_item[entry]], self.entry_part[entry])

    def _columns(self) -> tuple[str, ...]:
        shown = {name for said in self.items for name, text in said.items() if text}
        for values in self.attributes:
            shown |= {n for n, v in zip(self.attribute_names, values, strict=True) if v}
        return tuple(name for name in ENTRY_COLUMNS if name in shown)

    def _entries(self) -> pa.Table:
        of_item = pa.array(self.entry_item, pa.int32())
        of_attribute = pa.array(self.entry_attribute, pa.int32())
        columns: dict[str, Any] = {}
        listed = list(self.attributes)
        at = {name: index for index, name in enumerate(self.attribute_names)}
        for name in ENTRY_COLUMNS:
            if name in at:
                words = [values[at[name]] for values in listed]
                columns[name] = _coded(words, of_attribute)
            else:
                columns[name] = _coded([said.get(name, "") for said in self.items], of_item)
        columns["place"] = _coded(self.item_places, of_item)
        columns["part"] = pa.array(self.entry_part, pa.int64())
        return pa.table(columns)

    def _counts(self) -> pa.Table:
        total = len(self.count)
        if not total:
            return COUNT_SCHEMA.empty_table()
        months = [month_of(key) for key in self.months]
        numbers = self._numbers()
        run = pc.run_end_decode(
            pa.RunEndEncodedArray.from_arrays(
                pa.array(self.run_ends, pa.int32()),
                pa.array(range(len(self.run_ends)), pa.int32()),
            )
        )
        entry = pa.array(self.run_entry, pa.int32()).take(run)
        metric = pa.DictionaryArray.from_arrays(
            pa.array(self.run_metric, pa.int16()).take(run), pa.array(list(self.metrics))
        )
        month = pa.array(months, pa.date32()).take(pa.array(self.count_month, pa.int32()))
        row = pc.add(entry.cast(pa.int64()), 1)
        table = pa.table([entry, row, metric, month, numbers], names=COUNT_SCHEMA.names)
        return self._sound(table, months).cast(COUNT_SCHEMA)

    def _sound(self, table: pa.Table, months: list[date | None]) -> pa.Table:
        """Leave out what has no month and what counts nothing, and say so."""
        if None in months:
            for key, month in zip(self.months, months, strict=True):
                if month is None:
                    self.say(self._first_of_month(key), "month", key)
            table = table.filter(pc.is_valid(table.column("month")))
        if pc.any(pc.equal(table.column("count"), 0)).as_py():
            zero = table.filter(pc.equal(table.column("count"), 0))
            place = self.place(zero.column("entry")[0].as_py())
            self.form(place, "zero_count", str(zero.num_rows))
            table = table.filter(pc.not_equal(table.column("count"), 0))
        return table

    def _first_of_month(self, key: str) -> str:
        number = self.months[key]
        return self._place_of(self.count_month.index(number)) + f".{key}"

    def _place_of(self, at: int) -> str:
        from bisect import bisect_right

        run = bisect_right(self.run_ends, at)
        metric = list(self.metrics)[self.run_metric[run]]
        return f"{self.place(self.run_entry[run])}.Performance.{metric}"

    def _numbers(self) -> pa.Array:
        try:
            if set(map(type, self.count)) == {int}:  # Arrow would cut 1.5 to 1 without a word
                return pa.array(self.count, pa.int64())
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            pass
        taken: list[int] = []
        for at, value in enumerate(self.count):
            if type(value) is int and abs(value) < 2**62:
                taken.append(value)
            else:
                taken.append(0)
                self.say(self._place_of(at), "count_not_whole", repr(value))
        return pa.array(taken, pa.int64())


def entry_place(item: str, part: int) -> str:
    """Return the place of an entry inside a JSON document.

    >>> entry_place("Report_Items[3]", 2), entry_place("Report_Items[3]", -1)
    ('Report_Items[3].Attribute_Performance[2]', 'Report_Items[3]')
    """
    return f"{item}.Attribute_Performance[{part}]" if part >= 0 else item


def _coded(words: list[str], index: pa.Array) -> pa.DictionaryArray:
    """Return words taken by an index, each different word stored once."""
    coded = pa.array(words, pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices.take(index), coded.dictionary)
