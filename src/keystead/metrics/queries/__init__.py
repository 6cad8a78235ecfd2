"""Reads of the room: figures, their proofs, what changed since, the catalogue."""

from keystead.metrics.queries.accruing import accruing_since
from keystead.metrics.queries.catalogue import Entry, catalogue, catalogue_entry
from keystead.metrics.queries.changes import changes_since
from keystead.metrics.queries.checking import check_document
from keystead.metrics.queries.evaluate import evaluate
from keystead.metrics.queries.folding import lines, standing_sums, sums
from keystead.metrics.queries.origins import Origin, origins
from keystead.metrics.queries.parsing import (
    account_of_proof,
    data_until,
    parquet_bytes,
    parse_as_of,
    parse_filters,
)
from keystead.metrics.queries.proof import open_proof
from keystead.metrics.queries.reading import Reading, reading
from keystead.metrics.queries.standing import is_no_metric, parts_of, standing, standings
from keystead.metrics.queries.wire import (
    changes_body,
    checked_body,
    entry_body,
    figure_body,
    flat_rows,
    proof_body,
    rows_body,
    standing_body,
)

__all__ = [
    "Entry",
    "Origin",
    "Reading",
    "account_of_proof",
    "accruing_since",
    "catalogue",
    "catalogue_entry",
    "changes_body",
    "changes_since",
    "check_document",
    "checked_body",
    "data_until",
    "entry_body",
    "evaluate",
    "figure_body",
    "flat_rows",
    "is_no_metric",
    "lines",
    "open_proof",
    "origins",
    "parquet_bytes",
    "parse_as_of",
    "parse_filters",
    "parts_of",
    "proof_body",
    "reading",
    "rows_body",
    "standing",
    "standing_body",
    "standing_sums",
    "standings",
    "sums",
]
