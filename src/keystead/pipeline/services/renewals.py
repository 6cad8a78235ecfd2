"""Enter renewals, move them through their life, show what was done, close them for good."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.agreements.queries import agreement_for
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.money import currency_code
from keystead.kit.access import Actor
from keystead.pipeline import models
from keystead.pipeline.calc.gates import ITEMS, done, late_items
from keystead.pipeline.calc.notice import next_term, notice_dates
from keystead.pipeline.calc.retention import booking
from keystead.pipeline.queries.renewals import chance_of
from keystead.pipeline.queries.stored import as_renewals, evidence_rows, rule_of
from keystead.pipeline.rules.renewals import CLOSED, check_closing, check_step
from keystead.pipeline.services.loading import (
    account_to_plan,
    checked_amount,
    checked_owner,
    checked_percent,
    checked_year,
    keep,
    renewal_to_write,
)
from keystead.pipeline.types.renewals import Closing, Renewal, RenewalEntry, RenewalState

S = RenewalState


def create_renewal(*, actor: Actor, entry: RenewalEntry) -> Renewal:
    """Store a renewal; needs ``pipeline.edit`` on the account. One audit row."""
    account = account_to_plan(actor, entry.account_id)
    with transaction.atomic():
        row = models.RenewalRow(account_id=account.id)
        _fill(actor, row, entry)
        keep(actor, row, "create", None)
    return value_of(row.pk)


def edit_renewal(
    *, actor: Actor, renewal_id: int, expected_version: int | None, entry: RenewalEntry
) -> Renewal:
    """Change an open renewal; its account stays. One audit row."""
    with transaction.atomic():
        row = _open(actor, renewal_id)
        old = row.snapshot()
        _fill(actor, row, dataclasses.replace(entry, account_id=row.account_id))
        keep(actor, row, "edit", old, expected=expected_version)
    return value_of(renewal_id)


def move_renewal(
    *,
    actor: Actor,
    renewal_id: int,
    state: RenewalState,
    until: date | None = None,
    why: str = "",
    expected_version: int | None = None,
) -> Renewal:
    """Bring a renewal to another open state; who approves a strategy needs ``pipeline.approve``.

    A pause names the day it is looked at again and why.
    """
    if state in CLOSED:
        raise Invalid(_("Closing a renewal asks for its amount."), code="state")
    with transaction.atomic():
        row = _open(actor, renewal_id)
        check_step(S(row.state), state)
        if state is S.STRATEGY_APPROVED:
            actor.require("pipeline.approve")
        if state is S.POSTPONED and (until is None or not why.strip()):
            text = _("Say until when, and why.")
            raise Invalid(text, code="until", fields={"until" if until is None else "why": text})
        old = row.snapshot()
        row.state = state.value
        row.paused_until = checked_year(until, "until") if state is S.POSTPONED else None
        keep(actor, row, "move", old, expected=expected_version, why=why)
    return value_of(renewal_id)


def show_evidence(
    *, actor: Actor, renewal_id: int, item: str, text: str, is_done: bool = True
) -> Renewal:
    """Keep what shows that an item of the checklist is done, or why it no longer is."""
    if item not in ITEMS:
        raise Invalid(_("There is no such item."), code="item")
    if not text.strip():
        said = _("Say what shows it: a document, a meeting, a person.")
        raise Invalid(said, code="text", fields={"text": said})
    with transaction.atomic():
        row = _open(actor, renewal_id)
        models.RenewalEvidence(
            renewal=row, item=item, text=text.strip()[:400], done=is_done, at=timezone.now(),
            by_id=actor.user_id,
        ).save(force_insert=True)  # fmt: skip
        told = {"item": item, "evidence": text.strip()[:400], "done": is_done}
        keep(actor, row, "show", row.snapshot(), more=told)
    return value_of(renewal_id)


def close_renewal(
    *, actor: Actor, renewal_id: int, closing: Closing, expected_version: int | None = None
) -> Renewal:
    """Close a renewal for good: its outcome can never be changed.

    What manager and model had said is kept with it. One that renewed itself begins its next term
    as a new renewal.
    """
    today = timezone.localdate()
    with transaction.atomic():
        row = _open(actor, renewal_id)
        check_closing(
            S(row.state), closing, target=row.target, last=row.last, notice=rule_of(row),
            today=today,
        )  # fmt: skip
        checked_amount(closing.final, "final")
        checked_year(closing.on, "on")
        old = row.snapshot()
        outcome = _outcome(actor, row, closing, today)
        row.state, row.closed, row.paused_until = closing.state.value, True, None
        told = {"final": str(closing.final), "reason": closing.reason.value}
        keep(actor, row, "close", old, expected=expected_version, why=closing.note, more=told)
        outcome.save(force_insert=True)
        if closing.state is S.AUTO_RENEWED:
            _next(actor, row, closing)
    return value_of(renewal_id)


def value_of(renewal_id: int) -> Renewal:
    """Return a stored renewal as a value."""
    rows = models.RenewalRow.objects.select_related("account", "owner")
    return as_renewals(rows.filter(pk=renewal_id))[0]


def _outcome(
    actor: Actor, row: models.RenewalRow, closing: Closing, today: date
) -> models.RenewalOutcome:
    shown = evidence_rows(row.pk)
    value = value_of(row.pk)
    target = row.target or Decimal(0)
    return models.RenewalOutcome(
        renewal=row, account_id=row.account_id, state=closing.state.value,
        booking=booking(target, closing.final, lost=closing.state is S.LOST).value,
        closed_on=closing.on, term_end=row.last, currency=row.currency, target=target,
        forecast=row.forecast, final=closing.final, manager_pct=row.manager_pct,
        model_pct=chance_of(value, today=today, shown=shown).pct, reason=closing.reason.value,
        note=closing.note.strip()[:400], document=closing.document.strip()[:200],
        account_kind=value.account_kind, auto_renews=bool(row.auto_renew_months),
        open_items=len(late_items(row.last, done(shown), today)), at=timezone.now(),
        by_id=actor.user_id,
    )  # fmt: skip


def _next(actor: Actor, row: models.RenewalRow, closing: Closing) -> None:
    last = next_term(row.last, rule_of(row))
    if last is None or _same_term(row, row.contract, last):
        return
    following = models.RenewalRow(
        account_id=row.account_id, agreement_id=row.agreement_id,
        agreement_version=row.agreement_version, contract=row.contract, title=row.title,
        starts=row.last + timedelta(days=1), last=last,
        currency=row.currency, target=closing.final, owner_id=row.owner_id,
    )  # fmt: skip
    set_notice(following, row)
    keep(actor, following, "create", None)


def set_notice(row: models.RenewalRow, like: models.RenewalRow) -> None:
    """Give a renewal the notice rule of another, and count its days anew."""
    for name in ("notice_amount", "notice_unit", "notice_country", "closed_day", "must_arrive",
                 "transit_days", "auto_renew_months"):  # fmt: skip
        setattr(row, name, getattr(like, name))
    count_days(row)


def count_days(row: models.RenewalRow) -> None:
    """Count the notice days of a renewal."""
    found = notice_dates(row.last, rule_of(row))
    row.deadline = found.deadline if found else None
    row.send_by = found.send_by if found else None


def _open(actor: Actor, renewal_id: int) -> models.RenewalRow:
    row = renewal_to_write(actor, renewal_id)
    if row.closed:
        raise Conflict(_("This renewal is closed: what it says stays."), code="closed")
    return row


def _same_term(row: models.RenewalRow, contract: str, last: date) -> bool:
    same = models.RenewalRow.objects.filter(account_id=row.account_id, contract=contract, last=last)
    return same.exclude(pk=row.pk).exists()


def _fill(actor: Actor, row: models.RenewalRow, entry: RenewalEntry) -> None:
    wrong: dict[str, str] = {}
    contract = entry.contract.strip()
    if not contract:
        wrong["contract"] = _("A renewal is of a contract: its number or name.")
    if entry.starts and entry.last <= entry.starts:
        wrong["last"] = _("It ends before it begins.")
    if _same_term(row, contract, entry.last):
        wrong["contract"] = _("This term of the contract is here already.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="renewal", fields=wrong)
    row.contract, row.title, row.note = contract[:40], entry.title.strip()[:160], entry.note[:400]
    row.starts, row.last = checked_year(entry.starts, "starts"), entry.last
    checked_year(entry.last, "last")
    row.currency = currency_code(entry.currency)
    row.target = checked_amount(entry.target, "target")
    row.forecast = checked_amount(entry.forecast, "forecast")
    row.manager_pct = checked_percent(entry.manager_pct, "manager_pct")
    row.owner_id = row.owner_id if entry.owner_id == row.owner_id else checked_owner(
        actor, entry.owner_id)  # fmt: skip
    _agreement(actor, row, entry)
    rule = entry.notice
    row.notice_amount, row.notice_unit = rule.amount, rule.unit.value
    row.notice_country, row.closed_day = rule.country.strip().upper(), rule.closed_day.value
    row.must_arrive, row.transit_days = rule.must_arrive, rule.transit_days
    row.auto_renew_months = rule.auto_renew_months or None
    count_days(row)


def _agreement(actor: Actor, row: models.RenewalRow, entry: RenewalEntry) -> None:
    if entry.agreement_id == row.agreement_id:
        return
    if entry.agreement_id is not None:
        found = agreement_for(actor, entry.agreement_id)
        if found.account_id != row.account_id:
            raise Invalid(_("The agreement is of another account."), code="agreement")
    row.agreement_id, row.agreement_version = entry.agreement_id, entry.agreement_version
