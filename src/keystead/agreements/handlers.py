"""A decision moves on what was asked for; new sales move the accruals."""

from __future__ import annotations

from keystead.agreements import services
from keystead.governance.types.approvals import ApprovalDecided, SubjectKind
from keystead.kit import jobs, outbox
from keystead.ledger.types import BatchPosted, BatchUndone

MOVING = frozenset({"sell_in", "forecast"})


@outbox.listens(ApprovalDecided)
def take_decision(event: ApprovalDecided) -> None:
    if event.kind == SubjectKind.AGREEMENT and event.subject_id.isdecimal():
        services.take_decision(request_id=event.request_id)


@outbox.listens(ApprovalDecided)
def take_claim_decision(event: ApprovalDecided) -> None:
    if event.kind == SubjectKind.CLAIM:
        services.take_claim_decision(request_id=event.request_id)
    if event.kind == SubjectKind.WRITE_OFF and event.subject_id.startswith("claim:"):
        services.take_claim_write_off(request_id=event.request_id)


@outbox.listens(ApprovalDecided)
def take_settlement_decision(event: ApprovalDecided) -> None:
    if event.kind == SubjectKind.SETTLEMENT and event.subject_id.isdecimal():
        services.take_settlement_decision(request_id=event.request_id)
    if event.kind == SubjectKind.WRITE_OFF and event.subject_id.startswith("settlement:"):
        services.take_write_off_decision(request_id=event.request_id)


@outbox.listens(BatchPosted)
def follow_posted(event: BatchPosted) -> None:
    _follow(event)


@outbox.listens(BatchUndone)
def follow_undone(event: BatchUndone) -> None:
    _follow(event)


def _follow(event: BatchPosted | BatchUndone) -> None:
    if event.dataset not in MOVING:
        return
    asked = {
        "accounts": list(event.account_ids),
        "months": list(event.months) if event.dataset == "sell_in" else [],
    }
    jobs.enqueue("agreements.accrue", asked, key=f"agreements.accrue:{event.commit}")
