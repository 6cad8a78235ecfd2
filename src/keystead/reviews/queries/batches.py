"""Batches of decks: the job behind one, for who started it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from keystead.kernel.errors import NotFound
from keystead.kit import jobs
from keystead.kit.access import Actor
from keystead.kit.models import Job

KIND = "reviews.decks"


def batch_for(actor: Actor, job_id: int) -> dict[str, Any]:
    """Return state, progress and result of a batch; NotFound unless the actor started it."""
    mine = Job.objects.filter(pk=job_id, kind=KIND, actor_id=actor.user_id)
    if actor.user_id is None or not mine.exists():
        raise NotFound(_("There is no such batch of decks."), code="batch_not_found")
    return jobs.status(job_id)
