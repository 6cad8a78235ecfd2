"""Account plans, whitespace and segments of accounts."""
