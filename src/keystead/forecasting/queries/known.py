"""What is known of the months ahead: promotions, predecessors, the end of a listing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from keystead.agreements.queries.price_plan import price_plan
from keystead.forecasting.calc.known import (
    Bools,
    off_list,
    planned_first,
    relative_price,
    strength,
    useful,
)
from keystead.forecasting.queries.lists import Lists, lists_now
from keystead.forecasting.types.cycle import Key
from keystead.forecasting.types.demand import Demand, DemandProblem, Floats
from keystead.forecasting.types.panel import FutureInputs
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor
from keystead.metrics.queries import sums

PROMOTION = "promotion"
PRICE = "price"


@dataclass(frozen=True, eq=False)
class Ahead:
    """What a run knows ahead; ``off`` marks the months in which a product is off the list."""

    future: FutureInputs | None
    predecessors: Mapping[Key, Key]
    shares: Mapping[Key, Decimal]
    off: Bools
    problems: tuple[DemandProblem, ...]


def known_ahead(
    actor: Actor,
    demand: Demand,
    horizon: int,
    accounts: frozenset[int] | None = None,
    lists: Lists | None = None,
) -> Ahead:
    """Return what is known of the months after a history, as of the commit it was read at.

    Promotions are planned expenses with a campaign, from the ledger; prices those of signed
    agreements, else of the list, where each month has one. A predecessor is a product
    of the same account whose successor the catalog names. After the end of all its agreed
    listings a product is off the list; that, and an agreed listing without any history, are
    problems to look at. ``accounts``: those of the cycle, None for all; ``lists``: listings and
    successors as they were frozen, None for now.
    """
    rhythm = demand.rhythm
    ahead = rhythm.periods(rhythm.step(demand.months[-1], 1), horizon)
    plans = {PROMOTION: promotions(actor, demand, horizon), PRICE: prices(demand, horizon)}
    plans = {name: plan for name, plan in plans.items() if useful(plan, len(demand.months))}
    future = FutureInputs(plans) if plans else None
    held = lists_now(actor, accounts) if lists is None else lists
    off, problems = _lists(demand, ahead, held)
    return Ahead(future, *_predecessors(demand, held), off, problems)


def _months(demand: Demand, horizon: int) -> tuple[date, ...]:
    rhythm = demand.rhythm
    return (*demand.months, *rhythm.periods(rhythm.step(demand.months[-1], 1), horizon))


def prices(demand: Demand, horizon: int) -> Floats:
    """Return the price of each period against the usual one of the history, as a logarithm.

    Zero for a series of which a period has no price: half a plan would look like a change.
    """
    months = _months(demand, horizon)
    found = np.zeros((len(demand.keys), len(months)))
    wanted = {
        (key.account_id, key.product_id): demand.currencies[place]
        for key, place in demand.place.items()
    }
    plan = price_plan(wanted, months, weeks=demand.rhythm is Rhythm.WEEK)
    for key, place in demand.place.items():
        line = plan.get((key.account_id, key.product_id), ())
        known = [float(one) for one in line if one is not None and one > 0]
        if line and len(known) == len(months):
            found[place] = relative_price(np.array(known), len(demand.months))
    return found


def promotions(actor: Actor, demand: Demand, horizon: int) -> Floats:
    """Return campaign spend by series and period, in usual campaign months of its account.

    The ledger knows the month of a campaign's money, not the days of the campaign: a week has the
    strength of the month of its Monday.
    """
    periods = _months(demand, horizon)
    by_month = _promotions(
        actor, demand, Period(periods[0], add_months(periods[-1], 1)).month_starts()
    )
    if demand.rhythm is Rhythm.MONTH:
        return by_month
    first = month_start(periods[0])
    return by_month[:, [Rhythm.MONTH.between(first, month_start(one)) for one in periods]]


def _promotions(actor: Actor, demand: Demand, months: Sequence[date]) -> Floats:
    table = sums(
        actor=actor, dataset="expense", commit=demand.commit,
        accounts=frozenset(key.account_id for key in demand.keys),
        period=Period(months[0], add_months(months[-1], 1)),
        keys=("account_id", "product_id", "month", "campaign", "status"),
    )  # fmt: skip
    spent: dict[tuple[int, int | None, date], dict[str, float]] = defaultdict(
        lambda: defaultdict(float)
    )
    for row in table.to_pylist():
        if row["campaign"] and row["value"]:
            at = row["account_id"], row["product_id"], row["month"]
            spent[at][row["status"]] += float(row["value"])
    column = {month: at for at, month in enumerate(months)}
    lines: dict[tuple[int, int | None], Floats] = {}
    for (account, product, month), amounts in spent.items():
        line = lines.setdefault((account, product), np.zeros(len(months)))
        line[column[month]] += planned_first(amounts)
    found = np.zeros((len(demand.keys), len(months)))
    for place, key in enumerate(demand.keys):
        for whose in ((key.account_id, None), (key.account_id, key.product_id)):
            if whose in lines:
                found[place] += strength(lines[whose])
    return found


def _predecessors(demand: Demand, lists: Lists) -> tuple[dict[Key, Key], dict[Key, Decimal]]:
    """The product that each one takes over from, where both are sold to the account, and the part
    of its demand that goes over.

    Where several hand over to one, the one that hands over most counts.
    """
    place = demand.place
    sold = np.nansum(demand.quantity, axis=1)
    found: dict[Key, Key] = {}
    shares: dict[Key, Decimal] = {}
    for key in demand.keys:
        new, pct = lists.successors.get(key.product_id, (0, Decimal(0)))
        later = Key(key.account_id, new)
        if later not in place:
            continue
        held = found.get(later)
        share = pct / 100
        if held is None or sold[place[key]] * float(share) > sold[place[held]] * float(
            shares[later]
        ):
            found[later], shares[later] = key, share
    return found, shares


def _lists(
    demand: Demand, ahead: Sequence[date], lists: Lists
) -> tuple[Bools, tuple[DemandProblem, ...]]:
    spans = lists.spans
    off = np.zeros((len(demand.keys), len(ahead)), dtype=np.bool_)
    problems: list[DemandProblem] = []
    for place, key in enumerate(demand.keys):
        off[place] = off_list(ahead, spans.get(key, ()), demand.rhythm)
        if off[place].any():
            month = ahead[int(np.argmax(off[place]))]
            problems.append(DemandProblem("off_list_ahead", key, month, int(off[place].sum())))
    for key, held in sorted(spans.items()):
        if key not in demand.place and any(end is None or end > ahead[0] for _first, end in held):
            problems.append(DemandProblem("no_history", key, min(first for first, _e in held)))
    return off, tuple(problems)
