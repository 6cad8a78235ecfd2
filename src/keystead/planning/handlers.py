"""An approval moves the plan on that it was asked for."""

from __future__ import annotations

from keystead.governance.types.approvals import ApprovalDecided, SubjectKind
from keystead.kit import outbox
from keystead.planning import services


@outbox.listens(ApprovalDecided)
def take_decision(event: ApprovalDecided) -> None:
    if event.kind == SubjectKind.ACCOUNT_PLAN and event.subject_id.isdecimal():
        services.take_decision(request_id=event.request_id)
