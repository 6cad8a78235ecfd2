"""Command line: ``keystead forecast``."""

from keystead.forecasting.commands.books import export, merge
from keystead.forecasting.commands.cycle import forecast
from keystead.forecasting.commands.insight import accuracy, remarks

for one in (export, merge, remarks, accuracy):
    forecast.add_command(one)

__all__ = ["forecast"]
