"""Reports by mail: subscribe, end, and send what is due with the rights of that moment."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from keystead.accounts.queries import account_for
from keystead.governance.services.leaving import let_leave
from keystead.kernel.errors import Conflict, Invalid, KeysteadError
from keystead.kit import audit, jobs, mail
from keystead.kit.access import SYSTEM, Actor, actor_again
from keystead.kit.models import User
from keystead.kit.office.inside import inside_file, inside_name
from keystead.reviews import models
from keystead.reviews.queries.subscriptions import KINDS, Document, as_report, document_of, own_row
from keystead.reviews.types.subscriptions import (
    Every,
    Report,
    ReportEntry,
    ReportKind,
    SentState,
    period_of,
)

LETTER = "reviews.report"
MOST = 30
LANGUAGES = ("en", "zh-hans", "fr")


def subscribe(*, actor: Actor, entry: ReportEntry) -> Report:
    """Subscribe oneself to a report one may read now; it goes to one's own address only.

    One audit row. Raises Invalid for a day or hour there is not, NotFound for a foreign account.
    """
    actor.require("scorecards.view")
    checked = _checked(actor, entry)
    document_of(actor, checked)  # who cannot read it now is told now
    me = actor.user_id
    if me is None:
        raise Invalid(_("A report goes to a person."), code="report_person")
    with transaction.atomic():
        mine = models.SubscriptionRow.objects.filter(user_id=me, active=True)
        if mine.count() >= MOST:
            text = _("You get %(most)s reports already. End one first.") % {"most": MOST}
            raise Conflict(text, code="reports_many")
        row = models.SubscriptionRow(
            user_id=me, kind=checked.kind.value, account_id=checked.account_id,
            every=checked.every.value, day=checked.day, hour=checked.hour,
            language=checked.language, minutes=checked.minutes,
            filters=_filters(checked),
        )  # fmt: skip
        return _keep(actor, row, "subscribe", None)


def end(*, actor: Actor, report_id: int) -> Report:
    """End a subscription of one's own. One audit row."""
    with transaction.atomic():
        row = own_row(actor, report_id)
        if not row.active:
            raise Conflict(_("This report has ended already."), code="report_ended")
        old = row.snapshot()
        row.active = False
        return _keep(actor, row, "end", old)


def queue_due() -> int:
    """Queue every report whose period has begun and was not made; return how many.

    The row of the period is written with its letter, so that two workers make it once.
    """
    if not settings.KEYSTEAD_MAIL:
        return 0
    moment, made = timezone.localtime(), 0
    rows = models.SubscriptionRow.objects.filter(active=True, user__is_active=True)
    for row in rows.select_related("account").order_by("pk"):
        period = period_of(as_report(row).entry, moment)
        if period:
            made += _queue(row, period)
    return made


def send_now(*, actor: Actor, report_id: int) -> str:
    """Queue a report of one's own for this period at once; return the period.

    Raises Conflict when it was made already, Invalid where no mail server is named.
    """
    if not settings.KEYSTEAD_MAIL:
        text = _("No mail server is named, so no report can be sent.")
        raise Invalid(text, code="no_mail", hint=_("Your administrator names one in the settings."))
    row = own_row(actor, report_id)
    entry = dataclasses.replace(as_report(row).entry, day=1, hour=0)
    period = period_of(entry, timezone.localtime())
    if not row.active or not _queue(row, period):
        raise Conflict(_("The report of this period was made already."), code="report_made")
    return period


def _queue(row: models.SubscriptionRow, period: str) -> int:
    with transaction.atomic():
        sent, new = models.SentRow.objects.get_or_create(
            subscription=row, period=period,
            defaults={"at": timezone.now(), "state": SentState.WAITING.value},
        )  # fmt: skip
        if not new:
            return 0
        posted = mail.post(
            user_ids=[row.user_id], kind=LETTER, key=f"report:{row.pk}:{period}",
            data={"sent": sent.pk},
        )  # fmt: skip
        if not posted:
            sent.state = SentState.STOPPED.value
            sent.words = _("You have no mail address here.")
            sent.save(update_fields=["state", "words"])
    return posted


@jobs.periodic("reviews.reports", every=timedelta(hours=1))
def send_reports(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Queue the reports that are due; their letters are made and sent by the mail job."""
    return {"queued": queue_due()}


@mail.letter(LETTER)
def words(user: User, data: dict[str, Any]) -> mail.Said | None:
    """Write a report with the rights its reader has at this moment; a right that is gone stops
    the subscription and is told instead."""
    sent = models.SentRow.objects.select_related("subscription__account").get(pk=data["sent"])
    row = sent.subscription
    if not row.active:
        return None
    report = as_report(row)
    with override(row.language):
        name = f"{KINDS[report.entry.kind]} {report.account_name}".strip()
        try:
            actor = actor_again(user.pk)
            actor.require("scorecards.view")
            made = document_of(actor, report.entry)
        except KeysteadError as error:
            text = _("“%(name)s” is not sent any more: you may not read it now.") % {"name": name}
            _stop(row, sent, error.message)
            return text, text + "\n\n" + error.message
        with transaction.atomic():
            sent.state, sent.minutes, sent.at = SentState.SENT.value, row.minutes, timezone.now()
            sent.save(update_fields=["state", "minutes", "at"])
        body = _("%(name)s, %(period)s, is attached. Your reports: %(link)s")
        told = {"name": name, "period": sent.period, "link": mail.link("/my-reports/")}
        file, said = _attached(actor, made)
        return f"{name}, {sent.period}", f"{body % told}\n\n{said}", (file,)


def _attached(actor: Actor, made: Document) -> tuple[mail.Attachment, str]:
    """Return the file as it is sent and what the letter says of it.

    What is for the customer passes the guard; what is not, or is stopped, is marked as internal.
    """
    ours = _("It is for you alone, and marked so: have it looked over before it goes further.")
    if made.outgoing is not None:
        try:
            let_leave(actor=actor, outgoing=made.outgoing)
        except Conflict as error:
            ours = "\n".join((error.message, error.hint, ours))
        else:
            text = _("It was looked over: nothing in it that may not leave for the customer.")
            return (made.name, made.content, made.kind), text
    format = made.name.rpartition(".")[2]
    name = made.name if "-internal." in made.name else inside_name(made.name)
    return (name, inside_file(made.content, format), made.kind), ours


def _stop(row: models.SubscriptionRow, sent: models.SentRow, why: str) -> None:
    with transaction.atomic():
        old = row.snapshot()
        row.active, row.stopped = False, why[:200]
        _keep(SYSTEM, row, "stop", old)
        sent.state, sent.words, sent.at = SentState.STOPPED.value, why[:400], timezone.now()
        sent.save(update_fields=["state", "words", "at"])


def _filters(entry: ReportEntry) -> dict[str, Any]:
    found: dict[str, Any] = {"segment": entry.segment} if entry.segment else {}
    if entry.kind is ReportKind.REVIEW and entry.inside:
        found["inside"] = True
    return found


def _checked(actor: Actor, entry: ReportEntry) -> ReportEntry:
    if entry.every is Every.QUARTER and entry.kind is not ReportKind.REVIEW:
        text = _("Every quarter only a review comes.")
        raise Invalid(text, code="report_every", field="every")
    if entry.kind is not ReportKind.PORTFOLIO:
        if entry.account_id is None:
            text = _("Say of which account.")
            raise Invalid(text, code="report_account", field="account")
        account = account_for(actor, entry.account_id)
        entry = dataclasses.replace(entry, account_id=account.id, segment="")
    else:
        entry = dataclasses.replace(entry, account_id=None)
    if not 0 <= entry.hour <= 23:
        text = _("An hour is a number from 0 to 23.")
        raise Invalid(text, code="report_hour", field="hour")
    if not 1 <= entry.day <= (7 if entry.every is Every.WEEK else 31):
        text = _("A day of the week is 1 to 7, of the month 1 to 31.")
        raise Invalid(text, code="report_day", field="day")
    if entry.language not in LANGUAGES:
        raise Invalid(_("This language is not there."), code="report_language", field="language")
    if not 0 <= entry.minutes <= 600:
        text = _("Say how many minutes it saves you, up to 600.")
        raise Invalid(text, code="report_minutes", field="minutes")
    return entry


def _keep(
    actor: Actor, row: models.SubscriptionRow, verb: str, old: dict[str, Any] | None
) -> Report:
    row.save_checked(actor)
    audit.record(
        actor=actor, action=f"report.{verb}", subject=("report", row.pk), old=old,
        new=row.snapshot(), account_id=row.account_id,
    )  # fmt: skip
    return as_report(row)
