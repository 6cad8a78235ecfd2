"""Papers of a split: the schedule as Excel, letters to the members as Word."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.http.asking import may_ask
from keystead.kit.quota import spend_upload
from keystead.kit.ui.editing import Page, blame, edit_page, version_of
from keystead.kit.ui.sheets import download
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.negotiation import queries
from keystead.negotiation.forms.fees import LettersForm, LetterTemplateForm
from keystead.negotiation.queries.letter_templates import letter_template, letter_templates
from keystead.negotiation.queries.letters import BLOCKS, WORDS
from keystead.negotiation.services import letter_templates as own
from keystead.negotiation.services.fee_papers import (
    LettersWanted,
    write_letters,
    write_schedule,
)
from keystead.negotiation.views.fees import plan_form_page


@policy("negotiation.view", "export.data")
@may_ask
def fee_schedule(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Send the schedule of a split as Excel."""
    inside = request.GET.get("inside") == "1"
    made = write_schedule(actor=actor_of(request), plan_id=plan_id, inside=inside)
    return download(made.content, made.name, made.kind)


@policy("negotiation.view", "export.data")
def fee_letters(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Send a letter to each member, as Word in one archive."""
    actor = actor_of(request)
    plan = queries.fee_plan_for(actor, plan_id)
    language = get_language() or "en"
    first = {
        "language": language,
        "template_id": _fitting(actor, language),
        "on": timezone.localdate(),
        "sender": actor.name,
    }
    form = LettersForm(
        request.POST or None, request.FILES or None, initial=first,
        languages=_languages(), templates=_choices(actor),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data, file = form.cleaned_data, form.cleaned_data["template"]
        if file is not None:
            spend_upload(actor=actor, size_bytes=file.size or 0)
        wanted = LettersWanted(
            language=data["language"], on=data["on"], sender=data["sender"],
            template=None if file is None else file.read(),
            template_id=data["template_id"] or 0, inside=data["inside"],
        )  # fmt: skip
        try:
            made = write_letters(actor=actor, plan_id=plan.id, wanted=wanted)
        except Invalid as error:
            blame(form, error)
        else:
            return download(made.content, made.name, made.kind)
    page = plan_form_page(
        plan, _("Letters to the members"),
        lede=_("One letter a member, with its own fee and figures alone."),
        save_label=_("Write the letters"),
    )  # fmt: skip
    context = {"form": form, "page": page, "names": {**WORDS, **BLOCKS}.items()}
    status = 422 if form.is_bound else 200
    return render(request, "negotiation/letters.html", context, status=status)


@policy("negotiation.view")
def fee_templates(request: HttpRequest) -> HttpResponse:
    """Show the letter templates of the house and what one may name; take a new one."""
    actor = actor_of(request)
    may_add = actor.can("reference.edit")
    if request.method == "POST":
        actor.require("reference.edit")
    form = LetterTemplateForm(
        request.POST or None, request.FILES or None, languages=_languages()
    )  # fmt: skip

    def save(data: dict[str, Any], _version: int | None) -> None:
        own.add_letter_template(
            actor=actor, content=data["file"].read(), name=data["name"], language=data["language"]
        )

    page = Page(
        _("Letter templates"), back=reverse("negotiation:fee_templates"),
        said=_("The template is ready."), save_label=_("Add the template"),
        template="negotiation/letter_templates.html",
        more={"rows": letter_templates(actor), "table": _table(actor), "names": _names(),
              "may_add": may_add},
    )  # fmt: skip
    if not may_add:
        return render(request, page.template, {"form": None, "page": page, **page.more})
    return edit_page(request, form, save, page)


@require_GET
@policy("negotiation.view")
def fee_template_file(request: HttpRequest, template_id: int) -> HttpResponse:
    """Send a letter template; 0 is the one that ships with Keystead, to begin with."""
    actor = actor_of(request)
    content = letter_template(actor, template_id)
    names = {one.id: one.name for one in letter_templates(actor)}
    return download(content, f"{names.get(template_id, _('letter-template'))}.docx", DOCX)


@require_POST
@policy("negotiation.view", "reference.edit")
def withdraw_fee_template(request: HttpRequest, template_id: int) -> HttpResponse:
    """Take a letter template out of use."""
    own.withdraw_letter_template(
        actor=actor_of(request), template_id=template_id, expected_version=version_of(request)
    )
    return redirect("negotiation:fee_templates")


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _languages() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in settings.LANGUAGES]


def _choices(actor: Actor) -> list[tuple[int, str]]:
    names = dict(_languages())
    return [
        (one.id, f"{one.name} ({names[one.language]})" if one.language in names else one.name)
        for one in letter_templates(actor)
    ]


def _fitting(actor: Actor, language: str) -> int | str:
    """Return the template of the house for a language: its own, else one for all of them."""
    found = letter_templates(actor)
    for wanted in (language, ""):
        for one in found:
            if one.language == wanted:
                return one.id
    return ""


def _table(actor: Actor) -> Table:
    names = dict(_languages())
    rows = [
        Row({
            "name": Cell(one.name, href=reverse("negotiation:fee_template_file", args=[one.id])),
            "language": names.get(one.language, _("All languages")),
            "at": one.added_at, "by": one.added_by,
        })
        for one in letter_templates(actor)
    ]  # fmt: skip
    columns = [
        Column("name", _("Template")), Column("language", _("Language")),
        Column("at", _("Added"), "moment", hide="phone"),
        Column("by", pgettext("template", "By"), hide="phone"),
    ]  # fmt: skip
    empty = _("None of your own yet: letters are written with the one that ships.")
    return Table(columns, rows, _("Templates of your own"), empty=empty, sortable=False)


def _names() -> Table:
    rows = [
        Row({
            "name": f"{{{{ {name} }}}}", "text": str(text),
            "kind": _("alone in its paragraph") if name in BLOCKS else _("anywhere"),
        })
        for name, text in {**WORDS, **BLOCKS}.items()
    ]  # fmt: skip
    columns = [
        Column("name", _("Placeholder"), "code"),
        Column("text", _("What stands there"), wide=True),
        Column("kind", _("Where it may stand"), hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Placeholders"), sortable=False)
