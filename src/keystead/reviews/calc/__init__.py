"""Calculations of the reviews room."""
