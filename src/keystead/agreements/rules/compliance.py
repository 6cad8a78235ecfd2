"""Are the terms allowed? The rules R-01 and following, with the sentence that says why.

Field reference 3.2. Levels here are those shipped; a company's own row of a rule is applied by
governance when the terms are sent in. Law is a design input, not legal advice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from keystead.agreements.calc.earn import tiers_table
from keystead.agreements.calc.tiers import cliffs
from keystead.agreements.rules.known import Known
from keystead.agreements.rules.marking import gettext_noop as _
from keystead.agreements.types import (
    SERVICES,
    AgreementVersion,
    Condition,
    Finding,
    Measure,
    Method,
    RateKind,
    Timing,
)
from keystead.governance.types.compliance import Level

SHARE_OF_WALLET: Final = Decimal(80)
YEAR_END_JUMP_PCT: Final = Decimal(5)


def compliance_findings(version: AgreementVersion, known: Known) -> Iterator[Finding]:
    """Yield where the terms of a version touch a rule."""
    for condition in version.conditions:
        yield from _resale_price(condition, known)
        yield from _proof(condition)
        yield from _booked(condition)
        yield from _payee(condition, known)
        yield from _below_cost(version, condition, known)
        yield from _jump(version, condition, known)
    wallet = version.share_of_wallet_pct
    if version.exclusive or (wallet is not None and wallet > SHARE_OF_WALLET):
        yield _loyalty("")
    yield from back_dated(version, known.today)


def _resale_price(condition: Condition, known: Known) -> Iterator[Finding]:
    read = [(condition.tier_measure, condition.tier_metric, "tier_metric"),
            (condition.benefit_measure, condition.benefit_metric, "benefit_metric")]  # fmt: skip
    read += [(target.measure, target.metric, "targets") for target in condition.targets]
    named = [(metric, field) for measure, metric, field in read if measure is Measure.METRIC]
    named += [(gate.name, "gates") for gate in condition.gates]
    for metric, field in named:
        if metric in known.resale_price_metrics:
            yield Finding(
                "resale_price",
                _("A benefit or target may not depend on the customer's resale price."),
                condition=condition.key,
                field=field,
                rule="R-01",
            )


def _proof(condition: Condition) -> Iterator[Finding]:
    lump = condition.timing is Timing.LUMP and condition.tier_measure is Measure.NONE
    if condition.family not in SERVICES and not lump:
        return
    service = condition.service
    if service is None or not (
        service.deliverable and service.proof and service.due and service.fair_value_note
    ):
        yield Finding(
            "service",
            _("A fee needs a deliverable, dates, a proof and a note on its fair value."),
            Level.REVIEW,
            condition.key,
            "service",
            "R-09",
        )


def _booked(condition: Condition) -> Iterator[Finding]:
    if condition.timing is not Timing.ON_INVOICE and condition.tiers and not condition.gl_code:
        yield Finding(
            "ledger_code",
            _("Discounts must be open and booked: name the ledger account."),
            condition=condition.key,
            field="gl_code",
            rule="R-13",
        )


def _payee(condition: Condition, known: Known) -> Iterator[Finding]:
    if condition.payee and known.customer_entity and condition.payee != known.customer_entity:
        yield Finding(
            "payee",
            _("Pay the contracting entity only."),
            condition=condition.key,
            field="payee",
            rule="R-12",
        )


def _below_cost(version: AgreementVersion, condition: Condition, known: Known) -> Iterator[Finding]:
    """The price after the rate of each tier, against cost or the agreed floor (the higher one)."""
    if known.unit_price is None or known.unit_cost is None or condition.rate_kind not in (
        RateKind.PERCENT, RateKind.PER_UNIT
    ):  # fmt: skip
        return
    others = known.other_rates_pct.get(condition.key, Decimal(0))
    for place, tier in enumerate(tiers_table(condition, version.effective.last).tiers, 1):
        off = known.unit_price * others / 100
        percent = condition.rate_kind is RateKind.PERCENT
        off += known.unit_price * tier.rate / 100 if percent else tier.rate
        if known.unit_price - off < known.unit_cost:
            yield Finding(
                "below_cost",
                _("Price below cost at tier {tier}."),
                Level.REVIEW,
                condition.key,
                "tiers",
                "R-11",
                {"tier": place},
            )
            return


def _jump(version: AgreementVersion, condition: Condition, known: Known) -> Iterator[Finding]:
    """An all-units step of a dominant product whose jump is large against its threshold."""
    if not known.dominant_product or condition.method is not Method.ALL_UNITS:
        return
    for threshold, jump in cliffs(tiers_table(condition, version.effective.last)):
        if threshold > 0 and jump * 100 > threshold * YEAR_END_JUMP_PCT:
            yield _loyalty(condition.key)
            return


def _loyalty(key: str) -> Finding:
    return Finding(
        "loyalty",
        _("Loyalty-type rebate by a strong supplier. Legal effects check needed."),
        Level.REVIEW,
        key,
        "tiers" if key else "exclusive",
        "R-10",
    )


def back_dated(version: AgreementVersion, today: date) -> Iterator[Finding]:
    """Yield a finding where terms would hold for days that are already gone."""
    if version.effective.start < today and version.signed_on is None:
        yield Finding(
            "back_dated",
            _("Back-dated term; needs two approvals."),
            Level.REVIEW,
            field="effective",
            rule="R-23",
        )


def own_approval(author_id: int | None, approver_id: int | None) -> Iterator[Finding]:
    """Yield a finding where somebody would approve what they asked for themselves."""
    if author_id is not None and author_id == approver_id:
        yield Finding("own_approval", _("Second person needed."), rule="R-24")


def copied_terms(source_tree: frozenset[int], target_account: int) -> Iterator[Finding]:
    """Yield a finding where terms of one customer would be copied into another's agreement.

    ``source_tree``: the account the terms come from, with all of its own group.
    """
    if target_account not in source_tree:
        yield Finding(
            "other_customer",
            _("Contains another customer's confidential data."),
            field="copy_from",
            rule="R-08",
        )


def payment_findings(condition: Condition, evidence: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what stops a payment: a service without proof, a discount that is not booked."""
    if condition.family in SERVICES and not evidence:
        yield Finding(
            "no_proof",
            _("No proof of service. Payment stopped."),
            condition=condition.key,
            field="service",
            rule="R-09",
        )
    yield from _booked(condition)
