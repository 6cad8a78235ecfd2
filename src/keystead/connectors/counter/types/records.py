"""The one record form: whatever format a report came in, this is what was read."""

from __future__ import annotations

import dataclasses
from datetime import date

import pyarrow as pa

_IDS = ("doi", "proprietary_id", "isbn", "print_issn", "online_issn", "uri")
_ABOUT = ("authors", "publication_date", "article_version")

# What is said about one entry: columns of the tabular form, in its order, in small letters.
ENTRY_COLUMNS: tuple[str, ...] = (
    "institution_name", "customer_id",
    "database", "title", "item", "publisher", "publisher_id", "platform",
    *_ABOUT, *_IDS,
    "parent_title", *(f"parent_{name}" for name in _ABOUT), "parent_data_type",
    *(f"parent_{name}" for name in _IDS),
    "component_title", *(f"component_{name}" for name in _ABOUT), "component_data_type",
    *(f"component_{name}" for name in _IDS),
    "data_type", "section_type", "yop", "access_type", "access_method",
    "country_name", "country_code", "subdivision_name", "subdivision_code", "attributed",
    "book_segment_count", "format",
)  # fmt: skip
# Two entries that agree in these are about the same thing; counts of one month add up over them.
KEY_COLUMNS: tuple[str, ...] = tuple(
    name for name in ENTRY_COLUMNS if name not in {"book_segment_count"}
)
COUNT_SCHEMA = pa.schema(
    [
        pa.field("entry", pa.int32(), nullable=False),  # row of the entries
        pa.field("row", pa.int64(), nullable=False),  # row of the sheet, or number of the entry
        pa.field("metric_type", pa.dictionary(pa.int16(), pa.string()), nullable=False),
        pa.field("month", pa.date32(), nullable=False),
        pa.field("count", pa.int64(), nullable=False),
    ]
)


class NotCounter(Exception):
    """The file cannot be read as a COUNTER report: a code, and what to put into its sentence."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclasses.dataclass(frozen=True)
class ReportException:
    """What a provider says instead of, or beside, usage (COUNTER 5.1, exceptions)."""

    code: int
    message: str = ""
    data: str = ""
    severity: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReportHeader:
    """The head of a report. Empty where the report does not say."""

    release: str
    report_id: str
    report_name: str = ""
    institution_name: str = ""
    institution_ids: tuple[tuple[str, str], ...] = ()  # (scheme, value)
    customer_id: str = ""
    metric_types: tuple[str, ...] = ()
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exceptions: tuple[ReportException, ...] = ()
    begin: date | None = None
    end: date | None = None
    created: str = ""
    created_by: str = ""
    registry_record: str = ""

    def filter(self, name: str) -> tuple[str, ...]:
        return dict(self.filters).get(name, ())

    def attribute(self, name: str) -> tuple[str, ...]:
        return dict(self.attributes).get(name, ())


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """A report as read.

    ``entries``: one row per thing that was used, ENTRY_COLUMNS as text, "" where not said, and
    ``place``, where it stands. ``counts``: COUNT_SCHEMA, zeros left out. ``stray``: what could
    not be taken as a count, as (place, rule, what it says). ``totals``: of tabular reports, one
    row per source row with the total it states and the sum of its months.
    """

    header: ReportHeader
    form: str  # json, table
    entries: pa.Table
    counts: pa.Table
    columns: tuple[str, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    months: tuple[date, ...] = ()
    totals: pa.Table | None = None
    stray: tuple[tuple[str, str, str], ...] = ()
    has_header: bool = True
    has_items: bool = True
    layout: tuple[tuple[str, str, str], ...] = ()  # (place, rule, what it says) about the form

    def records(self) -> pa.Table:
        """Return the counts with all that is said about them, in a fixed order."""
        entries = self.entries.select([c for c in ENTRY_COLUMNS if c in self.entries.column_names])
        wide = entries.take(self.counts.column("entry"))
        for name in ("metric_type", "month", "count"):
            wide = wide.append_column(name, self.counts.column(name))
        plain = {
            name: values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values
            for name, values in zip(wide.column_names, wide.columns, strict=True)
        }
        wide = pa.table(plain)
        return wide.sort_by([(name, "ascending") for name in wide.column_names])
