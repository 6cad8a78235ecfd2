"""What several tests of the room start from."""

from keystead.forecasting.tests.house import house

__all__ = ["house"]
