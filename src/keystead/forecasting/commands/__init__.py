"""Command line: ``keystead forecast``."""

from keystead.forecasting.commands.books import export, merge
from keystead.forecasting.commands.cycle import forecast
from keystead.forecasting.commands.insight import accuracy, explain, plan, recipes, remarks

for one in (export, merge, remarks, explain, plan, recipes, accuracy):
    forecast.add_command(one)

__all__ = ["forecast"]
