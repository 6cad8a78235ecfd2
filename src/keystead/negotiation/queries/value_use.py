"""What was used of us beside what it cost: by title and by member, and how peers stand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.utils import timezone

from keystead.accounts.queries import (
    account_for,
    accounts_for,
    families_below,
    scope_for,
)
from keystead.accounts.types import Account
from keystead.governance.queries.acknowledgements import require_acknowledged
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor
from keystead.ledger.queries import last_day
from keystead.metrics.calc.proof_ids import decode, encode
from keystead.metrics.queries import Reading, evaluate
from keystead.metrics.types import Evaluation, Figure
from keystead.negotiation.calc.value.peers import bands
from keystead.negotiation.calc.value.sharing import each
from keystead.negotiation.queries.figures import members_on
from keystead.negotiation.queries.plans import fees_before
from keystead.negotiation.queries.value_titles import (
    BY_TITLE,
    ENTITLED,
    IDENTIFIERS,
    USE,
    number_of,
    titles_of_use,
)
from keystead.negotiation.types.value import Bands, Hidden, Used, ValueOfUse, ValueStory

TOTALS: Final = (
    "unique_requests", "controlled_requests", "turnaways", "turnaway_rate", "turnaways_limit",
    "open_share", "backfile_share", "cost_per_use",
)  # fmt: skip
FEE: Final = "sell_in"
COST: Final = "cost_per_use"
TOPIC: Final = "competition_law"
ZERO: Final = Decimal(0)


def months_of_use() -> Period:
    """Return the last twelve whole months that usage tells of, none of them to come."""
    today = timezone.localdate()
    end = month_start(today)
    last = last_day(("usage",))
    if last is not None:
        end = min(end, add_months(month_start(last), 1))
    return Period(add_months(end, -12), end)


def accounts_of_use(actor: Actor, account: Account, period: Period) -> dict[int, frozenset[int]]:
    """Return the account and its members, each with all below it that the actor may see."""
    members = [one.member_id for one in members_on(actor, account, period.last)]
    scope = scope_for(actor)
    families = families_below(dict.fromkeys([account.id, *members]), period.last)
    return {
        one: frozenset(below for below in family if below in scope)
        for one, family in families.items()
    }


def totals_of_use(actor: Actor, account_id: int, currency: str) -> dict[str, Figure]:
    """Return the figures of twelve months of the account with its members and all below.

    Those that the actor may not see, or that cannot be converted, are not there.
    """
    account = account_for(actor, account_id)
    period = months_of_use()
    ids = _union(accounts_of_use(actor, account, period))
    found = {}
    for names in (TOTALS[:-1], TOTALS[-1:]):
        seen = evaluated(actor, names, (), period, ids, currency)
        if seen is not None:
            found.update({name: seen.figure(name) for name in names})
    return found


def use_as_of(actor: Actor, story: ValueStory, period: Period, within: Reading) -> ValueOfUse:
    """Return what titles and members used of the fee of twelve months, as of a reading.

    The fee is that of the latest split of the account that was agreed by then (``rates_at`` of
    the reading), else what was invoiced. A title's part of it follows the story's basis; a
    member's is its share of the split, else its invoices, and then its cost per use has the proof
    of the metric.
    """
    account = account_for(actor, story.account_id)
    families = accounts_of_use(actor, account, period)
    ids = _union(families)
    split = fees_before(account.id, period.end, within.rates_at)
    paid = _by_account(actor, FEE, period, ids, story.currency, within)
    fee, whence, proof = _fee(actor, split, period, ids, story.currency, within)
    used = _by_account(actor, USE, period, ids, "", within)
    members = _members(actor, account, families, (split, paid, used))
    if not split:
        costs = _by_account(actor, COST, period, ids, story.currency, within)
        members = tuple(_proved(one, families, costs, (paid, used)) for one in members)
    by = ("title", *IDENTIFIERS)
    return titles_of_use(
        ValueOfUse(
            period, story.currency, fee, whence, proof, story.basis, titles=(), members=members
        ),
        evaluated(actor, BY_TITLE, by, period, ids, "", within),
        evaluated(actor, (ENTITLED,), ("package", *by), period, ids, "", within),
        story.prices,
    )


def _proved(
    one: Used,
    families: Mapping[int, frozenset[int]],
    costs: Mapping[int, Figure],
    known: Sequence[Mapping[int, Figure]],
) -> Used:
    """Return what a member used, its cost per use with the metric's proof over its accounts."""
    if one.each is None or one.account_id is None or not costs:
        return one
    family = families[one.account_id]
    whose = [
        decode(found[few].proof_id).accounts for found in known for few in family if few in found
    ]
    key = decode(next(iter(costs.values())).proof_id)
    every = frozenset(few for accounts in whose for few in accounts or ())
    return dataclasses.replace(
        one, each_proof=encode(dataclasses.replace(key, accounts=every, scope_hash=""))
    )


def peers_of(actor: Actor, story: ValueStory) -> Bands | Hidden:
    """Return where the cost per use of the account's peers lies, without naming one.

    Peers are of the same kind and country, seen by the actor, with a fee and use in the twelve
    months, and neither the account, its members, nor what it belongs to. Where competition law
    has to be confirmed, an actor without it gets NotAllowed.
    """
    require_acknowledged(actor, TOPIC)
    account = account_for(actor, story.account_id)
    period = months_of_use()
    family = _union(accounts_of_use(actor, account, period))
    peers = [
        one.id for one in accounts_for(actor)
        if one.kind == account.kind and one.country == account.country and account.country
        and one.id not in family
    ]  # fmt: skip
    scope = scope_for(actor)
    below = {
        one: [few for few in ids if few in scope]
        for one, ids in families_below([account.id, *peers], period.last).items()
        if one == account.id or account.id not in ids
    }
    ids = sorted({few for one in below.values() for few in one})
    paid = _by_account(actor, FEE, period, ids, story.currency)
    used = _by_account(actor, USE, period, ids, "")
    costs = {
        one: (_sum(paid, few), _sum(used, few)) for one, few in below.items()
    }  # fmt: skip
    fee, uses = costs.pop(account.id, (ZERO, ZERO))
    own = each(fee, uses) if fee > 0 else None
    if own is None:
        return Hidden.OWN
    return bands([(a, b) for a, b in costs.values() if a > 0 and b > 0], own)


def _members(
    actor: Actor,
    account: Account,
    families: Mapping[int, frozenset[int]],
    known: tuple[Mapping[int, Decimal], Mapping[int, Figure], Mapping[int, Figure]],
) -> tuple[Used, ...]:
    split, paid, used = known
    members = [one for one in families if one != account.id]
    names = {one.id: one.name for one in accounts_for(actor)}
    made = []
    for one in members:
        family = families[one]
        uses = _sum(used, family)
        spent = [paid[few] for few in family if few in paid]
        fee = split.get(one, _sum(paid, family) if spent and not split else None)
        single = [used[few].proof_id for few in family if few in used]
        made.append(Used(
            names.get(one, ""), fee, uses, each(fee, uses), account_id=one,
            proof=single[0] if len(single) == 1 else "",
        ))  # fmt: skip
    return tuple(sorted(made, key=lambda one: (-one.uses, one.name)))


def _fee(
    actor: Actor, split: Mapping[int, Decimal], period: Period, ids: Sequence[int], currency: str,
    within: Reading,
) -> tuple[Decimal | None, str, str]:  # fmt: skip
    if split:
        return sum(split.values(), ZERO), "split", ""
    seen = evaluated(actor, (FEE,), (), period, ids, currency, within)
    figure = seen.figure(FEE) if seen is not None else None
    if figure is None or figure.value is None:
        return None, "", ""
    return number_of(figure), "sales", figure.proof_id


def _by_account(
    actor: Actor, metric: str, period: Period, ids: Sequence[int], currency: str,
    within: Reading | None = None,
) -> dict[int, Figure]:  # fmt: skip
    seen = evaluated(actor, (metric,), ("account",), period, ids, currency, within)
    if seen is None:
        return {}
    found = {one: seen.figure(metric, account=one) for one in seen.table["account"].to_pylist()}
    return {one: figure for one, figure in found.items() if figure.value is not None}


def evaluated(
    actor: Actor, names: Sequence[str], by: Sequence[str], period: Period, ids: Sequence[int],
    currency: str, within: Reading | None = None,
) -> Evaluation | None:  # fmt: skip
    """Return the evaluation, None where the actor may not see it or no rate is known."""
    if not ids or not actor.can("metrics.view"):
        return None
    try:
        return evaluate(
            actor=actor, metrics=list(names), by=by, period=period,
            filters={"account": list(ids)}, currency=currency or None, as_of=within,
        )  # fmt: skip
    except NotAllowed:
        return None
    except Invalid as error:
        if error.code != "no_rate":
            raise
        return None


def _union(families: Mapping[int, Iterable[int]]) -> list[int]:
    return sorted({one for family in families.values() for one in family})


def _sum(figures: Mapping[int, Figure], ids: Iterable[int]) -> Decimal:
    return sum((number_of(figures[one]) for one in ids if one in figures), ZERO)
