"""Paths of the account panels; the room's urls include them."""

from django.urls import URLPattern, path

from keystead.metrics.views.panels.money import money
from keystead.metrics.views.panels.prices import prices
from keystead.metrics.views.panels.range import range_panel
from keystead.metrics.views.panels.spend import spend
from keystead.metrics.views.panels.stock import stock
from keystead.metrics.views.panels.today import today

HERE = "accounts/<int:account_id>/panels"
panel_paths: list[URLPattern] = [
    path(f"{HERE}/today/", today, name="panel_today"),
    path(f"{HERE}/money/", money, name="panel_money"),
    path(f"{HERE}/range/", range_panel, name="panel_range"),
    path(f"{HERE}/stock/", stock, name="panel_stock"),
    path(f"{HERE}/prices/", prices, name="panel_prices"),
    path(f"{HERE}/spend/", spend, name="panel_spend"),
]
