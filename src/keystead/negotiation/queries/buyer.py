"""The buyer's calculation of a case, and what is known of titles to begin with. Ours alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from keystead.accounts.queries import account_for, descendants
from keystead.kernel.errors import NotAllowed
from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate
from keystead.negotiation import models
from keystead.negotiation.queries.cases import negotiation_for
from keystead.negotiation.queries.figures import members_on, months_before
from keystead.negotiation.types.plans import BuyerModel

MOST_TITLES: Final = 200
HUNDRED = Decimal(100)


def buyer_model_of(actor: Actor, negotiation_id: int) -> BuyerModel | None:
    """Return the stored calculation of a case; needs ``negotiation.private``."""
    actor.require("negotiation.private")
    found = negotiation_for(actor, negotiation_id)
    row = models.BuyerModelRow.objects.filter(case_id=found.id).first()
    return None if row is None else stored_model(row)


def titles_used(actor: Actor, negotiation_id: int) -> list[dict[str, Any]]:
    """Return the titles with the most use at the account and its members, the most used first.

    Each with its unique requests of twelve months, the share of them that is open, and no price:
    what a title costs alone is for people to write. Empty where no usage is known.
    """
    actor.require("negotiation.private")
    found = negotiation_for(actor, negotiation_id)
    account = account_for(actor, found.account_id)
    today = timezone.localdate()
    members = [one.member_id for one in members_on(actor, account, today)]
    ids = {account.id, *members}
    for one in list(ids):
        ids |= descendants(one, actor=actor)
    if not actor.can("metrics.view"):
        return []
    try:
        seen = evaluate(
            actor=actor, metrics=["unique_requests", "open_share"], by=("title",),
            period=months_before(today), filters={"account": sorted(ids)},
        )  # fmt: skip
    except NotAllowed:
        return []
    rows = []
    for line in seen.table.to_pylist():
        use = line["unique_requests"]
        if use and line["title"]:
            free = Decimal(str(line["open_share"] or 0)).quantize(Decimal("0.01"))
            rows.append({"name": line["title"], "downloads": Decimal(str(use)), "open_pct": free})
    rows.sort(key=lambda row: (-row["downloads"], row["name"]))
    return rows[:MOST_TITLES]


def stored_model(row: models.BuyerModelRow) -> BuyerModel:
    return BuyerModel(row.case_id, row.version, row.body)
