"""An honest chance of a renewal: counted from closed ones, with rules that anybody can check.

Base rate = (won + 0.5) / (closed + 1). Each rule counts the closed renewals that share a trait
with this one, drawn towards the base rate as if ten more had come out like all others. The rules
move the base rate on the scale of log odds, each by at most one. Below ``NEEDED`` closed
renewals nothing is said. No trait is used that was not counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from keystead.kernel.exact import round_half_up
from keystead.pipeline.types.renewals import Chance, ChanceRule, Outcome

NEEDED: Final = 20
NEEDED_IN_RULE: Final = 5
DRAWN: Final = 10
MOST_SHIFT: Final = 1.0
PROVED_CLOSED: Final = 50
PROVED_LOST: Final = 10
DISAGREE_POINTS: Final = Decimal(20)


def traits(*, auto_renews: bool, account_kind: str, open_items: int) -> dict[str, str]:
    """Return the traits that renewals are compared by."""
    return {
        "auto_renews": "yes" if auto_renews else "no",
        "account_kind": account_kind,
        "gates": "late" if open_items else "done",
    }


def traits_of(one: Outcome) -> dict[str, str]:
    """Return the traits of a closed renewal as they were when it was closed."""
    return traits(
        auto_renews=one.auto_renews, account_kind=one.account_kind, open_items=one.open_items
    )


def chance(mine: Mapping[str, str], closed: Iterable[Outcome]) -> Chance:
    """Return the chance of a renewal with these traits, in percent, with the rules behind it.

    >>> chance({"gates": "done"}, []).pct is None
    True
    """
    return counted(mine, [(traits_of(one), one.won) for one in closed])


def counted(mine: Mapping[str, str], found: list[tuple[dict[str, str], bool]]) -> Chance:
    """Return what closed cases, each with its traits and whether it was won, say about one more.

    >>> counted({}, [({}, True)] * 20).pct
    Decimal('98')
    """
    won = sum(one for _, one in found)
    lost = len(found) - won
    if len(found) < NEEDED:
        return Chance(None, len(found), won, NEEDED)
    base = (won + 0.5) / (len(found) + 1)
    odds, rules = _logit(base), []
    for code, value in mine.items():
        like = [one for known, one in found if known.get(code) == value]
        if len(like) < NEEDED_IN_RULE or len(like) == len(found):
            continue
        rate = (sum(like) + DRAWN * base) / (len(like) + DRAWN)
        odds += max(-MOST_SHIFT, min(MOST_SHIFT, _logit(rate) - _logit(base)))
        rules.append(ChanceRule(code, value, len(like), sum(like), _pct(rate)))
    return Chance(
        _pct(1 / (1 + math.exp(-odds))), len(found), won, NEEDED, _pct(base), tuple(rules),
        proved=len(found) >= PROVED_CLOSED and lost >= PROVED_LOST,
    )  # fmt: skip


def disagree(manager_pct: Decimal | None, model_pct: Decimal | None) -> bool:
    """Return whether manager and model are so far apart that the director should look.

    >>> disagree(Decimal(90), Decimal(70)), disagree(Decimal(90), Decimal(71)), disagree(None, None)
    (True, False, False)
    """
    if manager_pct is None or model_pct is None:
        return False
    return abs(manager_pct - model_pct) >= DISAGREE_POINTS


def _logit(rate: float) -> float:
    return math.log(rate / (1 - rate))


def _pct(rate: float) -> Decimal:
    return round_half_up(Decimal(rate) * 100, 0)
