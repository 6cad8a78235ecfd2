"""Corrections of single cells: typed on the page, or sent back in a rejects file."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.ledger import models, queries
from keystead.ledger.services.desk import staging
from keystead.ledger.services.desk.work import Work, carry_on, require_open, work_on
from keystead.ledger.types import Batch

_TOLD = 20  # cells named one by one in the trail
Cell = tuple[str, int, str, str]  # sheet, source row, column, new text


def resolve_problem(
    *, actor: Actor, batch_id: int, sheet: str, row: int, column: str, value: str
) -> Batch:
    """Correct one cell of a file; the file itself stays as it came.

    Needs ``ledger.import`` and a batch that is open or waits for rows. Raises Invalid for a
    cell the file does not have.
    """
    return fix_cells(actor=actor, batch_id=batch_id, cells=[(sheet, row, column, value)])


def fix_cells(*, actor: Actor, batch_id: int, cells: Iterable[Cell]) -> Batch:
    """Correct several cells at once; those equal to the file's own take a correction back."""
    actor.require("ledger.import")
    wanted = {(sheet, row, column): value for sheet, row, column, value in cells}
    with transaction.atomic():
        work = work_on(actor, batch_id, lock=True)
        require_open(work, posted=True)
        was = texts_of(work, list(wanted))
        _store(actor, work, wanted, was)
        told = list(wanted.items())[:_TOLD]
        audit.record(
            actor=actor,
            action="ledger.fix_cells",
            subject=("batch", batch_id),
            old={_named(key): was[key] for key, _value in told},
            new={_named(key): value for key, value in told} | {"cells": len(wanted)},
        )
        work.batch.save_checked(actor)
        carry_on(actor, work.batch)
    return queries.batch(actor, batch_id)


def _named(key: tuple[str, int, str]) -> str:
    sheet, row, column = key
    return f"{sheet}!{row} {column}" if sheet else f"{row} {column}"


def texts_of(work: Work, keys: list[tuple[str, int, str]]) -> dict[tuple[str, int, str], str]:
    """Return the cells as they are in the file."""
    file = work.file
    if file is None:
        raise Invalid(_("The file is not read yet."), code="not_read")
    keep = frozenset(work.decisions.get("keep_rules", []))
    rows, _rules = staging.load_rows(
        work.batch.pk, file, work.batch.options.get("sheets", []), keep
    )
    numbers = sorted({row for _sheet, row, _column in keys})
    near = rows.filter(pc.is_in(rows["source_row"], value_set=pa.array(numbers, pa.int64())))
    found = {(record["sheet"], record["source_row"]): record for record in near.to_pylist()}
    texts: dict[tuple[str, int, str], str] = {}
    for sheet, row, column in keys:
        record = found.get((sheet, row))
        if record is None or column not in record:
            raise Invalid(
                _("The file has no cell %(column)s in row %(row)s.")
                % {"column": column, "row": row},
                code="no_cell",
                fields={"row": str(row), "column": column},
            )
        texts[sheet, row, column] = record[column] or ""
    return texts


def _store(
    actor: Actor,
    work: Work,
    wanted: dict[tuple[str, int, str], str],
    was: dict[tuple[str, int, str], str],
) -> None:
    rows = models.CellFix.objects.filter(
        batch=work.batch, source_row__in={row for _sheet, row, _column in wanted}
    )
    old = {(row.sheet, row.source_row, row.column): row.pk for row in rows}
    models.CellFix.objects.filter(pk__in=[old[key] for key in wanted if key in old]).delete()
    now = timezone.now()
    models.CellFix.objects.bulk_create(
        [
            models.CellFix(
                batch=work.batch, sheet=sheet, source_row=row, column=column,
                was=was[sheet, row, column], value=value, at=now, by_id=actor.user_id,
            )
            for (sheet, row, column), value in wanted.items()
            if value != was[sheet, row, column]
        ],
        batch_size=500,
    )  # fmt: skip
