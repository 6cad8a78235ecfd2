"""An answer as plain values, for the API."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from keystead.profitability.calc.whatif.written import offer_written
from keystead.profitability.queries.offers.sending import Sending
from keystead.profitability.types.offers import Answer, OfferCase

Plain = dict[str, Any]


def case_body(case: OfferCase) -> Plain:
    """Return a case: what its offers share, and the offers as they are stored."""
    return {
        "id": case.id,
        "account_id": case.account_id,
        "name": case.name,
        "term": str(case.span),
        "currency": case.currency,
        "version": case.version,
        "seed": case.setting.seed,
        "commit": case.commit,
        "agreement_id": case.agreement_id,
        "made_agreement": case.made_agreement,
        "offers": [offer_written(one) for one in case.offers],
    }


def answer_body(found: Answer, view: Sending) -> Plain:
    """Return an answer: exact amounts as text, expectations and odds as numbers."""
    odds, even = found.odds, found.break_even
    return {
        "offer": found.offer.key,
        "currency": found.currency,
        "list_sales": str(found.list_sales),
        "invoice_sales": str(found.invoice),
        "payout": str(found.total),
        "net_net_sales": str(found.net_net),
        "margin": None if found.margin is None else str(found.margin),
        "effective_rate_pct": _text(found.effective),
        "marginal_rate": found.marginal,
        "marginal_rate_expected": found.pull,
        "expected": odds.expected,
        "p10": odds.low,
        "p50": odds.middle,
        "p90": odds.high,
        "spread": odds.spread,
        "spread_if_independent": odds.apart,
        "draws": odds.draws,
        "paid": [
            {
                "condition": one.condition,
                "at_forecast": str(one.at_forecast),
                "expected": one.expected,
            }
            for one in found.paid
        ],
        "tiers": [
            {**dataclasses.asdict(one), "period": str(one.period), "lower": str(one.lower),
             "rate": str(one.rate)}
            for one in found.tiers
        ],
        "next_tier": None if found.ahead is None else {
            "condition": found.ahead.condition, "tier": found.ahead.place,
            "gap": found.ahead.gap, "gain": found.ahead.gain,
        },
        "break_even": None if even is None else {
            "of": even.of, "today": str(even.today), "ranges": [list(one) for one in even.ranges],
        },
        "commitment_odds": found.commitment,
        "breaches": [
            {"rule": one.rule, "text": one.text, "stops": one.stops, "condition": one.condition}
            for one in view.breaches
        ],
        "approximated": [
            {"condition": one.condition, "text": one.text} for one in view.approximations
        ],
        "may_send": view.may_send,
    }  # fmt: skip


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(round(value, 6))
