"""Where one release of COUNTER ends and the next begins, in a row of months."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

Number = Decimal | float | int | None


def break_at(old: Sequence[Number], new: Sequence[Number]) -> int | None:
    """Return the place of the first month of the newer release; None where only one has usage.

    ``old``, ``new``: a number for each month, as the two releases count. They are drawn beside
    each other and never added: release 5.1 counts chapters where release 5 counted books.

    >>> break_at([3, 4, None, None], [0, 0, 5, 6]), break_at([None, None], [5, 6])
    (2, None)
    """
    if not any(old):
        return None
    return next((at for at, value in enumerate(new) if value), None)


def trimmed(values: Sequence[Number]) -> list[bool]:
    """Return for each month whether a release speaks of it: from its first usage to its last.

    A zero in between is a true zero; before and after, the release says nothing.

    >>> trimmed([0, 3, 0, 4, 0])
    [False, True, True, True, False]
    """
    used = [at for at, value in enumerate(values) if value]
    if not used:
        return [False] * len(values)
    return [used[0] <= at <= used[-1] for at in range(len(values))]
