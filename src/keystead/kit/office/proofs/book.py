"""The figures of a workbook: cells by address, found again where rows were put in or sorted."""

from __future__ import annotations

import math
import re
from typing import Final

from keystead.kit.office.places import stable
from keystead.kit.office.proofs import trace
from keystead.kit.office.proofs.cells import Book, Cells, column
from keystead.kit.office.proofs.manifest import MOST_FIGURES
from keystead.kit.office.proofs.parts import Parts
from keystead.kit.office.slides import Carried
from keystead.kit.office.xlsx import PROOF_HEAD, PROOF_SHEET

_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def figures(parts: Parts) -> tuple[Carried, ...]:
    """Return each figure of the workbook as it is now."""
    book = Book(parts)
    kept = book.cells(PROOF_SHEET)
    if tuple(kept.get((0, at), "") for at in range(6)) != PROOF_HEAD[:6]:
        return ()
    rows = min(max(row for row, _column in kept), MOST_FIGURES)
    sheets: dict[str, Cells] = {}
    found = []
    for row in range(1, rows + 1):
        told = [kept.get((row, at), "") for at in range(len(PROOF_HEAD))]
        sheet, place, text, value, measure, proof = told[:6]
        if sheet not in sheets:
            sheets[sheet] = book.cells(sheet)
        cells = sheets[sheet]
        found.append(Carried(
            place=f"{stable('named_sheet', sheet)}, {stable('cell', place)}",
            text=_now(cells, told), meant=text, value=value, proof=proof, measure=measure,
        ))  # fmt: skip
    return tuple(found)


def _now(cells: Cells, told: list[str]) -> str:
    """Return what stands for a figure now: as it was meant, when the number is the same."""
    _sheet, place, text, value, _measure, _proof, label, _head, sentence, begin = told
    match = _PLACE.fullmatch(place)
    if match is None:
        return ""
    at = (int(match.group(2)) - 1, column(match.group(1)))
    if sentence:
        return _said(cells, at, sentence, (int(begin) if begin.isdigit() else 0, text))
    if label and not _labelled(cells, at[0], label):
        rows = sorted({row for (row, _column), held in cells.items() if held == label})
        if len(rows) != 1:
            return ""
        at = (rows[0], at[1])
    held = cells.get(at, "")
    return text if _same(held, value) else held


def _labelled(cells: Cells, row: int, label: str) -> bool:
    return any(cells.get((row, at)) == label for at in range(12))


def _said(cells: Cells, at: tuple[int, int], sentence: str, figure: tuple[int, str]) -> str:
    """Return a figure of a sentence; a sentence that moved is looked for in its column."""
    begin, text = figure
    held = cells.get(at, "")
    if held != sentence:
        moved = [cell for cell in cells.values() if cell == sentence]
        held = moved[0] if moved else held
    return trace.now(sentence, held, begin, begin + len(text))


def _same(held: str, value: str) -> bool:
    try:
        return math.isclose(float(held), float(value), rel_tol=1e-14)
    except ValueError:
        return False
