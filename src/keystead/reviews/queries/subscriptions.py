"""Reports by mail: what somebody gets, what was sent, and the documents themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final

from django.db.models import Max, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keystead.governance.types.outbound import Outgoing
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.kit.office import Column, Sheet, workbook
from keystead.reviews import models
from keystead.reviews.types.subscriptions import (
    Every,
    Report,
    ReportEntry,
    ReportKind,
    Sent,
    SentState,
)
from keystead.scorecards.queries import card

KINDS: Final = {
    ReportKind.SCORECARD: gettext_lazy("Scorecard of an account"),
    ReportKind.PORTFOLIO: gettext_lazy("Portfolio"),
    ReportKind.REVIEW: gettext_lazy("Deck of the review of an account"),
}
EVERY: Final = {
    Every.WEEK: gettext_lazy("every week"),
    Every.MONTH: gettext_lazy("every month"),
    Every.QUARTER: gettext_lazy("every quarter"),
}
SENT: Final = {
    SentState.WAITING: gettext_lazy("waits for the mail server"),
    SentState.SENT: gettext_lazy("sent"),
    SentState.STOPPED: gettext_lazy("stopped"),
}
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclasses.dataclass(frozen=True)
class Document:
    """A report as a file. ``outgoing``: it is for the customer, where the guard lets it leave."""

    name: str
    content: bytes
    kind: str = XLSX
    outgoing: Outgoing | None = None


Maker = Callable[[Actor, ReportEntry], Document]
_MAKERS: dict[ReportKind, Maker] = {}


def register(kind: ReportKind, maker: Maker) -> None:
    """Let ``maker`` write the reports of a kind: a room above knows the portfolio, services here
    build decks."""
    _MAKERS[kind] = maker


def document_of(actor: Actor, entry: ReportEntry) -> Document:
    """Return the report as the actor may see it now; raises what reading it raises."""
    if entry.kind is ReportKind.SCORECARD:
        return _scorecard(actor, entry)
    return _MAKERS[entry.kind](actor, entry)


def reports_of(actor: Actor) -> tuple[Report, ...]:
    """Return the actor's own subscriptions, those that still send first."""
    rows = models.SubscriptionRow.objects.filter(user_id=actor.user_id or 0)
    rows = rows.select_related("account").order_by("-active", "id")
    made = Q(state=SentState.SENT.value, at__year=timezone.localdate().year)
    sent = models.SentRow.objects.filter(subscription__user_id=actor.user_id or 0)
    told = {
        pk: (last, saved or 0)
        for pk, last, saved in sent.order_by()
        .values_list("subscription_id")
        .annotate(last=Max("at"), saved=Sum("minutes", filter=made))
    }
    return tuple(
        dataclasses.replace(as_report(row), last_at=at, minutes_this_year=saved)
        for row in rows
        for at, saved in [told.get(row.pk, (None, 0))]
    )


def own_row(actor: Actor, report_id: int) -> models.SubscriptionRow:
    """Return one of the actor's own subscriptions; NotFound for anybody else's."""
    rows = models.SubscriptionRow.objects.filter(pk=report_id, user_id=actor.user_id or 0)
    row = rows.select_related("account").first()
    if row is None:
        raise NotFound(_("There is no such report of yours."), code="report_not_found")
    return row


def sent_of(actor: Actor, *, most: int = 50) -> tuple[Sent, ...]:
    """Return what was sent to the actor, the newest first."""
    rows = models.SentRow.objects.filter(subscription__user_id=actor.user_id or 0)
    rows = rows.select_related("subscription__account").order_by("-id")[:most]
    return tuple(
        Sent(
            id=row.pk,
            report_id=row.subscription_id,
            kind=ReportKind(row.subscription.kind),
            account_name=row.subscription.account.name if row.subscription.account else "",
            period=row.period,
            at=row.at,
            state=SentState(row.state),
            minutes=row.minutes,
            words=row.words,
        )
        for row in rows
    )


def minutes_saved(actor: Actor, year: int | None = None) -> int:
    """Return the minutes that reports of a year saved the actor, as they said themselves."""
    rows = models.SentRow.objects.filter(
        subscription__user_id=actor.user_id or 0,
        state=SentState.SENT.value,
        at__year=year or timezone.localdate().year,
    )
    return int(rows.aggregate(whole=Sum("minutes"))["whole"] or 0)


def as_report(row: models.SubscriptionRow) -> Report:
    """Return a stored subscription as a value."""
    return Report(
        id=row.pk,
        user_id=row.user_id,
        entry=ReportEntry(
            kind=ReportKind(row.kind),
            account_id=row.account_id,
            every=Every(row.every),
            day=row.day,
            hour=row.hour,
            language=row.language,
            segment=str(row.filters.get("segment", "")),
            minutes=row.minutes,
            inside=bool(row.filters.get("inside")),
        ),
        account_code=row.account.code if row.account else "",
        account_name=row.account.name if row.account else "",
        active=row.active,
        stopped=row.stopped,
        version=row.version,
    )


def _scorecard(actor: Actor, entry: ReportEntry) -> Document:
    """Return a scorecard as a workbook: a line per KPI, with the proof of its figure."""
    found = card(actor, entry.account_id or 0)
    columns = (
        Column(_("KPI"), width=32), Column(_("Unit"), width=10),
        Column(_("Actual"), "number", 16), Column(_("Target"), "number", 16),
        Column(_("Last year"), "number", 16), Column(_("Points"), "number", 10),
        Column(_("Weight"), "number", 10), Column(_("Proof"), width=60),
    )  # fmt: skip
    rows = [
        (one.label, _(one.unit), one.actual.value, one.target.value, one.last_year.value,
         one.score.points, one.line.weight, one.actual.proof_id)
        for one in found.lines
    ]  # fmt: skip
    title = f"{found.account_code} {found.period}"[:31].replace("/", "-")
    sheet = Sheet(title.replace(":", "-"), columns, rows)
    name = f"{found.account_code}-scorecard-{timezone.localdate():%Y-%m-%d}.xlsx"
    return Document(name, workbook([sheet]))
