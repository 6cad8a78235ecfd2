"""Figures of other rooms as facts of a review."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from keystead.accounts.types import Account
from keystead.kernel.errors import NotAllowed, NotFound
from keystead.kernel.money import Money
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.metrics.calc.changes import exact
from keystead.metrics.queries import evaluate, reading
from keystead.metrics.types import Evaluation, Figure
from keystead.profitability.types import Amount
from keystead.reviews.types.material import NO_FACT, Fact

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Asked:
    """What one review asks of the rooms below: whose account, which days, at which commit.

    ``currency``: what to convert into, where the account has facts in several.
    """

    actor: Actor
    account: Account
    period: Period
    year: Period
    commit: int
    currency: str = ""

    @property
    def before(self) -> Period:
        return self.period.shift_years(-1)

    def evaluate(
        self, metrics: Iterable[str], by: tuple[str, ...] = (), period: Period | None = None
    ) -> Evaluation:
        """Return metrics of the account, as of the review's commit."""
        return evaluate(
            actor=self.actor, metrics=list(metrics), by=by, period=period or self.period,
            filters={"account": [self.account.id]}, as_of=reading(self.actor, self.commit),
            currency=self.currency or None,
        )  # fmt: skip


def fact_of(figure: Figure, *, good: str = "") -> Fact:
    """Return a metric figure; without a number it is an empty one and has no proof."""
    if figure.value is None:
        return NO_FACT
    return Fact(exact(figure.value), figure.unit.value, figure.measure, figure.proof_id, good)


def money_fact(amount: Money | None, *, good: str = "") -> Fact:
    """Return an amount of a record: its proof is given at the freeze."""
    return NO_FACT if amount is None else Fact(amount.amount, "money", amount.currency, "", good)


def amount_fact(amount: Amount | None, currency: str, *, good: str = "") -> Fact:
    """Return an amount of a statement, with its proof where it is a single figure."""
    if amount is None or amount.value is None:
        return NO_FACT
    return Fact(amount.value, "money", currency, amount.proof_id, good)


def where_allowed(ask: Callable[[], Iterable[T]]) -> tuple[T, ...]:
    """Return the answers, or nothing where the actor may not see them."""
    try:
        return tuple(ask())
    except (NotAllowed, NotFound):
        return ()


def told(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return the facts that have a number."""
    return {name: fact for name, fact in facts.items() if fact}
