"""What stands between an offer and its approval, with the sentence that says why."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_dimension
from keystead.agreements.queries import agreement_for, agreements_for, in_force
from keystead.agreements.queries.agreements import terms_of
from keystead.agreements.queries.findings import sentence
from keystead.agreements.rules import Known
from keystead.agreements.rules import check as term_findings
from keystead.agreements.types import AgreementState, AgreementVersion, Finding, Terms
from keystead.governance.queries.approvals import latest
from keystead.governance.queries.compliance import hits_on
from keystead.governance.queries.compliance import rules as compliance_rules
from keystead.governance.queries.rule_words import sentence as rule_sentence
from keystead.governance.rules.approvals import content_hash
from keystead.governance.rules.compliance import check as rule_hits
from keystead.governance.services.compliance import STOPS
from keystead.governance.types.approvals import ApprovalRequest, RequestState, SubjectKind
from keystead.governance.types.compliance import Hit, Level
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.metrics.calc.definitions import ALL
from keystead.profitability.calc.whatif.answers import Forecast, at_forecast
from keystead.profitability.calc.whatif.checks import (
    below_cost,
    difference_pct,
    largest_jump_pct,
    retroactive,
)
from keystead.profitability.calc.whatif.naming import Approximation, approximations
from keystead.profitability.calc.whatif.trying import Trial, version_of
from keystead.profitability.calc.whatif.written import offer_written
from keystead.profitability.queries.offers.trials import trial_of
from keystead.profitability.types.offers import Answer, Offer, OfferCase

RESALE: Final = frozenset(metric.id for metric in ALL if metric.resale_price)
RUNNING: Final = (AgreementState.ACTIVE, AgreementState.EXPIRING)
# Said by governance with the facts of the offer, or by the approval itself.
ELSEWHERE: Final = frozenset({"R-10", "R-23"})
COMPARED: Final = 3
LATER: Final = frozenset({"empty", "ledger_code"})


@dataclasses.dataclass(frozen=True)
class Breach:
    """One rule or contradiction: its id (empty for the latter), the sentence, does it stop?"""

    rule: str
    text: str
    stops: bool
    condition: str = ""
    field: str = ""
    allowed: bool = False


@dataclasses.dataclass(frozen=True)
class Sending:
    """What stops an offer, what an approver must look at, and where its approval stands."""

    breaches: tuple[Breach, ...]
    retroactive: tuple[str, ...]
    facts: dict[str, dict[str, Any]]
    request: ApprovalRequest | None
    current: bool
    approximations: tuple[Approximation, ...] = ()

    @property
    def stops(self) -> tuple[Breach, ...]:
        return tuple(one for one in self.breaches if one.stops)

    @property
    def may_send(self) -> bool:
        waits = self.current and self.request is not None and self.request.state in (
            RequestState.OPEN, RequestState.APPROVED
        )  # fmt: skip
        return not self.stops and not waits


def sending(actor: Actor, case: OfferCase, found: Answer) -> Sending:
    """Return what the rules say of an offer, with what compliance decided on it before."""
    offer, trial = found.offer, trial_of(actor, case, found.offer)
    version = version_of(trial.book, offer.terms)
    forecast = at_forecast(trial, offer, case.today)
    lost = below_cost(version, forecast.rows, found)
    breaches = [_of_finding(one, version) for one in _findings(case, offer, version)]
    facts = _facts(actor, case, offer, forecast, lost)
    covered = frozenset({*(one.rule for one in breaches), *(one.rule for one in lost)})
    ruled = _of_rules(case, offer, facts, covered=covered)
    allowed = any(one.rule == "R-11" and one.allowed for one in ruled)
    breaches += [_of_finding(one, version, allowed=allowed) for one in lost]
    breaches += [one for one in ruled if not (lost and one.rule == "R-11")]
    request = latest(SubjectKind.OFFER, subject_of(case, offer)[1])
    current = request is not None and request.content_hash == hash_of(case, offer)
    taken = approximations(offer.terms, trial.book.shifting)
    return Sending(tuple(breaches), retroactive(version), facts, request, current, taken)


def contradictions(actor: Actor, case: OfferCase, offer: Offer) -> tuple[Breach, ...]:
    """Return what makes terms impossible: with any of it they are neither tried nor saved.

    What may still be missing while one plays (a ledger account, the first condition) is none.
    """
    version = version_of(trial_of(actor, case, offer).book, offer.terms)
    return tuple(
        _of_finding(one, version)
        for one in _findings(case, offer, version)
        if one.level is Level.BLOCK and one.code not in LATER
    )


def subject_of(case: OfferCase, offer: Offer) -> tuple[str, str]:
    """Return what an approval and a rule's hit are about."""
    return "offer", f"{case.id}:{offer.key}"


def hash_of(case: OfferCase, offer: Offer) -> str:
    """Return the hash of all that is approved: the offer, its term, currency and customer."""
    return content_hash(
        {
            "offer": offer_written(offer),
            "starts": case.span.start.isoformat(),
            "ends": case.span.end.isoformat(),
            "currency": case.currency,
            "account": case.account_id,
        }
    )


def _findings(case: OfferCase, offer: Offer, version: AgreementVersion) -> list[Finding]:
    known = Known(
        today=timezone.localdate(),
        resale_price_metrics=RESALE,
        dominant_product=case.setting.dominant,
    )
    found = []
    for one in term_findings(version, known):
        if one.rule in ELSEWHERE or (one.code == "empty" and offer.moves):
            continue
        found.append(one)
    return found


def _of_finding(found: Finding, version: AgreementVersion, *, allowed: bool = False) -> Breach:
    text = sentence(found, version)
    if found.code == "below_cost":
        text = f"{text} ({found.values['sku']})"
    stops = found.level is Level.BLOCK or found.rule in ("R-09", "R-11")
    return Breach(found.rule, text, stops and not allowed, found.condition, found.field, allowed)


def _facts(
    actor: Actor, case: OfferCase, offer: Offer, forecast: Forecast, lost: tuple[Finding, ...]
) -> dict[str, dict[str, Any]]:
    terms = offer.terms
    texts = [offer.name, offer.reason, *(clause.text for clause in terms.clauses)]
    texts += [f"{one.label} {one.note} {one.payment_terms}" for one in terms.conditions]
    jump = largest_jump_pct(version_of(trial_of(actor, case, offer).book, terms))
    wallet = terms.share_of_wallet_pct
    apart = _terms_differ(actor, case, forecast)
    return {
        "condition": {
            "exclusive": terms.exclusive,
            "share_of_wallet_pct": None if wallet is None else str(wallet),
            "dominant_product": case.setting.dominant,
            "year_end_jump_pct": str(round(jump, 2)),
            "below_cost": bool(lost),
            "tier": lost[0].values["tier"] if lost else None,
        },
        "text": {"text": " ".join(text for text in texts if text)},
        "agreement": {
            "terms_differ_pct": None if apart is None else str(round(apart, 1)),
            "objective_reason": offer.reason or None,
        },
    }


def _of_rules(
    case: OfferCase, offer: Offer, facts: dict[str, dict[str, Any]], covered: frozenset[str]
) -> list[Breach]:
    rules, today = compliance_rules(), timezone.localdate()
    decided = {
        (one.hit.rule_id, str(one.hit.evidence)): one.state
        for one in reversed(hits_on(subject_of(case, offer)))
    }
    hits: list[Hit] = []
    for context, held in facts.items():
        hits += rule_hits(rules, context, held, on=today)
    found = []
    for hit in hits:
        allowed = decided.get((hit.rule_id, str(hit.evidence))) == "allowed"
        if hit.rule_id in covered and not allowed:
            continue
        text = rule_sentence(hit.rule_id, hit.message)
        found.append(Breach(hit.rule_id, text, hit.level in STOPS and not allowed, allowed=allowed))
    return found


def _terms_differ(actor: Actor, case: OfferCase, ours: Forecast) -> Decimal | None:
    """How far our price level is from that of comparable customers, the farthest one.

    Comparable: same segment, same currency, a running agreement that the reader may see; their
    terms are tried on the sales of this case. None where nobody is comparable.
    """
    if ours.listed <= 0:
        return None
    level = ours.net_net / ours.listed
    levels = [one for one in _levels(actor, case) if one > 0]
    return max((difference_pct(level, one) for one in levels), default=None)


def _levels(actor: Actor, case: OfferCase) -> list[Decimal]:
    trial = trial_of(actor, case)
    segments = _segments()
    own = segments.get(case.account_id, "")
    if not own:
        return []
    heads = [
        one
        for one in agreements_for(actor)
        if one.state in RUNNING
        and one.currency == case.currency
        and one.account_id != case.account_id
        and segments.get(one.account_id) == own
    ]
    found = []
    for head in heads[:COMPARED]:
        key = ("level", head.id, head.version)
        if key not in trial.levels:
            trial.levels[key] = _level(actor, case, trial, head.id)
        found.append(trial.levels[key])
    return found


def _segments() -> dict[int, str]:
    table = account_dimension()
    columns = (table.column(name).to_pylist() for name in ("account_id", "segment"))
    return {account: segment or "" for account, segment in zip(*columns, strict=True)}


def _level(actor: Actor, case: OfferCase, trial: Trial, agreement_id: int) -> Decimal:
    """The price level of somebody else's terms on these sales; zero where they do not fit."""
    whole = in_force(agreement_for(actor, agreement_id))
    if not whole.versions:
        return Decimal(0)
    terms = dataclasses.replace(terms_of(whole.versions[-1]), prices=(), baselines=())
    try:
        tried = at_forecast(trial, Offer("other", "", _anywhere(terms)), case.today)
    except Invalid:
        return Decimal(0)
    return tried.net_net / tried.listed if tried.listed > 0 else Decimal(0)


def _anywhere(terms: Terms) -> Terms:
    """Terms that name accounts or outlets of another customer cannot be tried here: those go."""
    kept = tuple(
        one
        for one in terms.conditions
        if not (one.scope.include.accounts or one.scope.include.ship_tos)
    )
    return dataclasses.replace(terms, conditions=kept)


def differs_words(found: Sending) -> str:
    """Return how far the terms are from those of comparable customers, in words; may be empty."""
    apart = found.facts["agreement"]["terms_differ_pct"]
    if apart is None:
        return ""
    return _("Against comparable customers the net price differs by up to %(pct)s %%.") % {
        "pct": apart
    }
