"""Put a plan up for approval, take it back, and take what was decided."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from keystead.governance.queries.approvals import latest
from keystead.governance.queries.approvals import request as approval_request
from keystead.governance.rules.approvals import content_hash
from keystead.governance.services.approvals import request_approval, withdraw
from keystead.governance.types.approvals import Ask, Change, Facts, RequestState, SubjectKind
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit import outbox
from keystead.kit.access import SYSTEM, Actor
from keystead.planning import models
from keystead.planning.calc.versions import difference
from keystead.planning.queries.measuring import measured
from keystead.planning.queries.stored import head_of
from keystead.planning.queries.versions import (
    content_of,
    last_content,
    stored_plan,
    with_figures,
)
from keystead.planning.queries.words import field_word, kind_word
from keystead.planning.services.keeping import draft_to_write, keep, plan_to_write
from keystead.planning.types.events import PlanApproved
from keystead.planning.types.plans import Plan, PlanHead, PlanState

LINES = 60  # of the difference that an approver is shown


def submit_plan(*, actor: Actor, plan_id: int, expected_version: int | None = None) -> PlanHead:
    """Put a draft up for approval; from then on its lines stay. One audit row, one request.

    The approver sees what differs from the version approved last. Raises Invalid for a plan
    without an objective.
    """
    with transaction.atomic():
        row = draft_to_write(actor, plan_id)
        plan = stored_plan(plan_id)
        if not plan.objectives:
            raise Invalid(_("A plan without an objective cannot be approved."), code="objectives")
        old = row.snapshot()
        row.state = PlanState.IN_REVIEW.value
        keep(actor, row, "submit", account_id=row.account_id, old=old, expected=expected_version)
        request_approval(actor=actor, ask=_ask(plan))
    return head_of(row)


def withdraw_plan(*, actor: Actor, plan_id: int, expected_version: int | None = None) -> PlanHead:
    """Take a plan back from its approval: who asked for it does. One audit row each."""
    with transaction.atomic():
        row = plan_to_write(actor, plan_id)
        if row.state != PlanState.IN_REVIEW:
            raise Conflict(_("This plan does not wait for an approval."), code="plan_state")
        asked = latest(SubjectKind.ACCOUNT_PLAN, str(row.pk))
        if asked is not None and asked.state is RequestState.OPEN:
            withdraw(actor=actor, request_id=asked.id)
        old = row.snapshot()
        row.state = PlanState.DRAFT.value
        keep(actor, row, "withdraw", account_id=row.account_id, old=old,
             expected=expected_version)  # fmt: skip
    return head_of(row)


def take_decision(*, request_id: int) -> None:
    """Freeze a plan as its request was approved, or open it again; idempotent.

    Who wrote a part of it cannot have approved it: it goes back to the draft.
    """
    request = approval_request(request_id)
    if request.kind is not SubjectKind.ACCOUNT_PLAN or request.state not in (
        RequestState.APPROVED,
        RequestState.RETURNED,
    ):
        return
    with transaction.atomic():
        rows = models.PlanRow.objects.select_for_update(of=("self",))
        row = rows.filter(pk=request.subject_id, state=PlanState.IN_REVIEW.value).first()
        if row is None:
            return
        plan = stored_plan(row.pk)
        content = content_of(plan)
        if content_hash(content) != request.content_hash:
            return
        old = row.snapshot()
        wrote = {item.user_id for item in request.decisions} & set(row.authors)
        approved = request.state is RequestState.APPROVED and not wrote
        why = request.decisions[-1].reason if request.decisions else ""
        if wrote and request.state is RequestState.APPROVED:
            why = "Approved by somebody who wrote it: a second person is needed."
        row.state = PlanState.APPROVED.value if approved else PlanState.DRAFT.value
        if approved:
            row.number += 1
            row.authors = []
            figures = measured(SYSTEM, plan, plan.objectives)
            models.PlanVersion(
                plan=row, number=row.number, content=with_figures(content, figures),
                content_hash=request.content_hash, approved_at=timezone.now(),
                approved_by=", ".join(item.user_name for item in request.decisions)[:160],
            ).save(force_insert=True)  # fmt: skip
            outbox.publish(PlanApproved(
                plan_id=row.pk, account_id=row.account_id, year=row.year, number=row.number
            ))  # fmt: skip
        keep(SYSTEM, row, "approve" if approved else "return", account_id=row.account_id,
             old=old, why=why)  # fmt: skip


def _ask(plan: Plan) -> Ask:
    content = content_of(plan)
    title = f"{plan.account_name} {plan.year}"
    return Ask(
        kind=SubjectKind.ACCOUNT_PLAN,
        subject_id=str(plan.id),
        title=f"{title}, v{plan.number + 1}" if plan.number else title,
        content_hash=content_hash(content),
        facts=Facts(),
        changes=_changes(plan, content),
        evidence={"plan": plan.id, "year": plan.year},
        account_id=plan.account_id,
    )


def _changes(plan: Plan, content: dict[str, object]) -> tuple[Change, ...]:
    """What differs from the version before, in every language an approver may read."""
    found = difference(last_content(plan), content)
    told: dict[str, list[list[str]]] = {}
    here = get_language() or "en"
    for language in dict.fromkeys([here, *(code for code, _name in settings.LANGUAGES)]):
        with override(language):
            told[language] = [
                [" · ".join(filter(None, (kind_word(one.kind), field_word(one.field), one.title))),
                 one.before, one.after, ""]
                for one in found[:LINES]
            ]  # fmt: skip
    lines = told.pop(here)
    return tuple(
        Change(line[0], line[1], line[2], told={code: held[at] for code, held in told.items()})
        for at, line in enumerate(lines)
    )
