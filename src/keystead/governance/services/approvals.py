"""Ask for an approval, answer, withdraw, delegate, escalate. The only way a state changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.governance.models import (
    ApprovalDecision,
    ApprovalDelegation,
    ApprovalPolicy,
    ApprovalRequestRow,
)
from keystead.governance.queries import approvals as reads
from keystead.governance.rules.approvals import (
    after,
    answering_role,
    due,
    matching,
    needs_reason,
    route,
    usable,
)
from keystead.governance.services.telling import tell_approvers, tell_author, tell_overdue
from keystead.governance.types.approvals import (
    ApprovalDecided,
    ApprovalRequest,
    Ask,
    Decided,
    Delegation,
    Facts,
    RequestState,
    Step,
    SubjectKind,
)
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit import audit, outbox
from keystead.kit.access import Actor
from keystead.kit.access.rules import ROLES
from keystead.kit.models import User


@transaction.atomic
def request_approval(*, actor: Actor, ask: Ask) -> ApprovalRequest:
    """Open a request on a subject; an open one with other content is superseded.

    The room that owns the subject calls this after its own access check. Writes the request
    and one audit row. Raises Invalid when no policy covers it, NotAllowed for the system actor.
    """
    if actor.user_id is None:
        raise NotAllowed("An approval is asked for by a person.")
    same = _supersede_open(actor, ask)
    if same is not None:
        return same
    now = timezone.now()
    rows = reads.policy_rows(ask.kind)
    steps = route(rows, ask.kind, ask.facts, now.date())
    row = ApprovalRequestRow(
        kind=ask.kind.value,
        subject_id=ask.subject_id,
        title=ask.title[:200],
        account_id=ask.account_id,
        content_hash=ask.content_hash,
        steps=reads.steps_to(steps),
        facts=reads.facts_to(ask.facts),
        changes=[vars(change) for change in ask.changes],
        evidence=ask.evidence,
        policy_names=[item.name for item in matching(rows, ask.kind, ask.facts, now.date())],
        requested_by_id=actor.user_id,
        requested_at=now,
        step_since=now,
        due_at=due(steps[0], now),
    )
    row.save_checked(actor)
    audit.record(
        actor=actor,
        action="approval.request",
        subject=("approval", row.pk),
        new={
            "kind": ask.kind.value,
            "subject": ask.subject_id,
            "content_hash": ask.content_hash,
        },
        account_id=ask.account_id,
    )
    made = reads.request(row.pk)
    tell_approvers(made)
    return made


def _supersede_open(actor: Actor, ask: Ask) -> ApprovalRequest | None:
    """Close an open request on other content; return one on the same content instead."""
    open_ones = ApprovalRequestRow.objects.select_for_update().filter(
        kind=ask.kind.value, subject_id=ask.subject_id, state=RequestState.OPEN.value
    )
    for older in open_ones:
        if older.content_hash == ask.content_hash:
            return reads.request(older.pk)
        older.state = RequestState.SUPERSEDED.value
        older.save_checked(actor)
    return None


@transaction.atomic
def decide(
    *, actor: Actor, request_id: int, approve: bool, reason: str = "", content_hash: str = ""
) -> ApprovalRequest:
    """Approve or return the current step; the matrix and roles of this moment decide.

    ``content_hash`` is what the approver was shown; another one is a Conflict. A return needs
    a reason, and so does an approval of a price below cost (R-11). Writes the decision and one
    audit row; the event ApprovalDecided at the end.
    """
    row = ApprovalRequestRow.objects.select_for_update().filter(pk=request_id).first()
    if row is None:
        raise NotFound("There is no such request.")
    item = reads.request_for(actor, request_id)
    if content_hash and content_hash != item.content_hash:
        raise Conflict(
            "The request changed while you were reading it.", hint="Read it again, then answer."
        )
    if not approve and not reason.strip():
        raise Invalid(
            "Say why you return it, so that the next version can be better.",
            fields={"reason": "A return needs a reason."},
        )
    now = timezone.now()
    today = timezone.localdate(now)
    _keep_route_current(row, item, today)
    item = reads.request(request_id)
    role, behalf = answering_role(
        item,
        user_id=actor.user_id or 0,
        roles=actor.roles,
        delegations=reads.delegations_to(actor.user_id or 0, today),
        on=today,
    )
    if approve and not reason.strip() and needs_reason(item.facts):
        told = _("Say why a price below cost may stand: the approval keeps its reason.")
        raise Invalid(told, code="reason_missing", fields={"reason": told})
    decided = Decided(item.current_step, actor.user_id or 0, role, approve, reason, now, behalf)
    state, step = after(item, decided)
    _keep_answer(row, decided)
    _move(row, actor, item, state, step)
    audit.record(
        actor=actor,
        action="approval.approve" if approve else "approval.return",
        subject=("approval", row.pk),
        new={"step": decided.step, "role": role, "for": behalf, "state": state.value},
        why=reason,
        account_id=row.account_id,
    )
    done = reads.request(row.pk)
    if state is not RequestState.OPEN:
        _tell(row, state)
        tell_author(done)
    elif step != item.current_step:
        tell_approvers(done)
    return done


def _keep_answer(row: ApprovalRequestRow, decided: Decided) -> None:
    ApprovalDecision.objects.create(
        request=row,
        step=decided.step,
        user_id=decided.user_id,
        role=decided.role,
        on_behalf_of_id=decided.on_behalf_of,
        approved=decided.approved,
        reason=decided.reason,
        at=decided.at,
    )


def _tell(row: ApprovalRequestRow, state: RequestState) -> None:
    outbox.publish(
        ApprovalDecided(
            request_id=row.pk,
            kind=row.kind,
            subject_id=row.subject_id,
            content_hash=row.content_hash,
            approved=state is RequestState.APPROVED,
        )
    )


def _keep_route_current(row: ApprovalRequestRow, item: ApprovalRequest, today: date) -> None:
    """Limits are those of this moment: a stricter matrix adds its steps at the end."""
    wanted = route(reads.policy_rows(item.kind), item.kind, item.facts, today)
    added = [step for step in wanted if step not in item.steps]
    if added:
        row.steps = reads.steps_to([*item.steps, *added])
        ApprovalRequestRow.objects.filter(pk=row.pk).update(steps=row.steps)


def _move(
    row: ApprovalRequestRow, actor: Actor, item: ApprovalRequest, state: RequestState, step: int
) -> None:
    now = timezone.now()
    row.state = state.value
    if step != row.current_step:
        row.current_step, row.step_since, row.escalated_at = step, now, None
        row.due_at = due(item.steps[step], now)
    row.save_checked(actor)


@transaction.atomic
def withdraw(*, actor: Actor, request_id: int, why: str = "") -> ApprovalRequest:
    """Take back an own open request."""
    row = ApprovalRequestRow.objects.select_for_update().filter(pk=request_id).first()
    if row is None or row.requested_by_id != actor.user_id:
        raise NotFound("There is no such request.")
    if row.state != RequestState.OPEN.value:
        raise Conflict(f"This request is {row.state} already.")
    row.state = RequestState.WITHDRAWN.value
    row.save_checked(actor)
    audit.record(
        actor=actor,
        action="approval.withdraw",
        subject=("approval", row.pk),
        why=why,
        account_id=row.account_id,
    )
    return reads.request(row.pk)


@transaction.atomic
def delegate(
    *,
    actor: Actor,
    to_user_id: int,
    starts: date,
    ends: date,
    reason: str,
    kinds: Iterable[SubjectKind] = (),
) -> Delegation:
    """Let another person answer in the actor's place until ``ends`` (that day excluded)."""
    if ends <= starts:
        raise Invalid("A delegation ends after it starts.", fields={"ends": "Choose a later day."})
    if actor.user_id is None:
        raise NotAllowed("A delegation is given by a person.")
    if to_user_id == actor.user_id:
        raise Invalid("Choose another person.", fields={"to_user": "This is you."})
    if not reason.strip():
        raise Invalid("Say why.", fields={"reason": "A delegation keeps its reason."})
    if not User.objects.filter(pk=to_user_id, is_active=True).exists():
        raise NotFound("There is no such user.")
    row = ApprovalDelegation(
        from_user_id=actor.user_id,
        to_user_id=to_user_id,
        starts=starts,
        ends=ends,
        reason=reason[:200],
        kinds=sorted(kind.value for kind in kinds),
    )
    row.save_checked(actor)
    audit.record(
        actor=actor, action="approval.delegate", subject=("delegation", row.pk), new=row.snapshot()
    )
    return reads.delegation(row)


@transaction.atomic
def end_delegation(*, actor: Actor, delegation_id: int) -> None:
    """End an own delegation today; one that has not begun is gone at once."""
    row = ApprovalDelegation.objects.filter(pk=delegation_id, from_user_id=actor.user_id).first()
    if row is None:
        raise NotFound("There is no such delegation.")
    old = row.snapshot()
    today = timezone.localdate()
    if row.starts >= today:
        row.delete()
        new: dict[str, Any] = {}
    else:
        row.ends = min(row.ends, today)
        row.save_checked(actor)
        new = row.snapshot()
    audit.record(
        actor=actor,
        action="approval.end_delegation",
        subject=("delegation", delegation_id),
        old=old,
        new=new,
    )


@transaction.atomic
def escalate_overdue(*, actor: Actor) -> tuple[int, ...]:
    """Mark overdue steps once and return their request ids, for the mail to the next level."""
    now = timezone.now()
    rows = ApprovalRequestRow.objects.select_for_update().filter(
        state=RequestState.OPEN.value, due_at__lt=now, escalated_at=None
    )
    done = []
    for row in rows:
        row.escalated_at = now
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="approval.escalate",
            subject=("approval", row.pk),
            new={"due": row.due_at},
            account_id=row.account_id,
        )
        tell_overdue(reads.request(row.pk))
        done.append(row.pk)
    return tuple(done)


@transaction.atomic
def save_policy(
    *, actor: Actor, row: dict[str, Any], policy_id: int | None = None, version: int | None = None
) -> int:
    """Add or change a line of the matrix (``policies.edit``); returns its id.

    Open requests feel it at their next decision. A line is ended with ``valid_until``.
    """
    actor.require("policies.edit")
    _check_steps(row.get("steps", []))
    stored = ApprovalPolicy.objects.filter(pk=policy_id).first() if policy_id else ApprovalPolicy()
    if stored is None:
        raise NotFound("There is no such policy.")
    old = stored.snapshot() if policy_id else None
    for name, value in row.items():
        setattr(stored, name, value)
    stored.save_checked(actor, version)
    audit.record(
        actor=actor,
        action="policy.edit" if policy_id else "policy.add",
        subject=("approval_policy", stored.pk),
        old=old,
        new=stored.snapshot(),
    )
    return stored.pk


def _check_steps(steps: list[dict[str, Any]]) -> None:
    roles = [role for step in steps for role in step.get("roles", [])]
    unknown = sorted(set(roles) - set(ROLES))
    if unknown or not roles or any(not step.get("roles") for step in steps):
        raise Invalid(
            "Each step names at least one role that exists.",
            hint=f"Roles: {', '.join(sorted(ROLES))}.",
            fields={"steps": f"Unknown: {', '.join(unknown)}" if unknown else "Empty step."},
        )


def assert_approved(*, kind: SubjectKind, subject_id: str, content_hash: str) -> ApprovalRequest:
    """Return the request that approves exactly this content, else raise Conflict."""
    found = reads.latest(kind, subject_id)
    usable(found, content_hash)
    if found is None:  # usable() refused it already
        raise Conflict("This is not approved yet.")
    return found


def first_steps(kind: SubjectKind, facts: Facts) -> tuple[Step, ...]:
    """Return the steps a request with these facts would take today, to show before asking."""
    return route(reads.policy_rows(kind), kind, facts, timezone.localdate())
