"""Writes down how a run ended, and what is known of each month then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.utils import timezone

from keystead.connectors.counter import models
from keystead.connectors.counter.rules.outcome import Told
from keystead.connectors.counter.rules.pacing import NOT_READY_SECONDS
from keystead.connectors.counter.types import Outcome
from keystead.connectors.counter.types.findings import LOADED
from keystead.connectors.counter.types.harvest import GOT, SETTLED, MonthState, RunState

S, M = RunState, MonthState
_OF_RUN = {
    S.WAITING: M.WAITING, S.UNMATCHED: M.UNMATCHED, S.REFUSED: M.REFUSED, S.FAILED: M.FAILED,
    S.GONE: M.GONE,
}  # fmt: skip


def finish(row: models.ReportRun, state: RunState, why: str) -> RunState:
    """Write down how a run ended."""
    row.state, row.why, row.done_at, row.next_at = state, why[:400], timezone.now(), None
    row.save()
    return state


def states_of(
    state: RunState, said: Told, outcome: Outcome, asked: Sequence[date]
) -> dict[date, MonthState]:
    """Return the state of each month: what the report says, unless it was not loaded."""
    if state in _OF_RUN and outcome.state in LOADED:
        return dict.fromkeys(asked, _OF_RUN[state])
    return said.months


def note_months(
    run: models.ReportRun, said: dict[date, MonthState], codes: Iterable[int] = ()
) -> None:
    """Write down what is known of each month of a run; a month loaded anew counts its versions.

    What is loaded stays so when a fresh look at it brings nothing.
    """
    tomorrow = timezone.now() + timedelta(seconds=NOT_READY_SECONDS)
    numbers, before = sorted(set(codes)), set[int]()
    for month, state in said.items():
        key = {"source_id": run.source_id, "customer_id": run.customer_id,
               "report_id": run.report_id, "month": month}  # fmt: skip
        row = models.SourceMonth.objects.filter(**key).first() or models.SourceMonth(**key)
        if row.pk is not None and row.run_id != run.pk:
            if row.state in SETTLED and (state not in SETTLED or run.state == S.SAME):
                row.next_at = run.next_at
                row.save(update_fields=["next_at"])
                continue
            before.add(row.run_id)
        if state in GOT:
            row.version += 1
        row.state, row.run, row.at, row.codes = state, run, timezone.now(), numbers
        row.next_at = run.next_at
        if state == M.WAITING and run.next_at is None:
            row.next_at = tomorrow
        row.save()
    _replaced(before)


def _replaced(before: set[int]) -> None:
    """Mark the runs that no month rests on any more."""
    held = models.SourceMonth.objects.filter(run__in=before).values("run_id")
    models.ReportRun.objects.filter(
        pk__in=before, state__in=[S.LOADED, S.NO_USAGE, S.WAITING, S.FAILED, S.SAME]
    ).exclude(pk__in=held).update(state=S.REPLACED, next_at=None)
