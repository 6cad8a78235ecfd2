"""Reads delimited text: a fast reader with a settled dialect, a careful one where quotes lie.

The fast one is Arrow's, told everything: delimiter, quotes, text columns, no header. It hands
over rows with another number of fields instead of failing, and those are kept. It is believed
only when it found as many records as the file has lines. Otherwise fields span lines, by right
or because a quote never closes, and the careful reader decides record by record.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from keystead.kit.files import dialect, encoding, table
from keystead.kit.files.records import Records
from keystead.kit.files.stage import Batch, Stage
from keystead.kit.files.types import Question, ReadOptions, Refused, SourceSheet

_BLOCK = 4 << 20
_SAMPLE = 1 << 18
_BATCH_ROWS = 20_000
Progress = Callable[[int, int], None]
Odd = tuple[str, int, str]  # code, row, sample


class Text:
    """A delimited file made ready: its encoding, its text as a UTF-8 file, its dialect."""

    def __init__(self, path: Path, name: str, work: Path, options: ReadOptions) -> None:
        seen = encoding.scan(path, options.limits)
        self.encoding = encoding.detect(path, seen, options.encoding)
        self.nuls = seen.nuls if not self.encoding.name.startswith(("utf-16", "utf-32")) else 0
        self.path = path
        if self.encoding.name != "utf-8" or self.nuls:
            self.path = work / "text"
            _transcode(path, self.path, self.encoding)
        self.quoting = options.quoting and seen.quotes
        self.size = self.path.stat().st_size
        self.limits = options.limits
        self.sample = self._sample()
        ending = name.rsplit(".", 1)[-1].lower()
        # Excel's own way to say it: a first line "sep=;".
        said = self.sample[4:5] if self.sample[:4].lower() == "sep=" else ""
        forced = options.delimiter or said.strip("\r\n")
        self.dialect = dialect.detect(self.sample, ending, quoting=self.quoting, forced=forced)
        self.width = self._widest() if options.widest else self._width()
        if self.width > options.limits.columns:
            raise Refused("too_many_columns", columns=self.width, limit=options.limits.columns)
        self._source = path

    def questions(self) -> tuple[Question, ...]:
        asked = []
        if self.encoding.asked:
            choices = tuple(
                (one, encoding.preview(self._source, one)) for one in self.encoding.asked
            )
            asked.append(Question("encoding", self.encoding.name, choices))
        if self.dialect.asked:
            first = self.sample.splitlines()[0] if self.sample else ""
            choices = tuple((one, " | ".join(first.split(one))[:80]) for one in self.dialect.asked)
            asked.append(Question("delimiter", self.dialect.delimiter, choices))
        return tuple(asked)

    def _sample(self) -> str:
        with self.path.open("rb") as file:
            raw = file.read(_SAMPLE)
        if len(raw) < self.size:
            raw = raw[: max(raw.rfind(b"\n"), raw.rfind(b"\r")) + 1] or raw
        return raw.decode("utf-8-sig", "ignore")

    def _widest(self) -> int:
        records = _records(self.sample, self.dialect.delimiter, self.quoting)
        return max((len(record) for record in records), default=1)

    def _width(self) -> int:
        """Return the number of columns: the usual one, or that of a longer row of names."""
        width = self.dialect.width
        for record in _records(self.sample, self.dialect.delimiter, self.quoting):
            if len(record) >= width:
                beyond = [cell for cell in record[width:] if cell.strip()]
                if beyond and table.recognise([record], len(record)).header and all(record):
                    return len(record)
                return width
        return width


def read(text: Text, target: Path, name: str, progress: Progress) -> SourceSheet:
    """Stage the text and return what was learned of it."""
    sheet = None
    lines = _lines(text.path) if text.quoting else 0
    stage = Stage(target, name, text.width, text.limits)
    try:
        _fast(text, stage, progress)
    except pa.ArrowInvalid:
        pass  # a record longer than a block: the careful reader says which
    else:
        if not text.quoting or stage.rows == lines:
            sheet = stage
    if sheet is None:
        stage.abandon()
        sheet = Stage(target, name, text.width, text.limits)
        _careful(text, sheet, progress)
    if text.nuls:
        sheet.note("nul_bytes", times=text.nuls)
    found = sheet.finish()
    if found.rows == dict(found.skipped_counts).get("blank", 0):
        raise Refused("empty")
    return found


def _transcode(path: Path, target: Path, found: encoding.Encoding) -> None:
    decoder = codecs.getincrementaldecoder(found.name)("strict")
    skip = found.mark
    with target.open("wb") as file:
        for block in encoding.blocks(path):
            part = block[skip:]
            skip = 0
            file.write(decoder.decode(part).encode("utf-8", "replace").replace(b"\0", b""))
        file.write(decoder.decode(b"", final=True).encode("utf-8", "replace").replace(b"\0", b""))


def _lines(path: Path) -> int:
    """Return the number of physical lines, whatever ends them."""
    count, before = 0, b""
    for block in encoding.blocks(path):
        count += block.count(b"\n")
        if b"\r" in block or before == b"\r":
            count += block.count(b"\r") - block.count(b"\r\n")
            count -= before == b"\r" and block.startswith(b"\n")
        before = block[-1:]
    return count + (before not in (b"\n", b"\r", b""))


def _fast(text: Text, stage: Stage, progress: Progress) -> None:
    names = [f"c{at}" for at in range(text.width)]
    odd: list[tuple[int, str]] = []

    def keep(row: arrow_csv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip"

    reader = arrow_csv.open_csv(
        text.path,
        # The number of an odd row is known only without threads, which cost nothing here.
        arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=_BLOCK),
        arrow_csv.ParseOptions(
            delimiter=text.dialect.delimiter,
            quote_char='"' if text.quoting else False,
            newlines_in_values=text.quoting,
            ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
            null_values=[],
            check_utf8=False,
        ),
    )
    number, done = 1, 0
    for found in reader:
        number = _add(text, stage, found.columns, number, odd)
        done += found.nbytes
        progress(min(done, text.size), text.size)
    if odd:
        _add(text, stage, [pa.array([], pa.string()) for _ in names], number, odd, last=True)


def _add(
    text: Text,
    stage: Stage,
    columns: list[pa.Array],
    number: int,
    odd: list[tuple[int, str]],
    *,
    last: bool = False,
) -> int:
    """Add regular rows together with the odd ones among them; return the next record number."""
    length = len(columns[0])
    end = number + length
    taken = 0
    while taken < len(odd) and (last or odd[taken][0] < end):
        taken += 1
        end += 1
    if not taken:
        stage.add(Batch(columns, pa.arange(number, end)))
        return end
    among = odd[:taken]
    del odd[:taken]
    said: list[Odd] = []
    kept = [_fitted(text, row, _one_record(text, line), said) for row, line in among]
    places = {row for row, _ in among}
    regular = [row for row in range(number, end) if row not in places]
    rows = pa.array(regular + [row for row, _ in among], pa.int64())
    order = pc.sort_indices(rows)
    mixed = [
        pa.concat_arrays([column, pa.array([cells[at] for cells, _ in kept], pa.string())]).take(
            order
        )
        for at, column in enumerate(columns)
    ]
    beyond = pa.concat_arrays(
        [pa.nulls(length, pa.string()), pa.array([more for _, more in kept], pa.string())]
    )
    stage.add(Batch(mixed, rows.take(order), beyond.take(order)))
    _tell(stage, said)
    return end


def _one_record(text: Text, line: str) -> list[str]:
    return next(_records(line, text.dialect.delimiter, text.quoting), [""])


def _fitted(
    text: Text, row: int, record: list[str], odd: list[Odd]
) -> tuple[list[str], str | None]:
    """Return the record cut or filled to the width, and what lies beyond; say if it was odd."""
    sign = text.dialect.delimiter
    if len(record) < text.width:
        if sum(1 for cell in record if cell.strip()) > 1:
            odd.append(("short_row", row, sign.join(record)))
        return record + [""] * (text.width - len(record)), None
    beyond = record[text.width :]
    if not any(cell.strip() for cell in beyond):
        return record[: text.width], None
    odd.append(("long_row", row, sign.join(record)))
    return record[: text.width], sign.join(beyond)


def _tell(stage: Stage, odd: list[Odd]) -> None:
    """Note what was odd, once the header is known: lines above it are short by nature."""
    for code, row, sample in odd:
        if row >= stage.first_row:
            stage.note(code, row, sample=sample)
    odd.clear()


def _records(text: str, delimiter: str, quoting: bool) -> Iterator[list[str]]:
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE,
    )


def _careful(text: Text, stage: Stage, progress: Progress) -> None:
    rows: list[tuple[list[str], str | None]] = []
    said: list[Odd] = []
    first = 1
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        sign, longest = text.dialect.delimiter, text.limits.line_bytes * 4
        records = Records(file, sign, text.quoting, longest)
        for at, (record, lines, broken) in enumerate(records, start=1):
            if broken:
                said.append(("unclosed_quote", at, sign.join(record)))
            elif lines > 1:
                said.append(("multiline_field", at, ""))
            regular = len(record) == text.width
            rows.append((record, None) if regular else _fitted(text, at, record, said))
            if len(rows) >= _BATCH_ROWS:
                first = _flush(stage, rows, first, text.width)
                _tell(stage, said)
                progress(first, 0)
    _flush(stage, rows, first, text.width)
    _tell(stage, said)


def _flush(stage: Stage, rows: list[tuple[list[str], str | None]], first: int, width: int) -> int:
    columns = [pa.array([cells[at] for cells, _ in rows], pa.string()) for at in range(width)]
    beyond = pa.array([more for _, more in rows], pa.string())
    end = first + len(rows)
    stage.add(Batch(columns, pa.arange(first, end), beyond))
    rows.clear()
    return end
