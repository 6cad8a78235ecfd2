"""Pages of the offer what-if."""

from keystead.profitability.views.offers.pages import of_agreement, panel, setting, show, start
from keystead.profitability.views.offers.steps import step
from keystead.profitability.views.offers.tables import evaluate, rows, save

__all__ = ["evaluate", "of_agreement", "panel", "rows", "save", "setting", "show", "start", "step"]
