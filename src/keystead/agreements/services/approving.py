"""Put a version up for approval, and take what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.queries.agreements import as_version, stored, terms_of
from keystead.agreements.queries.findings import told_with_rules
from keystead.agreements.queries.redline import redline
from keystead.agreements.rules.life import may_follow
from keystead.agreements.services.costs import cost_findings
from keystead.agreements.services.loading import (
    check,
    keep,
    row_to_write,
    told,
    working_row,
    write_state,
)
from keystead.agreements.types import (
    Agreement,
    AgreementState,
    AgreementVersion,
    Finding,
    RateKind,
    Terms,
)
from keystead.governance.queries.approvals import request as approval_request
from keystead.governance.rules.approvals import content_hash
from keystead.governance.services.approvals import request_approval
from keystead.governance.services.compliance import refuse_if_stopped, screen
from keystead.governance.types.approvals import Ask, Change, Facts, RequestState, SubjectKind
from keystead.kernel.errors import Conflict
from keystead.kit.access import SYSTEM, Actor

S = AgreementState
LINES = 60  # of the difference that an approver is shown
SHARE_OF_WALLET = "share_of_wallet_pct"


def submit(*, actor: Actor, agreement_id: int, expected_version: int) -> Agreement:
    """Put the working version up for approval: draft to in review.

    Everything must be complete, and no compliance rule may stop it (R-02 wording, R-10 loyalty).
    The approver sees the difference to the version before, and what must be looked at. A price
    below cost (R-11) asks finance and compliance too: their approval, with its reason, lets it
    pass. Writes
    one audit row here and one for the request. Raises Invalid, NotAllowed (a rule), Conflict.
    """
    with transaction.atomic():
        seen = row_to_write(actor, agreement_id)
        version = as_version(seen, working_row(seen), None)
    found = (
        *check(actor, version, account_id=seen.account_id, complete=True),
        *cost_findings(version, seen.account_id),
    )
    _screen(actor, seen, version)
    with transaction.atomic():
        row = row_to_write(actor, agreement_id)
        stored_version, old = working_row(row), told(row)
        step(stored_version, S.IN_REVIEW)
        write_state(row, stored_version, S.IN_REVIEW)
        keep(actor, row, "submit", old, expected=expected_version)
        request_approval(actor=actor, ask=_ask(row, stored_version, found))
    return stored(row)


def take_decision(*, request_id: int) -> None:
    """Move a version on as its request was answered; idempotent, and only for what was asked.

    Who wrote a part of it cannot have approved it (rule R-24): it goes back to the draft.
    """
    request = approval_request(request_id)
    if request.kind is not SubjectKind.AGREEMENT or request.state not in (
        RequestState.APPROVED,
        RequestState.RETURNED,
    ):
        return
    with transaction.atomic():
        version = (
            models.AgreementVersion.objects.select_for_update()
            .filter(pk=request.subject_id, state=S.IN_REVIEW.value)
            .first()
        )
        if version is None:
            return
        row = models.Agreement.objects.select_for_update().get(pk=version.agreement_id)
        if approved_content(row, version) != request.content_hash:
            return
        old = told(row)
        wrote = {item.user_id for item in request.decisions} & set(version.authors)
        approved = request.state is RequestState.APPROVED and not wrote
        write_state(row, version, S.APPROVED if approved else S.DRAFT)
        why = request.decisions[-1].reason if request.decisions else ""
        if wrote and request.state is RequestState.APPROVED:
            why = "Approved by somebody who wrote it: a second person is needed."
        keep(SYSTEM, row, "approve" if approved else "return", old, why=why)


def offer(*, actor: Actor, agreement_id: int, expected_version: int) -> Agreement:
    """Note that the approved version was handed to the customer."""
    with transaction.atomic():
        row = row_to_write(actor, agreement_id)
        version, old = working_row(row), told(row)
        step(version, S.OFFERED)
        write_state(row, version, S.OFFERED)
        keep(actor, row, "offer", old, expected=expected_version)
    return stored(row)


def step(version: models.AgreementVersion, following: AgreementState) -> None:
    """Raise Conflict unless the version may go there from where it stands."""
    if not may_follow(AgreementState(version.state), following):
        raise Conflict(_("The agreement stands elsewhere by now. Open it again."), code="state")


def approved_content(row: models.Agreement, version: models.AgreementVersion) -> str:
    """Return the hash of all that is approved: the head and the terms of a draft."""
    head = row.snapshot()
    kept = ("number", "kind", "account", "currency", "law", "maker_entity", "customer_entity")
    return content_hash(
        {
            **{name: head[name] for name in kept},
            "starts": version.starts.isoformat(),
            "ends": (version.ends or row.ends).isoformat(),
            "version": version.number,
            "terms": version.terms,
        }
    )


def _screen(actor: Actor, row: models.Agreement, version: AgreementVersion) -> None:
    terms = terms_of(version)
    subject = ("agreement", row.pk)
    texts = [f"{clause.heading} {clause.text}" for clause in terms.clauses]
    texts += [f"{w.heading} {w.text}" for clause in terms.clauses for w in clause.versions]
    texts += [f"{one.label} {one.note} {one.payment_terms}" for one in terms.conditions]
    hits = screen(
        actor=actor, context="text", subject=subject, facts={"text": " ".join(texts)},
        account_id=row.account_id,
    )  # fmt: skip
    refuse_if_stopped(hits)
    facts = {"exclusive": terms.exclusive, SHARE_OF_WALLET: terms.share_of_wallet_pct}
    loyal = screen(
        actor=actor, context="condition", subject=subject, facts=facts, account_id=row.account_id
    )
    refuse_if_stopped(loyal)


def _ask(row: models.Agreement, version: models.AgreementVersion, found: Sequence[Finding]) -> Ask:
    whole = stored(row)
    new = next(one for one in whole.versions if one.number == version.number)
    before = next((one for one in reversed(whole.versions) if one.number < new.number), None)
    title = f"{row.number} {row.title}".strip()
    evidence = {"agreement": row.number, "effective": str(new.effective)}
    return Ask(
        kind=SubjectKind.AGREEMENT,
        subject_id=str(version.pk),
        title=f"{title}, v{version.number}" if version.number > 1 else title,
        content_hash=approved_content(row, version),
        facts=_facts(new, found),
        changes=_changes(before, new, found),
        evidence=evidence,
        account_id=row.account_id,
    )


def _changes(
    before: AgreementVersion | None, new: AgreementVersion, found: Sequence[Finding]
) -> tuple[Change, ...]:
    """What changes and what must be looked at, in every language an approver may read."""
    told: dict[str, list[list[str]]] = {}
    here = get_language() or "en"
    for language in dict.fromkeys([here, *(code for code, _name in settings.LANGUAGES)]):
        with override(language):
            told[language] = [
                *([_("To be looked at"), "", text, ""] for text in told_with_rules(found, new)),
                *([one.place, one.old, one.new, ""] for one in redline(before, new)),
            ][:LINES]
    lines = told.pop(here)
    others = {code: held for code, held in told.items() if len(held) == len(lines)}
    return tuple(
        Change(line[0], line[1], line[2], told={code: held[place] for code, held in others.items()})
        for place, line in enumerate(lines)
    )


def _facts(version: AgreementVersion, found: Sequence[Finding]) -> Facts:
    """What the approval matrix looks at; a flag calls those who decide it, with a reason."""
    days = version.effective.days
    flags = {"back_dated"} if version.effective.start < timezone.localdate() else set()
    flags |= {"below_cost"} if any(one.code == "below_cost" for one in found) else set()
    return Facts(
        currency=version.currency,
        discount_pct=_deepest(terms_of(version)),
        term_months=max(1, round(days / 30.4375)),
        flags=frozenset(flags),
    )


def _deepest(terms: Terms) -> Decimal | None:
    rates = [
        tier.rate
        for condition in terms.conditions
        if condition.rate_kind is RateKind.PERCENT
        for tier in condition.tiers
    ]
    return max(rates, default=None)
