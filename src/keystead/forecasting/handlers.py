"""A decision locks a cycle, or gives it back."""

from __future__ import annotations

from keystead.forecasting import services
from keystead.governance.types.approvals import ApprovalDecided, SubjectKind
from keystead.kit import outbox


@outbox.listens(ApprovalDecided)
def take_lock_decision(event: ApprovalDecided) -> None:
    if event.kind == SubjectKind.FORECAST_LOCK:
        services.take_decision(request_id=event.request_id)
