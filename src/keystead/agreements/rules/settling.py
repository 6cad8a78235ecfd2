"""When a settlement may move on, and which lines of an entitlement are due by a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from keystead.agreements.calc.periods import periods_of
from keystead.agreements.types import (
    AgreementVersion,
    EntitlementLine,
    EntitlementRun,
    SettlementState,
)
from keystead.kernel.money import Money
from keystead.kernel.periods import Period

S = SettlementState
NEXT: Final[Mapping[SettlementState, frozenset[SettlementState]]] = {
    S.OPEN: frozenset({S.CALCULATED}),
    S.CALCULATED: frozenset({S.CALCULATED, S.PARTNER_AGREED, S.APPROVED, S.DISPUTED}),
    S.PARTNER_AGREED: frozenset({S.CALCULATED, S.APPROVED, S.DISPUTED}),
    S.APPROVED: frozenset({S.CALCULATED, S.CREDIT_NOTE_ISSUED, S.DISPUTED}),
    S.CREDIT_NOTE_ISSUED: frozenset({S.PAID, S.DISPUTED}),
    S.DISPUTED: frozenset({S.RESOLVED}),
    S.RESOLVED: frozenset({S.CALCULATED, S.PAID, S.WRITTEN_OFF, S.DISPUTED}),
    S.PAID: frozenset(),
    S.WRITTEN_OFF: frozenset(),
}
DONE: Final = frozenset({S.PAID, S.WRITTEN_OFF})


def may_follow(now: SettlementState, then: SettlementState, *, posted: bool) -> bool:
    """Return whether a settlement may go there; what is posted is never calculated again.

    >>> may_follow(S.RESOLVED, S.CALCULATED, posted=True)
    False
    """
    if posted and then in (S.CALCULATED, S.WRITTEN_OFF):
        return False
    if then is S.PAID and not posted:
        return False
    return then in NEXT[now]


def is_due(version: AgreementVersion, line: EntitlementLine, day: date) -> bool:
    """Return whether a line is settled by a day: its period is over, or a shorter one inside it.

    ``settle_every`` shorter than the tier period lets a part be settled at each of its ends.
    """
    if line.period.last <= day:
        return True
    condition = version.condition(line.condition)
    if condition is None or condition.settle_every is None:
        return False
    inside = periods_of(line.period, condition.settle_every, condition.anchor)
    return inside[0].last <= day


def due_lines(
    version: AgreementVersion,
    run: EntitlementRun,
    settled: Mapping[tuple[str, Period], Money],
    day: date,
) -> tuple[EntitlementLine, ...]:
    """Return the lines that a settlement up to a day is about.

    A line that was settled before stays in, due or not: what was paid is never forgotten.
    """
    return tuple(
        line
        for line in run.lines
        if (line.condition, line.period) in settled or is_due(version, line, day)
    )
