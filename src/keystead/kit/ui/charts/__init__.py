"""Charts as data: seven kinds in one notation, each with the table of the same numbers.

A room builds one in its view and the template says ``{% chart chart %}``. Values may be numbers
or figures (anything with ``value`` and ``proof_id``): then bars and cells lead to their proof.
Notation (IBCS): actual solid ink, last year grey, target outline, forecast hatched in the accent
with its range, variance green or red with its sign.
"""

from keystead.kit.ui.charts.base import Chart
from keystead.kit.ui.charts.columns import Ahead, column_months
from keystead.kit.ui.charts.rows import bars, dots, variance_bars, waterfall
from keystead.kit.ui.charts.trends import lines, shares

__all__ = [
    "Ahead",
    "Chart",
    "bars",
    "column_months",
    "dots",
    "lines",
    "shares",
    "variance_bars",
    "waterfall",
]
