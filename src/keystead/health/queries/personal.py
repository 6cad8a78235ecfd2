"""What the surveys hold about a person, for who asks for their data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from keystead.health import models
from keystead.health.queries.door import visible
from keystead.kit.access import Actor


def survey_answers(actor: Actor, person_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return when the persons were asked and what they answered, the earliest first.

    At accounts whose terms the actor may read, as on the pages of surveys.
    """
    rows = visible(
        models.ResponseRow.objects.filter(person_id__in=person_ids).select_related("survey"), actor
    )
    found = list(rows.order_by("on", "id"))
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in models.AnswerRow.objects.filter(response__in=found):
        told[one.response_id].append(
            {"question": one.question, "answer": one.value, "from": one.lowest, "to": one.highest}
        )
    for text in models.RemarkRow.objects.filter(response__in=found):
        told[text.response_id].append({"question": text.question, "answer": text.text})
    answered = [
        {"survey": one.survey.name, "on": one.on.isoformat(), "role": one.role,
         "answers": told[one.pk]}
        for one in found
    ]  # fmt: skip
    asked = visible(
        models.InvitationRow.objects.filter(person_id__in=person_ids, answered_at=None), actor
    ).select_related("survey")
    waiting = [
        {"survey": one.survey.name, "asked_on": one.created_at.date().isoformat(), "answers": []}
        for one in asked.order_by("id")
    ]
    return answered + waiting
