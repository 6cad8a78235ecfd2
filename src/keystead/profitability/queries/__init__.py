"""Reads of the room: the account P&L, and why a figure moved."""

from keystead.profitability.queries.cells import pnl_cells
from keystead.profitability.queries.customer import customer_margin
from keystead.profitability.queries.growth import growth
from keystead.profitability.queries.pnl import account_pnl
from keystead.profitability.queries.pnl_book import pnl_workbook
from keystead.profitability.queries.rights import default_period, sees_cost
from keystead.profitability.queries.sheets import pnl_csv, waterfall_workbook
from keystead.profitability.queries.waterfall import cut_named, cuts, price_waterfall
from keystead.profitability.queries.wire import (
    cells_body,
    customer_body,
    growth_body,
    pnl_body,
    waterfall_body,
)

__all__ = [
    "account_pnl",
    "cells_body",
    "customer_body",
    "customer_margin",
    "cut_named",
    "cuts",
    "default_period",
    "growth",
    "growth_body",
    "pnl_body",
    "pnl_cells",
    "pnl_csv",
    "pnl_workbook",
    "price_waterfall",
    "sees_cost",
    "waterfall_body",
    "waterfall_workbook",
]
