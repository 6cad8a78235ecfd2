"""Storage of the ledger: the catalog of immutable fact files, and the batches behind them."""

from keystead.ledger.models.batch import Batch, BatchAccount, BatchMonth, RawFile
from keystead.ledger.models.catalog import Commit, Head, Part, Segment, Slice
from keystead.ledger.models.desk import Alias, CellFix, DeskWork, SourceMap

__all__ = [
    "Alias",
    "Batch",
    "BatchAccount",
    "BatchMonth",
    "CellFix",
    "Commit",
    "DeskWork",
    "Head",
    "Part",
    "RawFile",
    "Segment",
    "Slice",
    "SourceMap",
]
