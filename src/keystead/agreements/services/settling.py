"""A settlement up to its approval: open, calculate, agree with the partner, have it approved.

Lines are what is earned less what was settled. They are written anew with each calculation and
never edited; once a credit note is out, nothing of them is ever calculated again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write
from keystead.agreements import models
from keystead.agreements.calc.periods import payout_days
from keystead.agreements.queries.agreements import in_force, stored, visible
from keystead.agreements.queries.evaluation import evaluate_agreement
from keystead.agreements.queries.settlements import (
    MISSING,
    as_settlement,
    content_of,
    lines_of,
    total_of,
)
from keystead.agreements.rules.settling import DONE, may_follow
from keystead.agreements.services.booking import locked
from keystead.agreements.types import (
    Agreement,
    Settlement,
    SettlementLine,
    SettlementState,
)
from keystead.governance.queries.approvals import request as approval_request
from keystead.governance.rules.approvals import content_hash
from keystead.governance.services.approvals import request_approval
from keystead.governance.types.approvals import Ask, Change, Facts, RequestState, SubjectKind
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kernel.periods import Period
from keystead.kit import audit
from keystead.kit.access import SYSTEM, Actor

S = SettlementState


def open_settlement(*, actor: Actor, agreement_id: int, last: date) -> Settlement:
    """Open a settlement up to and including a day; needs ``settlements.edit``.

    One at a time: Conflict while an earlier one is not paid or written off. One audit row.
    """
    actor.require("settlements.edit")
    with transaction.atomic():
        agreement = stored(own_agreement(actor, agreement_id))
        if not in_force(agreement).versions:
            raise Conflict(_("Nothing of this agreement is in force yet."), code="not_in_force")
        if last not in agreement.valid or last > timezone.localdate():
            text = _("The last day lies inside the agreement and is not in the future.")
            raise Invalid(text, code="last_day", fields={"last": text})
        waiting = models.Settlement.objects.filter(agreement_id=agreement.id, posted=False)
        if waiting.exclude(state__in=[state.value for state in DONE]).exists():
            raise Conflict(
                _("A settlement of this agreement is not finished yet."), code="settlement_open"
            )
        row = models.Settlement(
            agreement_id=agreement.id, starts=agreement.valid.start,
            ends=last + timedelta(days=1),
            currency=agreement.currency, payee=agreement.customer_entity,
            authors=authors(actor, []),
        )  # fmt: skip
        row.save_checked(actor)
        record(actor, row, "settlement_open", None)
    return as_settlement(row)


def edit_settlement(
    *, actor: Actor, settlement_id: int, expected_version: int, payee: str, due_on: date | None
) -> Settlement:
    """Change who is paid and when, before it is approved; an approval asked for is void then."""
    with transaction.atomic():
        row = to_write(actor, settlement_id)
        if row.posted or SettlementState(row.state) in (S.APPROVED, *DONE):
            raise Conflict(_("What is approved is not changed."), code="state")
        old = told(row)
        row.payee, row.due_on = payee.strip()[:160], due_on
        row.authors = authors(actor, row.authors)
        row.content_hash = _hash(row, as_settlement(row).lines)
        row.save_checked(actor, expected_version)
        record(actor, row, "settlement_edit", old)
    return as_settlement(row)


def calculate(
    *, actor: Actor, settlement_id: int, expected_version: int | None = None
) -> Settlement:
    """Calculate the lines: for each condition and period what is earned less what was settled.

    A period counts once it is over (or a shorter ``settle_every`` inside it). Unknown gates pay
    nothing. Again as often as needed before the approval; every calculation stays on record.
    """
    with transaction.atomic():
        row = to_write(actor, settlement_id)
        go(row, S.CALCULATED)
        last = Period(row.starts, row.ends).last
        found = evaluate_agreement(SYSTEM, row.agreement_id, as_of=last)
        old = told(row)
        lines = lines_of(found, last)
        row.calculation += 1
        row.calculated_at = timezone.now()
        row.versions = [one.number for one in in_force(found.agreement).versions]
        _write_lines(actor, row, lines)
        row.state, row.run_hash = S.CALCULATED.value, found.run.inputs_hash
        row.commit, row.total = found.commit, total_of(lines, row.currency).amount
        row.due_on = row.due_on or _due_on(found.agreement, lines)
        row.partner, row.partner_on = "", None
        row.authors = authors(actor, row.authors)
        row.content_hash = _hash(row, lines)
        row.save_checked(actor, expected_version)
        record(actor, row, "settlement_calculate", old)
    return as_settlement(row)


def partner_agrees(
    *, actor: Actor, settlement_id: int, expected_version: int, partner: str, on: date
) -> Settlement:
    """Note that the customer agreed to the lines as they were calculated: who, and when."""
    if not partner.strip():
        text = _("Say who agreed for the customer.")
        raise Invalid(text, fields={"partner": text})
    with transaction.atomic():
        row = to_write(actor, settlement_id)
        go(row, S.PARTNER_AGREED)
        old = told(row)
        row.state, row.partner, row.partner_on = S.PARTNER_AGREED.value, partner.strip()[:160], on
        row.authors = authors(actor, row.authors)
        row.save_checked(actor, expected_version)
        record(actor, row, "settlement_partner", old)
    return as_settlement(row)


def submit_settlement(*, actor: Actor, settlement_id: int, expected_version: int) -> Settlement:
    """Ask finance to approve exactly these lines; who worked on them cannot (R-24)."""
    with transaction.atomic():
        row = to_write(actor, settlement_id)
        go(row, S.APPROVED)
        old, found = told(row), as_settlement(row)
        agreement = stored(models.Agreement.objects.get(pk=row.agreement_id))
        row.authors = authors(actor, row.authors)
        row.save_checked(actor, expected_version)
        record(actor, row, "settlement_submit", old)
        request_approval(actor=actor, ask=_ask(agreement, row, found))
    return as_settlement(row)


def take_settlement_decision(*, request_id: int) -> None:
    """Move a settlement on as it was answered; idempotent, and only for what was asked."""
    request = approval_request(request_id)
    if request.kind is not SubjectKind.SETTLEMENT or request.state not in (
        RequestState.APPROVED,
        RequestState.RETURNED,
    ):
        return
    with transaction.atomic():
        row = models.Settlement.objects.select_for_update().filter(pk=request.subject_id).first()
        waiting = (S.CALCULATED.value, S.PARTNER_AGREED.value)
        if row is None or row.state not in waiting or row.content_hash != request.content_hash:
            return
        old = told(row)
        wrote = {item.user_id for item in request.decisions} & set(row.authors)
        why = request.decisions[-1].reason if request.decisions else ""
        if request.state is RequestState.APPROVED and not wrote:
            row.state, action = S.APPROVED.value, "settlement_approve"
        else:
            row.state, action = S.CALCULATED.value, "settlement_return"
            row.reason = why[:400]
        row.save_checked(SYSTEM)
        record(SYSTEM, row, action, old, why)


def to_write(actor: Actor, settlement_id: int, capability: str = "settlements.edit") -> Any:
    """Return the locked settlement, its agreement locked first; a foreign one is missing."""
    actor.require(capability)
    rows = models.Settlement.objects.filter(agreement__in=visible(actor))
    agreement_id = rows.filter(pk=settlement_id).values_list("agreement_id", flat=True).first()
    if agreement_id is None:
        raise NotFound(_(MISSING), code="settlement_not_found")
    own_agreement(actor, agreement_id)
    return models.Settlement.objects.select_for_update().get(pk=settlement_id)


def own_agreement(actor: Actor, agreement_id: int) -> models.Agreement:
    """Return the locked agreement; who only reads the terms of its account may not settle it.

    Finance settles what it reads.
    """
    row = locked(actor, agreement_id)
    if not actor.can("settlements.pay"):
        account_to_write(actor, row.account_id, name="terms")
    return row


def go(row: models.Settlement, then: SettlementState) -> None:
    """Raise Conflict unless the settlement may go there from where it stands."""
    if not may_follow(SettlementState(row.state), then, posted=row.posted):
        raise Conflict(_("The settlement stands elsewhere by now. Open it again."), code="state")


def told(row: models.Settlement) -> dict[str, Any]:
    """Return a settlement as the trail keeps it."""
    return row.snapshot()


def record(
    actor: Actor, row: models.Settlement, action: str, old: dict[str, Any] | None, why: str = ""
) -> None:
    """Write the one row of the trail."""
    account_id = models.Agreement.objects.values_list("account_id", flat=True).get(
        pk=row.agreement_id
    )
    audit.record(
        actor=actor, action=f"agreement.{action}", subject=("settlement", row.pk), old=old,
        new=told(row), why=why, account_id=account_id,
    )  # fmt: skip


def authors(actor: Actor, known: list[int]) -> list[int]:
    """Return who worked on it, with the actor."""
    return sorted({*known, actor.user_id} if actor.user_id is not None else known)


def _hash(row: models.Settlement, lines: Iterable[SettlementLine]) -> str:
    return content_hash(content_of(row, tuple(lines)))


def _write_lines(actor: Actor, row: models.Settlement, lines: Iterable[SettlementLine]) -> None:
    for line in lines:
        models.SettlementRow(
            settlement=row, calculation=row.calculation, condition=line.condition,
            starts=line.period.start, ends=line.period.end,
            entitlement=line.entitlement.amount, settled_before=line.settled_before.amount,
            due=line.due.amount, carried=line.carried.amount, kept=line.kept.amount,
            reason=line.reason, by_id=actor.user_id,
        ).save(force_insert=True)  # fmt: skip


def _due_on(agreement: Agreement, lines: Iterable[SettlementLine]) -> date | None:
    """The latest payout day among the lines that pay."""
    days = []
    for line in lines:
        for version in agreement.versions:
            condition = version.condition(line.condition)
            if condition is not None and line.due:
                lag = payout_days(
                    line.period, condition.grace_days,
                    payout_lag_days=condition.payout_lag_days,
                )  # fmt: skip
                days.append(lag.paid)
    return max(days, default=None)


def _ask(agreement: Agreement, row: models.Settlement, found: Settlement) -> Ask:
    names = {c.key: c.label or c.key for v in agreement.versions for c in v.conditions}
    whole = _("Limits over the whole agreement")
    return Ask(
        kind=SubjectKind.SETTLEMENT,
        subject_id=str(row.pk),
        title=f"{agreement.number} {agreement.title}, {found.period}".strip(),
        content_hash=row.content_hash,
        facts=Facts(amount=abs(found.total.amount), currency=row.currency),
        changes=tuple(
            Change(
                f"{names.get(line.condition, whole)}, {line.period}",
                str(line.settled_before), str(line.entitlement), str(line.due),
            )
            for line in found.lines[:60]
        ),
        evidence={"agreement": agreement.number, "due": str(found.total), "payee": row.payee},
        account_id=agreement.account_id,
    )  # fmt: skip
