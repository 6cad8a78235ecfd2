"""Pure numbers and decisions of the ledger."""
