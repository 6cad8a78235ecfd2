"""A decision moves an expense on."""

from __future__ import annotations

from keystead.campaigns import services
from keystead.governance.types.approvals import ApprovalDecided, SubjectKind
from keystead.kit import outbox


@outbox.listens(ApprovalDecided)
def take_decision(event: ApprovalDecided) -> None:
    if event.kind == SubjectKind.EXPENSE:
        services.take_decision(request_id=event.request_id)
