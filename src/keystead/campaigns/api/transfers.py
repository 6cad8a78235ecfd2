"""JSON endpoint: what holds for transfers of value in each country, and since when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from keystead.campaigns.queries.transfers import KeptRule, kept_rules
from keystead.kit.access import actor_of, policy

router = Router()


class TransferRuleBody(Schema):
    """``hospitality`` is the limit for a person at a meal (R-16), null for none.

    ``discloses``: what doctors and hospitals receive is disclosed (R-15). ``by`` is empty for
    a rule that was shipped.
    """

    country: str
    starts: date
    discloses: bool
    hospitality: str | None
    currency: str
    rests_on: str
    by: str
    at: str


@router.get("/transfer-rules", response=list[TransferRuleBody])
@policy("campaigns.view")
def transfer_rules(
    request: HttpRequest, country: str = "", on: date | None = None
) -> list[dict[str, Any]]:
    """The rules by country, the latest day first; with ``on`` only what holds on that day."""
    found = [
        one
        for one in kept_rules(actor_of(request))
        if country.upper() in ("", one.rule.country) and (on is None or one.rule.starts <= on)
    ]
    if on is not None:
        latest: dict[str, KeptRule] = {}
        for one in found:
            latest.setdefault(one.rule.country, one)
        found = list(latest.values())
    return [_body(one) for one in found]


def _body(one: KeptRule) -> dict[str, Any]:
    limit = one.rule.limit
    return {
        "country": one.rule.country,
        "starts": one.rule.starts,
        "discloses": one.rule.discloses,
        "hospitality": None if limit is None else f"{limit.amount:f}",
        "currency": "" if limit is None else limit.currency,
        "rests_on": one.note,
        "by": one.by_name,
        "at": one.at.isoformat(),
    }
