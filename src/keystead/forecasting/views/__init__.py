"""Pages of the forecast: cycles, the grid, its workbook, who added value."""

from keystead.forecasting.views.champions import champions, decide_champions
from keystead.forecasting.views.cycle import cycle, cycles, open_cycle, problems
from keystead.forecasting.views.debias import own_bias
from keystead.forecasting.views.grid import comment, edit, grid, node, rows, undo
from keystead.forecasting.views.steps import cycle_step, verdict
from keystead.forecasting.views.value_added import record, share_record, value_added
from keystead.forecasting.views.workbook import book, book_return

__all__ = [
    "book",
    "book_return",
    "champions",
    "comment",
    "cycle",
    "cycle_step",
    "cycles",
    "decide_champions",
    "edit",
    "grid",
    "node",
    "open_cycle",
    "own_bias",
    "problems",
    "record",
    "rows",
    "share_record",
    "undo",
    "value_added",
    "verdict",
]
