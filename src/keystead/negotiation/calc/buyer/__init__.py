"""What the buyer's own spreadsheet says: cost of a paid use, what unbundling would save."""
