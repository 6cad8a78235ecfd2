"""Last step: make the rows count, with exactly the figures that were shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor
from keystead.ledger import queries
from keystead.ledger.rules.mapping import read_map
from keystead.ledger.services.desk import checking, kept, staging
from keystead.ledger.services.desk.memory import remember
from keystead.ledger.services.desk.sums import verdicts
from keystead.ledger.services.desk.work import Work, require_open, work_on
from keystead.ledger.services.post import post_rows, release_rows
from keystead.ledger.types import Batch, BatchState, Counts, Mode, dataset_def
from keystead.ledger.types.desk import ColumnMap, RowState

Progress = Callable[[int, int, str], None]
POSTING = "posting"


@dataclasses.dataclass(frozen=True)
class Ready:
    """The rows that can be posted, and the outcome they are shown with."""

    rows: pa.Table
    outcome: dict[str, Any]


def post_batch(
    *,
    actor: Actor,
    batch_id: int,
    digest: str = "",
    despite_sums: bool = False,
    progress: Progress | None = None,
) -> Batch:
    """Post the rows of a batch that are ready; the others wait, or stay rejected.

    Needs ``ledger.import`` and a batch in state READY. ``digest``: the hash of the figures the
    person saw; other figures raise Conflict and nothing is posted. A file that does not sum to
    what its sender says is Invalid, unless ``despite_sums``. Writes what ``post_rows``
    writes and the columns to remember for the source. A batch that is posted already is
    returned as it is: a retry has one effect.
    """
    actor.require("ledger.import")
    work = work_on(actor, batch_id)
    if work.is_posted:
        return queries.batch(actor, batch_id)
    require_open(work)
    if work.batch.state != BatchState.READY:
        raise _not_ready(work)
    (progress or _silent)(0, 2, POSTING)
    result = _ready(actor, work)
    _require_same(work, result, digest)
    if not despite_sums:
        _require_sums(work, result)
    counts = result.outcome["counts"]
    mode = Mode(result.outcome["restate"]["mode"] or dataset_def(work.batch.dataset).restate)
    posted = post_rows(
        actor=actor,
        batch_id=batch_id,
        tables=[result.rows],
        counts=Counts(
            rows_in=sum(counts[name] for name in ("ready", "waiting", "rejected", "skipped")),
            posted=counts["ready"],
            waiting=counts["waiting"],
            rejected=counts["rejected"],
            skipped=counts["skipped"],
        ),
        mode=mode,
        months=_months(result) if mode is Mode.REPLACE else (),
        totals=work.batch.totals
        | {name: result.outcome[name] for name in ("repeats", "same_key", "left_out", "problems")},
    )
    _after(actor, batch_id)
    (progress or _silent)(2, 2, POSTING)
    return posted


def release_waiting(
    *, actor: Actor, batch_id: int, digest: str = "", progress: Progress | None = None
) -> Batch:
    """Add the rows of a posted batch that were waiting or rejected and are ready now.

    Needs ``ledger.import``. Writes what ``release_rows`` writes; raises Invalid when no row is
    ready, Conflict when the figures are not those the person saw.
    """
    actor.require("ledger.import")
    work = work_on(actor, batch_id)
    if not work.is_posted:
        raise Conflict(_("This import is not posted."), code="batch_not_posted")
    result = _ready(actor, work)
    now, counts = work.batch, result.outcome["counts"]
    if not counts["ready"]:
        raise Invalid(_("No waiting row is ready yet."), code="nothing_ready")
    _require_same(work, result, digest)
    (progress or _silent)(0, 2, POSTING)
    released = release_rows(
        actor=actor,
        batch_id=batch_id,
        tables=[result.rows],
        counts=Counts(
            rows_in=now.rows_in,
            posted=now.rows_posted + counts["ready"],
            waiting=counts["waiting"],
            rejected=counts["rejected"],
            skipped=now.rows_in - now.rows_posted - counts["ready"] - counts["waiting"]
            - counts["rejected"],
        ),
    )  # fmt: skip
    _after(actor, batch_id)
    (progress or _silent)(2, 2, POSTING)
    return released


def _ready(actor: Actor, work: Work) -> Ready:
    """Return the rows that can be posted now: those kept by the last check, or checked again."""
    rows = kept.rows(actor, work)
    if rows is None:
        result = checking.run_check(actor, work)
        return Ready(result.checked.rows(RowState.READY), result.outcome)
    outcome = dict(work.desk.outcome)
    outcome["restate"] = checking.restate(work, outcome["months"])
    return Ready(rows, outcome)


def _after(actor: Actor, batch_id: int) -> None:
    """Remember the source, and check again what is left; a kill before this loses only comfort."""
    work = work_on(actor, batch_id)
    headers = [label for sheet in work.sheets() for _column, label in staging.labelled(sheet)]
    with transaction.atomic():
        remember(work.batch, headers, _kept(work))
    kept.forget(batch_id)
    if work.batch.rows_waiting or work.batch.rows_rejected:
        work = work_on(actor, batch_id)
        result = checking.run_check(actor, work)
        with transaction.atomic():
            checking.write(actor, work, result)


def _kept(work: Work) -> ColumnMap:
    """Return the columns without what belongs to this file only (constants of key and date)."""
    columns = read_map(work.batch.mapping, work.batch.dataset)
    fields = {
        name: rule
        for name, rule in columns.fields.items()
        if not (rule.constant and name == "date")
    }
    options = {
        key: value for key, value in columns.options.items() if key not in {"encoding", "delimiter"}
    }
    return dataclasses.replace(columns, fields=fields, options=options)


def _months(result: Ready) -> list[date]:
    return [date.fromisoformat(one["month"]) for one in result.outcome["months"]]


def _require_same(work: Work, result: Ready, digest: str) -> None:
    shown = digest or work.desk.outcome.get("digest", "")
    if result.outcome["digest"] != shown:
        raise Conflict(
            _("The figures changed since they were shown. Nothing was posted."),
            code="figures_changed",
            hint=_("Look at them again, then post."),
        )


def _require_sums(work: Work, result: Ready) -> None:
    wrong = [one for one in verdicts(work.decisions, result.outcome) if one["difference"] != "0"]
    if wrong:
        first = wrong[0]
        raise Invalid(
            _("The sender says %(expected)s, the file sums to %(found)s.")
            % {"expected": first["expected"], "found": first["found"]},
            code="sums_differ",
            hint=_("Find the missing rows, or post it all the same."),
            verdicts=wrong,
        )


def _not_ready(work: Work) -> Invalid:
    questions = [question["id"] for question in work.desk.questions]
    return Invalid(
        _("This import still has open questions.")
        if questions
        else _("No row of this import can be posted yet."),
        code="not_ready",
        hint=_("Answer them on the page of the import.")
        if questions
        else _("Confirm its codes first."),
        questions=questions,
    )


def _silent(_done: int, _total: int, _note: str) -> None:
    pass
