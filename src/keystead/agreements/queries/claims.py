"""Claims as values, through the accounts' door: a foreign one answers like a missing one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, family_ids, restrict
from keystead.agreements import models
from keystead.agreements.calc.claims import age_band, age_days
from keystead.agreements.models.documents import AREA
from keystead.agreements.rules.claims import OPEN
from keystead.agreements.types import Claim, ClaimKind, ClaimReason, ClaimState
from keystead.agreements.types.claims import Evidence, MatchPart
from keystead.kernel.errors import NotFound
from keystead.kernel.money import Money
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.kit.files.kept import kept

MISSING = "There is no such claim, or it is not one of yours."
BANDS = ("0-30", "31-60", "61-90", "91+")


def visible_claims(actor: Actor) -> QuerySet[models.Claim]:
    """Return the stored claims on whose accounts the actor may read terms."""
    if not actor.can("agreements.view"):
        return models.Claim.objects.none()
    return restrict(models.Claim.objects.all(), actor, name="terms")


def claims_for(
    actor: Actor,
    *,
    today: date,
    state: str = "",
    kind: str = "",
    band: str = "",
    search: str = "",
    account_id: int | None = None,
) -> tuple[Claim, ...]:
    """Return the claims the actor may read, the latest first.

    ``state``: one of the states, or ``open`` for all that somebody still has to do something
    about. ``band``: an age of ``BANDS``. ``search`` looks into number, invoice and note.
    """
    actor.require("agreements.view")
    rows = visible_claims(actor)
    if state == "open":
        rows = rows.filter(state__in=[one.value for one in OPEN])
    elif state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if account_id is not None:
        rows = rows.filter(account_id__in=family_ids(account_for(actor, account_id).id))
    if words := search.strip():
        rows = rows.filter(
            Q(external_number__icontains=words)
            | Q(invoice__icontains=words)
            | Q(note__icontains=words)
            | Q(agreement_number__icontains=words)
        )
    found = tuple(as_claim(row) for row in rows.order_by("-on", "-id"))
    if not band:
        return found
    return tuple(one for one in found if age_band(age_days(one, today)) == band)


def claim_for(actor: Actor, claim_id: int) -> Claim:
    """Return a claim; NotFound when missing or foreign."""
    actor.require("agreements.view")
    row = visible_claims(actor).filter(pk=claim_id).first()
    if row is None:
        raise NotFound(_(MISSING), code="claim_not_found")
    return stored_claim(row)


def claims_of_account(actor: Actor, account_id: int) -> tuple[Claim, ...]:
    """Return the claims of an account and of those merged into it, the latest first."""
    actor.require("agreements.view")
    ids = family_ids(account_for(actor, account_id).id)
    rows = visible_claims(actor).filter(account_id__in=ids).order_by("-on", "-id")
    return tuple(as_claim(row) for row in rows)


def claims_of_agreement(actor: Actor, agreement_id: int) -> tuple[Claim, ...]:
    """Return the claims that are set against an agreement or name it, the latest first."""
    matched = models.ClaimMatch.objects.filter(agreement_id=agreement_id).values("claim_id")
    number = models.Agreement.objects.filter(pk=agreement_id).values("number")
    rows = visible_claims(actor).filter(Q(pk__in=matched) | Q(agreement_number__in=number))
    return tuple(as_claim(row) for row in rows.order_by("-on", "-id"))


def matches_of(claim_id: int) -> tuple[MatchPart, ...]:
    """Return what a claim is set against. The caller came through the claim's door."""
    rows = models.ClaimMatch.objects.filter(claim_id=claim_id).select_related("agreement", "claim")
    return tuple(
        MatchPart(
            agreement_id=row.agreement_id,
            condition=row.condition,
            amount=Money(row.amount, row.claim.currency),
            agreement_number=row.agreement.number,
            id=row.pk,
        )
        for row in rows
    )


def promised(agreement_id: int, *, but: int = 0) -> Mapping[tuple[str, str], Decimal]:
    """Return what claims that are not settled yet hold of an agreement's accruals.

    By condition and currency; the claim ``but`` is left out.
    """
    rows = models.ClaimMatch.objects.filter(agreement_id=agreement_id).exclude(claim_id=but)
    rows = rows.filter(claim__state__in=[one.value for one in OPEN])
    sums = rows.values_list("condition", "claim__currency").annotate(held=Sum("amount"))
    return {(key, currency): held for key, currency, held in sums.order_by()}


def evidence_of(claim_id: int) -> tuple[Evidence, ...]:
    """Return what was shown for a claim. The caller came through the claim's door."""
    rows = models.ClaimEvidence.objects.filter(claim_id=claim_id).select_related("by")
    return tuple(
        Evidence(
            id=row.pk,
            text=row.text,
            file_name=row.file_name,
            sha256=row.sha256,
            size_bytes=row.size_bytes,
            by_name=str(row.by or ""),
            at=row.at,
        )
        for row in rows
    )


def evidence_content(actor: Actor, claim_id: int, evidence_id: int) -> tuple[str, bytes]:
    """Return name and bytes of a file shown for a claim; NotFound when foreign or missing."""
    claim_for(actor, claim_id)
    row = models.ClaimEvidence.objects.filter(pk=evidence_id, claim_id=claim_id).first()
    if row is None or not row.sha256:
        raise NotFound(_("There is no such file."), code="evidence_not_found")
    return row.file_name, kept(AREA, row.sha256)


def stored_claim(row: models.Claim) -> Claim:
    """Return the value of a stored claim with its evidence. No rights are checked here."""
    shown = models.ClaimEvidence.objects.filter(claim_id=row.pk)
    return as_claim(row, tuple(one.text or one.file_name for one in shown))


def as_claim(row: models.Claim, evidence: tuple[str, ...] = ()) -> Claim:
    """Return the value that crosses rooms for a stored claim."""
    return Claim(
        account_id=row.account_id,
        external_number=row.external_number,
        kind=ClaimKind(row.kind),
        reason=ClaimReason(row.reason),
        amount=Money(row.amount, row.currency),
        on=row.on,
        agreement_number=row.agreement_number,
        condition=row.condition,
        invoice=row.invoice,
        product_id=row.product_id,
        product_code=row.product_code,
        # A wholesaler that nobody knows is none of ours: 0 fits no account.
        wholesaler_id=row.wholesaler_id or (0 if row.wholesaler_code else None),
        period=Period.between(row.first, row.last) if row.first and row.last else None,
        quantity=row.quantity,
        unit_price=row.unit_price,
        evidence=evidence,
        due_on=row.due_on,
        state=ClaimState(row.state),
        id=row.pk,
        version=row.version,
        wholesaler_code=row.wholesaler_code,
        customer_code=row.customer_code,
        note=row.note,
        proposed=_money(row.proposed, row.currency),
        granted=_money(row.granted, row.currency),
        giving_up=_money(row.giving_up, row.currency),
        written_off=_money(row.written_off, row.currency),
        decision_reason=row.decision_reason,
        credit_note=row.credit_note,
        settled_on=row.settled_on,
    )


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
