"""Reads of governance, as frozen types."""
