"""Screens of the room: panels of the account page."""

from keystead.profitability.views.customer import customer
from keystead.profitability.views.pnl import pnl, pnl_sheet
from keystead.profitability.views.waterfall import waterfall, waterfall_sheet
from keystead.profitability.views.why import why

__all__ = ["customer", "pnl", "pnl_sheet", "waterfall", "waterfall_sheet", "why"]
