"""Pure decisions: who may approve, what is open, what is personal data."""
