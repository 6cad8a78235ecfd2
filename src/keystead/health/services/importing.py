"""Answers that were collected elsewhere: a CSV or Excel file, whole or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.health import models
from keystead.health.rules.surveys import question_of
from keystead.health.services.answering import WHY, keep_response, read_answers
from keystead.health.services.keeping import keep
from keystead.health.services.surveys import survey_to_keep
from keystead.health.types.surveys import Given, Question, RowProblem, Source, SurveyState
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor
from keystead.kit.office.reading import tables_of
from keystead.stakeholders.queries import contacts_at

LARGEST = 5 * 1024 * 1024
MOST_ROWS = 5000
HEADS = {
    "on": {"date", "on", "日期"},
    "person": {"person", "mail", "email", "e-mail", "name", "personne", "nom", "邮箱", "姓名"},
    "role": {"role", "job", "rôle", "fonction", "职务"},
    WHY: {"why", "comment", "reason", "commentaire", "raison", "原因", "备注"},
}
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%Y/%m/%d", "%d.%m.%Y")


@dataclasses.dataclass(frozen=True)
class Imported:
    """What a file did: responses stored and follow-ups begun, or the problems that stopped it."""

    stored: int
    follow_ups: int
    problems: tuple[RowProblem, ...] = ()


@dataclasses.dataclass(frozen=True)
class _Row:
    number: int
    on: date
    person_id: int | None
    role: str
    answers: tuple[Given, ...]


def import_answers(*, actor: Actor, survey_id: int, content: bytes, name: str) -> Imported:
    """Store the answers of a file; with a problem in any row nothing is stored. One audit row.

    Columns: ``date``, ``person`` (mail or name, may be empty), ``role``, one per question (its
    code, such as ``nps``), ``why``. A person counts once in a survey; a file comes in once. The
    file itself is not kept: it would outlive the erasing of those it names.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        survey = survey_to_keep(actor, survey_id)
        if models.ResponseRow.objects.filter(survey=survey, file_hash=sha256).exists():
            raise Conflict(_("The answers of this file are here already."), code="file_known")
        questions = [question_of(one) for one in survey.questions]
        rows, problems = _read(actor, survey, questions, _table(content, name))
        if problems:
            return Imported(0, 0, tuple(problems))
        begun = 0
        for one in rows:
            response = models.ResponseRow(
                survey=survey, account_id=survey.account_id, person_id=one.person_id,
                role=one.role, on=one.on, source=Source.FILE.value, file_hash=sha256,
                row=one.number,
            )  # fmt: skip
            made = keep_response(actor=actor, response=response, answers=one.answers, survey=survey)
            begun += made is not None
        old = survey.snapshot()
        if survey.state == SurveyState.DRAFT:
            survey.state, survey.opened_at = SurveyState.OPEN.value, timezone.now()
        keep(actor, survey, "survey.import", account_id=survey.account_id, old=old,
             more={"file": sha256, "responses": len(rows), "follow_ups": begun})  # fmt: skip
    return Imported(len(rows), begun)


def _table(content: bytes, name: str) -> Sequence[tuple[int, Sequence[str]]]:
    if len(content) > LARGEST:
        raise Invalid(_("The file is larger than %(size)s MB.") % {"size": 5}, code="file_large")
    tables = [one for one in tables_of(content, name=name) if one.rows]
    if not tables:
        raise Invalid(_("The file has no rows."), code="file_empty", fields={"file": ""})
    rows = [one for one in tables[0].rows if any(cell.strip() for cell in one[1])]
    if len(rows) < 2 or len(rows) > MOST_ROWS + 1:
        text = _("A file has a line with names of columns and up to %(most)s rows of answers.")
        said = text % {"most": MOST_ROWS}
        raise Invalid(said, code="file_rows", fields={"file": said})
    return rows


def _read(
    actor: Actor,
    survey: models.SurveyRow,
    questions: Sequence[Question],
    rows: Sequence[tuple[int, Sequence[str]]],
) -> tuple[list[_Row], list[RowProblem]]:
    places = _places(rows[0][1], questions)
    known = models.ResponseRow.objects.filter(survey=survey).exclude(person=None)
    seen = set(known.values_list("person_id", flat=True))
    people = _people(actor, survey.account_id)
    found: list[_Row] = []
    problems: list[RowProblem] = []
    for number, cells in rows[1:]:
        values = {key: cells[at].strip() for key, at in places.items() if at < len(cells)}
        one = _row(number, values, questions, people, problems)
        if one is not None and one.person_id is not None:
            if one.person_id in seen:
                said = _("This person is in the survey already.")
                problems.append(RowProblem(number, "person", said))
            seen.add(one.person_id)
        if one is not None:
            found.append(one)
    return found, problems


def _row(
    number: int,
    values: Mapping[str, str],
    questions: Sequence[Question],
    people: Mapping[str, int],
    problems: list[RowProblem],
) -> _Row | None:
    day = _day(values.get("on", ""))
    if day is None or day > timezone.localdate():
        problems.append(RowProblem(number, "date", _("There is no day of the past.")))
        return None
    who = values.get("person", "").casefold()
    if who and who not in people:
        said = _("Nobody at the account has this mail address or name.")
        problems.append(RowProblem(number, "person", said))
        return None
    try:
        answers = read_answers(questions, values)
    except Invalid as error:
        fields: Mapping[str, Any] = error.data.get("fields") or {"": error.message}
        problems.extend(RowProblem(number, code, str(text)) for code, text in fields.items())
        return None
    return _Row(number, day, people.get(who), values.get("role", "")[:120], answers)


def _places(heads: Sequence[str], questions: Sequence[Question]) -> dict[str, int]:
    """Return the column of each thing; Invalid where day or every question is missing."""
    names = {word: key for key, words in HEADS.items() for word in words}
    for one in questions:
        names[one.code.casefold()] = one.code
        for text in one.words.values():
            names[text.strip().casefold()] = one.code
    places: dict[str, int] = {}
    for at, head in enumerate(heads):
        key = names.get(head.strip().casefold())
        if key is not None:
            places.setdefault(key, at)
    codes = {one.code for one in questions}
    if "on" not in places or not codes & places.keys():
        said = _("The first line names the columns: date, and at least one of %(codes)s.") % {
            "codes": ", ".join(sorted(codes))
        }
        raise Invalid(said, code="file_columns", fields={"file": said})
    return places


def _people(actor: Actor, account_id: int) -> dict[str, int]:
    """Return people by mail and by name; a name that two have is nobody's."""
    contacts = contacts_at(actor, account_id)
    names = [one.name.casefold() for one in contacts]
    found = {
        one.name.casefold(): one.id for one in contacts if names.count(one.name.casefold()) < 2
    }
    return found | {one.email.casefold(): one.id for one in contacts if one.email}


def _day(text: str) -> date | None:
    for form in DAYS:
        try:
            return datetime.strptime(text.strip()[:10], form).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None
