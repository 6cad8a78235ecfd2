"""What other functions are asked for a plan: the question, the day, the answer."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict, Invalid, NotAllowed
from keystead.kit.access import Actor
from keystead.planning import models
from keystead.planning.queries.door import line_row
from keystead.planning.queries.plans import input_for
from keystead.planning.rules.lines import wrong_input
from keystead.planning.services.keeping import (
    checked_owner,
    keep,
    line_to_write,
    plan_to_write,
    refuse,
)
from keystead.planning.types.plans import Input, InputEntry, InputState


def ask_input(*, actor: Actor, plan_id: int, entry: InputEntry) -> Input:
    """Ask a colleague who sees the plan for something by a day. One audit row."""
    refuse(wrong_input(entry))
    with transaction.atomic():
        plan = plan_to_write(actor, plan_id)
        row = models.InputRow(plan=plan)
        _fill(row, entry)
        keep(actor, row, "input.ask", account_id=plan.account_id)
    return input_for(actor, row.pk)


def edit_input(
    *, actor: Actor, input_id: int, entry: InputEntry, expected_version: int | None
) -> Input:
    """Change a question that is not answered yet. One audit row."""
    refuse(wrong_input(entry))
    with transaction.atomic():
        row = line_to_write(actor, models.InputRow, input_id, draft=False)
        if row.state != InputState.ASKED:
            raise Conflict(_("This is answered already."), code="answered")
        old = row.snapshot()
        _fill(row, entry)
        keep(actor, row, "input.edit", account_id=row.plan.account_id, old=old,
             expected=expected_version)  # fmt: skip
    return input_for(actor, row.pk)


def answer_input(
    *, actor: Actor, input_id: int, answer: str, expected_version: int | None = None
) -> Input:
    """Answer what one was asked: only the person asked does. One audit row."""
    text = answer.strip()[:4000]
    if not text:
        words = _("Write your answer.")
        raise Invalid(words, code="answer", fields={"answer": words})
    with transaction.atomic():
        row = line_row(actor, models.InputRow, input_id)
        if row.asked_id != actor.user_id:
            raise NotAllowed(_("Only the person who was asked answers."), code="not_asked")
        if row.state == InputState.WITHDRAWN:
            raise Conflict(_("This question was taken back."), code="withdrawn")
        old = row.snapshot()
        row.answer, row.answered_at = text, timezone.now()
        row.state = InputState.ANSWERED.value
        keep(actor, row, "input.answer", account_id=row.plan.account_id, old=old,
             expected=expected_version)  # fmt: skip
    return input_for(actor, input_id)


def withdraw_input(*, actor: Actor, input_id: int, expected_version: int | None = None) -> Input:
    """Take a question back that is not answered yet. One audit row."""
    with transaction.atomic():
        row = line_to_write(actor, models.InputRow, input_id, draft=False)
        if row.state != InputState.ASKED:
            raise Conflict(_("This is answered already."), code="answered")
        old = row.snapshot()
        row.state = InputState.WITHDRAWN.value
        keep(actor, row, "input.withdraw", account_id=row.plan.account_id, old=old,
             expected=expected_version)  # fmt: skip
    return input_for(actor, input_id)


def _fill(row: models.InputRow, entry: InputEntry) -> None:
    row.question, row.function = entry.question.strip()[:400], entry.function.strip()[:80]
    checked_owner(entry.asked_id, row.plan.account_id, "asked")
    row.asked_id, row.due_on = entry.asked_id, entry.due_on
