"""What the names in a scope stand for: groups over months, accounts with all below, merged ids."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Final

from keystead.catalog.types import GroupSpan
from keystead.kernel.errors import Invalid


@dataclasses.dataclass(frozen=True)
class Named:
    """What the names in a scope stand for; lines stand under the ids that live on.

    ``groups``: by code, the products over months: a line counts by the month it is in.
    ``below``: by account, itself and all below it; one that is not there stands for itself.
    ``product_heads``, ``account_heads``: by merged id, the one it lives on in.
    """

    groups: Mapping[str, tuple[GroupSpan, ...]] = dataclasses.field(default_factory=dict)
    below: Mapping[int, frozenset[int]] = dataclasses.field(default_factory=dict)
    product_heads: Mapping[int, int] = dataclasses.field(default_factory=dict)
    account_heads: Mapping[int, int] = dataclasses.field(default_factory=dict)

    def accounts(self, named: Iterable[int]) -> frozenset[int]:
        """Return the accounts named and all below them.

        >>> sorted(Named(below={1: frozenset({1, 4})}).accounts((1, 9)))
        [1, 4, 9]
        """
        return frozenset(
            one for name in named for one in self.below.get(name, (self.address(name),))
        )

    def address(self, named: int) -> int:
        """Return the account a delivery address lives on as: that one alone."""
        return self.account_heads.get(named, named)

    def products(self, named: Iterable[int]) -> frozenset[int]:
        """Return the products named, those that were merged as the one they live on in."""
        return frozenset(self.product_heads.get(one, one) for one in named)

    def spans(self, group: str) -> tuple[GroupSpan, ...]:
        """Return the products of a group by month; Invalid (``group_unknown``) for no group."""
        if group not in self.groups:
            raise Invalid(f"There is no product group {group}.", code="group_unknown", group=group)
        return self.groups[group]


NOTHING_NAMED: Final = Named()
