"""What several tests of the room start from."""

from keystead.agreements.tests.sold import house

__all__ = ["house"]
