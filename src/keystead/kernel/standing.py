"""What a proof id stands for: a figure as it was when it was frozen, and as it is now."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from decimal import Decimal


@dataclasses.dataclass(frozen=True)
class Worth:
    """One number at one moment. ``note`` says why there is none, or what to know about it.

    ``measure`` is the currency or the unit of quantity that goes with the number.
    """

    value: Decimal | float | None
    measure: str = ""
    note: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Standing:
    """The answer to a proof id.

    ``then`` is computed again as of the moment the id names, ``now`` with what counts today; None
    where it was not asked for. ``detail`` says of what (period, account). ``account_ids`` None =
    every account. ``because``: what can have moved it since, as codes: ``undone``, ``restated``,
    ``released``, ``new``, ``definition``, ``changed`` (the record itself), ``gone``. ``unit``:
    money, quantity, percent, ratio, index, days, months, count, points, day (a date as the number
    YYYYMMDD). ``at`` is the address of the page it comes from, ``at_label`` what that page is
    called.
    """

    proof_id: str
    label: str
    then: Worth
    now: Worth | None = None
    detail: str = ""
    unit: str = ""
    account_ids: frozenset[int] | None = frozenset()
    because: tuple[str, ...] = ()
    commit: int | None = None
    moment: datetime | None = None
    at: str = ""
    at_label: str = ""
    resale_price: bool = False

    @property
    def moved(self) -> bool:
        """Whether the figure is another one now (number or what it counts)."""
        if self.now is None:
            return False
        return (self.then.value, self.then.measure) != (self.now.value, self.now.measure)
