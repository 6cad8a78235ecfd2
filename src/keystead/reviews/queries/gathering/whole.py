"""Gathers all that a review tells of, at one commit."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from keystead.accounts.queries import account_for
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.ledger.queries import current_commit
from keystead.metrics.calc.definitions import metric_def
from keystead.metrics.queries import data_until
from keystead.reviews.queries.gathering import range as ranged
from keystead.reviews.queries.gathering import records, sales, statements
from keystead.reviews.queries.gathering.facts import Asked
from keystead.reviews.queries.reviews import carried_over
from keystead.reviews.types.cycle import Review
from keystead.reviews.types.material import Fact, Material, Record

Lists = dict[str, tuple[Record, ...]]


def gather(
    actor: Actor, review: Review, *, commit: int | None = None, at: datetime | None = None
) -> Material:
    """Return the material of a review that came through the door.

    ``commit``: the state of the ledger, the latest by default; what records say is always of now.
    Figures the actor may not see are not in it.
    """
    actor.require("metrics.view")
    account = account_for(actor, review.account_id)
    base = Asked(actor, account, review.period, _year(review.period),
                 current_commit() if commit is None else commit)  # fmt: skip
    asked = Asked(actor, account, base.period, base.year, base.commit, sales.one_currency(base))
    facts = sales.head_facts(asked) | ranged.range_facts(asked)
    lists = _lists(asked, facts)
    lists["carried"] = records.item_records(carried_over(actor, review))
    facts |= records.claim_facts(lists["claims"])
    return Material(
        account_id=account.id, account_code=account.code, account_name=account.name,
        account_kind=account.kind, kind=review.kind, period=asked.period, before=asked.before,
        year=asked.year, currency=_currency(facts, asked), commit=asked.commit,
        frozen_at=at or timezone.now(), until=data_until(), facts=facts,
        lists={name: found for name, found in lists.items() if found},
        metrics=_metrics(facts, lists),
    )  # fmt: skip


def _lists(asked: Asked, facts: dict[str, Fact]) -> Lists:
    lists: Lists = {
        "months": sales.months(asked),
        "forecast": sales.forecast_months(asked),
        "range": ranged.listing_records(asked),
        "stock": ranged.stock_records(asked),
        "agreements": records.agreement_records(asked),
        "claims": records.claim_records(asked),
        "campaigns": records.campaign_records(asked),
        "deals": records.deal_records(asked),
        "health": records.health_records(asked),
        "objectives": records.objective_records(asked),
    }
    used = ranged.usage_facts(asked)
    if any(fact.value for fact in used.values()):
        facts |= used
        lists["usage"] = ranged.usage_records(asked)
        lists["value"] = ranged.value_records(asked)
    moved = sales.moved(asked)
    if moved is not None:
        lists["bridge"] = sales.bridge_records(moved)
        lists["movers"] = sales.mover_records(moved)
        lists["pnl"] = statements.pnl_records(asked)
    return lists


def _year(period: Period) -> Period:
    """Return the calendar year in which the period ends."""
    found = Period.year(period.last.year)
    if period.start < found.start:
        raise Invalid("The period does not lie in one year.", code="review_period")
    return found


def _currency(facts: dict[str, Fact], asked: Asked) -> str:
    for name in ("sell_in", "sell_in_last_year", "target"):
        if name in facts and facts[name].measure:
            return facts[name].measure
    return asked.currency or asked.account.currency


def _metrics(facts: dict[str, Fact], lists: Lists) -> tuple[tuple[str, int], ...]:
    """Return the metrics behind the figures, with the version that computed them."""
    proofs = [one.proof for one in facts.values()]
    proofs += [fact.proof for found in lists.values() for one in found
               for fact in one.facts.values()]  # fmt: skip
    names = {proof.partition(".")[0] for proof in proofs if proof and ":" not in proof}
    found = []
    for name in sorted(names):
        try:
            found.append((name, metric_def(name).version))
        except NotFound:
            continue
    return tuple(found)
