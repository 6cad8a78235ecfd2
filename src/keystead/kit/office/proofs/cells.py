"""The cells of a workbook as they stand in its file: values as text, sheets by name."""

from __future__ import annotations

import re
from typing import Any, Final

from keystead.kit.office.proofs.parts import Parts, unreadable

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
Cells = dict[tuple[int, int], str]  # (row, column), both from 0


class Book:
    """A workbook: its sheets in order, hidden ones too."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.main = next(iter(parts.related("", "officeDocument")), "xl/workbook.xml")
        if self.main not in parts:
            raise unreadable()
        links = parts.relations(self.main)
        self.sheets = {
            sheet.get("name", ""): links[sheet.get(_LINK, "")][1]
            for sheet in parts.xml(self.main).iter(f"{_MAIN}sheet")
            if sheet.get(_LINK, "") in links
        }
        self._shared = self._strings()

    def cells(self, name: str) -> Cells:
        """Return the cells of a sheet that hold something; numbers as they are stored."""
        part = self.sheets.get(name)
        if part is None or part not in self._parts:
            return {}
        found: Cells = {}
        for cell in self._parts.xml(part).iter(f"{_MAIN}c"):
            match = _PLACE.fullmatch(cell.get("r", ""))
            text = self._text(cell)
            if match and text:
                found[(int(match.group(2)) - 1, column(match.group(1)))] = text
        return found

    def _text(self, cell: Any) -> str:
        value = cell.find(f"{_MAIN}v")
        held = value.text or "" if value is not None else ""
        match cell.get("t", "n"):
            case "s":
                return self._shared[int(held)] if _index(held, self._shared) else ""
            case "inlineStr":
                return "".join(one.text or "" for one in cell.iter(f"{_MAIN}t"))
        return held

    def _strings(self) -> list[str]:
        for name in self._parts.related(self.main, "sharedStrings"):
            return [
                "".join(one.text or "" for one in item.iter(f"{_MAIN}t"))
                for item in self._parts.xml(name).iter(f"{_MAIN}si")
            ]
        return []


def _index(text: str, held: list[str]) -> bool:
    return text.isdigit() and int(text) < len(held)


def column(letters: str) -> int:
    """Return the number of a column, from 0.

    >>> column("A"), column("AA")
    (0, 26)
    """
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found - 1
