"""The very cells a fact came from: file, sheet, row, column letter, header, raw text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyarrow as pa
from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.kit.files import duck
from keystead.ledger import models
from keystead.ledger.models.folder import home
from keystead.ledger.queries.imports import visible_batches
from keystead.ledger.queries.staging import Staged, staged_sheet
from keystead.ledger.types import SourceCell, SourceRow

Ref = tuple[int, str, int]
MAX_REFS = 5_000


def source_cells(actor: Actor, refs: Iterable[Ref]) -> tuple[SourceRow, ...]:
    """Return the source rows behind (batch_id, sheet, source_row), in the order asked for.

    Left out: rows of batches the actor may not see, rows that count for an account outside
    the actor's scope, and facts that came from no file. Rows that do not count (waiting,
    rejected, skipped) are shown to those who see all accounts and to who imported the file.
    """
    wanted = list(dict.fromkeys(refs))
    if len(wanted) > MAX_REFS:
        raise Invalid(
            _("At most %(number)s source rows at once.") % {"number": MAX_REFS},
            code="too_many_rows",
        )
    by_batch: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for batch_id, sheet, row in wanted:
        by_batch[batch_id][sheet].append(row)
    found: dict[Ref, SourceRow] = {}
    for batch in visible_batches(actor).filter(pk__in=by_batch.keys()):
        allowed = _allowed(actor, batch, by_batch[batch.pk])
        for sheet, rows in allowed.items():
            staged = staged_sheet(batch, sheet)
            if staged is not None and rows:
                found |= _cells(batch, staged, rows)
    return tuple(found[ref] for ref in wanted if ref in found)


def _allowed(
    actor: Actor, batch: models.Batch, sheets: Mapping[str, list[int]]
) -> Mapping[str, list[int]]:
    scope = scope_for(actor)
    if scope.everything:
        return sheets
    accounts = _accounts_behind(batch, sheets)
    own = actor.user_id is not None and batch.created_by_id == actor.user_id

    def may(sheet: str, row: int) -> bool:
        ids = accounts.get((sheet, row))
        return ids <= scope.account_ids if ids else own

    return {sheet: [row for row in rows if may(sheet, row)] for sheet, rows in sheets.items()}


def _accounts_behind(
    batch: models.Batch, sheets: Mapping[str, list[int]]
) -> dict[tuple[str, int], frozenset[int]]:
    """Return the accounts whose facts, visible or not, came from each row."""
    paths = models.Part.objects.filter(batch=batch, segment__isnull=False).values_list(
        "segment__path", flat=True
    )
    files = [str(home().locate(path)) for path in sorted(set(paths))]
    if not files:
        return {}
    asked = pa.table(
        {
            "sheet": [sheet for sheet, rows in sheets.items() for _row in rows],
            "source_row": pa.array([row for rows in sheets.values() for row in rows], pa.int64()),
        }
    )
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    with duck.session() as session:
        session.register("asked", asked)
        rows = session.rows(
            "select distinct sheet, source_row, account_id from read_parquet(?) "
            "semi join asked using (sheet, source_row) where batch_id = ?",
            [files, batch.pk],
        )
    for sheet, row, account_id in rows:
        found[sheet, row].add(account_id)
    return {key: frozenset(ids) for key, ids in found.items()}


def _cells(batch: models.Batch, staged: Staged, rows: list[int]) -> dict[Ref, SourceRow]:
    names = [column.name for column in staged.sheet.columns]
    asked = pa.table({"source_row": pa.array(rows, pa.int64())})
    with duck.session() as session:
        session.register("asked", asked)
        columns = "".join(f', "{name}"' for name in names)
        lines = session.rows(
            f"select source_row{columns} from read_parquet(?) "  # noqa: S608 # nosec B608
            "semi join asked using (source_row) order by source_row",
            [str(staged.path)],
        )
    return {
        (batch.pk, staged.sheet.name, line[0]): SourceRow(
            batch_id=batch.pk,
            file_name=batch.file_name,
            sheet=staged.sheet.name,
            row=line[0],
            cells=tuple(
                SourceCell(column.letter, column.header, value)
                for column, value in zip(staged.sheet.columns, line[1:], strict=True)
            ),
        )
        for line in lines
    }
