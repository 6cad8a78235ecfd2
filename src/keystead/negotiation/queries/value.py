"""The value story of an account or a deal, through the accounts' door."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from keystead.accounts.queries import account_for, family_ids, may_write
from keystead.governance.rules.approvals import content_hash
from keystead.kit.access import Actor
from keystead.kit.audit import changes_of
from keystead.negotiation import models
from keystead.negotiation.calc.value.stored import articles_read, lines_read, lines_written
from keystead.negotiation.queries.cases import missing, negotiation_for, sees_private
from keystead.negotiation.queries.plans import plain_money
from keystead.negotiation.types.value import Basis, ValueStory


def value_story(
    actor: Actor, account_id: int, negotiation_id: int | None = None, *, customer: bool = False
) -> ValueStory:
    """Return the value of our offer to an account, or of one deal with it; empty at first.

    NotFound when missing, foreign, or without the right to the account's terms. Lines that are
    not shown to the customer are ours alone: left out for ``customer`` and without
    ``negotiation.private``, and counted in ``hidden``.
    """
    actor.require("negotiation.view")
    account = account_for(actor, account_id)
    if not may_write(actor, account.id, name="terms", right="r"):
        raise missing()
    if negotiation_id is None:
        rows = models.ValueStoryRow.objects.filter(account_id__in=family_ids(account.id), case=None)
        fresh = ValueStory(account.id, account.currency or "EUR")
    else:
        case = negotiation_for(actor, negotiation_id)
        if case.account_id not in family_ids(account.id):
            raise missing()
        rows = models.ValueStoryRow.objects.filter(case_id=case.id)
        fresh = ValueStory(case.account_id, case.currency, case.id)
    row = rows.order_by("id").first()
    found = fresh if row is None else stored_story(row)
    if customer or not sees_private(actor):
        kept = tuple(one for one in found.lines if one.shown)
        found = dataclasses.replace(found, lines=kept, hidden=len(found.lines) - len(kept))
    return found


def stored_story(row: models.ValueStoryRow) -> ValueStory:
    """Return the value of a stored story. No rights are checked here."""
    return ValueStory(
        account_id=row.account_id,
        currency=row.currency,
        negotiation_id=row.case_id,
        price=None if row.price is None else plain_money(row.price, row.currency),
        lines=lines_read(row.lines),
        basis=Basis(row.basis),
        prices={name: Decimal(price) for name, price in row.prices.items()},
        articles=articles_read(row.articles),
        read_fees={int(year): Decimal(fee) for year, fee in row.read_fees.items()},
        id=row.pk,
        version=row.version,
    )


PRICES: Final = "prices"  # where a row of the trail keeps the list prices that changed


def told_story(row: models.ValueStoryRow) -> dict[str, object]:
    """Return what the trail keeps: lines the customer may see, a hash of what is ours alone."""
    lines = stored_story(row).lines
    return {
        "currency": row.currency,
        "basis": row.basis,
        "lines": lines_written(one for one in lines if one.shown),
        "titles_priced": len(row.prices),
        "articles": len(row.articles),
        "ours_alone": content_hash(row.snapshot()),
    }


def prices_before(story_id: int, now: Mapping[str, Decimal]) -> Iterator[dict[str, Decimal]]:
    """Yield the list prices of a story as they were, the latest first, those of now before all.

    As far back as the trail tells them; no rights are checked here.
    """
    prices = dict(now)
    yield dict(prices)
    for old, new in changes_of("value_story", story_id):
        if PRICES not in new:
            if "titles_priced" in old:  # changed before the trail kept them
                return
            continue
        for name, was in (old.get(PRICES) or dict.fromkeys(new[PRICES])).items():
            prices.pop(name, None)
            if was is not None:
                prices[name] = Decimal(was)
        yield dict(prices)
