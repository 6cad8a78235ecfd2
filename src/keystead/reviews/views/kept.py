"""What is kept for all reviews: agendas, and the company's PowerPoint files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.sheets import uploaded
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.reviews import queries, services
from keystead.reviews.calc.agenda import shipped_agenda, total_minutes
from keystead.reviews.forms.reviews import (
    AgendaForm,
    MasterChangeForm,
    MasterForm,
    agenda_text,
)
from keystead.reviews.queries.words import KINDS
from keystead.reviews.types.cycle import ReviewKind

MOST_BYTES = 60_000_000


@require_GET
@policy("reviews.view")
def kept(request: HttpRequest) -> HttpResponse:
    """Show the agendas and PowerPoint files that are kept."""
    actor = actor_of(request)
    agendas = [
        Row({
            "name": Cell(one.name, href=reverse("reviews:agenda", args=[one.id])
                         if actor.can("reviews.edit") else ""),
            "kind": KINDS[one.kind.value], "points": len(one.items),
            "minutes": total_minutes(one.items),
        })
        for one in queries.templates_of(actor)
    ]  # fmt: skip
    masters = [
        Row({
            "name": Cell(one.name, sub=one.file_name,
                         href=reverse("reviews:master", args=[one.id])
                         if actor.can("reviews.approve") else ""),
            "layouts": len(one.layouts), "size": one.size_bytes // 1024,
            "state": _("no longer used") if one.retired else _("in use"),
        })
        for one in queries.masters(actor, retired=True)
    ]  # fmt: skip
    context = {
        "agendas": Table(
            [Column("name", _("Name")), Column("kind", _("Kind")),
             Column("points", _("Points"), "number"),
             Column("minutes", _("Minutes"), "number")],
            agendas, _("Agendas"), empty=_("No agenda kept yet: the shipped ones are used."),
        ),
        "masters": Table(
            [Column("name", _("Name")), Column("layouts", _("Layouts"), "number"),
             Column("size", _("Size"), "number", unit="KB"), Column("state", _("State"), "tag")],
            masters, _("Templates"), empty=_("None yet: decks use our own template."),
        ),
        "may_edit": actor.can("reviews.edit"),
        "may_approve": actor.can("reviews.approve"),
    }  # fmt: skip
    return render(request, "reviews/kept.html", context)


@policy("reviews.edit")
def new_agenda(request: HttpRequest) -> HttpResponse:
    """Keep an agenda for the next time."""
    asked = request.GET.get("kind", "")
    kind = ReviewKind(asked) if asked in set(ReviewKind) else ReviewKind.QUARTER
    initial = {"kind": kind.value, "agenda": agenda_text(shipped_agenda(kind))}
    return _agenda(request, initial, None, None)


@policy("reviews.edit")
def agenda(request: HttpRequest, agenda_id: int) -> HttpResponse:
    """Change a kept agenda."""
    one = queries.template_for(actor_of(request), agenda_id)
    initial = {"name": one.name, "kind": one.kind.value, "agenda": agenda_text(one.items)}
    return _agenda(request, initial, one.id, one.version)


def _agenda(
    request: HttpRequest, initial: dict[str, Any], template_id: int | None, version: int | None
) -> HttpResponse:
    actor = actor_of(request)
    form = AgendaForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], typed: int | None) -> None:
        services.keep_agenda(
            actor=actor, name=data["name"], kind=ReviewKind(data["kind"]), items=data["agenda"],
            template_id=template_id, expected_version=typed or version,
        )  # fmt: skip

    return edit_page(request, form, save, _page(_("Agenda"), version))


@policy("reviews.approve")
def new_master(request: HttpRequest) -> HttpResponse:
    """Keep a company's PowerPoint file."""
    actor = actor_of(request)
    form = MasterForm(request.POST or None, request.FILES or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        content, name = uploaded(request, MOST_BYTES)
        services.keep_master(actor=actor, name=data["name"], file_name=name, content=content)

    return edit_page(request, form, save, _page(_("New template"), None))


@policy("reviews.approve")
def master(request: HttpRequest, master_id: int) -> HttpResponse:
    """Rename a PowerPoint file, or take it out of use."""
    actor = actor_of(request)
    one = queries.master_for(actor, master_id)
    initial = {"name": one.name, "retired": one.retired}
    form = MasterChangeForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.edit_master(
            actor=actor, master_id=one.id, name=data["name"], retired=data["retired"],
            expected_version=version or one.version,
        )  # fmt: skip

    lede = ", ".join(one.layouts)
    return edit_page(request, form, save, _page(one.name, one.version, lede))


def _page(title: str, version: int | None, lede: str = "") -> Page:
    return Page(
        title, back=reverse("reviews:kept"), back_label=_("Agendas and templates"),
        version=version, lede=lede,
    )  # fmt: skip
