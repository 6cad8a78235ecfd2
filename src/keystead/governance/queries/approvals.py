"""Reads of approvals: one request, the inbox of a person, the matrix."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from keystead.governance.models import (
    ApprovalDecision,
    ApprovalDelegation,
    ApprovalPolicy,
    ApprovalRequestRow,
)
from keystead.governance.rules.approvals import missing_roles
from keystead.governance.rules.matrix import SHIPPED
from keystead.governance.types.approvals import (
    ApprovalRequest,
    Band,
    Change,
    Decided,
    Delegation,
    Facts,
    PolicyRow,
    RequestState,
    Step,
    StepMode,
    SubjectKind,
)
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor, actor_for
from keystead.kit.access.account_door import may_see_account
from keystead.kit.models import User


def policy_rows(kind: SubjectKind | None = None) -> tuple[PolicyRow, ...]:
    """Return the policy matrix (of one kind): the company's lines, or the shipped ones.

    A kind for which the company has a line of its own no longer follows the shipped lines.
    """
    own = [_policy(row) for row in ApprovalPolicy.objects.all()]
    replaced = {row.kind for row in own}
    rows = [*own, *(row for row in SHIPPED if row.kind not in replaced)]
    return tuple(row for row in rows if kind is None or row.kind is kind)


def request(request_id: int) -> ApprovalRequest:
    """Return one request for a room that checks its use; screens use ``request_for``."""
    row = _with_people().filter(pk=request_id).first()
    if row is None:
        raise NotFound("There is no such request.")
    return _requests([row])[0]


def request_for(actor: Actor, request_id: int) -> ApprovalRequest:
    """Return a request the actor made, may answer, answered, or may see for oversight."""
    found = request(request_id)
    if not _concerns(actor, found):
        raise NotFound("There is no such request.")
    return found


def latest(kind: SubjectKind, subject_id: str) -> ApprovalRequest | None:
    """Return the newest request on a subject, whatever its state."""
    row = _with_people().filter(kind=kind.value, subject_id=subject_id).first()
    return _requests([row])[0] if row else None


def inbox(actor: Actor) -> tuple[ApprovalRequest, ...]:
    """Return what waits for the actor now, overdue first, own requests never among it."""
    waiting = [
        item
        for item in _requests(_with_people().filter(state=RequestState.OPEN.value))
        if item.requested_by != actor.user_id and _may_answer(actor, item)
    ]
    return tuple(sorted(waiting, key=lambda item: (item.due_at or item.requested_at, item.id)))


def open_on_account(account_id: int) -> tuple[ApprovalRequest, ...]:
    """Return the open requests on an account, the most urgent first.

    The caller has been through the account's own door (``accounts.queries``).
    """
    rows = _with_people().filter(state=RequestState.OPEN.value, account_id=account_id)
    return tuple(sorted(_requests(rows), key=lambda item: item.due_at or item.requested_at))


def approvers_of(item: ApprovalRequest) -> frozenset[int]:
    """Return who may answer the present step now: its roles, and their deputies."""
    if item.state is not RequestState.OPEN:
        return frozenset()
    others = User.objects.filter(is_active=True).exclude(pk=item.requested_by)
    return frozenset(user.pk for user in others if _may_answer(actor_for(user), item))


def made_by(actor: Actor, limit: int = 50) -> tuple[ApprovalRequest, ...]:
    """Return the actor's own requests, newest first."""
    return tuple(_requests(_with_people().filter(requested_by_id=actor.user_id)[:limit]))


def delegations_to(user_id: int, on: date) -> tuple[tuple[Delegation, frozenset[str]], ...]:
    """Return the delegations to a user valid on the day, with the giver's roles now.

    None when the access of the giver or of the deputy has ended.
    """
    rows = ApprovalDelegation.objects.filter(
        to_user_id=user_id,
        to_user__is_active=True,
        from_user__is_active=True,
        starts__lte=on,
        ends__gt=on,
    ).select_related("from_user")
    return tuple((delegation(row), frozenset(row.from_user.roles)) for row in rows)


def delegations_of(actor: Actor) -> tuple[Delegation, ...]:
    """Return the delegations the actor gave or holds."""
    mine = Q(from_user_id=actor.user_id) | Q(to_user_id=actor.user_id)
    return tuple(delegation(row) for row in ApprovalDelegation.objects.filter(mine))


def delegation(row: ApprovalDelegation) -> Delegation:
    """Return the stored delegation as a type."""
    return Delegation(
        id=row.pk,
        from_user=row.from_user_id,
        to_user=row.to_user_id,
        starts=row.starts,
        ends=row.ends,
        kinds=frozenset(SubjectKind(kind) for kind in row.kinds),
    )


def _may_answer(actor: Actor, item: ApprovalRequest) -> bool:
    given = [decided for decided in item.decisions if decided.step == item.current_step]
    if any(decided.user_id == actor.user_id for decided in given):
        return False
    still = set(missing_roles(item.steps[item.current_step], given))
    if still & actor.roles and _reaches(actor, item):
        return True
    today = timezone.localdate()
    held = delegations_to(actor.user_id or 0, today)
    return any(
        giver.covers(item.kind, today)
        and giver.from_user != item.requested_by
        and still & roles
        and _reaches(actor_for(User.objects.get(pk=giver.from_user)), item)
        for giver, roles in held
    )


def _reaches(actor: Actor, item: ApprovalRequest) -> bool:
    """Say whether the account of a request is one of the actor's; a deputy has the giver's."""
    return actor.system or item.account_id is None or may_see_account(actor, item.account_id)


def _concerns(actor: Actor, item: ApprovalRequest) -> bool:
    if actor.system or item.requested_by == actor.user_id:
        return True
    if actor.roles & {"compliance", "finance"}:
        return True
    if item.requested_by in actor.reports:
        return True
    answered = any(decided.user_id == actor.user_id for decided in item.decisions)
    return answered or (item.state is RequestState.OPEN and _may_answer(actor, item))


def _with_people() -> Any:
    return ApprovalRequestRow.objects.select_related("requested_by")


def _requests(rows: Iterable[ApprovalRequestRow]) -> list[ApprovalRequest]:
    rows = list(rows)
    decisions: dict[int, list[Decided]] = {row.pk: [] for row in rows}
    names = {user.pk: str(user) for user in User.objects.all()} if rows else {}
    for item in ApprovalDecision.objects.filter(request_id__in=decisions):
        decisions[item.request_id].append(
            Decided(
                step=item.step,
                user_id=item.user_id,
                role=item.role,
                approved=item.approved,
                reason=item.reason,
                at=item.at,
                on_behalf_of=item.on_behalf_of_id,
                user_name=names.get(item.user_id, ""),
            )
        )
    return [_request(row, tuple(decisions[row.pk])) for row in rows]


def _request(row: ApprovalRequestRow, decisions: tuple[Decided, ...]) -> ApprovalRequest:
    return ApprovalRequest(
        id=row.pk,
        kind=SubjectKind(row.kind),
        subject_id=row.subject_id,
        title=row.title,
        account_id=row.account_id,
        content_hash=row.content_hash,
        state=RequestState(row.state),
        steps=steps_from(row.steps),
        current_step=row.current_step,
        facts=facts_from(row.facts),
        changes=tuple(Change(**item) for item in row.changes),
        evidence=row.evidence,
        policy_names=tuple(row.policy_names),
        requested_by=row.requested_by_id,
        requested_by_name=str(row.requested_by),
        requested_at=row.requested_at,
        due_at=row.due_at,
        escalated_at=row.escalated_at,
        decisions=decisions,
        version=row.version,
    )


def steps_from(stored: list[dict[str, Any]]) -> tuple[Step, ...]:
    """Return steps from their stored form."""
    return tuple(
        Step(tuple(item["roles"]), StepMode(item.get("mode", "any")), item.get("due_days", 3))
        for item in stored
    )


def steps_to(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Return steps in their stored form."""
    return [
        {"roles": list(step.roles), "mode": step.mode.value, "due_days": step.due_days}
        for step in steps
    ]


def facts_from(stored: dict[str, Any]) -> Facts:
    """Return facts from their stored form."""
    return Facts(
        amount=_decimal(stored.get("amount")),
        currency=stored.get("currency", ""),
        discount_pct=_decimal(stored.get("discount_pct")),
        term_months=stored.get("term_months"),
        flags=frozenset(stored.get("flags", ())),
    )


def facts_to(facts: Facts) -> dict[str, Any]:
    """Return facts in their stored form."""
    return {
        "amount": None if facts.amount is None else str(facts.amount),
        "currency": facts.currency,
        "discount_pct": None if facts.discount_pct is None else str(facts.discount_pct),
        "term_months": facts.term_months,
        "flags": sorted(facts.flags),
    }


def _decimal(text: str | int | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _policy(row: ApprovalPolicy) -> PolicyRow:
    return PolicyRow(
        id=row.pk,
        kind=SubjectKind(row.kind),
        name=row.name,
        steps=steps_from(row.steps),
        amount=Band(row.amount_from, row.amount_below),
        currency=row.currency,
        discount_pct=Band(row.discount_from, row.discount_below),
        term_months=Band(_decimal(row.months_from), _decimal(row.months_below)),
        flags=frozenset(row.flags),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
