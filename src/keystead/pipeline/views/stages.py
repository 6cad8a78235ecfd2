"""The stages of the house."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.pipeline import queries, services
from keystead.pipeline.forms.opportunities import StageForm
from keystead.pipeline.forms.renewals import plain
from keystead.pipeline.queries.deal_words import CATEGORIES, stage_name
from keystead.pipeline.views.deals import tabs
from keystead.pipeline.views.steps import told


@require_GET
@policy("pipeline.view")
def stages(request: HttpRequest) -> HttpResponse:
    """Show the stages; who approves plans may change them."""
    actor = actor_of(request)
    writes = actor.can("pipeline.approve")
    rows = [
        Row({
            "name": Cell(
                stage_name(one), sub=one.code,
                href=reverse("pipeline:stage", args=[one.code]) if writes else "",
            ),
            "pct": one.pct, "category": CATEGORIES[one.category.value],
            "active": _("in use") if one.active else Cell(_("no longer used"), tone="warn"),
        })
        for one in queries.stages(retired=True)
    ]  # fmt: skip
    columns = [
        Column("name", _("Stage")), Column("pct", _("Probability"), "pct", digits=0),
        Column("category", _("Forecast category")), Column("active", _("Use"), "tag"),
    ]  # fmt: skip
    table = Table(columns, rows, _("Stages"), sortable=False)
    context = {"table": table, "writes": writes, "tabs": tabs(request, actor)}
    return render(request, "pipeline/stages.html", context)


@policy("pipeline.approve")
def new_stage(request: HttpRequest) -> HttpResponse:
    """Add a stage."""
    form = StageForm(request.POST or None)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.keep_stage(actor=actor_of(request), stage=form.stage())

    return edit_page(request, form, told(save), _page(_("New stage")))


@policy("pipeline.approve")
def stage(request: HttpRequest, stage: str) -> HttpResponse:
    """Change a stage."""
    found = queries.stage_of(stage)
    initial = {
        "code": found.code, "name": found.name, "position": found.position,
        "pct": plain(found.pct), "category": found.category.value, "active": found.active,
    }  # fmt: skip
    form = StageForm(request.POST or None, initial=initial)
    form.fields["code"].disabled = True

    def save(data: dict[str, Any], version: int | None) -> None:
        services.keep_stage(
            actor=actor_of(request), stage=form.stage(), expected_version=version or found.version
        )

    return edit_page(request, form, told(save), _page(stage_name(found), found.version))


def _page(title: str, version: int | None = None) -> Page:
    lede = _("What is open in a stage takes its probability at once.")
    return Page(
        title, back=reverse("pipeline:stages"), back_label=_("Stages"), lede=lede,
        version=version,
    )  # fmt: skip
