"""Command line: ``keystead metric`` and ``keystead proof``."""

from keystead.metrics.commands.metric import metric, shown
from keystead.metrics.commands.proof import proof

__all__ = ["metric", "proof", "shown"]
