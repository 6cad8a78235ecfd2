"""What a running job holds in its hands: progress, heartbeat, the stop sign."""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import NotAllowed
from keystead.kit.access import SYSTEM, Actor, actor_again
from keystead.kit.models import Job

LEASE = timedelta(seconds=60)
STARTED_WITH = "_token"  # where the payload of a job keeps the token it was started with
_WRITE_EVERY_SECONDS = 0.5


class Cancelled(Exception):
    """The job was cancelled or its lease went to another worker: stop without effect."""


class Run:
    """Handle of one attempt. ``progress`` also renews the lease; it raises Cancelled.

    It raises NotAllowed too, as soon as the person (or the token) has lost a right that the job
    began with: what it has not finished by then has no effect.
    """

    def __init__(self, job_id: int, worker: str) -> None:
        self.job_id = job_id
        self.worker = worker
        self._written = 0.0
        self._began_with: frozenset[str] | None = None

    @property
    def actor(self) -> Actor:
        """Who the job runs for, with the rights of this moment: ask again before a late step."""
        row = Job.objects.values("actor_id", "payload").get(pk=self.job_id)
        if row["actor_id"] is None:
            return SYSTEM
        return actor_again(row["actor_id"], row["payload"].get(STARTED_WITH))

    def require_rights(self) -> None:
        """Raise NotAllowed when a right that the job began with is gone."""
        actor = self.actor
        if self._began_with is None:
            self._began_with = actor.roles
        if self._began_with - actor.roles:
            raise NotAllowed(
                _("A right that this work needs was taken away."),
                code="right_removed",
                hint=_("Nothing of it was kept. Ask your administrator."),
            )

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Show ``done`` of ``total``; cheap to call often (written twice a second)."""
        now = time.monotonic()
        if done < total and now - self._written < _WRITE_EVERY_SECONDS:
            return
        self._written = now
        self.require_rights()
        self._beat(progress_done=done, progress_total=total, progress_note=note[:200])

    def beat(self) -> None:
        """Renew the lease without news."""
        self._beat()

    def _beat(self, **values: object) -> None:
        held = Job.objects.filter(
            pk=self.job_id, state=Job.State.RUNNING, worker=self.worker
        ).update(lease_until=timezone.now() + LEASE, **values)
        if not held:
            raise Cancelled(f"job {self.job_id} is no longer ours")
