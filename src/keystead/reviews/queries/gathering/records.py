"""What records say: agreements, claims, campaigns, renewals, opportunities, health, actions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from keystead.agreements.queries import agreements_of_account
from keystead.agreements.queries.claims import claims_for
from keystead.agreements.types import AgreementState
from keystead.campaigns.queries import campaigns_for, expenses_for
from keystead.health.queries import score_now
from keystead.pipeline.queries import opportunities_for
from keystead.planning.queries import objectives_of
from keystead.planning.types.plans import Measured
from keystead.reviews.queries.gathering.facts import Asked, money_fact, told, where_allowed
from keystead.reviews.types.cycle import Item
from keystead.reviews.types.material import Fact, Record

RUNNING = frozenset({AgreementState.ACTIVE, AgreementState.EXPIRING, AgreementState.SIGNED})
SPENT = frozenset({"committed", "proved", "posted", "paid"})
ZERO = Decimal(0)


def agreement_records(asked: Asked) -> tuple[Record, ...]:
    """Return the agreements that hold in the period, the one that ends first on top."""
    found = where_allowed(lambda: agreements_of_account(asked.actor, asked.account.id))
    kept = [one for one in found if one.state in RUNNING and one.valid.overlaps(asked.period)]
    return tuple(
        Record(
            str(one.id),
            {"number": one.number, "title": one.title, "state": one.state.value,
             "kind": one.kind.value},
            {}, {"starts": one.valid.start, "last": one.valid.last}, "terms",
        )
        for one in sorted(kept, key=lambda one: (one.valid.end, one.number))
    )  # fmt: skip


def claim_records(asked: Asked) -> tuple[Record, ...]:
    """Return the claims somebody still has to do something about, the oldest on top."""
    found = where_allowed(
        lambda: claims_for(
            asked.actor, today=asked.period.last, state="open", account_id=asked.account.id
        )
    )
    return tuple(
        Record(
            str(one.id),
            {"number": one.external_number, "state": one.state.value, "reason": one.reason.value,
             "invoice": one.invoice},
            told({"amount": money_fact(one.amount), "granted": money_fact(one.granted)}),
            {"on": one.on}, "terms",
        )
        for one in sorted(found, key=lambda one: (one.on, one.id))
    )  # fmt: skip


def claim_facts(records: Iterable[Record]) -> dict[str, Fact]:
    """Return what is claimed and open, where it is in one currency."""
    amounts = [one.fact("amount") for one in records if one.fact("amount")]
    measures = {one.measure for one in amounts}
    if len(measures) != 1:
        return {}
    total = sum((one.value or ZERO for one in amounts), ZERO)
    return {"claims_open": Fact(total, "money", measures.pop(), "", "down")}


def campaign_records(asked: Asked) -> tuple[Record, ...]:
    """Return the campaigns that run in the period or begin within three months after it."""
    found = where_allowed(lambda: campaigns_for(asked.actor, account_id=asked.account.id))
    ahead = asked.period.shift_months(3).end
    spent = _spent(asked)
    return tuple(
        Record(
            str(one.id), {"name": one.name, "category": one.category},
            told({"spent": spent.get(one.id, Fact(None))}),
            {"starts": one.starts, "last": one.last},
        )
        for one in sorted(found, key=lambda one: (one.starts, one.id))
        if one.last >= asked.period.start and one.starts < ahead
    )  # fmt: skip


def _spent(asked: Asked) -> dict[int, Fact]:
    found: dict[int, Fact] = {}
    expenses = where_allowed(lambda: expenses_for(asked.actor, account_id=asked.account.id))
    for one in expenses:
        if one.campaign_id is None or one.state.value not in SPENT:
            continue
        amount = one.actual or one.committed
        if amount is None:
            continue
        known = found.get(one.campaign_id, Fact(ZERO, "money", amount.currency))
        if known.measure == amount.currency:
            total = (known.value or ZERO) + amount.amount
            found[one.campaign_id] = Fact(total, "money", amount.currency)
    return found


def deal_records(asked: Asked) -> tuple[Record, ...]:
    """Return our open opportunities with this customer: ours alone."""
    found = where_allowed(
        lambda: opportunities_for(asked.actor, account_id=asked.account.id, still_open=True)
    )
    return tuple(
        Record(
            str(one.id), {"title": one.title, "stage": one.stage.code, "name": one.stage.name},
            told({"amount": Fact(one.amount, "money", one.currency, "", "up"),
                  "chance": Fact(one.pct, "percent")}),
            {"close": one.expected_close}, "terms",
        )
        for one in found
    )  # fmt: skip


def health_records(asked: Asked) -> tuple[Record, ...]:
    """Return how the account is doing: an opinion of ours, never the customer's."""
    found = where_allowed(lambda: [score_now(asked.actor, asked.account.id)])
    return tuple(
        Record(
            "score", {"band": one.band.value},
            {"score": Fact(one.score, "index", "", "", "up"),
             "known": Fact(one.known_pct, "percent")}, {}, "terms",
        )
        for one in found
        if one.known_pct
    )  # fmt: skip


def objective_records(asked: Asked) -> tuple[Record, ...]:
    """Return the objectives of the account's plan as they stand, each with its figure."""
    found = where_allowed(
        lambda: objectives_of(
            asked.actor, asked.account.id, year=asked.year.start.year, today=asked.period.last
        )
    )
    return tuple(_objective(one) for one in found if not one.hidden)


def _objective(one: Measured) -> Record:
    goal = one.objective
    unit = one.unit or "count"
    facts = {
        "current": Fact(one.value, unit, one.measure, one.proof_id),
        "target": Fact(goal.target, unit, one.measure),
    }
    days = {"due": goal.due_on} if goal.due_on else {}
    return Record(
        str(goal.id), {"name": goal.title, "state": one.standing.value}, told(facts), days
    )


def item_records(items: Iterable[Item]) -> tuple[Record, ...]:
    """Return actions that come back from the reviews before, with their state."""
    return tuple(
        Record(
            str(one.id),
            {"text": one.text, "owner": one.owner_name, "side": one.side.value,
             "state": one.state.value, "outcome": one.outcome},
            {}, {name: day for name, day in (("due", one.due), ("done", one.done_on)) if day},
        )
        for one in items
    )  # fmt: skip
