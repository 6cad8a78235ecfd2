"""Reads of the ledger: which rows count at a commit, batches, and the cells they came from."""

from keystead.ledger.queries.cells import source_cells
from keystead.ledger.queries.changes import slices_between
from keystead.ledger.queries.desk import (
    CodeLine,
    DeskView,
    ProblemLine,
    code_lines,
    desk_of,
    has_desk,
    problem_lines,
)
from keystead.ledger.queries.imports import (
    accounts_of,
    batch,
    batches,
    file_seen_before,
    live_months,
    own_batches,
    visible_batches,
)
from keystead.ledger.queries.known import labels_for, proposals_for
from keystead.ledger.queries.reach import last_day
from keystead.ledger.queries.rejects import rejects_file, rejects_table
from keystead.ledger.queries.slices import (
    cache_for,
    commit_at,
    content_mark,
    current_commit,
    moment_of,
    senders,
    slice_set,
    versions,
)
from keystead.ledger.queries.staging import kept_file, staged_sheet, staging_path

__all__ = [
    "CodeLine",
    "DeskView",
    "ProblemLine",
    "accounts_of",
    "batch",
    "batches",
    "cache_for",
    "code_lines",
    "commit_at",
    "content_mark",
    "current_commit",
    "desk_of",
    "file_seen_before",
    "has_desk",
    "kept_file",
    "labels_for",
    "last_day",
    "live_months",
    "moment_of",
    "own_batches",
    "problem_lines",
    "proposals_for",
    "rejects_file",
    "rejects_table",
    "senders",
    "slice_set",
    "slices_between",
    "source_cells",
    "staged_sheet",
    "staging_path",
    "versions",
    "visible_batches",
]
