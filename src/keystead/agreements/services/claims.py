"""Receive claims, change them, keep what was shown for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_by_code, account_to_write, family_ids
from keystead.accounts.types import Account
from keystead.agreements import models
from keystead.agreements.queries.claims import MISSING, stored_claim, visible_claims
from keystead.agreements.rules.claims import EDITABLE
from keystead.agreements.services.documents import keep_shown
from keystead.agreements.types import Claim, ClaimState
from keystead.agreements.types.claims import ClaimEntry
from keystead.catalog.queries import product_by_sku
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kernel.money import currency_code
from keystead.kit import audit
from keystead.kit.access import Actor

S = ClaimState
COPIED = (
    "kind", "reason", "amount", "on", "condition", "invoice", "product_code", "wholesaler_code",
    "first", "last", "quantity", "unit_price", "due_on", "customer_code", "note",
)  # fmt: skip


def receive_claim(*, actor: Actor, entry: ClaimEntry) -> Claim:
    """Store a claim of a customer; needs ``claims.edit`` and the account's terms.

    One that repeats another is kept and flagged, never refused: the customer did send it. Raises
    Invalid with the fields that are wrong, NotFound for a foreign account; one audit row.
    """
    account = account_to_claim(actor, entry.account_id)
    with transaction.atomic():
        row = models.Claim(account_id=account.id)
        _fill(actor, row, entry)
        with_claim_author(row, actor)
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="claim.receive",
            subject=("claim", row.pk),
            new=told_claim(row),
            account_id=row.account_id,
        )
    return stored_claim(row)


def edit_claim(
    *, actor: Actor, claim_id: int, expected_version: int | None, entry: ClaimEntry
) -> Claim:
    """Change a claim nobody decided yet; what it was set against is undone, it starts anew.

    The account stays. Raises Conflict while it waits for an answer or when it was decided.
    """
    with transaction.atomic():
        row = claim_to_write(actor, claim_id)
        old = told_claim(row)
        require_undecided(row)
        _fill(actor, row, entry)
        models.ClaimMatch.objects.filter(claim=row).delete()
        row.state = S.RECEIVED.value
        with_claim_author(row, actor)
        keep_claim(actor, row, "edit", old, expected=expected_version)
    return stored_claim(row)


def add_evidence(
    *,
    actor: Actor,
    claim_id: int,
    text: str = "",
    file_name: str = "",
    content: bytes = b"",
    expected_version: int | None = None,
) -> Claim:
    """Keep words or a file that show what a claim is for; files are kept by their hash."""
    with transaction.atomic():
        row = claim_to_write(actor, claim_id)
        if ClaimState(row.state) is S.SETTLED:
            raise Conflict(_("The claim is settled."), code="state")
        old = told_claim(row)
        shown = keep_shown(actor=actor, text=text, file_name=file_name, content=content)
        models.ClaimEvidence.objects.create(claim=row, by_id=actor.user_id, **shown)
        keep_claim(actor, row, "evidence", old, expected=expected_version)
    return stored_claim(row)


def account_to_claim(actor: Actor, account_id: int) -> Account:
    """Return the account if the actor may write claims on it.

    Account managers write where they write terms, finance wherever it approves them.
    """
    actor.require("claims.edit")
    return account_to_write(actor, account_id, name="terms", rights="wa")


def claim_to_write(actor: Actor, claim_id: int) -> models.Claim:
    """Return the locked row if the actor may write claims on its account."""
    actor.require("claims.edit")
    row = visible_claims(actor).select_for_update().filter(pk=claim_id).first()
    if row is None:
        raise NotFound(_(MISSING), code="claim_not_found")
    account_to_claim(actor, row.account_id)
    return row


def require_undecided(row: models.Claim) -> None:
    """Raise Conflict once a claim is decided, or while its decision waits for approval."""
    if row.proposed is not None:
        raise Conflict(
            _("The decision waits for approval. Take it back first."), code="claim_waits"
        )
    if ClaimState(row.state) not in EDITABLE:
        raise Conflict(_("The claim is decided already."), code="state")


def told_claim(row: models.Claim) -> dict[str, Any]:
    """Return a claim with what it is set against as the trail keeps it."""
    matched = models.ClaimMatch.objects.filter(claim_id=row.pk)
    shown = models.ClaimEvidence.objects.filter(claim_id=row.pk)
    return {
        **row.snapshot(),
        "matched": [[one.agreement_id, one.condition, str(one.amount)] for one in matched],
        "evidence": [one.sha256 or one.text for one in shown],
    }


def keep_claim(
    actor: Actor,
    row: models.Claim,
    action: str,
    old: dict[str, Any],
    *,
    expected: int | None = None,
    why: str = "",
) -> None:
    """Save a claim under its version and write the one row of the trail."""
    row.save_checked(actor, expected)
    audit.record(
        actor=actor,
        action=f"claim.{action}",
        subject=("claim", row.pk),
        old=old,
        new=told_claim(row),
        why=why,
        account_id=row.account_id,
    )


def with_claim_author(row: models.Claim, actor: Actor) -> None:
    """Remember who had a hand in a claim: they may not approve it (rule R-24)."""
    if actor.user_id is not None:
        row.authors = sorted({*row.authors, actor.user_id})


def same_number(account_id: int, kind: str, number: str) -> Iterable[models.Claim]:
    """Return the claims of an account and those merged into it with this number."""
    rows = models.Claim.objects.filter(account_id__in=family_ids(account_id), kind=kind)
    return rows.filter(external_number__iexact=number.strip()).order_by("-id")


def _fill(actor: Actor, row: models.Claim, entry: ClaimEntry) -> None:
    _check(entry)
    for name in COPIED:
        value = getattr(entry, name)
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.kind, row.reason = entry.kind.value, entry.reason.value
    row.external_number = entry.external_number.strip()
    row.agreement_number = entry.agreement_number.strip()
    row.currency = currency_code(entry.currency)
    row.product_id = _product(actor, entry.product_code)
    row.wholesaler_id = _wholesaler(actor, entry.wholesaler_code)


def _check(entry: ClaimEntry) -> None:
    wrong: dict[str, str] = {}
    if not entry.external_number.strip():
        wrong["external_number"] = _("A claim has the customer's number.")
    if entry.amount <= 0:
        wrong["amount"] = _("A claim is above zero.")
    if (entry.first is None) != (entry.last is None):
        wrong["last" if entry.last is None else "first"] = _("A period has two days.")
    elif entry.first and entry.last and entry.last < entry.first:
        wrong["last"] = _("The period ends before it begins.")
    if entry.due_on and entry.due_on < entry.on:
        wrong["due_on"] = _("It is due before it was made.")
    for name in ("quantity", "unit_price"):
        value = getattr(entry, name)
        if value is not None and value < 0:
            wrong[name] = _("This is below zero.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="claim", fields=wrong)


def _product(actor: Actor, code: str) -> int | None:
    try:
        return product_by_sku(actor, code).id if code.strip() else None
    except NotFound:
        return None  # kept as it came: an unknown product is one of the claim's errors


def _wholesaler(actor: Actor, code: str) -> int | None:
    try:
        return account_by_code(actor, code).id if code.strip() else None
    except NotFound:
        return None
