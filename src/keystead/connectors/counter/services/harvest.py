"""Fetches usage from a source: what it offers, its members, and every month that is missing."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.connectors.counter import models
from keystead.connectors.counter.calc.address import period_words, report_path
from keystead.connectors.counter.calc.months import (
    last_whole_month,
    month_list,
    month_said,
    ranges,
)
from keystead.connectors.counter.queries.sources import stored_source
from keystead.connectors.counter.rules.outcome import CLOSED, fits, told
from keystead.connectors.counter.rules.pacing import MOST_ATTEMPTS, wait_seconds
from keystead.connectors.counter.services.asking import (
    Closed,
    closed,
    members_of,
    offers_of,
    why_of,
)
from keystead.connectors.counter.services.calling import NotNow, Reply, ask, exceptions_in
from keystead.connectors.counter.services.intake import load_run, read_run
from keystead.connectors.counter.services.noting import finish, note_months, states_of
from keystead.connectors.counter.types.harvest import (
    SETTLED,
    Harvested,
    Member,
    MonthState,
    RunState,
)
from keystead.kernel.errors import SourceProblem
from keystead.kit.access import Actor
from keystead.ledger.services import keep_file

Progress = Callable[[int, int, str], None]
S, M = RunState, MonthState


@dataclasses.dataclass(frozen=True)
class Wish:
    """One request: a report for a customer from one month to another."""

    customer: Member
    report_id: str
    first: date
    last: date

    @property
    def months(self) -> tuple[date, ...]:
        return month_list(self.first, self.last)


def harvest(
    *,
    actor: Actor,
    source_id: int,
    months: Sequence[date] = (),
    by_hand: bool = False,
    patience_seconds: float = 0,
    progress: Progress = lambda _done, _total, _note: None,
) -> Harvested:
    """Fetch what is missing from a source; needs ``usage.sources``.

    ``months``: fetch these anew, also where they are loaded: a newer report restates them.
    ``by_hand``: ask now for what would be asked later. ``patience_seconds``: how long to wait
    here for a report that the provider still makes; what is not there by then is asked for by
    the worker. Writes a run for each request, the state of each month, and what the reports
    hold into the ledger. What stops the source is kept with it.
    """
    actor.require("usage.sources")
    source = stored_source(actor, source_id)
    until = time.monotonic() + patience_seconds
    counts: Counter[str] = Counter()
    trouble, later = "", None
    while True:
        busy_now = False
        try:
            later = _pass(actor, source, tuple(months), by_hand, counts, progress)
        except NotNow as busy:
            later, busy_now = busy.until, True
        except Closed as refused:
            trouble = str(refused)
            break
        if later is None:
            break
        seconds = max((later - timezone.now()).total_seconds(), 0.2)
        if time.monotonic() + seconds > until:
            break
        time.sleep(seconds)
        months, by_hand = months if busy_now else (), False
    return Harvested(
        source_id=source.pk,
        asked=counts["asked"],
        loaded=counts[S.LOADED] + counts[S.SAME],
        zero=counts[S.NO_USAGE],
        waiting=_still(source, M.WAITING),
        unmatched=counts[S.UNMATCHED],
        gone=counts[S.GONE],
        refused=counts[S.REFUSED],
        failed=counts[S.FAILED],
        next_at=later,
        trouble=trouble,
    )


def _pass(
    actor: Actor,
    source: models.UsageSource,
    months: tuple[date, ...],
    by_hand: bool,
    counts: Counter[str],
    progress: Progress,
) -> datetime | None:
    """Ask for all that is due; return when something more will be."""
    offers = offers_of(source)
    own = Member(source.customer_id, "", "", ())
    customers = members_of(source) if source.members else (own,)
    wishes = [
        wish
        for customer in customers
        for report_id in source.reports
        for wish in _wishes(source, customer, report_id, offers, months, by_hand)
    ]
    done = 0
    while wishes:
        wish = wishes.pop(0)
        progress(done, done + len(wishes) + 1, f"{wish.report_id} {wish.first:%Y-%m}")
        apart = _fetch(actor, source, wish, counts)
        wishes[:0] = apart
        done += 1
    waits = models.SourceMonth.objects.filter(source=source).exclude(next_at=None)
    return waits.order_by("next_at").values_list("next_at", flat=True).first()


def _wishes(
    source: models.UsageSource,
    customer: Member,
    report_id: str,
    offers: dict[str, dict[str, str]],
    anew: tuple[date, ...],
    by_hand: bool,
) -> Iterator[Wish]:
    """Return the requests that are due: those that wait as they were made, the rest in rows."""
    if offers and report_id not in offers:
        return
    offer = offers.get(report_id, {})
    first = max(source.first_month, month_said(offer.get("first", "")) or source.first_month)
    last = last_whole_month(timezone.localdate())
    last = min(last, month_said(offer.get("last", "")) or last)
    known = {
        row.month: row
        for row in models.SourceMonth.objects.filter(
            source=source, customer_id=customer.customer_id, report_id=report_id
        ).select_related("run")
    }
    wanted = [m for m in month_list(first, last) if not anew or m in anew]
    due = [m for m in wanted if anew or _is_due(known.get(m), by_hand)]
    waiting: dict[int, list[date]] = {}
    for month in due:
        row = known.get(month)
        if row is not None and not anew and row.run.state in {S.WAITING, S.FAILED}:
            waiting.setdefault(row.run_id, []).append(month)
    for _run, held in sorted(waiting.items()):
        yield Wish(customer, report_id, min(held), max(held))
    taken = {month for held in waiting.values() for month in held}
    for begin, end in ranges(m for m in due if m not in taken):
        yield Wish(customer, report_id, begin, end)


def _is_due(row: models.SourceMonth | None, by_hand: bool) -> bool:
    if row is None:
        return True
    if by_hand and row.state not in SETTLED and row.state != M.UNMATCHED:
        return True
    return row.next_at is not None and row.next_at <= timezone.now()


def _fetch(
    actor: Actor, source: models.UsageSource, wish: Wish, counts: Counter[str]
) -> list[Wish]:
    """Make one request and take in what came; returns requests month by month when it must."""
    row = _run_of(source, wish, actor)
    counts["asked"] += 1
    try:
        reply = ask(
            source, report_path(wish.report_id),
            period_words(wish.report_id, source.release, wish.first, wish.last),
            customer_id=wish.customer.customer_id, requestor_id=wish.customer.requestor_id,
        )  # fmt: skip
    except NotNow as busy:
        _later(row, _("The server is too busy, or was called too often."), busy.until)
        note_months(row, dict.fromkeys(wish.months, M.WAITING))
        raise
    except SourceProblem as problem:
        _failed(wish, row, problem.message, counts)
        return []
    if reply.queued:
        _queued(wish, row, reply)
        return []
    codes = {one["Code"] for one in exceptions_in(reply.content)}
    if codes & CLOSED or reply.status in {401, 403}:
        why = why_of(codes, reply.status)
        row.exceptions = exceptions_in(reply.content)
        finish(row, S.REFUSED, why)
        counts[S.REFUSED] += 1
        note_months(row, dict.fromkeys(wish.months, M.REFUSED))
        raise closed(source, why)
    return _take(actor, wish, row, reply, counts)


def _take(
    actor: Actor,
    wish: Wish,
    row: models.ReportRun,
    reply: Reply,
    counts: Counter[str],
) -> list[Wish]:
    """Read, check and load an answer, and note what it says of each month."""
    with tempfile.TemporaryDirectory(prefix="keystead-harvest-") as folder:
        path = Path(folder) / "report.json"
        path.write_bytes(reply.content)
        row.sha256, _size = keep_file(path)
        try:
            report, outcome = read_run(row, path)
        except SourceProblem as problem:
            _failed(wish, row, f"{problem.message} ({reply.status})", counts)
            return []
        wrong = fits(report, wish.report_id, wish.first, wish.last) if report.has_header else ""
        if wrong:
            counts[finish(row, S.REFUSED, _MISFIT[wrong]())] += 1
            note_months(row, dict.fromkeys(wish.months, M.REFUSED))
            return []
        said = told(report, outcome, wish.months)
        if said.apart:
            finish(row, S.REPLACED, _("It does not say which months: asked month by month."))
            return [Wish(wish.customer, wish.report_id, month, month) for month in wish.months]
        _rows, state = load_run(actor=actor, row=row, report=report, outcome=outcome)
    counts[state] += 1
    codes = {one.code for one in report.header.exceptions}
    note_months(row, states_of(state, said, outcome, wish.months), codes)
    return []


def _run_of(source: models.UsageSource, wish: Wish, actor: Actor) -> models.ReportRun:
    same = models.ReportRun.objects.filter(
        source=source, customer_id=wish.customer.customer_id, report_id=wish.report_id,
        begin=wish.first, end=_last_day(wish.last), sha256="",
        state__in=[S.QUEUED, S.WAITING, S.FAILED],
    )  # fmt: skip
    row = same.order_by("-pk").first()
    if row is None:
        row = models.ReportRun(
            source=source, customer_id=wish.customer.customer_id, name="report.json",
            report_id=wish.report_id, release=source.release, begin=wish.first,
            end=_last_day(wish.last), asked_by_id=actor.user_id,
        )  # fmt: skip
    row.attempts += 1
    row.state, row.next_at = S.QUEUED, None
    row.save()
    return row


def _queued(wish: Wish, row: models.ReportRun, reply: Reply) -> None:
    """The provider makes the report: ask for the very same again when it says, or later."""
    row.exceptions = exceptions_in(reply.content)
    wait = wait_seconds(row.attempts, reply.retry_after)
    _later(row, _("The provider makes the report."), timezone.now() + timedelta(seconds=wait))
    note_months(row, dict.fromkeys(wish.months, M.WAITING), {1011})


def _failed(wish: Wish, row: models.ReportRun, why: str, counts: Counter[str]) -> None:
    """Nothing came that can be read: tried again some times, each time later."""
    counts[S.FAILED] += 1
    again = None
    if row.attempts < MOST_ATTEMPTS:
        again = timezone.now() + timedelta(seconds=wait_seconds(row.attempts, None))
    row.sha256 = ""
    finish(row, S.FAILED, why)
    if again is not None:
        _later(row, why, again, S.FAILED)
    note_months(row, dict.fromkeys(wish.months, M.FAILED))


def _later(row: models.ReportRun, why: str, at: datetime, state: RunState = S.WAITING) -> None:
    row.state, row.why, row.next_at = state, why[:400], at
    row.save()


def _still(source: models.UsageSource, state: MonthState) -> int:
    return models.SourceMonth.objects.filter(source=source, state=state).count()


def _last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


_MISFIT: dict[str, Callable[[], str]] = {
    "another_report": lambda: _("Another report came than was asked for."),
    "other_months": lambda: _("Its months are not those that were asked for."),
}
