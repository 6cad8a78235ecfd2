"""The status board: expenses by state, with what each column adds up to."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Final

from keystead.campaigns.types import Expense, ExpenseState
from keystead.kernel.money import Money

COLUMNS: Final = tuple(state for state in ExpenseState if state is not ExpenseState.CANCELLED)


@dataclasses.dataclass(frozen=True)
class BoardColumn:
    """One state: its expenses, the earliest first, and a sum for each currency."""

    state: ExpenseState
    expenses: tuple[Expense, ...]
    sums: tuple[Money, ...]


def board(expenses: Iterable[Expense]) -> tuple[BoardColumn, ...]:
    """Return a column for each state but cancelled, also where it is empty."""
    found = tuple(expenses)
    columns = []
    for state in COLUMNS:
        held = sorted((one for one in found if one.state is state), key=lambda x: (x.on, x.id))
        columns.append(BoardColumn(state, tuple(held), sums_of(held)))
    return tuple(columns)


def sums_of(expenses: Iterable[Expense]) -> tuple[Money, ...]:
    """Return the sum of the best known amounts in each currency, in their order."""
    sums: dict[str, Money] = {}
    for one in expenses:
        amount = one.amount
        sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + amount
    return tuple(sums[currency] for currency in sorted(sums))
