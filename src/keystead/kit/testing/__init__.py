"""Tools for tests only."""
