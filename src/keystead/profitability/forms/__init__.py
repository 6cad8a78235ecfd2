"""Forms of the profitability room."""
