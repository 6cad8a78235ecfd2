"""Use-cases of the ledger that write."""

from keystead.ledger.services.cache import build_cache
from keystead.ledger.services.clean import clean
from keystead.ledger.services.compact import compact
from keystead.ledger.services.extract import Extract, extract
from keystead.ledger.services.facts import keep_file, post_facts
from keystead.ledger.services.post import post_rows, release_rows
from keystead.ledger.services.store import keep_raw
from keystead.ledger.services.undo import undo_batch
from keystead.ledger.services.verify import verify

__all__ = [
    "Extract",
    "build_cache",
    "clean",
    "compact",
    "extract",
    "keep_file",
    "keep_raw",
    "post_facts",
    "post_rows",
    "release_rows",
    "undo_batch",
    "verify",
]
