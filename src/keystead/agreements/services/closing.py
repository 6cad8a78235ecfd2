"""The accruals of many agreements: their sales are read together, each is booked by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeAlias

from keystead.agreements.queries.closing import sales_of_many
from keystead.agreements.services.accruing import catch_up, month_end
from keystead.agreements.types import AccrualEntry
from keystead.kernel.errors import KeysteadError
from keystead.kit.access import Actor

TOGETHER = 200  # agreements whose sales are held in memory at once
Outcome: TypeAlias = tuple[AccrualEntry, ...] | KeysteadError


def catch_up_each(
    *, actor: Actor, spans: Mapping[int, tuple[date, date]]
) -> Iterator[tuple[int, Outcome]]:
    """Accrue each agreement over its months, as ``catch_up`` does; yield what came of it.

    One that cannot be calculated stops no other: its error is yielded. Needs ``accruals.post``.
    """
    actor.require("accruals.post")
    until: dict[date, list[int]] = defaultdict(list)
    for agreement_id, (_first, last) in spans.items():
        until[month_end(last)].append(agreement_id)
    for day, ids in until.items():
        for place in range(0, len(ids), TOGETHER):
            chunk = ids[place : place + TOGETHER]
            read = sales_of_many(chunk, day)
            for agreement_id in chunk:
                first, last = spans[agreement_id]
                try:
                    yield agreement_id, catch_up(
                        actor=actor, agreement_id=agreement_id, first=first, last=last,
                        sales=read.get(agreement_id),
                    )  # fmt: skip
                except KeysteadError as error:
                    yield agreement_id, error
