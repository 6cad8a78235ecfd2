"""The batch and the desk's work on it: fetched through the door, changed one way."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max, Sum
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_currencies, account_keys
from keystead.catalog.queries import product_dimension, product_keys
from keystead.kernel.errors import Conflict, NotFound
from keystead.kit import jobs
from keystead.kit.access import Actor
from keystead.kit.files.types import SourceFile, SourceSheet
from keystead.ledger import models, queries
from keystead.ledger.rules.mapping import read_map
from keystead.ledger.types import BatchState
from keystead.ledger.types.desk import ColumnMap
from keystead.reference.queries import units

JOB = "ledger.prepare"
OPEN = frozenset(
    {
        BatchState.RECEIVING,
        BatchState.MAPPING,
        BatchState.MATCHING,
        BatchState.CHECKING,
        BatchState.READY,
    }
)
_VERSION = 2  # of the check: raise it when the same inputs would give another outcome
_LOOKED_UP = (account_keys, account_currencies, product_keys, product_dimension)


@dataclasses.dataclass
class Work:
    """A batch with the desk's row about it."""

    batch: models.Batch
    desk: models.DeskWork

    @property
    def file(self) -> SourceFile | None:
        return SourceFile.from_dict(self.batch.report) if self.batch.report else None

    @property
    def decisions(self) -> dict[str, Any]:
        return self.desk.decisions

    @property
    def columns(self) -> ColumnMap:
        return read_map(self.batch.mapping, self.batch.dataset)

    def sheets(self) -> tuple[SourceSheet, ...]:
        """Return the sheets that are read into the batch."""
        file = self.file
        chosen = self.batch.options.get("sheets", [])
        return tuple(sheet for sheet in file.sheets if sheet.name in chosen) if file else ()

    @property
    def is_open(self) -> bool:
        return self.batch.state in OPEN

    @property
    def is_posted(self) -> bool:
        return self.batch.state == BatchState.POSTED

    def stamp(self) -> str:
        """Return a hash of everything the outcome of a check depends on."""
        source, batch = self.batch.source, self.batch
        said = models.Alias.objects.filter(source=source).aggregate(
            count=Count("pk"), versions=Sum("version"), newest=Max("pk")
        )
        fixes = models.CellFix.objects.filter(batch=batch).aggregate(
            count=Count("pk"), newest=Max("at")
        )
        inputs = [
            _VERSION, batch.dataset, source, batch.options, batch.mapping, self.desk.decisions,
            self.desk.upload_sha256, batch.rows_posted, list(said.values()),
            [str(value) for value in fixes.values()], [_hash(table()) for table in _LOOKED_UP],
            [(unit.code, *unit.aliases) for unit in units()],
        ]  # fmt: skip
        text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def _hash(table: Any) -> str:
    digest = hashlib.sha256()
    for batch in table.to_batches():
        digest.update(batch.serialize())
    return digest.hexdigest()


def work_on(actor: Actor, batch_id: int, *, lock: bool = False) -> Work:
    """Return a batch that the actor may decide about, with its work; NotFound otherwise.

    ``lock``: until the end of the running transaction.
    """
    rows = queries.own_batches(actor).filter(pk=batch_id)
    if lock:
        rows = rows.select_for_update(of=("self",))
    batch = rows.first()
    desk = models.DeskWork.objects.filter(pk=batch_id).first() if batch else None
    if batch is None or desk is None:
        raise NotFound(_("There is no such import."))
    return Work(batch, desk)


def require_open(work: Work, *, posted: bool = False) -> None:
    """Raise Conflict when nothing can be changed any more; ``posted``: a posted one may be."""
    if work.is_open or (posted and work.is_posted):
        return
    raise Conflict(
        _("This import is closed."),
        code="batch_closed",
        hint=_("Import the file again to read it in another way."),
        state=str(work.batch.state),
    )


def carry_on(actor: Actor, batch: models.Batch) -> int:
    """Let the worker go on with a batch as soon as the running transaction is committed."""
    job_id = jobs.enqueue(
        JOB, {"batch_id": batch.pk}, actor=actor, key=f"{JOB}:{batch.pk}:{batch.version}"
    )
    models.Batch.objects.filter(pk=batch.pk).update(job_id=job_id)
    batch.job_id = job_id
    return job_id


def as_plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that JSON can hold."""
    plain: dict[str, Any] = json.loads(json.dumps(value, ensure_ascii=False, default=str))
    return plain
