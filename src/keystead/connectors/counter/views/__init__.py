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
from keystead.connectors.counter.views.titles import (
    add_titles,
    title_lists,
    titles,
    titles_file,
)
from keystead.connectors.counter.views.usage import usage

__all__ = [
    "add_source",
    "add_titles",
    "change_source",
    "fetch",
    "index",
    "match",
    "report",
    "report_body",
    "source",
    "source_body",
    "title_lists",
    "titles",
    "titles_file",
    "usage",
]
