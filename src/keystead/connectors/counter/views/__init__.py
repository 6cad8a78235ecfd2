"""Pages of the connector."""

from keystead.connectors.counter.views.reports import match, report, report_body
from keystead.connectors.counter.views.sources import (
    add_source,
    change_source,
    fetch,
    index,
    source,
    source_body,
)

__all__ = [
    "add_source",
    "change_source",
    "fetch",
    "index",
    "match",
    "report",
    "report_body",
    "source",
    "source_body",
]
