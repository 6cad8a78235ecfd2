"""Send an offer: for approval with its P&L, before compliance, into a contract."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.agreements.queries import agreement_for
from keystead.agreements.queries.agreements import working
from keystead.agreements.queries.redline import redline
from keystead.agreements.services import amend, create_agreement, edit_draft
from keystead.agreements.types import (
    Agreement,
    AgreementKind,
    AgreementState,
    Head,
    RateKind,
    Terms,
)
from keystead.governance.services.approvals import request_approval
from keystead.governance.services.compliance import refuse_if_stopped, screen
from keystead.governance.types.approvals import ApprovalRequest, Ask, Change, Facts, SubjectKind
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import Actor
from keystead.profitability.calc.whatif.answers import at_forecast
from keystead.profitability.calc.whatif.pricing import move_of
from keystead.profitability.calc.whatif.starting import contract_terms
from keystead.profitability.calc.whatif.trying import version_of
from keystead.profitability.queries.offers.cases import case_for, stored_case
from keystead.profitability.queries.offers.sending import (
    RUNNING,
    Sending,
    hash_of,
    sending,
    subject_of,
)
from keystead.profitability.queries.offers.trials import answer_of, trial_of
from keystead.profitability.services.offers import keep, row_to_change
from keystead.profitability.types.offers import Answer, Offer, OfferCase


def submit_offer(*, actor: Actor, case_id: int, expected_version: int, key: str) -> ApprovalRequest:
    """Put a stored offer up for approval, with its P&L and odds as evidence.

    The hash of its content goes with the request: a later change is seen. What blocks, and each
    rule that compliance has not allowed, is refused with its sentence; hits stay on record. The
    request writes the one audit row. Raises Invalid, NotAllowed (a rule), Conflict.
    """
    case, found = _looked_at(actor, case_id, expected_version, key)
    view = sending(actor, case, found)
    blocking = [one for one in view.stops if not one.rule or one.rule in ("R-09", "R-01")]
    if blocking:
        raise Invalid(
            blocking[0].text, code="offer_stopped", fields={"": " ".join(b.text for b in blocking)}
        )
    _screened(actor, case, found.offer, view)
    with transaction.atomic():
        row = row_to_change(actor, case_id)
        _same(row.version, expected_version)
        return request_approval(actor=actor, ask=_ask(actor, case, found, view))


def ask_compliance(*, actor: Actor, case_id: int, expected_version: int, key: str) -> int:
    """Put what the rules found before compliance; returns how many rules are stored on the offer.

    Only compliance decides them, with a reason (``governance.services.compliance.decide_hit``).
    """
    actor.require("agreements.edit")
    case, found = _looked_at(actor, case_id, expected_version, key)
    view = sending(actor, case, found)
    hits = 0
    for context, facts in view.facts.items():
        hits += len(
            screen(
                actor=actor, context=context, subject=subject_of(case, found.offer), facts=facts,
                account_id=case.account_id,
            )
        )  # fmt: skip
    return hits


def make_contract(
    *, actor: Actor, case_id: int, expected_version: int, key: str
) -> tuple[OfferCase, Agreement]:
    """Turn an offer into a draft: an amendment where the agreement runs through the term's start.

    Everything the offer says is taken over: terms, prices written out per product, dates, parties
    of the agreement it began from. The case remembers what was made. Raises what the agreements
    room refuses; then nothing is written.
    """
    actor.require("agreements.edit")
    case, found = _looked_at(actor, case_id, expected_version, key)
    terms = _contract_terms(actor, case, found.offer)
    with transaction.atomic():
        row = row_to_change(actor, case_id)
        _same(row.version, expected_version)
        old = row.snapshot()
        made = _drafted(actor, case, found.offer, terms)
        row.made_agreement_id, row.made_offer = made.id, key
        keep(actor, row, "contract", old, expected_version)
    return stored_case(row), made


def _looked_at(actor: Actor, case_id: int, expected: int, key: str) -> tuple[OfferCase, Answer]:
    case = case_for(actor, case_id)
    with transaction.atomic():
        row_to_change(actor, case_id)  # the right to write, before anything is worked out
    _same(case.version, expected)
    offer = case.offer(key)
    if offer is None:
        raise NotFound(_("There is no such offer."), code="offer_not_found")
    return case, answer_of(actor, case, offer)


def _same(version: int, expected: int) -> None:
    if version != expected:
        raise Conflict(
            _("Somebody else changed this in the meantime."), hint=_("Open it again, then send.")
        )


def _screened(actor: Actor, case: OfferCase, offer: Offer, view: Sending) -> None:
    for context, facts in view.facts.items():
        hits = screen(
            actor=actor, context=context, subject=subject_of(case, offer), facts=facts,
            account_id=case.account_id,
        )  # fmt: skip
        refuse_if_stopped(hits)


def _ask(actor: Actor, case: OfferCase, found: Answer, view: Sending) -> Ask:
    offer, trial = found.offer, trial_of(actor, case, found.offer)
    before, after = version_of(trial.book, case.today), version_of(trial.book, offer.terms)
    changes = [
        Change(one.place, one.old, one.new)
        for one in redline(before, after)
        if one.place
    ]  # fmt: skip
    account = account_for(actor, case.account_id)
    return Ask(
        kind=SubjectKind.OFFER,
        subject_id=subject_of(case, offer)[1],
        title=f"{account.name}: {case.name}, {offer.name}",
        content_hash=hash_of(case, offer),
        facts=_facts(case, offer, found),
        changes=tuple(changes[:60]),
        evidence=_evidence(case, found, view),
        account_id=case.account_id,
    )


def _facts(case: OfferCase, offer: Offer, found: Answer) -> Facts:
    rates = [
        tier.rate
        for one in offer.terms.conditions
        if one.rate_kind is RateKind.PERCENT
        for tier in one.tiers
    ]
    flags = {"back_dated"} if case.span.start < timezone.localdate() else set()
    return Facts(
        amount=found.total,
        currency=case.currency,
        discount_pct=max(rates, default=None),
        term_months=len(case.span.month_starts()),
        flags=frozenset(flags),
    )


def _evidence(case: OfferCase, found: Answer, view: Sending) -> dict[str, Any]:
    """The P&L and the odds as text: what the approver sees is what the author saw."""
    odds = found.odds
    told = {
        "term": str(case.span),
        "currency": case.currency,
        "list sales": str(found.list_sales),
        "invoice sales": str(found.invoice),
        "rebates and fees at the forecast": str(found.total),
        "net-net sales": str(found.net_net),
        "expected payout": _money(odds.expected),
        "payout P10, P50, P90": ", ".join(_money(v) for v in (odds.low, odds.middle, odds.high)),
        "draws": f"{odds.draws}, seed {case.setting.seed}, ledger {case.commit}",
    }
    if found.margin is not None:
        told["margin after cost of goods"] = str(found.margin)
    looked = [one.text for one in view.breaches if not one.stops]
    if looked:
        told["look at"] = " ".join(looked)
    taken = [f"{one.condition}: {one.text}" for one in view.approximations]
    if taken:
        told["taken for granted"] = " ".join(taken)
    if found.offer.reason:
        told["reason for the difference"] = found.offer.reason
    return told


def _money(value: float) -> str:
    return str(Decimal(repr(value)).quantize(Decimal("0.01")))


def _contract_terms(actor: Actor, case: OfferCase, offer: Offer) -> Terms:
    trial = trial_of(actor, case, offer)
    rows = at_forecast(trial, offer, case.today).rows
    touched = frozenset(
        row.sold.product_id
        for row in rows
        if row.sold.product_id and move_of(offer.moves, row.sold) is not None
    )
    return contract_terms(offer, rows, touched, case.currency)


def _drafted(actor: Actor, case: OfferCase, offer: Offer, terms: Terms) -> Agreement:
    source = agreement_for(actor, case.agreement_id) if case.agreement_id else None
    if source is not None and _amends(source, case):
        why = _("From the offers “%(case)s”: %(offer)s.") % {
            "case": case.name, "offer": offer.name
        }  # fmt: skip
        begun = amend(
            actor=actor, agreement_id=source.id, expected_version=source.version,
            starts=case.span.start, reason=why,
        )  # fmt: skip
        return edit_draft(
            actor=actor, agreement_id=begun.id, expected_version=begun.version,
            head=_head(actor, case, offer, begun), terms=terms,
        )  # fmt: skip
    renews = source.id if source is not None and source.state in RUNNING else None
    return create_agreement(
        actor=actor, head=_head(actor, case, offer, source), terms=terms, renews=renews
    )


def _amends(source: Agreement, case: OfferCase) -> bool:
    """Whether the term begins while the agreement runs, and nothing else is being written."""
    return (
        source.state in (AgreementState.ACTIVE, AgreementState.EXPIRING)
        and source.versions[-1].effective.start < case.span.start < source.valid.end
        and working(source.versions) is None
    )


def _head(actor: Actor, case: OfferCase, offer: Offer, source: Agreement | None) -> Head:
    account = account_for(actor, case.account_id)
    head = Head(
        account_id=case.account_id,
        kind=AgreementKind.ANNUAL,
        starts=case.span.start,
        last=case.span.last,
        currency=case.currency,
        title=f"{case.name}: {offer.name}"[:160],
        customer_entity=account.name,
        owner_id=actor.user_id,
    )
    if source is None:
        return head
    return dataclasses.replace(
        head,
        kind=source.kind,
        maker_entity=source.maker_entity,
        customer_entity=source.customer_entity or account.name,
        law=source.law,
        owner_id=source.owner_id or actor.user_id,
        notice_days=source.notice_days,
    )
