"""What the catalog says of lists and successors when a run starts; frozen with the run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.catalog.queries.listings import listings
from keystead.catalog.queries.products import products
from keystead.forecasting.calc.known import Span
from keystead.forecasting.types.cycle import Key
from keystead.kit.access import Actor


@dataclass(frozen=True, slots=True)
class Lists:
    """Agreed listings by account and product, and each product's successor with its share."""

    spans: Mapping[Key, tuple[Span, ...]]
    successors: Mapping[int, tuple[int, Decimal]]

    def plain(self) -> dict[str, Any]:
        """Return it as it is stored with a run."""
        return {
            "listings": [
                [key.account_id, key.product_id, first.isoformat(), end and end.isoformat()]
                for key, spans in sorted(self.spans.items())
                for first, end in spans
            ],
            "successors": [[old, new, str(pct)] for old, (new, pct) in self.successors.items()],
        }


def lists_now(actor: Actor, accounts: frozenset[int] | None = None) -> Lists:
    """Return the agreed listings of accounts (None: all) and the successors as they are now."""
    spans: dict[Key, list[Span]] = defaultdict(list)
    for one in listings(actor, agreed=True):
        if accounts is None or one.account_id in accounts:
            span = one.span.valid_from or date.min, one.span.valid_to
            spans[Key(one.account_id, one.product_id)].append(span)
    after = {
        one.id: (one.successor, one.successor_share_pct) for one in products(actor) if one.successor
    }
    return Lists({key: tuple(held) for key, held in spans.items()}, after)


def lists_of(stored: Mapping[str, Any]) -> Lists | None:
    """Return what a run stored; None for a run from before it did."""
    if not stored:
        return None
    spans: dict[Key, list[Span]] = defaultdict(list)
    for account, product, first, end in stored["listings"]:
        span = date.fromisoformat(first), date.fromisoformat(end) if end else None
        spans[Key(account, product)].append(span)
    after = {old: (new, Decimal(pct)) for old, new, pct in stored["successors"]}
    return Lists({key: tuple(held) for key, held in spans.items()}, after)
