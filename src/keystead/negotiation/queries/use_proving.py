"""What a use costs, by title, package and member, with a proof of each; and the answers to them.

A member's cost by its invoices is the metric. A title's is its part of the fee by the basis of the
story, over its uses: worked out again as of the commit, the moment and the basis its id names. List
prices are read back out of the trail; an id made with others than it tells has no value.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from keystead.accounts.queries import account_for
from keystead.kernel.errors import KeysteadError, NotFound
from keystead.kernel.periods import Period
from keystead.kernel.standing import Standing, Worth
from keystead.kit.access import Actor
from keystead.kit.provers import named, parts_of
from keystead.ledger.queries import current_commit, moment_of
from keystead.metrics.queries import reading
from keystead.negotiation.queries.value import prices_before, value_story
from keystead.negotiation.queries.value_use import months_of_use, use_as_of
from keystead.negotiation.types.value import Basis, Used, ValueOfUse, ValueStory

USE_COST: Final = "use_cost"
SECTIONS: Final = ("titles", "packages", "members")
PARTS: Final = 10
_MOMENT: Final = "%Y%m%d%H%M%S%f"
Asked = tuple[str, ...]


def value_of_use(actor: Actor, story: ValueStory) -> ValueOfUse:
    """Return what titles, packages and members used of the fee, each cost with its proof.

    The last twelve whole months, as ``use_as_of``.
    """
    moment, period = timezone.now(), months_of_use()
    within = dataclasses.replace(reading(actor), rates_at=moment)
    use = use_as_of(actor, story, period, within)
    asked = _asked(story, period, moment)
    commit = f"c{within.store.commit}"

    def proved(section: str, found: Sequence[Used]) -> tuple[Used, ...]:
        return tuple(
            one if one.each is None or one.each_proof else dataclasses.replace(
                one, each_proof=named(USE_COST, *asked, section, _key(one), commit)
            )
            for one in found
        )  # fmt: skip

    return dataclasses.replace(
        use, titles=proved("titles", use.titles), packages=proved("packages", use.packages),
        members=proved("members", use.members),
    )  # fmt: skip


def prove_use_costs(actor: Actor, ids: Sequence[str]) -> dict[str, Standing]:
    """Return what ids of costs per use stand for; the use is worked out once per state."""
    today, now = current_commit(), timezone.now()
    known: dict[tuple[Asked, int | None], tuple[ValueStory, ValueOfUse | None]] = {}
    found: dict[str, Standing] = {}
    for one in ids:
        try:
            *head, section, key, mark = parts_of(one, PARTS)
            asked, commit = tuple(head), int(mark.removeprefix("c"))
            if section not in SECTIONS or not 0 <= commit <= today:
                continue
            for state in (commit, None):
                if (asked, state) not in known:
                    known[asked, state] = _use(actor, asked, state, now)
            story, then = known[asked, commit]
            _same, at_present = known[asked, None]
            found[one] = _standing(
                actor, one, story, (_picked(then, section, key), _picked(at_present, section, key))
            )
        except (KeysteadError, ValueError, OverflowError):
            continue
    return found


def _use(
    actor: Actor, asked: Asked, commit: int | None, now: datetime
) -> tuple[ValueStory, ValueOfUse | None]:
    """Return the story, and its use as of a commit and the moment asked, or as of now."""
    account, deal, currency, basis, prices, period, moment = asked
    story = value_story(actor, int(account), int(deal) or None, customer=True)
    months = Period.parse(period)
    if commit is None:
        within = dataclasses.replace(reading(actor), rates_at=now)
        return story, use_as_of(actor, story, months, within)
    story = dataclasses.replace(story, currency=currency, basis=Basis(basis))
    priced = _priced(story, prices)
    if priced is None:
        return story, None
    story = priced
    when = datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC)
    within = dataclasses.replace(reading(actor, commit), rates_at=when)
    return story, use_as_of(actor, story, months, within)


def _picked(use: ValueOfUse | None, section: str, key: str) -> tuple[Used | None, Worth]:
    rows = [] if use is None else getattr(use, section)
    one = next((row for row in rows if _key(row) == key), None)
    if use is None or one is None or one.each is None:
        return one, Worth(None, "", "no_data")
    return one, Worth(Decimal(one.each), use.currency)


def _standing(
    actor: Actor,
    proof_id: str,
    story: ValueStory,
    found: tuple[tuple[Used | None, Worth], tuple[Used | None, Worth]],
) -> Standing:
    (row, then), (here, now) = found
    one = row or here
    if one is None:
        raise NotFound("There is no such proof.", code="proof_unknown")
    commit = int(proof_id.split("~")[-2].removeprefix("c"))
    account = account_for(actor, story.account_id)
    moved = (then.value, then.measure) != (now.value, now.measure)
    query = f"?deal={story.negotiation_id}" if story.negotiation_id else ""
    return Standing(
        proof_id=proof_id,
        label=f"{gettext('Cost per use')}: {one.name}",
        detail=account.name,
        then=then,
        now=now,
        unit="money",
        account_ids=frozenset({one.account_id or account.id}),
        because=("changed",) if moved else (),
        commit=commit,
        moment=moment_of(commit),
        at=reverse("negotiation:value", args=[account.id]) + query,
        at_label=gettext("Use and what it costs"),
    )


def _asked(story: ValueStory, period: Period, moment: datetime) -> Asked:
    return (
        str(story.account_id), str(story.negotiation_id or 0), story.currency, story.basis.value,
        _prices(story, story.basis), str(period),
        moment.astimezone(UTC).strftime(_MOMENT),
    )  # fmt: skip


def _priced(story: ValueStory, wanted: str) -> ValueStory | None:
    """Return the story with the list prices of that name, as it has or once had them."""
    if story.basis is not Basis.LIST_PRICE:
        return story if not wanted else None
    held = prices_before(story.id, story.prices) if story.id else iter([story.prices])
    known = (dataclasses.replace(story, prices=prices) for prices in held)
    return next((one for one in known if _prices(one, one.basis) == wanted), None)


def _prices(story: ValueStory, basis: Basis) -> str:
    """Return a name of the list prices that a basis rests on, none for another basis."""
    if basis is not Basis.LIST_PRICE:
        return ""
    return _short("|".join(f"{name}={price:f}" for name, price in sorted(story.prices.items())))


def _key(one: Used) -> str:
    return _short(f"{one.account_id or ''}|{one.name}")


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
