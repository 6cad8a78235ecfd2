"""Copies what the ledger holds of some accounts into another folder, and nothing else.

The other folder becomes the home of a hand-over file: segments with only these accounts' rows,
the source rows behind them, and the catalog rows that lead there. Every commit keeps its number,
so that a proof of any moment opens there and gives the same figure.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Model

from keystead.accounts.queries import account_for
from keystead.kernel.errors import KeysteadError
from keystead.kit.access import Actor
from keystead.kit.files import duck
from keystead.kit.files.types import SourceFile
from keystead.ledger import models
from keystead.ledger.models.folder import fingerprint, home
from keystead.ledger.queries.staging import staged_sheet, staging_path
from keystead.ledger.services.store import WrittenPart, select_all, summed
from keystead.ledger.types import dataset_def

Cells = dict[int, dict[str, set[int]]]
Rewrite = Callable[[str], str]


@dataclasses.dataclass(frozen=True)
class Extract:
    """The catalog rows in the order they can be inserted; ``unread``: batches whose source rows
    could not be read again, so that their proof ends at the row number."""

    rows: tuple[Model, ...]
    unread: tuple[int, ...]


def extract(
    *, actor: Actor, account_ids: frozenset[int], folder: Path, rewrite: Rewrite
) -> Extract:
    """Write the facts of the accounts below ``folder`` and return the catalog rows that fit.

    ``rewrite`` is asked for every text in them. Reads only; whoever asks must see every one of
    the accounts (NotFound).
    """
    for account_id in sorted(account_ids):
        account_for(actor, account_id)
    segments, kept, slices = [], {}, []
    cells: Cells = defaultdict(lambda: defaultdict(set))
    for segment in models.Segment.objects.filter(superseded_at=None).order_by("pk"):
        parts = list(models.Part.objects.filter(segment=segment).select_related("batch"))
        found = _segment(segment, account_ids, folder, cells, rewrite) if parts else None
        if found is None:
            continue
        segments.append(segment)
        for part in parts:
            written = found.get((part.batch_id, part.month))
            if written is not None:
                kept[part.pk] = _part(part, written)
    for row in models.Slice.objects.order_by("pk"):
        if row.part_id in kept:
            slices.append(row)
    lines = {row.pk for row in slices}
    for row in slices:
        if row.restates_id not in lines:
            row.restates_id = None
    batches = _batches(kept.values(), cells)
    unread = [one.pk for one in batches if not _stage(one, cells[one.pk], folder, rewrite)]
    for batch in batches:
        batch.report = _bare_report(batch.report, cells[batch.pk])
    ids = {batch.pk for batch in batches}
    raw = models.RawFile.objects.filter(pk__in={one.raw_id for one in batches if one.raw_id})
    found_rows: list[Iterable[Model]] = [
        raw,
        batches,
        models.BatchAccount.objects.filter(batch_id__in=ids, account_id__in=account_ids),
        models.BatchMonth.objects.filter(batch_id__in=ids),
        models.Head.objects.all(),
        _commits(ids),
        segments,
        kept.values(),
        slices,
        _fixes(ids, cells),
    ]
    return Extract(tuple(row for rows in found_rows for row in rows), tuple(unread))


def _segment(
    segment: models.Segment,
    account_ids: frozenset[int],
    folder: Path,
    cells: Cells,
    rewrite: Rewrite,
) -> dict[tuple[int, Any], WrittenPart] | None:
    """Write the rows of the accounts and set what the file now is; None when it has none."""
    definition = dataset_def(segment.dataset)
    target = folder / segment.path
    wanted = pa.table({"account_id": pa.array(sorted(account_ids), pa.int64())})
    source = select_all(definition, str(home().locate(segment.path)))
    sql = f"select t.* from ({source}) t semi join wanted using (account_id)"  # noqa: S608 # nosec B608
    target.parent.mkdir(parents=True, exist_ok=True)
    with duck.session() as session:
        session.register("wanted", wanted)
        # The rows are read out before they are written: a join alone promises no order.
        found = session.arrow(f"{sql} order by account_id, month, date, batch_id, source_row")
        if not found.num_rows:
            return None
        session.register("found", rewritten(found, rewrite))
        session.write_parquet("select * from found", target)
        parts = summed(definition, target, session)
        foreign = session.rows(
            f"select distinct batch_id, sheet, source_row from ({source}) t "  # noqa: S608 # nosec B608
            "anti join wanted using (account_id)"
        )
    others = set(foreign)
    for batch_id, sheet, row in zip(
        *(found.column(name).to_pylist() for name in ("batch_id", "sheet", "source_row")),
        strict=True,
    ):
        if row is not None and (batch_id, sheet, row) not in others:
            cells[batch_id][sheet or ""].add(row)
    segment.sha256, segment.bytes = fingerprint(target), target.stat().st_size
    segment.rows = found.num_rows
    return {(part.batch_id, part.month): part for part in parts}


def rewritten(table: pa.Table, rewrite: Rewrite) -> pa.Table:
    """Return the table with every text in it asked for once per different text."""
    for place, field in enumerate(table.schema):
        if not pa.types.is_string(field.type) and not pa.types.is_large_string(field.type):
            continue
        whole = table.column(place).combine_chunks()
        coded = pc.dictionary_encode(whole)
        coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
        before = coded.dictionary.to_pylist()
        after = [text if text is None else rewrite(text) for text in before]
        if after != before:
            texts = pa.array(after, field.type).take(coded.indices)
            table = table.set_column(place, field, texts)
    return table


def _part(part: models.Part, written: WrittenPart) -> models.Part:
    part.rows, part.sums, part.currencies = written.rows, written.sums, written.currencies
    part.first_date, part.last_date = written.first_date, written.last_date
    return part


def _batches(parts: Iterable[models.Part], cells: Cells) -> list[models.Batch]:
    """Return the batches behind the parts, without what they say of other accounts."""
    posted: dict[int, int] = defaultdict(int)
    found: dict[int, models.Batch] = {}
    for part in parts:
        found[part.batch_id] = part.batch
        posted[part.batch_id] += part.rows
    for pk, row in found.items():
        row.options, row.mapping, row.totals, row.problem = {}, {}, {}, {}
        row.job_id = None
        row.rows_in = row.rows_posted = posted[pk]
        row.rows_waiting = row.rows_rejected = row.rows_skipped = 0
    return [found[pk] for pk in sorted(found)]


def _stage(
    batch: models.Batch, wanted: dict[str, set[int]], folder: Path, rewrite: Rewrite
) -> bool:
    """Write the source rows of a batch; False where its file cannot be read any more."""
    if batch.raw_id is None or not batch.report:
        return True
    original = models.Batch.objects.get(pk=batch.pk)
    for sheet, rows in wanted.items():
        try:
            staged = staged_sheet(original, sheet)
        except (KeysteadError, OSError):
            return False
        if staged is None:
            continue
        target = folder / staging_path(batch.pk) / staged.path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        asked = pa.table({"source_row": pa.array(sorted(rows), pa.int64())})
        with duck.session() as session:
            session.register("asked", asked)
            found = session.arrow(
                "select t.* from read_parquet(?) t "
                "semi join asked using (source_row) order by source_row",
                [str(staged.path)],
            )
            session.register("found", rewritten(found, rewrite))
            session.write_parquet("select * from found", target)
    return True


def _bare_report(report: dict[str, Any], wanted: dict[str, set[int]]) -> dict[str, Any]:
    """Return what the reader said of a file: its sheets and headers, none of its cells."""
    if not report:
        return {}
    source = SourceFile.from_dict(report)
    sheets = tuple(
        dataclasses.replace(
            sheet,
            rows=len(wanted[sheet.name]),
            columns=tuple(dataclasses.replace(one, samples=()) for one in sheet.columns),
            skipped=(), skipped_counts=(), formulas=(), problems=(), questions=(),
        )
        for sheet in source.sheets
        if sheet.name in wanted
    )  # fmt: skip
    return dataclasses.replace(source, sheets=sheets, problems=(), questions=()).as_dict()


def _commits(batch_ids: set[int]) -> list[models.Commit]:
    rows = list(models.Commit.objects.order_by("pk"))
    for row in rows:
        if row.batch_id not in batch_ids:
            row.batch_id = None
    return rows


def _fixes(batch_ids: set[int], cells: Cells) -> list[models.CellFix]:
    rows = models.CellFix.objects.filter(batch_id__in=batch_ids).order_by("pk")
    return [row for row in rows if row.source_row in cells[row.batch_id].get(row.sheet, ())]
