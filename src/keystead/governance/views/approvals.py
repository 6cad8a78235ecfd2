"""One inbox for everything that waits for a second person."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.governance.forms import (
    KIND_NAMES,
    ROLE_NAMES,
    STATE_NAMES,
    STATE_TONES,
    DecisionForm,
    DelegationForm,
)
from keystead.governance.queries import approvals as reads
from keystead.governance.queries.people import deputies
from keystead.governance.services import approvals
from keystead.governance.types.approvals import ApprovalRequest, PolicyRow, Step, StepMode
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.access.recent import recent_if
from keystead.kit.ui.tables import Cell, Column, Row, Table


@policy("approvals.view")
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person, and what they asked for."""
    actor = actor_of(request)
    waiting, own = reads.inbox(actor), reads.made_by(actor)
    return render(
        request,
        "governance/inbox.html",
        {
            "count": len(waiting),
            "waiting": _table(waiting, _("Waits for you"), _("Nothing waits for you.")),
            "own": _table(own, _("You asked for"), _("You have not asked for an approval yet.")),
            "delegations": reads.delegations_of(actor),
        },
    )


@policy("approvals.view")
def one(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show a request: the difference, its effect, the rule that asked, and who answered."""
    actor = actor_of(request)
    item = reads.request_for(actor, request_id)
    return _page(request, actor, item)


@policy("approvals.view")
@require_POST
@recent_if("KEYSTEAD_RECENT_FOR_APPROVALS")
def decide(request: HttpRequest, request_id: int) -> HttpResponse:
    """Approve or return the step that waits for this person."""
    actor = actor_of(request)
    item = reads.request_for(actor, request_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, item, form, 422)
    approve = request.POST.get("answer") == "approve"
    try:
        done = approvals.decide(
            actor=actor, request_id=request_id, approve=approve, **form.cleaned_data
        )
    except Invalid as error:
        form.add_error("reason", error.message)
        return _page(request, actor, item, form, 422)
    except NotAllowed as error:
        form.add_error(None, error.message)
        return _page(request, actor, item, form, 403)
    said = _("Approved.") if approve else _("Returned with your reason.")
    if approve and done.waiting_for:
        said = _("Approved. It now waits for: %(step)s.") % {
            "step": step_words(done.steps[done.current_step])
        }
    messages.success(request, said)
    return redirect("governance:approvals")


@policy("approvals.view")
@require_POST
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take an own request back."""
    approvals.withdraw(
        actor=actor_of(request), request_id=request_id, why=request.POST.get("why", "")
    )
    messages.success(request, _("Withdrawn."))
    return redirect("governance:approvals")


@policy("approvals.view")
def delegate(request: HttpRequest) -> HttpResponse:
    """Name a deputy with an end date."""
    actor = actor_of(request)
    form = DelegationForm(request.POST or None, people=deputies(actor=actor))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            approvals.delegate(
                actor=actor,
                to_user_id=data["to_user"],
                starts=data["starts"],
                ends=data["ends"],
                reason=data["reason"],
            )
        except Invalid as error:
            for field, text in error.data.get("fields", {}).items():
                form.add_error(field, text)
        else:
            messages.success(request, _("Your deputy can answer in your place."))
            return redirect("governance:approvals")
    status = 422 if form.is_bound else 200
    return render(request, "governance/delegate.html", {"form": form}, status=status)


@policy("approvals.view")
@require_POST
def end_delegation(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """End an own delegation."""
    approvals.end_delegation(actor=actor_of(request), delegation_id=delegation_id)
    messages.success(request, _("The delegation has ended."))
    return redirect("governance:approvals")


@policy("approvals.view")
def matrix(request: HttpRequest) -> HttpResponse:
    """Show the policy matrix: what asks for whom."""
    columns = [
        Column("kind", pgettext("matter", "What")),
        Column("name", _("Rule")),
        Column("when", pgettext("rule", "When")),
        Column("steps", _("Who approves, in this order")),
    ]
    rows = [
        {
            "kind": str(KIND_NAMES[row.kind.value]),
            "name": row.name,
            "when": _when(row),
            "steps": " → ".join(step_words(step) for step in row.steps),
        }
        for row in reads.policy_rows()
    ]
    table = Table(columns, rows, _("Approval matrix"))
    return render(request, "governance/matrix.html", {"table": table})


def _page(
    request: HttpRequest,
    actor: Actor,
    item: ApprovalRequest,
    form: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    may_answer = any(found.id == item.id for found in reads.inbox(actor))
    values: dict[str, Any] = {
        "item": item,
        "kind": KIND_NAMES[item.kind.value],
        "state": STATE_NAMES[item.state.value],
        "tone": STATE_TONES.get(item.state.value, ""),
        "may_answer": may_answer,
        "own": item.requested_by == actor.user_id,
        "changes": [change.said(get_language() or "") for change in item.changes],
        "steps": _steps(item),
        "evidence": [(name, value) for name, value in item.evidence.items()],
        "form": form or DecisionForm(initial={"content_hash": item.content_hash}),
        "command": uuid.uuid4().hex,
    }
    return render(request, "governance/request.html", values, status=status)


def _steps(item: ApprovalRequest) -> list[dict[str, Any]]:
    return [
        {
            "words": step_words(step),
            "answers": [answer for answer in item.decisions if answer.step == place],
            "now": item.state.value == "open" and place == item.current_step,
        }
        for place, step in enumerate(item.steps)
    ]


def step_words(step: Step) -> str:
    """Return the roles of a step in the reader's language."""
    names = [str(ROLE_NAMES.get(role, role)) for role in step.roles]
    joint = _(" and ") if step.mode is StepMode.ALL else _(" or ")
    return joint.join(names)


def _when(row: PolicyRow) -> str:
    parts = []
    for label, band, unit in (
        (_("amount"), row.amount, f" {row.currency}".rstrip()),
        (_("discount"), row.discount_pct, " %"),
        (pgettext("term", "months"), row.term_months, ""),
    ):
        if band.low is not None:
            parts.append(f"{label} ≥ {band.low.normalize():f}{unit}")
        if band.high is not None:
            parts.append(f"{label} < {band.high.normalize():f}{unit}")
    parts += [flag.replace("_", " ") for flag in sorted(row.flags)]
    return ", ".join(parts) or _("always")


def _table(items: tuple[ApprovalRequest, ...], caption: str, empty: str) -> Table:
    columns = [
        Column("title", pgettext("matter", "What")),
        Column("kind", _("Kind"), hide="phone"),
        Column("by", _("Asked by"), hide="phone"),
        Column("at", _("Asked on"), "moment", hide="phone"),
        Column("due", _("Answer by"), "moment"),
        Column("state", _("State"), "tag"),
    ]
    rows = [
        Row(
            {
                "title": Cell(item.title, href=f"/approvals/{item.id}/"),
                "kind": str(KIND_NAMES[item.kind.value]),
                "by": item.requested_by_name,
                "at": item.requested_at,
                "due": item.due_at if item.state.value == "open" else None,
                "state": Cell(
                    str(STATE_NAMES[item.state.value]), tone=STATE_TONES.get(item.state.value, "")
                ),
            }
        )
        for item in items
    ]
    return Table(columns, rows, caption, empty=empty)
