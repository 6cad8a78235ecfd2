"""Write the company's own text of a statement: a new edition in three languages."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keystead.governance.forms import LANGUAGES, StatementForm
from keystead.governance.queries import acknowledgements as reads
from keystead.governance.rules import quizzes
from keystead.governance.rules.acknowledgements import words
from keystead.governance.services import acknowledgements
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page


@policy("compliance.decide")
def edit(request: HttpRequest, topic: str) -> HttpResponse:
    """Change the text; whoever confirmed the older edition reads the new one."""
    found, version = reads.statement(topic), reads.version_of(topic)
    start: dict[str, Any] = {
        "due_days": found.due_days,
        "validity_months": found.validity_months,
    }
    for code, field in LANGUAGES.items():
        start[f"title_{field}"] = found.title.get(code, "")
        start[f"body_{field}"] = found.body.get(code, "")
        start[f"quiz_{field}"] = quizzes.written(found.quiz, code)
    form = StatementForm(request.POST or None, initial=start)

    def save(typed: dict[str, Any], seen: int | None) -> None:
        acknowledgements.save_statement(
            actor=actor_of(request),
            topic=topic,
            values={
                "title": {code: typed[f"title_{field}"] for code, field in LANGUAGES.items()},
                "body": {code: _text(typed[f"body_{field}"]) for code, field in LANGUAGES.items()},
                "quiz": _quiz(typed),
                "due_days": typed["due_days"],
                "validity_months": typed["validity_months"],
            },
            why=typed["why"],
            version=seen,
        )

    title = words(found.title, get_language() or "en")
    page = Page(
        title,
        back=reverse("governance:acknowledgements"),
        back_label=_("Acknowledgements"),
        lede=_("Edition %(edition)s. A change of the text makes a new edition, which everybody "
               "concerned reads and confirms again.")
        % {"edition": found.edition},
        said=_("Saved. Who has to read it sees it from now on."),
        version=version,
    )  # fmt: skip
    return edit_page(request, form, save, page)


def _quiz(typed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the questions as they are kept; Invalid beside the language that is wrong."""
    try:
        found = quizzes.read({code: typed[f"quiz_{field}"] for code, field in LANGUAGES.items()})
    except Invalid as error:
        sentence = _(error.message).format(place=error.data["place"])
        place = f"quiz_{LANGUAGES[error.data['language']]}"
        raise Invalid(sentence, code=error.code, fields={place: sentence}) from error
    return [dataclasses.asdict(question) for question in found]


def _text(typed: str) -> str:
    """Return paragraphs as they are kept: one empty line between them."""
    return "\n\n".join(
        part.strip() for part in typed.replace("\r", "").split("\n\n") if part.strip()
    )
