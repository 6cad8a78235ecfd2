"""The customer's volumes beside ours, by product and month."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

from django.utils import timezone

from keystead.agreements.calc.partner import ours_by_place
from keystead.agreements.calc.volumes import Sums, Volumes
from keystead.agreements.queries.agreements import agreement_for
from keystead.agreements.queries.evaluation import basis_of, sales_table, shown_version
from keystead.agreements.queries.naming import named_in
from keystead.agreements.queries.partner import product_words, ruling_of
from keystead.agreements.queries.readings import stated_volumes
from keystead.agreements.types import PartnerVolume
from keystead.kernel.periods import Period, month_start
from keystead.kit.access import Actor

NOTHING = Sums()


@dataclasses.dataclass(frozen=True)
class Compared:
    """A product in a month: ours, and what the customer said (None: nothing yet).

    What they did not state is None there and has no difference.
    """

    month: date
    product: int
    sku: str
    name: str
    ours: Sums
    theirs: PartnerVolume | None

    @property
    def key(self) -> str:
        """The place, for forms: ``2026-03:17``."""
        return f"{self.month:%Y-%m}:{self.product}"

    @property
    def units(self) -> Decimal | None:
        """What their units differ from ours."""
        said = self.theirs.quantity if self.theirs else None
        return None if said is None else said - self.ours.quantity

    @property
    def money(self) -> Decimal | None:
        """What their value differs from ours, in the currency of the agreement."""
        said = self.theirs.value if self.theirs else None
        return None if said is None else said - self.ours.value


def volumes_beside(
    actor: Actor, agreement_id: int, *, stated: bool = False, period: Period | None = None
) -> tuple[Compared, ...]:
    """Return our sales and the customer's by month and product; ``stated``: only where they spoke.

    Needs ``agreements.view``; NotFound as ``agreement_for``. Ours is what the terms of the month
    hold, over all accounts of the agreement, up to today.
    """
    agreement = agreement_for(actor, agreement_id)
    basis = basis_of(agreement, timezone.localdate())
    shown, whole = shown_version(agreement, basis.as_of, None)
    volumes = Volumes.from_arrow(sales_table(basis, shown, whole), named_in(agreement.versions))
    ruling = ruling_of(agreement, None if whole else shown)
    theirs = {
        (one.month, one.product): one
        for one in stated_volumes(agreement.id)
        if one.product is not None
    }
    ours: dict[tuple[date, int], Sums] = {}
    for scope in {version.scope for version in agreement.versions}:
        for place, sold in ours_by_place(volumes, basis.accounts, scope).items():
            if ruling(place[0]).scope == scope:
                ours[place] = sum(sold.values(), NOTHING)
    words, places = product_words(), set(theirs) if stated else {*ours, *theirs}
    if period is not None:
        places = {place for place in places if month_start(period.start) <= place[0] < period.end}
    return tuple(
        Compared(
            month, product, words.get(product, {}).get("sku", ""),
            words.get(product, {}).get("name", ""), ours.get((month, product), NOTHING),
            theirs.get((month, product)),
        )
        for month, product in sorted(places)
    )  # fmt: skip
