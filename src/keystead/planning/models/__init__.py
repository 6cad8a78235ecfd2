"""Storage of the room."""

from keystead.planning.models.plans import (
    ActionRow,
    ClaimRow,
    InitiativeRow,
    InputRow,
    ObjectiveRow,
    PlanRow,
    PlanVersion,
    StatedRow,
)
from keystead.planning.models.segments import CutsVersion, SegmentOf, SegmentRun
from keystead.planning.models.whitespace import CellRow

__all__ = [
    "ActionRow",
    "CellRow",
    "ClaimRow",
    "CutsVersion",
    "InitiativeRow",
    "InputRow",
    "ObjectiveRow",
    "PlanRow",
    "PlanVersion",
    "SegmentOf",
    "SegmentRun",
    "StatedRow",
]
