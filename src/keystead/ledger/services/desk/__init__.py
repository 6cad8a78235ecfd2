"""The import desk: from a received file to rows that are ready to count."""

from keystead.ledger.services.desk.answers import (
    assert_total,
    cancel_batch,
    confirm_match,
    confirm_matches,
    decide,
    reject_matches,
    reject_rows,
    set_mapping,
    set_options,
    set_place,
)
from keystead.ledger.services.desk.creating import create_from_file
from keystead.ledger.services.desk.discarding import discard_batch
from keystead.ledger.services.desk.finishing import post_batch, release_waiting
from keystead.ledger.services.desk.fixing import fix_cells, resolve_problem
from keystead.ledger.services.desk.handing import handed_on, takes_files
from keystead.ledger.services.desk.prepare import prepare
from keystead.ledger.services.desk.receiving import receive_again, receive_file
from keystead.ledger.services.desk.returning import receive_rejects, take_rejects
from keystead.ledger.services.desk.starting import start_create, start_post, start_prepare
from keystead.ledger.services.desk.sums import verdicts

__all__ = [
    "assert_total",
    "cancel_batch",
    "confirm_match",
    "confirm_matches",
    "create_from_file",
    "decide",
    "discard_batch",
    "fix_cells",
    "handed_on",
    "post_batch",
    "prepare",
    "receive_again",
    "receive_file",
    "receive_rejects",
    "reject_matches",
    "reject_rows",
    "release_waiting",
    "resolve_problem",
    "set_mapping",
    "set_options",
    "set_place",
    "start_create",
    "start_post",
    "start_prepare",
    "take_rejects",
    "takes_files",
    "verdicts",
]
