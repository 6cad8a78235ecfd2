"""Undoes the receipt of a file that was only tried out."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.ledger import models
from keystead.ledger.models.folder import home, raw_path
from keystead.ledger.services.desk import staging
from keystead.ledger.services.desk.work import work_on


def discard_batch(*, actor: Actor, batch_id: int) -> None:
    """Remove a batch that was never posted: its row, its work, and its raw file if unshared.

    Needs ``ledger.import``. Raises Conflict for a batch that was posted once. The trail keeps
    that the file was tried.
    """
    actor.require("ledger.import")
    with transaction.atomic():
        work = work_on(actor, batch_id, lock=True)
        batch = work.batch
        if batch.posted_commit is not None:
            raise Conflict(_("This import was posted; undo it instead."), code="batch_posted")
        raw = batch.raw_id
        audit.record(
            actor=actor,
            action="ledger.discard",
            subject=("batch", batch_id),
            old={"file": batch.file_name, "sha256": work.desk.upload_sha256},
        )
        batch.delete()
        shared = raw is None or models.Batch.objects.filter(raw_id=raw).exists()
        if not shared:
            models.RawFile.objects.filter(pk=raw).delete()
    staging.forget(batch_id)
    if not shared and raw:
        home().remove(raw_path(raw))
