"""What the history of a run says that somebody should look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from keystead.forecasting.queries.cycles import cycle_row, run_for
from keystead.kit.access import Actor


@dataclass(frozen=True, slots=True)
class Problem:
    """One remark on the history; without a key it is about lines that belong to no series."""

    code: str
    account_id: int | None
    product_id: int | None
    month: date | None
    count: int
    detail: str


def problems_of(actor: Actor, cycle_id: int) -> tuple[Problem, ...]:
    """Return the remarks of the run that counts, on accounts the actor may read."""
    row = cycle_row(actor, cycle_id)
    found = []
    for one in run_for(actor, row.run_id).problems if row.run_id else ():
        account = one.get("account_id")
        month = one.get("month")
        found.append(
            Problem(
                str(one["code"]), account, one.get("product_id") or None,
                date.fromisoformat(month) if month else None, int(one.get("count", 1)),
                str(one.get("detail") or ""),
            )
        )  # fmt: skip
    return tuple(found)
