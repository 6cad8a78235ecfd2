"""What a survey and an answer must be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from keystead.health.types.marking import gettext_noop as _
from keystead.health.types.surveys import SCALES, STANDARD, Kind, Question, SurveyEntry, SurveyState
from keystead.kernel.errors import Conflict, Invalid

MOST_QUESTIONS: Final = 12
MOST_DAYS: Final = 180
LONGEST: Final = 2000  # signs of a text
FOLLOW_UP_DAYS: Final = 5
LANGUAGES: Final = ("en", "zh-hans", "fr")


def check_survey(entry: SurveyEntry, *, today: date) -> None:
    """Raise Invalid where a survey can not be asked."""
    wrong: dict[str, str] = {}
    if not entry.name.strip():
        wrong["name"] = _("A survey has a name.")
    if not entry.questions:
        wrong["standard"] = _("Ask at least one question.")
    if len(entry.questions) > MOST_QUESTIONS:
        wrong["own"] = _("Twelve questions are the most: people stop answering.")
    if not today <= entry.ends_on <= today + timedelta(days=MOST_DAYS):
        wrong["ends_on"] = _("The last day lies within half a year from today.")
    for one in entry.questions:
        if one.kind not in STANDARD and not one.said("en").strip():
            wrong["own"] = _("An own question has words.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="survey", fields=wrong)


def check_open(state: SurveyState, ends_on: date, today: date) -> None:
    """Raise Conflict where nobody can be asked any more."""
    if state is SurveyState.CLOSED:
        raise Conflict(_("This survey is closed."), code="closed")
    if today > ends_on:
        raise Conflict(_("The last day of this survey is over."), code="over")


def valued(question: Question, given: Any) -> int | None:
    """Return the number of an answer on the scale of its question; None where none was given.

    Raises ValueError for anything else.

    >>> valued(Question("q", Kind.NPS), " 9 "), valued(Question("q", Kind.NPS), "")
    (9, None)
    """
    text = str(given if given is not None else "").strip()
    if not text or question.kind is Kind.TEXT:
        return None
    if question.kind is Kind.YES_NO and text.casefold() in YES | NO:
        return int(text.casefold() in YES)
    number = float(text)
    low, high = SCALES[question.kind]
    if not number.is_integer() or not low <= number <= high:
        raise ValueError(f"{text[:20]} is not on the scale {low} to {high}")
    return int(number)


YES: Final = frozenset({"yes", "oui", "是", "y", "true"})
NO: Final = frozenset({"no", "non", "否", "n", "false"})


def own_questions(lines: Iterable[str]) -> tuple[Question, ...]:
    """Return own questions from lines ``kind: English | 中文 | français``; Invalid elsewise.

    >>> own_questions(["scale: Is it fast? | | Est-ce rapide ?"])[0].words["fr"]
    'Est-ce rapide ?'
    """
    found = []
    for number, line in enumerate((one for one in lines if one.strip()), 1):
        name, mark, rest = line.partition(":")
        kind = name.strip().casefold()
        if not mark or kind not in ("scale", "yes_no", "text") or not rest.strip(" |"):
            text = _("Write each question as: scale, yes_no or text; a colon; the question.")
            raise Invalid(text, code="own", fields={"own": text})
        words = [part.strip()[:300] for part in rest.split("|")]
        said = {language: text for language, text in zip(LANGUAGES, words, strict=False) if text}
        found.append(Question(f"own{number}", Kind(kind), said))
    return tuple(found)


def own_lines(questions: Iterable[Question]) -> str:
    """Return own questions as they are typed."""
    return "\n".join(
        f"{one.kind.value}: " + " | ".join(one.words.get(key, "") for key in LANGUAGES).rstrip(" |")
        for one in questions
        if one.kind not in STANDARD
    )


def plain_question(one: Question) -> dict[str, Any]:
    """Return a question as JSON-able data."""
    return {"code": one.code, "kind": one.kind.value, "words": dict(one.words)}


def question_of(data: Mapping[str, Any]) -> Question:
    """Return the question behind what ``plain_question`` wrote."""
    return Question(data["code"], Kind(data["kind"]), dict(data["words"]))
