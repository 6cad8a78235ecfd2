"""Sequence metrics: pure functions over ordered rows or sums, named by ``Series.function``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from keystead.metrics.calc.series.contribution import contribution
from keystead.metrics.calc.series.groups import Answer, Group
from keystead.metrics.calc.series.listing import listing_continuity, listing_coverage
from keystead.metrics.calc.series.prices import (
    price_dispersion,
    price_episodes,
    price_index,
    price_modal_share,
    price_spread,
    price_under_peak,
    promo_depth,
    promo_frequency,
)
from keystead.metrics.calc.series.shares import (
    concentration,
    productivity_per_day,
    top_five_share,
    weighted_distribution,
)
from keystead.metrics.calc.series.stock import forward_stock_days

FUNCTIONS: Final[dict[str, Callable[[Group], Answer]]] = {
    function.__name__: function
    for function in (
        concentration,
        contribution,
        forward_stock_days,
        listing_continuity,
        listing_coverage,
        price_dispersion,
        price_episodes,
        price_index,
        price_modal_share,
        price_spread,
        price_under_peak,
        productivity_per_day,
        promo_depth,
        promo_frequency,
        top_five_share,
        weighted_distribution,
    )
}

__all__ = ["FUNCTIONS", "Answer", "Group"]
