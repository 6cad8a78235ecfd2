"""Puts longer work on a batch into the queue, for pages and programs that do not wait."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict
from keystead.kit import jobs
from keystead.kit.access import Actor
from keystead.ledger import models
from keystead.ledger.services.desk.work import Work, carry_on, require_open, work_on
from keystead.ledger.types import BatchState


def start_prepare(*, actor: Actor, batch_id: int) -> int:
    """Let the work on a batch go on (again), for example after a failed job. Returns the job.

    Needs ``ledger.import``.
    """
    actor.require("ledger.import")
    with transaction.atomic():
        work = work_on(actor, batch_id, lock=True)
        require_open(work, posted=True)
        work.batch.save_checked(actor)
        return carry_on(actor, work.batch)


def start_post(*, actor: Actor, batch_id: int, digest: str = "", despite_sums: bool = False) -> int:
    """Queue the post of a batch, or of the rows that waited in a posted one. Returns the job.

    Needs ``ledger.import``. ``digest``: see ``post_batch``. Sent twice, it is one job.
    Raises Conflict when a batch is neither ready nor posted.
    """
    actor.require("ledger.import")
    with transaction.atomic():
        work = work_on(actor, batch_id, lock=True)
        if work.batch.state not in {BatchState.READY, BatchState.POSTED}:
            raise Conflict(
                _("This import cannot be posted yet."),
                code="not_ready",
                state=str(work.batch.state),
            )
        payload = {
            "batch_id": batch_id,
            "digest": digest,
            "despite_sums": despite_sums,
            "release": work.is_posted,
        }
        return _start(actor, work, "ledger.post", payload, f"ledger.post:{batch_id}")


def start_create(
    *,
    actor: Actor,
    batch_id: int,
    kind: str,
    texts: Iterable[str] | None = None,
    as_kind: str = "",
) -> int:
    """Queue the creation of unknown accounts or products; see ``create_from_file``."""
    actor.require("ledger.import")
    actor.require("accounts.edit" if kind == "account" else "catalog.edit")
    with transaction.atomic():
        work = work_on(actor, batch_id, lock=True)
        require_open(work, posted=True)
        payload = {
            "batch_id": batch_id,
            "kind": kind,
            "texts": None if texts is None else sorted(texts),
            "as_kind": as_kind,
        }
        return _start(actor, work, "ledger.create", payload, "")


def _start(actor: Actor, work: Work, job: str, payload: dict[str, object], key: str) -> int:
    job_id = jobs.enqueue(job, payload, actor=actor, key=key)
    models.Batch.objects.filter(pk=work.batch.pk).update(job_id=job_id)
    return job_id
