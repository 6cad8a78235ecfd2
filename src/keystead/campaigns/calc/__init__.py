"""Pure mathematics of campaigns: units and money in, effect out."""
