"""Put work in the queue, take it out, run it exactly once in effect."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Count, F, Q
from django.utils import timezone, translation

from keystead.kernel.errors import KeysteadError, NotFound
from keystead.kit.access import Actor
from keystead.kit.disk import told
from keystead.kit.jobs.run import LEASE, STARTED_WITH, Cancelled, Run
from keystead.kit.models import Job, OutboxEvent

log = logging.getLogger("keystead.jobs")
MAX_ATTEMPTS = 5
BEAT_SECONDS = 15.0
JobFunction = Callable[[Run, dict[str, Any]], dict[str, Any] | None]
_functions: dict[str, JobFunction] = {}


def job(kind: str) -> Callable[[JobFunction], JobFunction]:
    """Register the function behind a kind of job; it must be idempotent."""

    def add(function: JobFunction) -> JobFunction:
        _functions[kind] = function
        return function

    return add


def enqueue(
    kind: str, payload: dict[str, Any], *, actor: Actor | None = None, key: str = ""
) -> int:
    """Store a job and return its id. With ``key``, a waiting or running twin is returned.

    A job that a program starts with a token may do what the token may, as long as it holds.
    """
    if kind not in _functions:
        raise ValueError(f"no job is called {kind}")
    with transaction.atomic():
        if key:
            twin = Job.objects.filter(key=key, state__in=[Job.State.WAITING, Job.State.RUNNING])
            found = twin.values_list("pk", flat=True).first()
            if found:
                return found
        token = {STARTED_WITH: actor.token_id} if actor and actor.token_id else {}
        row = Job.objects.create(
            kind=kind,
            payload={**payload, **token},
            key=key,
            actor_id=actor.user_id if actor else None,
        )
    return row.pk


def status(job_id: int) -> dict[str, Any]:
    """Return state, progress and error of a job as plain values."""
    row = Job.objects.filter(pk=job_id).first()
    if row is None:
        raise NotFound("There is no such job.")
    return {
        "id": row.pk,
        "kind": row.kind,
        "state": row.state,
        "done": row.progress_done,
        "total": row.progress_total,
        "note": row.progress_note,
        "attempts": row.attempts,
        "result": row.result,
        "error": row.error,
    }


def cancel(job_id: int) -> bool:
    """Stop a job that waits or runs; a running one notices at its next progress."""
    live = Job.objects.filter(pk=job_id, state__in=[Job.State.WAITING, Job.State.RUNNING])
    return bool(live.update(state=Job.State.CANCELLED, finished_at=timezone.now()))


def claim(worker: str) -> int | None:
    """Take the next job: a waiting one, or one whose lease ran out (its worker was killed)."""
    now = timezone.now()
    free = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    with transaction.atomic():
        row = Job.objects.select_for_update().filter(free).order_by("pk").first()
        if row is None:
            return None
        if row.attempts >= MAX_ATTEMPTS:
            row.state, row.finished_at = Job.State.FAILED, now
            row.error = {
                "code": "gave_up",
                "message": f"Stopped after {row.attempts} attempts that never finished.",
                "hint": "Try again; if it stops again, the file or the machine is the reason.",
            }
            row.save()
            return None
        row.state, row.worker, row.attempts = Job.State.RUNNING, worker, row.attempts + 1
        row.lease_until, row.started_at = now + LEASE, row.started_at or now
        row.save()
        return row.pk


def run_claimed(job_id: int, worker: str) -> None:
    """Run one claimed job with a heartbeat thread and write down how it ended."""
    row = Job.objects.get(pk=job_id)
    run = Run(job_id, worker)
    try:
        with _held(run):
            result = _call(row, run)
    except Cancelled:
        log.info("job %s stopped", job_id)
        return
    except KeysteadError as error:
        _finish(job_id, worker, Job.State.FAILED, error=error.as_dict())
        return
    except Exception as error:  # the edge of the worker: logged and shown on the job
        log.exception("job %s (%s) failed", job_id, row.kind)
        full = told(error)
        if isinstance(full, KeysteadError):
            _finish(job_id, worker, Job.State.FAILED, error=full.as_dict())
            return
        message = "Something went wrong on our side; nothing was half done."
        hint = f"{type(error).__name__}: the log has the details."
        _finish(
            job_id,
            worker,
            Job.State.FAILED,
            error={"code": "internal", "message": message, "hint": hint},
        )
        return
    _finish(job_id, worker, Job.State.DONE, result=result or {})


def run_inline(job_id: int) -> dict[str, Any]:
    """Run a waiting job in this process (command line, tests) and return its status.

    It keeps its lease like a worker: a server beside it must not begin the same job again.
    """
    taken = Job.objects.filter(pk=job_id, state=Job.State.WAITING).update(
        state=Job.State.RUNNING,
        worker="inline",
        attempts=F("attempts") + 1,
        lease_until=timezone.now() + LEASE,
        started_at=timezone.now(),
    )
    if taken:
        row = Job.objects.get(pk=job_id)
        run = Run(job_id, "inline")
        try:
            with _held(run):
                result = _call(row, run)
        except KeysteadError as error:
            _finish(job_id, "inline", Job.State.FAILED, error=error.as_dict())
            raise
        except BaseException as error:
            trouble = {"code": "internal", "message": repr(error), "hint": ""}
            _finish(job_id, "inline", Job.State.FAILED, error=trouble)
            raise
        _finish(job_id, "inline", Job.State.DONE, result=result or {})
    return status(job_id)


def _call(row: Job, run: Run) -> dict[str, Any] | None:
    """Run a job in the language of the person it runs for: what it says is stored and shown."""
    language = row.actor.language if row.actor else settings.LANGUAGE_CODE
    with translation.override(language):
        run.require_rights()
        payload = {name: value for name, value in row.payload.items() if name != STARTED_WITH}
        return _functions[row.kind](run, payload)


def _finish(job_id: int, worker: str, state: str, **values: Any) -> None:
    Job.objects.filter(pk=job_id, worker=worker, state=Job.State.RUNNING).update(
        state=state, finished_at=timezone.now(), lease_until=None, **values
    )


@contextmanager
def _held(run: Run) -> Iterator[None]:
    """Keep the lease of a job from a thread of its own for as long as the block runs."""
    stop = threading.Event()
    beat = threading.Thread(target=_keep_lease, args=(run, stop), daemon=True)
    beat.start()
    try:
        yield
    finally:
        stop.set()
        beat.join(timeout=5)


def _keep_lease(run: Run, stop: threading.Event) -> None:
    try:
        while not stop.wait(BEAT_SECONDS):
            try:
                run.beat()
            except Cancelled:
                return
            except Exception:  # a busy database: the next beat tries again
                log.warning("heartbeat of job %s failed", run.job_id, exc_info=True)
    finally:
        connections.close_all()  # those of this thread: nobody comes back for them


def overview() -> dict[str, int]:
    """Return how many jobs wait, run, failed, are stuck without a lease, and events unheard."""
    states = dict(
        Job.objects.values_list("state").annotate(count=Count("pk")).values_list("state", "count")
    )
    expired = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=timezone.now())
    return {
        "waiting": states.get(Job.State.WAITING, 0),
        "running": states.get(Job.State.RUNNING, 0),
        "failed": states.get(Job.State.FAILED, 0),
        "stuck": expired.count(),
        "events": OutboxEvent.objects.filter(done_at=None, attempts__gt=0).count(),
    }
