"""Surveys: the list, one with its results, enter, ask, links, a file, close; follow-ups."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from keystead.accounts.queries import account_for, accounts_for, may_write, people_for_team
from keystead.health import queries, services
from keystead.health.forms.surveys import (
    AskForm,
    FileForm,
    FollowUpForm,
    SurveyForm,
    follow_up_initial,
    initial_of,
)
from keystead.health.queries.words import KINDS, STATES
from keystead.health.services.importing import LARGEST
from keystead.health.types.surveys import Invitation, Result, Survey, SurveyState
from keystead.health.views.lists import TONES, follow_up_table, survey_table
from keystead.kernel.errors import Conflict, Invalid, SourceProblem
from keystead.kit import mail
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, Save, edit_page, version_of
from keystead.kit.ui.sheets import uploaded
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import day, number, pct


@require_GET
@policy("health.view")
def surveys(request: HttpRequest) -> HttpResponse:
    """Show the surveys, what all answers of a year say, and the follow-ups that are open."""
    actor, asked = actor_of(request), request.GET.get("state", "")
    state = asked if asked in STATES else ""
    waiting = queries.follow_ups_for(actor, still_open=True)
    context = {
        "table": survey_table(queries.surveys_for(actor, state=state)),
        "state": state,
        "states": [("", _("All")), *((key, str(word)) for key, word in STATES.items())],
        "nps": queries.nps_over(actor, today=timezone.localdate()),
        "follow_ups": follow_up_table(waiting) if waiting else None,
        "may_edit": actor.can("health.edit"),
    }
    return render(request, "health/surveys.html", context)


@require_GET
@policy("health.view")
def survey(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Show a survey: results with n and interval, who was asked, what follows."""
    return _survey_page(request, queries.survey_for(actor_of(request), survey_id))


@policy("health.edit")
def create(request: HttpRequest) -> HttpResponse:
    """Enter a survey."""
    actor, asked = actor_of(request), request.GET.get("account", "")
    initial: dict[str, Any] = {
        "standard": ["nps"], "ends_on": timezone.localdate() + timedelta(days=21),
    }  # fmt: skip
    if asked.isdecimal():
        initial["account"] = account_for(actor, int(asked)).id
    form = _form(request, actor, initial)

    def save(data: dict[str, Any], version: int | None) -> str:
        made = services.create_survey(actor=actor, entry=form.entry())
        return reverse("health:survey", args=[made.id])

    page = Page(
        _("New survey"), back=reverse("health:surveys"), back_label=_("Surveys"),
        lede=_("Few questions get more answers. Whom to ask comes next."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("health.edit")
def edit(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Change a survey; once somebody was asked its questions stay."""
    actor, found = _both(request, survey_id)
    form = _form(request, actor, initial_of(found))
    form.fields["account"].disabled = True
    form.fields["account"].required = False

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_survey(
            actor=actor, survey_id=found.id, expected_version=version or found.version,
            entry=form.entry(),
        )  # fmt: skip

    return edit_page(request, form, _told(save), _page(found, found.name))


@policy("health.edit")
def ask(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Choose whom to ask."""
    actor, found = _both(request, survey_id)
    people = queries.people_to_ask(actor, found, today=timezone.localdate())
    mails = bool(settings.KEYSTEAD_MAIL and mail.link("/"))
    form = AskForm(
        request.POST or None, initial={"by_mail": True}, mails=mails,
        people=[(one.id, f"{one.name} ({one.email})") for one in people],
    )  # fmt: skip

    def save(data: dict[str, Any], version: int | None) -> None:
        services.ask_people(
            actor=actor, survey_id=found.id, person_ids=data["people"],
            by_mail=bool(data.get("by_mail")),
        )  # fmt: skip

    lede = _("People of the account with a mail address who want to be reached.")
    return edit_page(request, form, _told(save), _page(found, _("Whom to ask"), lede))


@require_POST
@policy("health.edit")
def link(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Make a link for somebody who was asked and show it once."""
    actor = actor_of(request)
    secret, found, name = services.make_link(actor=actor, invitation_id=invitation_id)
    path = reverse("health:answer", args=[secret])
    shown = mail.link(path) or request.build_absolute_uri(path)
    return _survey_page(request, found, link=(name, shown))


@policy("health.edit")
def import_file(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Bring in answers that were collected elsewhere; a problem in any row stops it all."""
    actor, found = _both(request, survey_id)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    problems: Table | None = None
    if form.is_valid():
        try:
            content, name = uploaded(request, LARGEST)
            done = services.import_answers(
                actor=actor, survey_id=found.id, content=content, name=name
            )
        except (Invalid, SourceProblem, Conflict) as error:
            form.add_error("file", error.message)
        else:
            if not done.problems:
                words = ngettext("%(n)s answer stored.", "%(n)s answers stored.", done.stored)
                messages.success(request, words % {"n": done.stored})
                return redirect(page_of(found))
            problems = _problem_table(done)
    context = {
        "survey": found, "form": form, "problems": problems,
        "columns": ["date", "person", "role", *(one.code for one in found.questions), "why"],
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "health/import.html", context, status=status)


@require_POST
@policy("health.edit")
def close(request: HttpRequest, survey_id: int) -> HttpResponse:
    """End a survey."""
    actor, found = _both(request, survey_id)
    services.close_survey(
        actor=actor, survey_id=found.id, expected_version=version_of(request) or found.version
    )
    messages.success(request, _("Closed."))
    return redirect(page_of(found))


@policy("health.edit")
def follow_up(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Say who looks after an unhappy answer until when, or how it ended."""
    actor = actor_of(request)
    found = queries.follow_up_for(actor, follow_up_id)
    form = FollowUpForm(
        request.POST or None, initial=follow_up_initial(found),
        people=_people(actor, found.owner_id),
    )  # fmt: skip

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_follow_up(
            actor=actor, follow_up_id=found.id, expected_version=version or found.version,
            entry=form.entry(),
        )  # fmt: skip

    who = found.person or _("somebody unnamed")
    page = Page(
        _("Follow-up: %(who)s") % {"who": who},
        back=reverse("health:survey", args=[found.survey_id]), back_label=found.survey_name,
        lede=found.account_name, version=found.version, template="health/follow_up.html",
        more={"said": _said(found.said)},
    )  # fmt: skip
    return edit_page(request, form, save, page)


def page_of(found: Survey) -> str:
    """Return the address of a survey."""
    return reverse("health:survey", args=[found.id])


def _survey_page(
    request: HttpRequest, found: Survey, *, link: tuple[str, str] | None = None
) -> HttpResponse:
    actor = actor_of(request)
    writes = actor.can("health.edit") and may_write(actor, found.account_id, name="plan")
    follow_ups = queries.follow_ups_for(actor, survey_id=found.id)
    context = {
        "survey": found,
        "state": STATES[found.state.value],
        "tone": TONES[found.state],
        "message": _message(found),
        "results": [_shown(one) for one in queries.results_of(found)],
        "invitations": queries.invitations_of(found),
        "asked": _asked_rows(queries.invitations_of(found)),
        "follow_ups": follow_up_table(follow_ups, named=False) if follow_ups else None,
        "writes": writes,
        "open": found.state is not SurveyState.CLOSED and found.ends_on >= timezone.localdate(),
        "link": link,
    }
    return render(request, "health/survey.html", context)


def _message(found: Survey) -> str:
    if not found.asked:
        return ngettext("%(n)s answer", "%(n)s answers", found.answered) % {"n": found.answered}
    words = _("%(answered)s answers, %(asked)s asked")
    return words % {"answered": found.answered, "asked": found.asked}


def _shown(one: Result) -> dict[str, Any]:
    """Return a result in words: the figure with its interval, or that there are too few."""
    told: dict[str, Any] = {
        "result": one,
        "kind": KINDS[one.kind.value] if one.code != "why" else "",
    }
    if one.nps is not None:
        told["figure"] = None if one.nps.few else _signed(one.nps.score)
        told["interval"] = (
            "" if one.nps.few else f"{_signed(one.nps.low)} … {_signed(one.nps.high)}"
        )
        told["split"] = _(
            "promoters %(promoters)s, passives %(passives)s, detractors %(detractors)s"
        ) % {"promoters": one.nps.promoters, "passives": one.nps.passives,
             "detractors": one.nps.detractors}  # fmt: skip
    elif one.share is not None:
        told["figure"] = None if one.share.few else pct(one.share.pct, 0)
        told["interval"] = (
            "" if one.share.few else f"{pct(one.share.low, 0)} … {pct(one.share.high, 0)}"
        )
        told["split"] = ", ".join(f"{value}: {count}" for value, count in one.counts)
    return told


def _signed(value: Any) -> str:
    words = number(value, 0)
    return f"+{words}" if value > 0 else words


def _said(answers: Any) -> list[tuple[str, str]]:
    return [(one.question, one.text or str(one.value)) for one in answers]


def _asked_rows(found: tuple[Invitation, ...]) -> list[tuple[Invitation, str]]:
    """Return who was asked with how far it is."""
    rows = []
    for one in found:
        if one.answered_at:
            words = _("answered on %(day)s") % {"day": day(one.answered_at.date())}
        elif one.waiting:
            words = _("the mail waits")
        elif one.sent_at:
            words = _("written to on %(day)s") % {"day": day(one.sent_at.date())}
        else:
            words = _("has a link") if one.made else _("has no link yet")
        rows.append((one, words))
    return rows


def _problem_table(done: services.Imported) -> Table:
    rows = [
        Row({"row": one.row, "column": Cell(one.column), "said": one.said})
        for one in done.problems[:200]
    ]
    columns = [
        Column("row", _("Row"), "number"), Column("column", _("Column"), "code"),
        Column("said", _("Problem"), wide=True),
    ]  # fmt: skip
    return Table(columns, rows, _("Problems"), sortable=False)


def _form(request: HttpRequest, actor: Actor, initial: dict[str, Any]) -> SurveyForm:
    accounts = [
        (one.id, f"{one.name} ({one.code})")
        for one in accounts_for(actor)
        if may_write(actor, one.id, name="plan")
    ]
    people = _people(actor, initial.get("owner"))
    return SurveyForm(request.POST or None, initial=initial, accounts=accounts, people=people)


def _people(actor: Actor, held: Any) -> list[tuple[int, str]]:
    people = list(people_for_team(actor))
    if held and held not in {pk for pk, _name in people}:
        people.append((held, actor.name if held == actor.user_id else f"#{held}"))
    return people


def _told(save: Save) -> Save:
    """Return the save whose conflicts without two values are said on the form itself."""

    def saved(data: dict[str, Any], version: int | None) -> str | None:
        try:
            return save(data, version)
        except Conflict as conflict:
            if "theirs" in conflict.data:
                raise
            raise Invalid(conflict.message, code=conflict.code) from conflict

    return saved


def _both(request: HttpRequest, survey_id: int) -> tuple[Actor, Survey]:
    actor = actor_of(request)
    return actor, queries.survey_for(actor, survey_id)


def _page(found: Survey, title: str, lede: str = "") -> Page:
    return Page(title, back=page_of(found), back_label=found.name, lede=lede, version=found.version)
