"""All that crosses rooms: dataset declarations, storage views, events."""

from keystead.ledger.types.datasets import DATASETS, GUESSED, IMPORTED, dataset_def, imported
from keystead.ledger.types.desk import Handed
from keystead.ledger.types.events import BatchPosted, BatchUndone
from keystead.ledger.types.fields import (
    COMMON_COLUMNS,
    MONEY,
    Choice,
    Computation,
    DatasetDef,
    Fallback,
    FieldDef,
    FieldType,
    Mode,
)
from keystead.ledger.types.storage import (
    Batch,
    BatchState,
    CacheRead,
    CommitKind,
    Counts,
    Finding,
    LiveMonth,
    SegmentRead,
    SliceChange,
    SliceSet,
    SourceCell,
    SourceRow,
    VerifyReport,
)

__all__ = [
    "COMMON_COLUMNS",
    "DATASETS",
    "GUESSED",
    "IMPORTED",
    "MONEY",
    "Batch",
    "BatchPosted",
    "BatchState",
    "BatchUndone",
    "CacheRead",
    "Choice",
    "CommitKind",
    "Computation",
    "Counts",
    "DatasetDef",
    "Fallback",
    "FieldDef",
    "FieldType",
    "Finding",
    "Handed",
    "LiveMonth",
    "Mode",
    "SegmentRead",
    "SliceChange",
    "SliceSet",
    "SourceCell",
    "SourceRow",
    "VerifyReport",
    "dataset_def",
    "imported",
]
