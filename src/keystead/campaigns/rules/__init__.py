"""Decisions of campaigns: what may follow what, and what compliance asks for."""
