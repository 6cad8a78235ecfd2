"""What becomes of a report that was fetched or brought in: read, checked, matched, posted once."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pyarrow as pa
from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.accounts.types import Account
from keystead.connectors.counter import models
from keystead.connectors.counter.calc.facts import months_cleared, usage_rows
from keystead.connectors.counter.calc.months import month_list
from keystead.connectors.counter.queries.institutions import institution_key
from keystead.connectors.counter.queries.sources import as_run, run_for, stored_source
from keystead.connectors.counter.rules.check import check
from keystead.connectors.counter.rules.institution import identifiers_of
from keystead.connectors.counter.rules.outcome import told
from keystead.connectors.counter.services.loading import account_of, post_report
from keystead.connectors.counter.services.noting import finish, note_months, states_of
from keystead.connectors.counter.services.reading import read_report
from keystead.connectors.counter.types import Outcome, Report, ReportHeader
from keystead.connectors.counter.types.findings import LOADED, State
from keystead.connectors.counter.types.harvest import Run, RunState
from keystead.kernel.errors import Conflict, Invalid, KeysteadError, SourceProblem
from keystead.kit import audit, jobs
from keystead.kit.access import Actor
from keystead.kit.quota import spend_upload
from keystead.ledger.queries import kept_file
from keystead.ledger.services import keep_file

SHOWN_FINDINGS = 20
S = RunState


def receive_report(*, actor: Actor, path: Path, name: str, start: bool = True) -> Run:
    """Take a COUNTER file in: kept by its hash, read and loaded in a job; needs ``ledger.import``.

    The same file of the same person again is the same run, unless it failed. One audit row.
    """
    actor.require("ledger.import")
    with transaction.atomic():
        spend_upload(actor=actor, size_bytes=path.stat().st_size)
        sha256, size = keep_file(path)
        twin = models.ReportRun.objects.filter(
            sha256=sha256, source=None, asked_by_id=actor.user_id
        ).exclude(state__in=[S.FAILED, S.REFUSED])
        row = twin.order_by("-pk").first()
        if row is None:
            row = models.ReportRun.objects.create(
                name=name[:255], sha256=sha256, asked_by_id=actor.user_id
            )
            audit.record(
                actor=actor,
                action="usage.receive",
                subject=("usage_report", row.pk),
                new={"file": row.name, "sha256": sha256, "bytes": size},
            )
        if start and row.state == S.QUEUED:
            jobs.enqueue("counter.take", {"run_id": row.pk}, actor=actor, key=f"take:{row.pk}")
    return as_run(row)


def take_run(*, actor: Actor, run_id: int) -> Run:
    """Read, check and load the kept file of a run; needs ``ledger.import``. Idempotent."""
    actor.require("ledger.import")
    run_for(actor, run_id)
    row = models.ReportRun.objects.select_related("source").get(pk=run_id)
    if row.state not in {S.QUEUED, S.UNMATCHED}:
        return as_run(row)
    path = kept_file(row.sha256)
    if path is None:
        raise SourceProblem(_("The file is no longer kept."), code="no_upload", file=row.name)
    try:
        report, outcome = read_run(row, path)
        _rows, state = load_run(actor=actor, row=row, report=report, outcome=outcome)
        if row.source is not None and row.begin and row.end:
            asked = month_list(row.begin, row.end)
            note_months(row, states_of(state, told(report, outcome, asked), outcome, asked))
    except SourceProblem as problem:
        finish(row, S.FAILED, f"{problem.message} {problem.hint}".strip())
    return as_run(row)


def read_run(row: models.ReportRun, path: Path) -> tuple[Report, Outcome]:
    """Read and check a report, and note on its run what was found."""
    report = read_report(path, name=row.name)
    outcome = check(report)
    head = report.header
    row.report_id = row.report_id or head.report_id[:10]
    row.release = row.release or head.release[:4]
    row.begin, row.end = row.begin or head.begin, row.end or head.end
    row.findings = [one.as_dict() for one in outcome.findings[:SHOWN_FINDINGS]]
    row.exceptions = [
        {"Code": one.code, "Message": one.message[:300], "Data": one.data[:300]}
        for one in head.exceptions
    ]
    row.why = outcome.why[:400]
    return report, outcome


def load_run(
    *, actor: Actor, row: models.ReportRun, report: Report, outcome: Outcome
) -> tuple[pa.Table | None, RunState]:
    """Post what a sound report holds, once; return the rows and the state of the run.

    Whose institution is not known waits with a question. What says the same as is loaded for
    its months is not posted again.
    """
    if outcome.state not in LOADED:
        return None, finish(row, _REFUSED.get(outcome.state, S.REFUSED), outcome.why)
    try:
        owner = _owner(actor, row, report.header)
    except Invalid as unknown:
        if unknown.code not in {"institution_unknown", "institution_unclear"}:
            raise
        row.institution = _question(actor, report.header)
        return None, finish(row, S.UNMATCHED, unknown.message)
    rows, months = usage_rows(report, owner.id), months_cleared(report)
    row.rows, row.account_id, row.institution = rows.num_rows, owner.id, None
    row.digest = _digest(rows, months, report.header.created_by)
    if not months:
        return rows, finish(row, S.NO_USAGE, outcome.why)
    before = _last_loaded(row, owner)
    if before is not None and before.digest == row.digest:
        row.version, row.batch_id = before.version, before.batch_id
        return rows, finish(row, S.SAME, _("It says what is loaded already."))
    try:
        batch, _cleared = post_report(
            actor=actor, report=report, owner=owner, rows=rows, months=months,
            mark=f"{row.sha256} run {row.pk}",
        )  # fmt: skip
    except KeysteadError as refused:
        if not isinstance(refused, Invalid | Conflict):
            raise
        return rows, finish(row, S.REFUSED, f"{refused.message} {refused.hint}".strip())
    row.batch_id = batch.id
    row.version = (before.version if before else 0) + 1
    return rows, finish(row, S.LOADED if rows.num_rows else S.NO_USAGE, outcome.why)


def match_institution(
    *, actor: Actor, institution_id: int, account_id: int, expected_version: int | None = None
) -> int:
    """Say which account an institution is, and load what waited; returns how many reports.

    Needs ``usage.sources``. One audit row; what waited is loaded in a job each.
    """
    actor.require("usage.sources")
    account = account_for(actor, account_id)
    with transaction.atomic():
        row = models.Institution.objects.select_for_update().filter(pk=institution_id).first()
        if row is None:
            raise Invalid(_("There is no such institution."), code="institution_unknown")
        old = row.snapshot()
        row.account_id = account.id
        row.save_checked(actor, expected_version)
        audit.record(
            actor=actor,
            action="usage.institution.match",
            subject=("usage_institution", row.pk),
            old=old,
            new=row.snapshot(),
            account_id=account.id,
        )
        waiting = models.ReportRun.objects.filter(institution=row, state=S.UNMATCHED)
        ids = list(waiting.order_by("pk").values_list("pk", flat=True))
        for run_id in ids:
            jobs.enqueue("counter.take", {"run_id": run_id}, actor=actor, key=f"take:{run_id}")
    return len(ids)


def _owner(actor: Actor, row: models.ReportRun, head: ReportHeader) -> Account:
    """Return the account of a run: what its source says, unless it fetches for members."""
    if row.source is not None and row.source.account_id and not row.source.members:
        stored_source(actor, row.source.pk)
        return account_for(actor, row.source.account_id)
    return account_of(actor, head)


def _question(actor: Actor, head: ReportHeader) -> models.Institution:
    identifiers = identifiers_of(head)
    key = institution_key(head.institution_name, identifiers)
    row = models.Institution.objects.filter(key=key).first()
    if row is None:
        row = models.Institution(
            key=key, name=head.institution_name[:300], identifiers=[list(i) for i in identifiers]
        )
        row.save_checked(actor)
    return row


def _last_loaded(row: models.ReportRun, owner: Account) -> models.ReportRun | None:
    """Return the run whose usage counts for exactly these months now; None when parts differ."""
    if row.begin is None or row.end is None:
        return None
    rows = models.ReportRun.objects.filter(
        account_id=owner.id, report_id=row.report_id, release=row.release, begin__lte=row.end,
        end__gte=row.begin, state__in=[S.LOADED, S.NO_USAGE], batch__state="posted",
    )  # fmt: skip
    found = rows.exclude(pk=row.pk).order_by("-pk").first()
    if found is None or (found.begin, found.end) != (row.begin, row.end):
        return None
    return found


def _digest(rows: pa.Table, months: tuple[date, ...], maker: str) -> str:
    """Return what two reports share that say the same, whenever they were made."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows.combine_chunks())
    found = hashlib.sha256(f"{maker} {months}".encode())
    found.update(sink.getvalue())
    return found.hexdigest()


_REFUSED = {State.WAITING: S.WAITING, State.GONE: S.GONE}
