"""Pure decisions: what state a report is in, and what breaks the code of practice."""
