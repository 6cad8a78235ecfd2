"""The portfolio as a report by mail: the same workbook that the page gives."""

from __future__ import annotations

from django.http import QueryDict

from keystead.doors.web.measures import data_until, offered
from keystead.doors.web.portfolio import Choice, build
from keystead.doors.web.portfolio_table import workbook_of
from keystead.kit.access import Actor
from keystead.reviews.queries.subscriptions import Document
from keystead.reviews.types.subscriptions import ReportEntry


def portfolio(actor: Actor, entry: ReportEntry) -> Document:
    """Return the accounts the reader may see now, of one segment where they asked for it."""
    asked = QueryDict(mutable=True)
    asked["segment"] = entry.segment
    choice = Choice.from_query(asked, [metric.id for metric in offered(actor)])
    last = data_until()
    name = f"keystead-accounts-{last:%Y-%m-%d}.xlsx"
    return Document(name, workbook_of(build(actor, choice, last)))
