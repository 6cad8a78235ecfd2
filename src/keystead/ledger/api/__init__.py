"""JSON endpoints of the ledger."""

from keystead.ledger.api.desk import router

__all__ = ["router"]
