"""Looks through the parts of a workbook before its reader does, in the child, as a stream.

The reader of workbooks asks for memory for the whole box from the first to the last cell, so
two cells in opposite corners (1.7 KB of file) would ask for 549 GB and abort. Here the highest
cell is found first. A document type or entity in any part is refused: nothing that a
spreadsheet program writes has one. Error cells are collected, because the reader gives "".
"""

from __future__ import annotations

import dataclasses
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from keystead.kit.files.types import Limits, Refused

_CHUNK = 1 << 20
_ERRORS_KEPT = 10_000
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)
_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']+)", re.I)
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br\s*=\s*[\"'](\d{1,12})[\"']")
_CELL = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,9})(\d{1,12})[\"']")
_USUAL_CELL = re.compile(rb"<c r=\"([A-Z]{1,9})(\d{1,12})\"")
_USUAL_ROW = re.compile(rb"<row r=\"(\d{1,12})\"")
_CELL_TAG = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW_TAG = re.compile(rb"<(?:\w+:)?row[\s/>]")
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]*\bt\s*=\s*[\"']e[\"'])[^>]*?\br\s*=\s*[\"']([A-Z]+)(\d+)[\"'][^>]*>"
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<",
    re.S,
)
_FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"']([A-Z]+\d+)[\"'][^>]*>\s*<(?:\w+:)?f[\s/>]"
)
_ERROR_CODES = {
    0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A",
}  # fmt: skip


@dataclasses.dataclass
class Extent:
    """The highest row and column (1-based) that a sheet part names, its errors and formulas."""

    row: int = 0
    column: int = 0
    errors: dict[tuple[int, int], str] = dataclasses.field(default_factory=dict)
    formulas: list[str] = dataclasses.field(default_factory=list)
    wants_formulas: bool = False
    tail: bytes = b""

    def reach(self, row: int, column: int, limits: Limits) -> None:
        self.row, self.column = max(self.row, row), max(self.column, column)
        if self.column > limits.columns or self.row * self.column > limits.sheet_cells:
            raise Refused("sheet_too_big", rows=self.row, columns=self.column)


def check_workbook(
    path: Path, format: str, limits: Limits, *, formulas: bool = False
) -> dict[str, Extent]:
    """Return the extent of each sheet part by its name; raises Refused for a hostile part."""
    found: dict[str, Extent] = {}
    try:
        with zipfile.ZipFile(path) as package:
            for entry in package.infolist():
                name = entry.filename.lower()
                with package.open(entry) as part:
                    if format == "xlsb" and name.startswith("xl/worksheets/sheet"):
                        found[entry.filename] = _binary_sheet(part, limits)
                    elif name.endswith((".xml", ".rels", ".vml")):
                        sheet = name.startswith("xl/worksheets/")
                        extent = Extent(wants_formulas=formulas and sheet)
                        found[entry.filename] = _xml_part(part, limits, sheet, format, extent)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Refused("damaged", format=format.upper()) from error
    return found


def _chunks(part: IO[bytes]) -> Iterator[bytes]:
    """Yield the part in blocks that end where a tag begins, so that no tag is cut in two."""
    rest = b""
    while block := part.read(_CHUNK):
        block = rest + block
        cut = block.rfind(b"<")
        if cut <= 0:
            if len(block) > 64 * _CHUNK:  # one text of 64 MB is no cell
                raise Refused("zip_bomb", size=len(block))
            rest = block
            continue
        rest = block[cut:]
        yield block[:cut]
    yield rest


def _xml_part(part: IO[bytes], limits: Limits, sheet: bool, format: str, extent: Extent) -> Extent:
    repeats = OpenDocumentRepeats(extent, limits) if format == "ods" else None
    for at, block in enumerate(_chunks(part)):
        if at == 0:
            encoding = _ENCODING.search(block[:400])
            odd = encoding and encoding.group(1).lower() not in (b"utf-8", b"us-ascii", b"ascii")
            if odd or block.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in block[:64]:
                raise Refused("xml_encoding")
        if b"<!" in block and _DECLARED.search(block):
            raise Refused("xml_entities")
        if sheet:
            _sheet_block(block, extent, limits)
        elif repeats is not None:
            repeats.feed(block)
    return extent


def _sheet_block(block: bytes, extent: Extent, limits: Limits) -> None:
    # What all known programs write is found several times faster than what XML would allow.
    usual = block.count(b'<c r="') == block.count(b"<c")
    usual = usual and b":c" not in block and b":row" not in block
    if usual:
        cells = _USUAL_CELL.findall(block)
        rows = _USUAL_ROW.findall(block)
        addressless, unnumbered = False, block.count(b"<row") - len(rows)
    else:
        cells = _CELL.findall(block)
        rows = _ROW.findall(block)
        addressless = len(_CELL_TAG.findall(block)) > len(cells)
        unnumbered = len(_ROW_TAG.findall(block)) - len(rows)
    row = max([0, *map(int, rows), *map(int, {number for _, number in cells})])
    column = max((_column(letters) for letters in {letters for letters, _ in cells}), default=0)
    if addressless:  # cells without an address follow each other: count them, generously
        column += _longest_run(block)
    if unnumbered > 0:
        row = max(row, extent.row + unnumbered)
    extent.reach(row, column, limits)
    if (b't="e"' in block or b"t='e'" in block) and len(extent.errors) < _ERRORS_KEPT:
        for letters, number, text in _ERROR_CELL.findall(block):
            extent.errors[int(number), _column(letters)] = text.decode("utf-8", "replace")
    if extent.wants_formulas:
        whole = extent.tail + block  # a cell and its formula may lie in two blocks
        extent.formulas += [place.decode("ascii") for place in _FORMULA_CELL.findall(whole)]
        extent.tail = block[max(block.rfind(b"<"), 0) :]


def _longest_run(block: bytes) -> int:
    return max(len(_CELL_TAG.findall(row)) for row in _ROW_TAG.split(block))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


class OpenDocumentRepeats:
    """Follows rows and cells of an ODS sheet with their repeat counts; empty tails are free."""

    _TAG = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)\b([^>]*)>")
    _TIMES = re.compile(rb"table:number-(?:rows|columns)-repeated=\"(\d{1,12})\"")

    def __init__(self, extent: Extent, limits: Limits) -> None:
        self.extent, self.limits = extent, limits
        self.row = self.column = self.times = self.last = 0

    def feed(self, block: bytes) -> None:
        for match in self._TAG.finditer(block):
            closing, tag, attributes = match.groups()
            repeated = self._TIMES.search(attributes)
            times = int(repeated.group(1)) if repeated else 1
            if tag == b"table" and not closing:
                self.row = 0
            elif tag == b"table-row" and not closing:
                self.column, self.last, self.times = 0, 0, times
            elif tag == b"table-row":
                self.row += self.times
                if self.last:
                    self.extent.reach(self.row, self.last, self.limits)
            elif tag.endswith(b"cell") and not closing:
                self.column += times
                if b"value" in attributes or not attributes.rstrip().endswith(b"/"):
                    self.last = self.column


def _binary_sheet(part: IO[bytes], limits: Limits) -> Extent:
    """Walk the records of an XLSB sheet: row headers and cells carry their address."""
    extent = Extent()
    row = 0
    while True:
        head = _record_head(part)
        if head is None:
            return extent
        kind, size = head
        if size > 16 * _CHUNK:
            raise Refused("damaged", format="XLSB")
        data = part.read(size)
        if kind == 0 and len(data) >= 4:
            row = struct.unpack_from("<I", data)[0] + 1
            extent.reach(row, 1, limits)
        elif 1 <= kind <= 11 and len(data) >= 4:
            column = struct.unpack_from("<I", data)[0] + 1
            extent.reach(row, column, limits)
            if kind in (3, 11) and len(data) > 8 and len(extent.errors) < _ERRORS_KEPT:
                extent.errors[row, column] = _ERROR_CODES.get(data[8], "#N/A")


def _record_head(part: IO[bytes]) -> tuple[int, int] | None:
    first = part.read(1)
    if not first:
        return None
    kind = first[0]
    if kind & 0x80:
        kind = (kind & 0x7F) | ((part.read(1) or b"\0")[0] & 0x7F) << 7
    size = shift = 0
    for _ in range(4):
        byte = (part.read(1) or b"\0")[0]
        size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    return kind, size
