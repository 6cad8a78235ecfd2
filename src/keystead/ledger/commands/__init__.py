"""Commands of the ledger; the command line mounts them lazily, each from its own file."""
