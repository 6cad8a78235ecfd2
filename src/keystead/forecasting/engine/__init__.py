"""The mathematics of the forecast: recipes, backtest, ranges, coherence.

Heavy libraries are imported inside functions: importing this package loads none of them.
"""
