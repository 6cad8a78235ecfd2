"""The rows of a batch that do not count yet, with their reasons, to be corrected and sent back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.access import Actor
from keystead.kit.files import duck
from keystead.kit.office import Column, Sheet, to_csv, workbook
from keystead.ledger import models
from keystead.ledger.models.folder import home
from keystead.ledger.queries.imports import own_batches
from keystead.ledger.queries.staging import staged_sheet
from keystead.ledger.rules.problems import kind_of

# These three names are read back, so they are the same in every language.
KEYS = ("keystead_sheet", "keystead_row", "keystead_reason")
OPEN_STATES = ("rejected", "waiting")
MOST_IN_WORKBOOK = 50_000
_CHUNK = 5_000


def rejects_file(
    actor: Actor, batch_id: int, ending: str, states: Sequence[str] = OPEN_STATES
) -> bytes:
    """Return the open rows of a batch as .csv or .xlsx; corrected, it may be sent back.

    Raises Invalid for another ending, or for more rows than a workbook should hold.
    """
    headers, rows = rejects_table(actor, batch_id, states)
    columns = [Column(KEYS[0]), Column(KEYS[1], "integer"), Column(KEYS[2], width=40)]
    columns += [Column(header) for header in headers]
    sheet = Sheet(_("Rows to correct"), columns, rows)
    if ending == ".csv":
        return to_csv(sheet)
    if ending != ".xlsx":
        raise Invalid(_("Rows to correct come as .csv or .xlsx."), code="ending")
    return workbook([sheet], title=f"import {batch_id}")


def rejects_table(
    actor: Actor, batch_id: int, states: Sequence[str] = OPEN_STATES
) -> tuple[list[str], Iterator[list[str | int]]]:
    """Return the headers of the file, and its open rows: sheet, row, reasons, then the cells."""
    batch = own_batches(actor).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound(_("There is no such import."))
    reasons = _reasons(batch, states)
    sheets = sorted({sheet for sheet, _row in reasons})
    headers: list[str] = []
    for name in sheets:
        staged = staged_sheet(batch, name)
        for column in staged.sheet.columns if staged else ():
            header = column.header or f"[{column.letter}]"
            if header not in headers:
                headers.append(header)
    return headers, _rows(batch, sheets, headers, reasons)


def _reasons(batch: models.Batch, states: Sequence[str]) -> dict[tuple[str, int], str]:
    place = home().locate(f"staging/{batch.pk}/checked/problems.parquet")
    if not place.is_file():
        return {}
    marks = ", ".join("?" for _state in states)
    with duck.session() as session:
        found = session.rows(
            "select sheet, source_row, kind, field from read_parquet(?) "  # noqa: S608 - only "?" # nosec B608
            f"where state in ({marks}) order by sheet, source_row",
            [str(place), *states],
        )
    reasons: dict[tuple[str, int], list[str]] = {}
    for sheet, row, kind, field in found:
        label = _(kind_of(kind).label)
        reasons.setdefault((sheet, row), []).append(f"{field}: {label}" if field else label)
    return {key: "; ".join(texts) for key, texts in reasons.items()}


def _rows(
    batch: models.Batch,
    sheets: list[str],
    headers: list[str],
    reasons: dict[tuple[str, int], str],
) -> Iterator[list[str | int]]:
    fixes = {
        (fix.sheet, fix.source_row, fix.column): fix.value
        for fix in models.CellFix.objects.filter(batch=batch)
    }
    for sheet in sheets:
        staged = staged_sheet(batch, sheet)
        if staged is None:
            continue
        names = {c.header or f"[{c.letter}]": c.name for c in staged.sheet.columns}
        numbers = [row for name, row in reasons if name == sheet]
        for at in range(0, len(numbers), _CHUNK):
            for record in _cells(str(staged.path), list(names.values()), numbers[at : at + _CHUNK]):
                row = record["source_row"]
                cells = [
                    fixes.get((sheet, row, header), record.get(names.get(header, ""), ""))
                    for header in headers
                ]
                yield [sheet, row, reasons[sheet, row], *cells]


def _cells(path: str, names: list[str], rows: list[int]) -> list[dict]:
    columns = "".join(f', "{name}"' for name in names)
    with duck.session() as session:
        session.register("asked", pa.table({"source_row": pa.array(rows, pa.int64())}))
        return session.arrow(
            f"select source_row{columns} from read_parquet(?) "  # noqa: S608 - c0, c1... # nosec B608
            "semi join asked using (source_row) order by source_row",
            [path],
        ).to_pylist()
