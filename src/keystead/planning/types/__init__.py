"""What the room shares: plans, actions, the whitespace grid, segments, events."""

from keystead.planning.types.events import ActionMoved, PlanApproved

__all__ = ["ActionMoved", "PlanApproved"]
