"""Reads delimited records one by one where quotes may lie: one stray quote costs one row."""

from __future__ import annotations

import csv
from collections.abc import Iterator

_LONGEST_RECORD_LINES = 2_000


class Records:
    """Iterates (record, lines it spans, whether its quote never closed).

    A record over several lines must close its quotes properly. Where it does not, its first
    line is taken literally and reading goes on with the next line, so that one stray quote
    costs one row and not the rest of the file.
    """

    def __init__(self, file: Iterator[str], delimiter: str, quoting: bool, longest: int) -> None:
        csv.field_size_limit(longest)
        self._feed = _Feed(file, longest)
        self._delimiter, self._quoting = delimiter, quoting

    def __iter__(self) -> Iterator[tuple[list[str], int, bool]]:
        reader = csv.reader(
            self._feed,
            delimiter=self._delimiter,
            quoting=csv.QUOTE_MINIMAL if self._quoting else csv.QUOTE_NONE,
        )
        while True:
            self._feed.begin()
            record = next(reader, None)
            if record is None:
                return
            taken = self._feed.taken
            if (len(taken) > 1 or self._feed.cut) and not self._closes(taken):
                self._feed.give_back(taken[1:])
                literal = csv.reader(taken[:1], delimiter=self._delimiter, quoting=csv.QUOTE_NONE)
                yield next(literal), 1, True
                continue
            yield record or [""], len(taken), False

    def _closes(self, lines: list[str]) -> bool:
        try:
            found = list(csv.reader(lines, delimiter=self._delimiter, strict=True))
        except csv.Error:
            return False
        return len(found) == 1


class _Feed:
    """Lines for the reader, which can be given back; a record that grows too long is cut."""

    def __init__(self, file: Iterator[str], longest: int) -> None:
        self._file, self._longest = file, longest
        self._ahead: list[str] = []
        self.begin()

    def begin(self) -> None:
        self.taken: list[str] = []
        self.cut = False
        self._size = 0

    def give_back(self, lines: list[str]) -> None:
        self._ahead.extend(reversed(lines))

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _LONGEST_RECORD_LINES or self._size > self._longest:
            self.cut = True
            raise StopIteration
        line = self._ahead.pop() if self._ahead else next(self._file, None)
        if line is None:
            self.cut = bool(self.taken)
            raise StopIteration
        self.taken.append(line)
        self._size += len(line)
        return line
