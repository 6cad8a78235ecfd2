"""Lets an upper room post its own facts down (law 2): accruals, agreed forecasts, targets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid, KeysteadError
from keystead.kit.access import Actor
from keystead.ledger import models, queries
from keystead.ledger.services.post import post_rows
from keystead.ledger.services.store import keep_raw
from keystead.ledger.types import Batch, BatchState, Counts, DatasetDef, Mode, dataset_def


def keep_file(content: bytes | Path) -> tuple[str, int]:
    """Keep a file that an upper room reads itself, for good; return its SHA-256 and size.

    Without the row beside it, the cleaning of orphans would take it after a day.
    """
    sha256, size = keep_raw(content)
    models.RawFile.objects.get_or_create(sha256=sha256, defaults={"bytes": size})
    return sha256, size


def post_facts(
    *,
    actor: Actor,
    dataset: str,
    source: str,
    table: pa.Table,
    lineage: str,
    mode: Mode | None = None,
    months: Iterable[date] = (),
) -> Batch:
    """Post rows that a room computed; ``lineage`` names the thing they come from.

    Needs ``ledger.import``. ``table``: the dataset's columns; ``sheet`` and ``source_row``
    default to the source and the row's place in the table, so that proof can name them.
    The same dataset, source and lineage has one effect: posted again, the first is returned.
    Writes a batch and what ``post_rows`` writes; event BatchPosted.
    """
    actor.require("ledger.import")
    if not lineage:
        raise Invalid(_("Facts need the id of what they come from."), code="no_lineage")
    definition = dataset_def(dataset)
    twin = models.Batch.objects.filter(
        dataset=dataset, source=source, effect_key=lineage, state=BatchState.POSTED
    ).first()
    if twin is not None:
        return queries.batch(actor, twin.pk)
    row = _prepared(actor, definition, source, lineage)
    rows = table.num_rows
    try:
        return post_rows(
            actor=actor,
            batch_id=row.pk,
            tables=[_addressed(table, source)],
            counts=Counts(rows_in=rows, posted=rows),
            mode=mode or definition.restate,
            months=months,
        )
    except KeysteadError:
        # Nothing was posted: a refused call leaves no open import behind.
        models.Batch.objects.filter(pk=row.pk, state=BatchState.READY).delete()
        raise


def _prepared(actor: Actor, definition: DatasetDef, source: str, lineage: str) -> models.Batch:
    """Return the batch to post into; one that a killed call left behind is taken again."""
    place = {"dataset": definition.id, "source": source, "effect_key": lineage}
    row = models.Batch.objects.filter(
        state=BatchState.READY, created_by_id=actor.user_id, **place
    ).first()
    if row is None:
        # Version 0: nobody has seen it yet; the post makes it version 1.
        row = models.Batch(state=BatchState.READY, version=0, **place)
        row.save_checked(actor)
    return row


def _addressed(table: pa.Table, source: str) -> pa.Table:
    if "sheet" not in table.column_names:
        table = table.append_column("sheet", pa.repeat(pa.scalar(source), table.num_rows))
    if "source_row" not in table.column_names:
        places = pa.array(range(1, table.num_rows + 1), pa.int64())
        table = table.append_column("source_row", places)
    return table
