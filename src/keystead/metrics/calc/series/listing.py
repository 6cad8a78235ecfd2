"""Listings in time: how long without a gap, and how much of what was agreed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from keystead.kernel.periods import add_months
from keystead.metrics.calc.series.groups import NOTHING, Answer, Group, Row, percent
from keystead.metrics.types import Note

LISTED: Final = "listed"
RECENT_MONTHS: Final = 12
Line = tuple[int, int]


def on_list(rows: Iterable[Row]) -> list[tuple[date, bool]]:
    """Return when a product went on and off the list, over all of its outlets.

    It is on the list while at least one outlet lists it. Rows in date order; a report that says
    what was known already is no change.

    >>> rows = [{"at": date(2026, 1, 1), "outlet": "A", "status": "listed"},
    ...         {"at": date(2026, 2, 1), "outlet": "B", "status": "listed"},
    ...         {"at": date(2026, 3, 1), "outlet": "A", "status": "delisted"},
    ...         {"at": date(2026, 4, 1), "outlet": "B", "status": "paused"}]
    >>> [(day.isoformat(), on) for day, on in on_list(rows)]
    [('2026-01-01', True), ('2026-04-01', False)]
    """
    outlets: set[str] = set()
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
        by_day[row["at"]].append(row)
    changes: list[tuple[date, bool]] = []
    for day in sorted(by_day):
        for row in by_day[day]:
            outlet = row["outlet"] or ""
            (outlets.add if row["status"] == LISTED else outlets.discard)(outlet)
        if not changes or changes[-1][1] != bool(outlets):
            changes.append((day, bool(outlets)))
    return changes


def months_between(start: date, end: date) -> int:
    """Return the whole months from one day to another.

    >>> months_between(date(2026, 3, 3), date(2026, 7, 1))
    3
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(months - (add_months(start, months) > end), 0)


def listing_continuity(group: Group) -> Answer:
    """Return the months without a gap up to the period's end; of several products the shortest.

    Rows: every listing report up to the end, with account, product, outlet and status. A product
    that was not listed at any time in the last twelve months does not count. Where the stretch
    began before the first report the figure is at least that (note ``longer_than_known``).
    """
    end = group.period.end
    recent = add_months(end, -RECENT_MONTHS)
    shortest: tuple[int, bool] | None = None
    for rows in _lines(group.rows).values():
        changes = on_list(rows)
        last_day, listed = changes[-1]
        if not listed:
            if any(on for _day, on in changes) and last_day >= recent:
                shortest = (0, False)
            continue
        found = (months_between(last_day, end), len(changes) == 1)
        if shortest is None or found[0] < shortest[0]:
            shortest = found
    if shortest is None:
        return NOTHING
    return Answer(float(shortest[0]), Note.LONGER_THAN_KNOWN if shortest[1] else Note.NONE)


def listing_coverage(group: Group) -> Answer:
    """Return the listed share of the agreed products at the period's end, in percent.

    Extra ``agreed``: the (account, product) pairs that were agreed on the last day. An account
    without any counts the products that its own reports name.
    """
    agreed: Sequence[Line] = group.extras.get("agreed", ())
    lines = _lines(group.rows)
    if not lines and not agreed:
        return NOTHING
    with_agreement = {account for account, _product in agreed}
    wanted = set(agreed) | {line for line in lines if line[0] not in with_agreement}
    listed = {line for line, rows in lines.items() if on_list(rows)[-1][1]}
    return percent(len(wanted & listed), len(wanted))


def _lines(rows: Iterable[Row]) -> dict[Line, list[Row]]:
    found: dict[Line, list[Row]] = defaultdict(list)
    for row in rows:
        found[(row["account"], row["product"])].append(row)
    return found
