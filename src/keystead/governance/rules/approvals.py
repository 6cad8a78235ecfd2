"""Pure decisions on approvals: which steps, who may answer, when a step is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from keystead.governance.types.approvals import (
    ApprovalRequest,
    Decided,
    Delegation,
    Facts,
    PolicyRow,
    RequestState,
    Step,
    StepMode,
    SubjectKind,
)
from keystead.kernel.errors import Conflict, Invalid, NotAllowed


def content_hash(content: Any) -> str:
    """Return the SHA-256 of JSON-able content in canonical form.

    What is used must hash to what was approved. Decimals and dates go in as text.

    >>> content_hash({"b": 1, "a": "2.50"}) == content_hash({"a": "2.50", "b": 1})
    True
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def matching(
    rows: Iterable[PolicyRow], kind: SubjectKind, facts: Facts, on: date
) -> list[PolicyRow]:
    """Return the policy rows of the kind whose every band holds on the day."""
    return [row for row in rows if row.kind is kind and _holds(row, facts, on)]


def route(rows: Iterable[PolicyRow], kind: SubjectKind, facts: Facts, on: date) -> tuple[Step, ...]:
    """Return the steps all matching rows ask for, in order, equal ones once.

    Rows are taken in their order (by absolute id). Raises Invalid when no row matches: what no
    policy foresees cannot be approved.
    """
    found = matching(rows, kind, facts, on)
    if not found:
        raise Invalid(
            f"No approval policy covers this {kind.value.replace('_', ' ')}.",
            hint="Finance or an administrator of policies adds a line to the matrix first.",
            code="no_policy",
            kind=kind.value,
        )
    steps: list[Step] = []
    for row in sorted(found, key=lambda row: abs(row.id)):
        steps += [step for step in row.steps if step not in steps]
    return tuple(steps)


def _holds(row: PolicyRow, facts: Facts, on: date) -> bool:
    if (row.valid_from and on < row.valid_from) or (row.valid_until and on >= row.valid_until):
        return False
    if row.currency and facts.amount is not None and row.currency != facts.currency:
        return False
    months = None if facts.term_months is None else Decimal(facts.term_months)
    return (
        row.amount.holds(facts.amount)
        and row.discount_pct.holds(facts.discount_pct)
        and row.term_months.holds(months)
        and row.flags <= facts.flags
    )


def needs_reason(facts: Facts) -> bool:
    """Return whether an approval keeps its reason, as a return does: a price below cost does.

    >>> needs_reason(Facts(flags=frozenset({"below_cost"}))), needs_reason(Facts())
    (True, False)
    """
    return "below_cost" in facts.flags


def answering_role(
    request: ApprovalRequest,
    *,
    user_id: int,
    roles: frozenset[str],
    delegations: Sequence[tuple[Delegation, frozenset[str]]] = (),
    on: date,
) -> tuple[str, int | None]:
    """Return the role the person answers in, and for whom (None: themselves).

    ``delegations`` pairs each delegation to this person with the roles of the one who gave it.
    Raises Conflict when the request is closed; NotAllowed when the person asked for it
    themselves (also through a delegation), answered this step already, or lacks the role.
    """
    if request.state is not RequestState.OPEN:
        raise Conflict(
            f"This request is {request.state.value} already.", hint="Open it again to see how."
        )
    if user_id == request.requested_by:
        raise NotAllowed(
            "You asked for this approval, so a second person has to give it.", code="own_request"
        )
    step = request.steps[request.current_step]
    given = [item for item in request.decisions if item.step == request.current_step]
    if any(item.user_id == user_id for item in given):
        raise NotAllowed("You answered this step already.", code="answered")
    still = missing_roles(step, given)
    own = [role for role in still if role in roles]
    if own:
        return own[0], None
    for delegation, giver_roles in delegations:
        if delegation.to_user != user_id or not delegation.covers(request.kind, on):
            continue
        if delegation.from_user == request.requested_by:
            continue  # the author's own role does not travel to a deputy
        borrowed = [role for role in still if role in giver_roles]
        if borrowed:
            return borrowed[0], delegation.from_user
    raise NotAllowed(
        f"This step waits for {step.label()}.",
        hint="Ask them, or have them delegate to you with an end date.",
        code="wrong_role",
    )


def missing_roles(step: Step, given: Iterable[Decided]) -> tuple[str, ...]:
    """Return the roles of the step that may still approve; empty when the step is done."""
    approved = {item.role for item in given if item.approved}
    if step.mode is StepMode.ANY:
        return () if approved else step.roles
    return tuple(role for role in step.roles if role not in approved)


def after(request: ApprovalRequest, decided: Decided) -> tuple[RequestState, int]:
    """Return state and step of a request once the decision is added.

    One return sends the whole request back; the last approval of the last step approves it.
    """
    if not decided.approved:
        return RequestState.RETURNED, request.current_step
    given = [item for item in request.decisions if item.step == decided.step]
    if missing_roles(request.steps[decided.step], [*given, decided]):
        return RequestState.OPEN, request.current_step
    following = request.current_step + 1
    if following == len(request.steps):
        return RequestState.APPROVED, request.current_step
    return RequestState.OPEN, following


def due(step: Step, since: datetime) -> datetime:
    """Return the moment a step that opened at ``since`` is overdue (calendar days)."""
    return since + timedelta(days=step.due_days)


def usable(request: ApprovalRequest | None, now_hash: str) -> None:
    """Raise Conflict unless the request is approved for exactly this content."""
    if request is None or request.state is not RequestState.APPROVED:
        raise Conflict("This is not approved yet.", code="not_approved")
    if request.content_hash != now_hash:
        raise Conflict(
            "The content changed after it was approved.",
            hint="Ask for approval of the new content.",
            code="changed_after_approval",
        )
