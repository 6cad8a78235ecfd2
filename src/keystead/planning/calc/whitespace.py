"""The whitespace grid: what a cell shows, and the sums both ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from keystead.planning.types.whitespace import Cell, CellState, Said, Shown, Sum

ZERO = Decimal(0)


def cell_of(
    site_id: int, column: str, current: Decimal | None, said: Said | None, currency: str,
    proof_id: str = "",
) -> Cell:  # fmt: skip
    """Return a cell from what was bought there and what somebody said of it.

    ``current``: money of the period in ``currency``, net of returns; None or below zero counts as
    nothing bought. ``said.potential`` is the whole of a year, what is bought included, so the
    room is what is left of it, never below zero; with a competitor it is theirs. A potential in
    another currency adds nothing and is marked. What is bought wins over "not applicable".

    >>> cell_of(1, "Acu", Decimal(30), None, "EUR").shown.value
    'current'
    """
    bought = max(current or ZERO, ZERO)
    foreign = said is not None and said.potential is not None and said.currency != currency
    potential = said.potential if said is not None and not foreign else None
    room = max((potential or ZERO) - bought, ZERO)
    taken = said is not None and said.state is CellState.COMPETITOR
    return Cell(
        site_id=site_id, column=column, shown=_shown(bought, room, said), current=bought,
        room=ZERO if taken else room, other=room if taken else ZERO,
        proof_id=proof_id if bought else "", said=said, said_in_other=foreign,
    )  # fmt: skip


def _shown(bought: Decimal, room: Decimal, said: Said | None) -> Shown:
    if bought > 0:
        return Shown.CURRENT
    if said is None:
        return Shown.OPEN
    if said.state is CellState.UNSUITED:
        return Shown.UNSUITED
    if said.state is CellState.COMPETITOR:
        return Shown.COMPETITOR
    return Shown.POTENTIAL if room > 0 else Shown.OPEN


def together(cells: Iterable[Cell]) -> Sum:
    """Return cells added up: money by what it is, and how many show what.

    >>> together([]).whole
    Decimal('0')
    """
    current = room = other = ZERO
    states: Counter[str] = Counter()
    for one in cells:
        current, room, other = current + one.current, room + one.room, other + one.other
        states[one.shown.value] += 1
    return Sum(current, room, other, dict(states))
