"""Set a claim against open accruals, undo it, and look whether it holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.calc.matching import proposal
from keystead.agreements.queries.claim_checks import covering, look, open_accruals
from keystead.agreements.queries.claims import stored_claim
from keystead.agreements.rules.claims import may_follow
from keystead.agreements.services.claims import (
    claim_to_write,
    keep_claim,
    require_undecided,
    told_claim,
    with_claim_author,
)
from keystead.agreements.types import Claim, ClaimState
from keystead.agreements.types.claims import MatchPart
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.money import Money
from keystead.kit.access import Actor

S = ClaimState


def match_claim(
    *,
    actor: Actor,
    claim_id: int,
    parts: Iterable[MatchPart],
    expected_version: int | None = None,
) -> Claim:
    """Set a claim against the accruals of conditions; no part says that nothing fits.

    Replaces what it was set against before. Each part takes at most what is open of its
    condition; together at most the claim. Raises Invalid otherwise, Conflict once decided.
    """
    wanted = [part for part in parts if part.amount]
    with transaction.atomic():
        row = claim_to_write(actor, claim_id)
        require_undecided(row)
        old, claim = told_claim(row), stored_claim(row)
        _check_parts(actor, claim, wanted)
        models.ClaimMatch.objects.filter(claim=row).delete()
        for part in wanted:
            models.ClaimMatch.objects.create(
                claim=row,
                agreement_id=part.agreement_id,
                condition=part.condition,
                amount=part.amount.amount,
            )
        row.state = (S.MATCHED if wanted else S.UNMATCHED).value
        with_claim_author(row, actor)
        keep_claim(actor, row, "match" if wanted else "unmatched", old, expected=expected_version)
    return stored_claim(row)


def match_as_proposed(
    *, actor: Actor, claim_id: int, today: date, expected_version: int | None = None
) -> Claim:
    """Set a claim against what ``look`` proposes; nothing proposed leaves it unmatched."""
    with transaction.atomic():
        claim = stored_claim(claim_to_write(actor, claim_id))
    parts = [
        MatchPart(one.accrual.agreement_id, one.accrual.condition, one.share)
        for one in proposal(look(actor, claim, today).candidates)
    ]
    return match_claim(
        actor=actor, claim_id=claim_id, parts=parts, expected_version=expected_version
    )


def undo_match(*, actor: Actor, claim_id: int, expected_version: int | None = None) -> Claim:
    """Take a claim off what it is set against; it is as it was received."""
    with transaction.atomic():
        row = claim_to_write(actor, claim_id)
        require_undecided(row)
        if ClaimState(row.state) is S.RECEIVED:
            raise Conflict(_("The claim is set against nothing."), code="state")
        old = told_claim(row)
        models.ClaimMatch.objects.filter(claim=row).delete()
        row.state = S.RECEIVED.value
        keep_claim(actor, row, "undo_match", old, expected=expected_version)
    return stored_claim(row)


def validate_claim(
    *,
    actor: Actor,
    claim_id: int,
    today: date,
    remark: str = "",
    expected_version: int | None = None,
) -> Claim:
    """Confirm that a claim was looked at; what is wrong with it asks for a remark.

    Errors and flags do not stop it: it may still be rejected or granted in part.
    """
    with transaction.atomic():
        row = claim_to_write(actor, claim_id)
        require_undecided(row)
        if not may_follow(ClaimState(row.state), S.VALIDATED):
            raise Conflict(_("Set it against an accrual first, or say that none fits."))
        old = told_claim(row)
        found = look(actor, stored_claim(row), today).found
        if (found.errors or found.flags) and not remark.strip():
            text = _("Something is wrong with this claim: say what you make of it.")
            raise Invalid(text, code="remark", fields={"remark": text})
        row.state = S.VALIDATED.value
        with_claim_author(row, actor)
        keep_claim(actor, row, "validate", old, expected=expected_version, why=remark.strip())
    return stored_claim(row)


def _check_parts(actor: Actor, claim: Claim, parts: list[MatchPart]) -> None:
    currency = claim.amount.currency
    known = open_accruals(claim, covering(actor, claim))
    opened = {(one.agreement_id, one.condition): one.open for one in known}
    seen: set[tuple[int, str]] = set()
    total = Decimal(0)
    for part in parts:
        key = (part.agreement_id, part.condition)
        left = opened.get(key)
        if left is None or left.currency != currency or key in seen:
            raise Invalid(_("There is no such open accrual."), code="no_accrual")
        if part.amount.amount < 0 or part.amount > left:
            raise Invalid(
                _("Only %(open)s are open of %(condition)s.")
                % {"open": left.quantised(), "condition": part.condition},
                code="over_accrual",
            )
        seen.add(key)
        total += part.amount.amount
    if total > claim.amount.amount:
        raise Invalid(
            _("The parts are more than the claim of %(amount)s.") % {"amount": claim.amount},
            code="over_claim",
        )


def matched_total(claim_id: int, currency: str) -> Money:
    """Return what of a claim is set against accruals."""
    amounts = models.ClaimMatch.objects.filter(claim_id=claim_id).values_list("amount", flat=True)
    return Money(sum(amounts, Decimal(0)), currency)
