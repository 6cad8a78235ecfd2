"""COUNTER usage reports: read, checked, derived, loaded, harvested."""
