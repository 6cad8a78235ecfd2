"""Keystead: key account management where every number can prove itself."""

__version__ = "0.1.0"
