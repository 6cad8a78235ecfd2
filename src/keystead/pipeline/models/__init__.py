"""Storage of the pipeline room."""

from keystead.pipeline.models.opportunities import (
    LotRow,
    OpportunityEvidence,
    OpportunityOutcome,
    OpportunityRow,
    RivalLossRow,
    SeenSignalRow,
    SignalAnswerRow,
    StageChangeRow,
    StageRow,
)
from keystead.pipeline.models.renewals import RenewalEvidence, RenewalOutcome, RenewalRow

__all__ = [
    "LotRow",
    "OpportunityEvidence",
    "OpportunityOutcome",
    "OpportunityRow",
    "RenewalEvidence",
    "RenewalOutcome",
    "RenewalRow",
    "RivalLossRow",
    "SeenSignalRow",
    "SignalAnswerRow",
    "StageChangeRow",
    "StageRow",
]
