"""Cases and splits as plain values for the API. What is ours alone is in none of them.

An answer of the API goes where we do not see it: so nothing private is in it, whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keystead.kernel.money import minor_units
from keystead.kit.office.documents.shelf import Template
from keystead.negotiation.calc.privacy import for_customer
from keystead.negotiation.calc.value.economic import economic_value
from keystead.negotiation.calc.value.publishing import publishing_years
from keystead.negotiation.types.plans import AgreedSplit, FeePlan, Signing
from keystead.negotiation.types.room import Concession, Negotiation, Objection, SentOffer
from keystead.negotiation.types.value import ValueOfUse, ValueStory

Body = dict[str, Any]


def case_body(found: Negotiation) -> Body:
    """Return the head and the issues of a case."""
    body: Body = for_customer(found)
    return body


def case_parts(
    offers: Iterable[SentOffer],
    concessions: Iterable[Concession],
    objections: Iterable[Objection],
    signings: Iterable[Signing],
) -> Body:
    """Return what hangs on a case. Objections hold our answers: only what they say is told."""
    return {
        "offers": [for_customer(one) for one in offers],
        "concessions": [for_customer(one) for one in concessions],
        "objections": [{"id": one.id, "text": one.text} for one in objections],
        "signings": [
            {
                "offer_id": one.offer_id, "agreement_id": one.agreement_id,
                "agreement_version": one.version_number, "plan_id": one.plan_id,
                "on": one.on.isoformat(), "currency": one.currency,
                "invoices": [
                    {"account_id": part.account_id, "code": part.code, "number": part.number,
                     "due": part.due.isoformat(), "amount": f"{part.amount:f}"}
                    for part in one.invoices if not part.hidden
                ],
            }
            for one in signings
        ],
    }  # fmt: skip


def value_body(story: ValueStory, use: ValueOfUse) -> Body:
    """Return a value story as the customer may see it, with the use of twelve months."""
    found = economic_value(story.lines, story.currency, story.price)
    years = publishing_years(story.articles, story.read_fees, minor_units(story.currency))
    body: Body = {
        "account_id": story.account_id, "deal": story.negotiation_id, "currency": story.currency,
        "lines": [
            {**for_customer(one), "worth": for_customer(worth)} for one, worth in found.lines
        ],
        "total": for_customer(found.total), "confirmed_pct": for_customer(found.confirmed_pct),
        "first_day": use.period.start.isoformat(), "last_day": use.period.last.isoformat(),
        "fee": for_customer(use.fee), "fee_from": use.fee_from,
        **{name: [for_customer(one) for one in getattr(use, name)]
           for name in ("titles", "members", "packages")},
        "entitled_titles": use.entitled, "unused_titles": list(use.unused),
        "beyond": [{"title": one.name, "uses": f"{one.uses:f}"} for one in use.beyond],
        "publishing": [for_customer(one) for one in years],
    }  # fmt: skip
    return body


def template_body(one: Template) -> Body:
    """Return a letter template of the house, without its file."""
    return {
        "id": one.id, "name": one.name, "language": one.language, "size_bytes": one.size_bytes,
        "added_at": one.added_at.isoformat(), "added_by": one.added_by, "version": one.version,
    }  # fmt: skip


def plan_body(found: FeePlan, split: AgreedSplit | None = None) -> Body:
    """Return a split; with its shares where they are given. Amounts are decimal text."""
    body: Body = {
        "id": found.id, "account_id": found.account_id, "name": found.name,
        "number": found.number, "state": found.state.value, "version": found.version,
        "first_day": found.period.start.isoformat(), "last_day": found.period.last.isoformat(),
        "currency": found.currency, "total": f"{found.total.amount:f}",
        "method": for_customer(dict(found.rules.method)), "members": len(found.members),
    }  # fmt: skip
    if split is not None:
        body |= {
            "agreed_on": split.agreed_on.isoformat(),
            "shares": [
                {"account_id": one.account_id, "code": one.code, "name": one.name,
                 "joined": one.joined, "fee": f"{one.fee:f}",
                 "share_pct": f"{one.share_pct:f}",
                 "previous": None if one.previous is None else f"{one.previous:f}",
                 "held_by": one.bound.value if one.bound else None, "reason": one.reason}
                for one in split.shares if not one.hidden
            ],
        }  # fmt: skip
    return body
