"""The days of a tender, with the warnings that hold today."""

from __future__ import annotations

from datetime import date
from typing import Final

from keystead.pipeline.calc.notice import alert_due
from keystead.pipeline.types.opportunities import Deadline, DeadlineKind, LotState, Opportunity

WARNINGS: Final = (30, 14, 7, 3, 1)


def deadlines(found: Opportunity, today: date) -> tuple[Deadline, ...]:
    """Return the days of an open tender that warn today, the nearest first.

    Once it is submitted nothing warns. A question day that is over warns no more: nothing can be
    asked any longer; a submission day that is over does until somebody closes the tender.
    """
    if not found.open or found.submitted_on is not None:
        return ()
    given: list[tuple[DeadlineKind, date | None, str]] = [
        (DeadlineKind.QUESTIONS, found.questions_until, ""),
        (DeadlineKind.SUBMISSION, found.submit_until, ""),
        *(
            (DeadlineKind.LOT, one.deadline, one.number)
            for one in found.lots
            if one.state is LotState.OPEN
        ),
    ]
    told = []
    for kind, on, lot in given:
        warning = alert_due(on, today, WARNINGS) if on else None
        if on is None or warning is None or (kind is DeadlineKind.QUESTIONS and warning == 0):
            continue
        told.append(Deadline(kind, on, warning, lot))
    return tuple(sorted(told, key=lambda one: (one.on, one.kind.value, one.lot)))
