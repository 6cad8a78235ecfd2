"""Pure mathematics of forecasts: series in, measures out."""
