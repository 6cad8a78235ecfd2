"""What I have to read and confirm, and who did: for everybody, and for compliance."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from keystead.governance.queries import acknowledgements as reads
from keystead.governance.rules.acknowledgements import words
from keystead.governance.services import acknowledgements
from keystead.governance.types.acknowledgements import Standing, Statement
from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table

STATE_NAMES = {
    "due": _lazy("to read"),
    "overdue": _lazy("overdue"),
    "current": _lazy("confirmed"),
    "renew": _lazy("to renew soon"),
    "lapsed": _lazy("lapsed"),
}
TONES = {"overdue": "bad", "lapsed": "bad", "due": "warn", "renew": "warn", "current": "good"}


@policy("profile.self")
def index(request: HttpRequest) -> HttpResponse:
    """Show the statements that concern this person, and where they stand."""
    actor = actor_of(request)
    found = reads.standings_of(actor)
    context = {
        "table": _mine(found),
        "owing": sum(one.state.value != "current" for one in found),
        "may_report": actor.can("compliance.view"),
        "switches": _switches() if _may_switch(request) else [],
    }
    return render(request, "governance/acknowledgements.html", context)


@policy("profile.self")
def one(request: HttpRequest, topic: str) -> HttpResponse:
    """Show a statement to read and confirm, with its questions."""
    actor = actor_of(request)
    found = reads.statement(topic)
    trouble: Invalid | None = None
    if request.method == "POST":
        try:
            acknowledgements.acknowledge(
                actor=actor,
                topic=topic,
                edition=_number(request.POST.get("edition", "")),
                language=_language(),
                answers={
                    place: _number(request.POST.get(f"question{place}", ""))
                    for place in range(len(found.quiz))
                },
            )
        except Invalid as error:
            trouble = error
        else:
            messages.success(request, _("Confirmed. It is kept with the day and the edition."))
            return redirect("governance:acknowledgements")
    context = {
        "statement": found,
        "title": words(found.title, _language()),
        "paragraphs": words(found.body, _language()).split("\n\n"),
        "standing": next(
            (item for item in reads.standings_of(actor) if item.statement.topic == found.topic),
            None,
        ),
        "questions": _questions(found, request),
        "may_edit": actor.can("compliance.decide"),
        "trouble": trouble,
        "wrong": trouble.data.get("places", []) if trouble else [],
    }
    return render(
        request, "governance/acknowledgement.html", context, status=422 if trouble else 200
    )


@policy("compliance.view")
def report(request: HttpRequest) -> HttpResponse:
    """Show where everybody stands, what is missing first."""
    lines = reads.report(actor_of(request))
    missing = sum(not line.standing.holds for line in lines)
    return render(
        request,
        "governance/acknowledged.html",
        {"table": _report(lines), "missing": missing, "total": len(lines)},
    )


@policy("profile.self")
@require_POST
def rule(request: HttpRequest, topic: str) -> HttpResponse:
    """Switch on or off that a lacking acknowledgement stops what hangs on it."""
    try:
        acknowledgements.enforce(
            actor=actor_of(request),
            topic=topic,
            on=request.POST.get("on") == "1",
            why=request.POST.get("why", ""),
        )
    except Invalid as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Saved."))
    return redirect("governance:acknowledgements")


def _language() -> str:
    return get_language() or "en"


def _number(text: str) -> int:
    return int(text) if text.isdigit() else -1


def _may_switch(request: HttpRequest) -> bool:
    actor = actor_of(request)
    return actor.can("compliance.decide") or actor.can("users.manage")


def _switches() -> list[dict[str, Any]]:
    return [
        {"topic": item.topic.value, "title": words(item.title, _language()), "on": item.enforced}
        for item in reads.statements()
    ]


def _questions(found: Statement, request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "place": place,
            "text": words(item.text, _language()),
            "choices": [words(choice, _language()) for choice in item.choices],
            "given": _number(request.POST.get(f"question{place}", "")),
        }
        for place, item in enumerate(found.quiz)
    ]


def _mine(found: tuple[Standing, ...]) -> Table:
    columns = [
        Column("title", pgettext("matter", "What")),
        Column("state", _("State"), "tag"),
        Column("due", _("Read by"), "date"),
        Column("given", _("Confirmed on"), "moment", hide="phone"),
        Column("until", _("Holds until"), "date"),
    ]
    rows = [
        Row(
            {
                "title": Cell(
                    words(item.statement.title, _language()),
                    href=f"/acknowledgements/{item.statement.topic.value}/",
                ),
                **_state(item),
                "given": item.given.at if item.given else None,
            }
        )
        for item in found
    ]
    caption = _("What you confirm")
    return Table(columns, rows, caption, empty=_("Nothing here concerns your roles."))


def _report(lines: tuple[reads.Line, ...]) -> Table:
    columns = [
        Column("name", _("Who")),
        Column("title", pgettext("matter", "What")),
        Column("state", _("State"), "tag"),
        Column("due", _("Read by"), "date", hide="phone"),
        Column("edition", _("Edition"), "number", hide="phone"),
        Column("until", _("Holds until"), "date"),
    ]
    rows = [
        Row(
            {
                "name": line.name,
                "title": words(line.standing.statement.title, _language()),
                **_state(line.standing),
                "edition": line.standing.given.edition if line.standing.given else None,
            }
        )
        for line in sorted(lines, key=lambda line: (line.standing.holds, line.standing.due_on))
    ]
    return Table(columns, rows, _("Who confirmed what"), empty=_("Nobody is concerned."))


def _state(item: Standing) -> dict[str, Any]:
    name = item.state.value
    return {
        "state": Cell(str(STATE_NAMES[name]), tone=TONES[name]),
        "due": None if name == "current" else item.due_on,
        "until": item.given.until if item.given else None,
    }
