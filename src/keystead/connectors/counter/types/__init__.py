"""What crosses the connector: reports as declared data, records as read, findings."""

from keystead.connectors.counter.types.findings import Finding, Outcome, Severity, State
from keystead.connectors.counter.types.records import (
    COUNT_SCHEMA,
    ENTRY_COLUMNS,
    KEY_COLUMNS,
    NotCounter,
    Report,
    ReportException,
    ReportHeader,
)
from keystead.connectors.counter.types.reports import (
    METRICS,
    REPORTS,
    TURNAWAYS,
    ReportDef,
    report_def,
)

__all__ = [
    "COUNT_SCHEMA",
    "ENTRY_COLUMNS",
    "KEY_COLUMNS",
    "METRICS",
    "REPORTS",
    "TURNAWAYS",
    "Finding",
    "NotCounter",
    "Outcome",
    "Report",
    "ReportDef",
    "ReportException",
    "ReportHeader",
    "Severity",
    "State",
    "report_def",
]
