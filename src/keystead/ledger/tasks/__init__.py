"""Background work of the ledger."""

from keystead.ledger.tasks import desk, storage

__all__ = ["desk", "storage"]
