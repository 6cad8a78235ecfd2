"""Which months of a source are there, which are missing, and which never come."""

from __future__ import annotations

import dataclasses
from datetime import date

from django.utils import timezone

from keystead.connectors.counter import models
from keystead.connectors.counter.calc.months import last_whole_month, month_list
from keystead.connectors.counter.queries.sources import months_of, stored_source
from keystead.connectors.counter.types.harvest import GOT, Month, MonthState, Source
from keystead.kit.access import Actor


@dataclasses.dataclass(frozen=True)
class Line:
    """The months of one report for one customer number."""

    customer_id: str
    customer: str
    report_id: str
    known: dict[date, Month]
    got: tuple[date, ...]
    missing: tuple[date, ...]
    gone: tuple[date, ...]


def coverage_of(actor: Actor, source: Source) -> tuple[Line, ...]:
    """Return a line for each customer and report of a source, from its first month to the last
    that is over."""
    stored_source(actor, source.id)
    news = models.SourceNews.objects.filter(source_id=source.id).first()
    names = {one["customer_id"]: one["name"] for one in (news.members if news else [])}
    known: dict[tuple[str, str], dict[date, Month]] = {}
    for one in months_of(actor, [source.id]).get(source.id, ()):
        known.setdefault((one.customer_id, one.report_id), {})[one.month] = one
    customers = list(names) if source.members and names else [source.customer_id]
    wanted = month_list(source.first_month, last_whole_month(timezone.localdate()))
    keys = dict.fromkeys([*((c, r) for c in customers for r in source.reports), *known])
    return tuple(
        _line(customer, names.get(customer, ""), report, known.get((customer, report), {}), wanted)
        for customer, report in keys
    )


def _line(
    customer: str, name: str, report: str, held: dict[date, Month], wanted: tuple[date, ...]
) -> Line:
    got = tuple(sorted(month for month, one in held.items() if one.state in GOT))
    gone = tuple(sorted(m for m, one in held.items() if one.state == MonthState.GONE))
    missing = tuple(month for month in wanted if month not in got and month not in gone)
    return Line(customer, name, report, held, got, missing, gone)
