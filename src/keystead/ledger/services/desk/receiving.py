"""Takes a file in: notes it, lays it where the reading job finds it, and never reads it here."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict, Invalid, SourceProblem
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.quota import spend_upload
from keystead.ledger import models, queries
from keystead.ledger.models.folder import fingerprint, home
from keystead.ledger.services.desk.work import Work, as_plain, carry_on, require_open, work_on
from keystead.ledger.types import Batch, BatchState, dataset_def

_SAME = (BatchState.POSTED, *(state for state in BatchState if state not in {
    BatchState.UNDONE, BatchState.FAILED, BatchState.CANCELLED, BatchState.POSTED}))  # fmt: skip


def receive_file(
    *,
    actor: Actor,
    content: Path | bytes,
    name: str,
    dataset: str = "",
    source: str = "",
    decisions: Mapping[str, Any] | None = None,
    start: bool = True,
) -> Batch:
    """Take a file in and return its batch; the work on it begins in a job.

    Needs ``ledger.import``. The same file for the same dataset and source is the same batch: an
    open or posted one is returned as it is. ``decisions``: what is settled already (columns,
    constants, options, drop...). ``start`` False: the caller carries on itself. Writes the
    upload below ``staging``, the batch and the trail. Raises SourceProblem when it is too big.
    """
    actor.require("ledger.import")
    if dataset:
        dataset_def(dataset)
    sha256, size = _measure(content)
    _require_size(size, name)
    first = same_file(actor, sha256, dataset, source)
    if first is None and not (dataset and source.strip()):
        first = _same_unplaced(actor, sha256, dataset, source.strip())
    if first is not None:
        return _again(actor, first, decisions, start=start)
    with transaction.atomic():
        spend_upload(actor=actor, size_bytes=size)
        batch = models.Batch(
            dataset=dataset, source=source.strip()[:120], file_name=_plain_name(name)
        )
        batch.options = {"dataset_given": bool(dataset), "source_given": bool(source.strip())}
        batch.save_checked(actor)
        desk = models.DeskWork(batch=batch, upload_sha256=sha256)
        desk.decisions = as_plain(decisions or {})
        desk.incoming = _lay_down(batch.pk, content)
        desk.save(force_insert=True)
        audit.record(
            actor=actor,
            action="ledger.receive",
            subject=("batch", batch.pk),
            new={"file": batch.file_name, "sha256": sha256, "bytes": size, "dataset": dataset,
                 "source": batch.source},
        )  # fmt: skip
        if start:
            carry_on(actor, batch)
    return queries.batch(actor, batch.pk)


def receive_again(
    *, actor: Actor, batch_id: int, content: Path | bytes, drop: list[str], start: bool = True
) -> Batch:
    """Take the same file again, to go on with some of its columns left out.

    Needs ``ledger.import`` and an open batch that stopped at personal data. Raises Conflict
    when it is another file. Writes the upload, the decision and the trail.
    """
    actor.require("ledger.import")
    sha256, size = _measure(content)
    with transaction.atomic():
        work = work_on(actor, batch_id, lock=True)
        require_open(work)
        if work.desk.upload_sha256 != sha256:
            raise Conflict(
                _("This is another file."),
                code="other_file",
                hint=_("Send %(name)s again, unchanged.") % {"name": work.batch.file_name},
            )
        spend_upload(actor=actor, size_bytes=size)
        old = {"drop": list(work.desk.decisions.get("drop", []))}
        work.desk.decisions["drop"] = sorted({*old["drop"], *drop})
        work.desk.incoming = _lay_down(batch_id, content)
        work.desk.questions = []
        work.desk.save()
        work.batch.problem = {}
        work.batch.state = BatchState.RECEIVING
        work.batch.save_checked(actor)
        audit.record(
            actor=actor,
            action="ledger.drop_columns",
            subject=("batch", batch_id),
            old=old,
            new={"drop": work.desk.decisions["drop"]},
        )
        if start:
            carry_on(actor, work.batch)
    return queries.batch(actor, batch_id)


def same_file(actor: Actor, sha256: str, dataset: str, source: str) -> int | None:
    """Return the batch that holds this very file for a dataset and source already."""
    if not dataset or not source.strip():
        return None
    rows = _holding(actor, sha256).filter(batch__dataset=dataset, batch__source=source.strip())
    return rows.order_by("batch_id").values_list("batch_id", flat=True).first()


def _same_unplaced(actor: Actor, sha256: str, dataset: str, source: str) -> int | None:
    """Return the batch of this file when its place was not fully said, now or then."""
    rows = _holding(actor, sha256).filter(batch__created_by_id=actor.user_id)
    if dataset:
        rows = rows.filter(batch__dataset__in=["", dataset])
    else:
        rows = rows.filter(batch__options__dataset_given=False)
    if source:
        rows = rows.filter(batch__source__in=["", source])
    else:
        rows = rows.filter(batch__options__source_given=False)
    return rows.order_by("batch_id").values_list("batch_id", flat=True).first()


def _holding(actor: Actor, sha256: str) -> QuerySet[models.DeskWork]:
    return models.DeskWork.objects.filter(
        upload_sha256=sha256,
        batch__state__in=_SAME,
        batch__in=queries.own_batches(actor),
    )


def _again(
    actor: Actor, batch_id: int, decisions: Mapping[str, Any] | None, *, start: bool
) -> Batch:
    """An open batch of the same file takes what was said this time; a posted one stays."""
    work = work_on(actor, batch_id)
    if work.is_open and decisions:
        with transaction.atomic():
            work = work_on(actor, batch_id, lock=True)
            old = as_plain(work.desk.decisions)
            work.desk.decisions |= as_plain(decisions)
            work.desk.save(update_fields=["decisions"])
            work.batch.save_checked(actor)
            audit.record(
                actor=actor,
                action="ledger.decide",
                subject=("batch", batch_id),
                old=old,
                new=work.desk.decisions,
            )
            if start:
                carry_on(actor, work.batch)
    return queries.batch(actor, batch_id)


def _lay_down(batch_id: int, content: Path | bytes) -> str:
    path = f"staging/{batch_id}/incoming"

    def fill(hidden: Path) -> None:
        if isinstance(content, bytes):
            hidden.write_bytes(content)
        else:
            shutil.copyfile(content, hidden)

    home().write(path, fill)
    return path


def _measure(content: Path | bytes) -> tuple[str, int]:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest(), len(content)
    if not content.is_file():
        raise Invalid(_("There is no file %(name)s.") % {"name": content}, code="no_file")
    return fingerprint(content), content.stat().st_size


def _require_size(size: int, name: str) -> None:
    limit = settings.KEYSTEAD_MAX_UPLOAD_BYTES
    if size > limit:
        raise SourceProblem(
            _("The file is larger than the limit of %(size)s MB.") % {"size": limit // 1_000_000},
            code="too_big",
            hint=_("Split it, for example by month."),
            file=name,
        )


def _plain_name(name: str) -> str:
    """Keep only the last part of a name that a browser or a person sent."""
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in plain if char.isprintable())[:255] or "file"


def discard_incoming(work: Work) -> None:
    """Remove the upload itself."""
    if work.desk.incoming:
        home().remove(work.desk.incoming)
        work.desk.incoming = ""
        work.desk.save(update_fields=["incoming"])
