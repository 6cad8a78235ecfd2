"""Set funds up, let them grow with sell-in, promise, take back and spend: never beyond."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write, descendants, family_ids
from keystead.agreements import models
from keystead.agreements.calc.funds import refuse_overspending, refuse_unpromised
from keystead.agreements.queries.agreements import visible
from keystead.agreements.queries.funds import MISSING, held_by, is_named, stored_fund, visible_funds
from keystead.agreements.types.funds import Fund, FundEntryKind, FundHead, FundKind
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kernel.money import Money, currency_code
from keystead.kernel.periods import Period
from keystead.kit import audit
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.queries import evaluate

K = FundEntryKind
CENT = Decimal("0.01")


def create_fund(*, actor: Actor, head: FundHead) -> Fund:
    """Store a fund; needs ``budgets.edit`` on the account's budget. One audit row."""
    _account(actor, head.account_id)
    with transaction.atomic():
        row = models.Fund(account_id=head.account_id)
        _fill(actor, row, head)
        row.save_checked(actor)
        _record(actor, row, "create", None)
    return stored_fund(row)


def edit_fund(*, actor: Actor, fund_id: int, expected_version: int | None, head: FundHead) -> Fund:
    """Change a fund; account, kind and currency stay; it covers what is promised."""
    with transaction.atomic():
        row = _locked(actor, fund_id)
        _account(actor, row.account_id)
        old, before = row.snapshot(), stored_fund(row)
        if (head.kind, head.currency) != (before.head.kind, row.currency):
            raise Conflict(_("The kind and currency of a fund stay."), code="fund_kind")
        if head.name.strip().casefold() != row.name.casefold() and is_named(row):
            text = _("Conditions name this fund: its name stays.")
            raise Invalid(text, code="fund_named", fields={"name": text})
        hidden = row.agreement_id
        if head.agreement_id is None and hidden and not visible(actor).filter(pk=hidden).exists():
            head = dataclasses.replace(head, agreement_id=hidden)  # not theirs to take off
        _fill(actor, row, head)
        if head.kind is FundKind.FIXED and before.balance.committed.amount > (row.budget or 0):
            text = _("More than this is promised already.")
            raise Invalid(text, fields={"budget": text})
        row.save_checked(actor, expected_version)
        _record(actor, row, "edit", old)
    return stored_fund(row)


def accrue_fund(*, actor: Actor, fund_id: int, until: date) -> Fund:
    """Bring what a percentage of sell-in has earned up to a day; run twice, nothing is added.

    Sell-in of the account and all below it, from the fund's first day. A fall takes away, but
    never below what is promised.
    """
    with transaction.atomic():
        row = _locked(actor, fund_id)
        _account(actor, row.account_id)
        if FundKind(row.kind) is not FundKind.RATE or row.rate_pct is None:
            raise Conflict(_("A fixed fund does not grow with sell-in."), code="fund_kind")
        last = min(until, row.expires)
        if last < row.starts:
            return stored_fund(row)
        found = stored_fund(row)
        earned = (_sell_in(row, last) * row.rate_pct / 100).quantize(CENT, ROUND_HALF_UP)
        target = max(earned, found.balance.committed.amount)
        if moved := target - found.accrued.amount:
            move_fund(actor, row, K.ACCRUE, moved, last, "", reason=f"{row.rate_pct:f} %")
    return stored_fund(row)


def commit_fund(
    *, actor: Actor, fund_id: int, amount: Decimal, on: date, subject: str, reason: str = ""
) -> Fund:
    """Promise money of a fund: never more than it has left, never after it expired.

    Called by who owns the ``subject`` (expense:12), after the rights on it were checked.
    """
    with transaction.atomic():
        row = _locked(actor, fund_id)
        _positive(amount)
        if on < row.starts:
            raise Invalid(_("The fund has not begun."), code="fund_not_begun")
        refuse_overspending(stored_fund(row).balance, Money(amount, row.currency), on)
        move_fund(actor, row, K.COMMIT, amount, on, subject, reason=reason)
    return stored_fund(row)


def release_fund(*, actor: Actor, fund_id: int, on: date, subject: str, reason: str) -> Fund:
    """Take back what is promised to a subject and not spent; nothing promised, nothing written."""
    with transaction.atomic():
        row = _locked(actor, fund_id)
        held = held_by(row.pk, subject)
        if held > 0:
            move_fund(actor, row, K.RELEASE, held, on, subject, reason=reason)
    return stored_fund(row)


def spend_fund(
    *, actor: Actor, fund_id: int, amount: Decimal, on: date, subject: str, proof: str
) -> Fund:
    """Spend what was promised to a subject, with proof of service (R-09): at most the promise.

    What is left of the promise goes back into the fund.
    """
    if not proof.strip():
        raise NotAllowed(
            _("No proof of service. Payment stopped."), code="compliance_rule", rule="R-09"
        )
    with transaction.atomic():
        row = _locked(actor, fund_id)
        _positive(amount)
        held = held_by(row.pk, subject)
        if amount > held:
            raise Invalid(
                _("Only %(amount)s is promised.") % {"amount": Money(held, row.currency)},
                code="fund_uncommitted",
            )
        refuse_unpromised(stored_fund(row).balance, Money(amount, row.currency))
        move_fund(actor, row, K.SPEND, amount, on, subject, proof=proof)
        if held > amount:
            move_fund(actor, row, K.RELEASE, held - amount, on, subject)
    return stored_fund(row)


def unspend_fund(*, actor: Actor, fund_id: int, on: date, subject: str, reason: str) -> Fund:
    """Take back what a subject spent, by its opposite; it is promised again."""
    with transaction.atomic():
        row = _locked(actor, fund_id)
        rows = models.FundEntry.objects.filter(fund=row, subject=subject, kind=K.SPEND.value)
        spent = sum((one.amount for one in rows), Decimal(0))
        if spent > 0:
            move_fund(actor, row, K.SPEND, -spent, on, subject, reason=reason)
    return stored_fund(row)


def _locked(actor: Actor, fund_id: int) -> models.Fund:
    row = visible_funds(actor).select_for_update(of=("self",)).filter(pk=fund_id).first()
    if row is None:
        raise NotFound(_(MISSING), code="fund_not_found")
    return row


def _account(actor: Actor, account_id: int) -> None:
    actor.require("budgets.edit")
    account_to_write(actor, account_id, name="budget")


def _fill(actor: Actor, row: models.Fund, head: FundHead) -> None:
    wrong: dict[str, str] = {}
    if not head.name.strip():
        wrong["name"] = _("A fund has a name.")
    if head.expires < head.starts:
        wrong["expires"] = _("It expires before it begins.")
    if head.kind is FundKind.FIXED and (head.budget is None or head.budget <= 0):
        wrong["budget"] = _("A fixed fund has a sum.")
    if head.kind is FundKind.RATE and (head.rate_pct is None or not 0 < head.rate_pct <= 100):
        wrong["rate_pct"] = _("The percentage lies above 0 and not above 100.")
    same = models.Fund.objects.filter(account_id=row.account_id, name__iexact=head.name.strip())
    if same.exclude(pk=row.pk).exists():
        wrong["name"] = _("There is a fund of this name.")
    changed = head.agreement_id != row.agreement_id
    if head.agreement_id is not None and changed and not _covers(actor, row, head.agreement_id):
        wrong["agreement"] = _("There is no such agreement of this account.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="fund", fields=wrong)
    fixed = head.kind is FundKind.FIXED
    row.name, row.note = head.name.strip(), head.note.strip()
    row.kind, row.currency = head.kind.value, currency_code(head.currency)
    row.budget, row.rate_pct = (head.budget, None) if fixed else (None, head.rate_pct)
    row.starts, row.expires, row.agreement_id = head.starts, head.expires, head.agreement_id


def _covers(actor: Actor, row: models.Fund, agreement_id: int) -> bool:
    ids = family_ids(row.account_id)
    return visible(actor).filter(pk=agreement_id, account_id__in=ids).exists()


def _sell_in(row: models.Fund, last: date) -> Decimal:
    ids = [row.account_id, *sorted(descendants(row.account_id))]
    found = evaluate(
        actor=SYSTEM, metrics=["sell_in"], period=Period.between(row.starts, last),
        filters={"account": ids}, currency=row.currency,
    )  # fmt: skip
    return Decimal(str(found.figure("sell_in").value or 0))


def _positive(amount: Decimal) -> None:
    if amount <= 0:
        raise Invalid(_("The amount is above zero."), code="fund_amount")


def move_fund(
    actor: Actor,
    row: models.Fund,
    kind: FundEntryKind,
    amount: Decimal,
    on: date,
    subject: str,
    *,
    proof: str = "",
    reason: str = "",
) -> None:
    """Write one movement of a locked fund, and its row of the trail."""
    made = models.FundEntry.objects.create(
        fund=row,
        kind=kind.value,
        amount=amount,
        on=on,
        subject=subject,
        proof=proof[:400],
        reason=reason[:400],
        by_id=actor.user_id,
        at=timezone.now(),
    )
    audit.record(
        actor=actor,
        action=f"fund.{kind.value}",
        subject=("fund", row.pk),
        new={"amount": str(amount), "on": on, "subject": subject, "entry": made.pk},
        why=reason,
        account_id=row.account_id,
    )


def _record(actor: Actor, row: models.Fund, verb: str, old: dict[str, object] | None) -> None:
    audit.record(
        actor=actor,
        action=f"fund.{verb}",
        subject=("fund", row.pk),
        old=old,
        new=row.snapshot(),
        account_id=row.account_id,
    )
