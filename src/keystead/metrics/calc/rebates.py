"""Which expenses are rebates: by the words of their category."""

from __future__ import annotations

from typing import Final

REBATE_WORDS: Final = ("返利", "rebate", "remise", "ristourne", "rfa", "bonus")


def is_rebate(category: str) -> bool:
    """Say whether an expense of this category is a rebate.

    >>> is_rebate("返利预提"), is_rebate("Congrès")
    (True, False)
    """
    said = category.casefold()
    return any(word in said for word in REBATE_WORDS)
