"""The papers of an agreement: contract, statement, documents; and the company's templates."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.agreements import queries, services
from keystead.agreements.forms.papers import AttachForm, TemplateForm, WithdrawForm, languages
from keystead.agreements.queries import templates as stored_templates
from keystead.agreements.queries.document_words import DOCUMENT_KINDS
from keystead.agreements.queries.documents import document_for, documents_of
from keystead.agreements.queries.sentences import name_of
from keystead.agreements.queries.settlements import settlement_for
from keystead.agreements.services import papers as written
from keystead.agreements.services.templates import add_template
from keystead.agreements.services.templates import withdraw_template as take_template_back
from keystead.agreements.types import Agreement, Document
from keystead.agreements.views.tabs import may_edit, tab_page
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.http.asking import may_ask
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.kit.ui.sheets import download
from keystead.kit.ui.tables import Cell, Column, Row, Table

ANYTHING = "application/octet-stream"


@policy("agreements.view")
def papers(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Show what can be written of an agreement, and the documents that hang on it."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    writes = may_edit(actor, found)
    context = {
        "documents": _documents(found, documents_of(actor, found.id), writes=writes),
        "may_send": actor.can("export.data"),
        "may_templates": actor.can("reference.edit"),
        "languages": languages(),
        "language": get_language() or "en",
        "templates": stored_templates.templates(actor),
        "numbers": [one.number for one in reversed(found.versions)],
        "day": min(timezone.localdate(), found.valid.last),
        "may_edit": writes,
    }
    return tab_page(request, found, "papers", "agreements/tab_papers.html", context)


@policy("agreements.view", "export.data")
@may_ask
def contract(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Send the contract as Word or PDF."""
    asked = request.GET
    made = written.write_contract(
        actor=actor_of(request),
        agreement_id=agreement_id,
        wanted=_wanted(request, "docx"),
        version_number=_whole(asked.get("version", "")),
        template_id=_whole(asked.get("template", "")) or 0,
    )
    return download(made.content, made.name, made.kind)


@policy("agreements.view", "export.data")
@may_ask
def statement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Send the statement as Excel, Word or PDF."""
    made = written.write_statement(
        actor=actor_of(request),
        agreement_id=agreement_id,
        as_of=_day(request.GET.get("as_of", "")),
        wanted=_wanted(request, "xlsx"),
    )
    return download(made.content, made.name, made.kind)


@policy("agreements.view", "export.data")
@may_ask
def settlement_statement(request: HttpRequest, settlement_id: int) -> HttpResponse:
    """Send the statement of one settlement as Excel, Word or PDF."""
    one = settlement_for(actor_of(request), settlement_id)
    try:
        made = written.write_settlement(
            actor=actor_of(request), settlement_id=one.id, wanted=_wanted(request, "xlsx")
        )
    except Conflict as error:
        if error.data.get("findings"):
            raise
        messages.error(request, f"{error} {error.hint}".strip())
        return redirect(reverse("agreements:settlement", args=[one.id]))
    return download(made.content, made.name, made.kind)


@policy("agreements.edit")
def attach(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Attach a document."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    form = AttachForm(
        request.POST or None,
        request.FILES or None,
        conditions=_conditions(found),
        versions=[(one.number, str(one.number)) for one in found.versions],
    )

    def save(_data: dict[str, Any], _version: int | None) -> None:
        services.attach_document(actor=actor, agreement_id=found.id, attachment=form.attachment())

    page = Page(
        _("Attach a document"),
        back=_tab(found.id),
        back_label=found.number,
        lede=_("It is kept as it comes, with who and when; nobody can change or delete it."),
        said=_("The document is attached."),
        save_label=_("Attach"),
    )
    return edit_page(request, form, save, page)


@policy("agreements.view")
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """Send a document, as a file to save and nothing else."""
    found, content = services.hand_out_document(actor=actor_of(request), document_id=document_id)
    return download(content, found.name, ANYTHING)


@policy("agreements.edit")
def withdraw(request: HttpRequest, document_id: int) -> HttpResponse:
    """Say that a document no longer counts."""
    actor = actor_of(request)
    found = document_for(actor, document_id)
    form = WithdrawForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.withdraw_document(
            actor=actor,
            document_id=found.id,
            expected_version=version or found.version,
            reason=data["reason"],
        )

    page = Page(
        _("Withdraw “%(name)s”") % {"name": found.name},
        back=_tab(found.agreement_id),
        back_label=queries.agreement_for(actor, found.agreement_id).number,
        lede=_("The file stays and can still be read; it proves nothing any more."),
        version=found.version,
        save_label=_("Withdraw"),
    )
    return edit_page(request, form, save, page)


@policy("agreements.view")
def templates(request: HttpRequest) -> HttpResponse:
    """Show the company's templates and what one may name; take a new one."""
    actor = actor_of(request)
    may_add = actor.can("reference.edit")
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        actor.require("reference.edit")

    def save(data: dict[str, Any], _version: int | None) -> None:
        add_template(actor=actor, content=data["file"].read(), name=data["name"])

    page = Page(
        _("Contract templates"),
        back=reverse("agreements:templates"),
        said=_("The template is ready."),
        save_label=_("Add the template"),
        template="agreements/templates.html",
        more={"table": _templates(request), "names": _names(), "may_add": may_add},
    )
    if not may_add:
        return render(request, page.template, {"form": None, "page": page, **page.more})
    return edit_page(request, form, save, page)


@policy("agreements.view")
def template_file(request: HttpRequest, template_id: int) -> HttpResponse:
    """Send a template; 0 is the one that ships with Keystead, to begin with."""
    actor = actor_of(request)
    content = stored_templates.template_bytes(actor, template_id)
    names = {one.id: one.name for one in stored_templates.templates(actor)}
    name = names.get(template_id, _("contract-template"))
    return download(content, f"{name}.docx", written.KINDS["docx"])


@require_POST
@policy("agreements.view", "reference.edit")
def withdraw_template(request: HttpRequest, template_id: int) -> HttpResponse:
    """Take a template out of use."""
    take_template_back(
        actor=actor_of(request), template_id=template_id, expected_version=version_of(request)
    )
    return _back()


def _back() -> HttpResponse:
    response = HttpResponse(status=302)
    response.headers["Location"] = reverse("agreements:templates")
    return response


def _tab(agreement_id: int) -> str:
    return reverse("agreements:papers", args=[agreement_id])


def _wanted(request: HttpRequest, default: str) -> written.Wanted:
    asked = request.GET
    format, inside = asked.get("format") or default, asked.get("inside") == "1"
    return written.Wanted(format, asked.get("language", ""), inside=inside)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _day(text: str) -> date:
    if not text:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        sentence = _("“%(text)s” is no day; write it as 2026-06-30.") % {"text": text}
        raise Invalid(sentence, code="bad_day", field="as_of") from error


def _conditions(found: Agreement) -> list[tuple[str, str]]:
    names: dict[str, str] = {}
    for version in found.versions:
        names |= {one.key: name_of(one) for one in version.conditions}
    return list(names.items())


def _documents(found: Agreement, documents: tuple[Document, ...], *, writes: bool) -> Table:
    names = dict(_conditions(found))
    rows = [
        Row(
            {
                "name": Cell(
                    one.name, href=reverse("agreements:document", args=[one.id]), sub=one.note
                ),
                "kind": Cell(
                    str(DOCUMENT_KINDS[one.kind.value]) if one.holds else _("withdrawn"),
                    tone="" if one.holds else "bad",
                    title=one.withdrawn_reason,
                ),
                "about": Cell(_about(one, names), sub=str(one.period) if one.period else ""),
                "size": max(one.size_bytes // 1024, 1),
                "at": one.added_at,
                "by": one.added_by,
                "step": _step(one) if writes else "",
            }
        )
        for one in documents
    ]
    columns = [
        Column("name", _("Document"), wide=True),
        Column("kind", _("What it shows"), "tag"),
        Column("about", pgettext("document", "Belongs to")),
        Column("size", pgettext("document", "Size"), "number", unit=_("kB"), hide="phone"),
        Column("at", _("Attached"), "moment", hide="phone"),
        Column("by", pgettext("document", "By"), hide="phone"),
        *([Column("step", "", sortable=False)] if writes else []),
    ]
    empty = _("No document yet. A fee is paid only once its proof of service is attached here.")
    return Table(columns, rows, _("Documents"), empty=empty)


def _about(one: Document, names: dict[str, str]) -> str:
    parts = [names.get(one.condition, one.condition)] if one.condition else []
    if one.version_number:
        parts.append(_("version %(number)s") % {"number": one.version_number})
    return ", ".join(parts) or _("the whole agreement")


def _step(one: Document) -> Cell | str:
    if not one.holds:
        return Cell(one.withdrawn_reason, sub=one.withdrawn_by)
    return Cell(_("Withdraw"), href=reverse("agreements:withdraw", args=[one.id]))


def _templates(request: HttpRequest) -> Table:
    rows = [
        Row(
            {
                "name": Cell(one.name, href=reverse("agreements:template_file", args=[one.id])),
                "at": one.added_at,
                "by": one.added_by,
            },
            id=str(one.id),
        )
        for one in stored_templates.templates(actor_of(request))
    ]
    columns = [
        Column("name", _("Template")),
        Column("at", _("Added"), "moment", hide="phone"),
        Column("by", pgettext("document", "By"), hide="phone"),
    ]
    empty = _("None of your own yet: contracts are written with the one that ships.")
    return Table(columns, rows, _("Templates of your own"), empty=empty, sortable=False)


def _names() -> Table:
    rows = [
        Row(
            {
                "name": f"{{{{ {name} }}}}",
                "text": text,
                "kind": _("alone in its paragraph") if block else _("anywhere"),
            }
        )
        for name, text, block in stored_templates.placeholders()
    ]
    columns = [
        Column("name", _("Placeholder"), "code"),
        Column("text", _("What stands there"), wide=True),
        Column("kind", _("Where it may stand"), hide="phone"),
    ]
    return Table(columns, rows, _("Placeholders"), sortable=False)
