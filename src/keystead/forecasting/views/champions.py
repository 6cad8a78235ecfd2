"""Which recipe each segment uses, why, and what was decided before."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from keystead.forecasting.queries.champions import records_of, standings
from keystead.forecasting.queries.words import CHAMPION_REASONS, RECIPES, SEGMENTS
from keystead.forecasting.services.champions import decide_champions as decide_all
from keystead.forecasting.types.champion import ChampionRecord
from keystead.kit.access import actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.tables import Cell, Column, Row, Table

SHOWN = 60


@require_GET
@policy("forecasting.view")
def champions(request: HttpRequest) -> HttpResponse:
    """Show the recipe of each segment and every decision, the newest first."""
    actor = actor_of(request)
    records = records_of(actor)
    rows = [
        Row({
            "segment": SEGMENTS.get(one.segment, one.segment),
            "recipe": RECIPES.get(one.recipe, one.recipe) if one.recipe else _("as the run asks"),
            "since": one.since.decided_on if one.since else None,
            "gain": _one(one.since.gain_pct) if one.since else None,
        })
        for one in standings(actor)
    ]  # fmt: skip
    columns = [
        Column("segment", _("Kind of demand")), Column("recipe", _("Recipe")),
        Column("since", _("Since"), "date"), Column("gain", _("Error less by, %"), "number"),
    ]  # fmt: skip
    context = {
        "standings": Table(columns, rows, _("Recipe of each segment"), sortable=False),
        "records": _records(records[::-1][:SHOWN]),
        "none": not records,
        "may_decide": actor.can("forecasting.run"),
    }
    return render(request, "forecasting/champions.html", context)


@require_POST
@policy("forecasting.run")
def decide_champions(request: HttpRequest) -> HttpResponse:
    """Hold the recipes that were tried against those in force."""
    made = decide_all(actor=actor_of(request))
    changed = sum(one.changed for one in made)
    if not made:
        messages.info(request, _("Nothing new came true: the decisions stand."))
    elif not changed:
        messages.info(request, _("Looked at and kept: no recipe was better for certain."))
    else:
        said = ngettext("%(count)d segment changes its recipe.",
                        "%(count)d segments change their recipe.", changed)  # fmt: skip
        messages.success(request, said % {"count": changed})
    return redirect("forecasting:champions")


def _records(records: tuple[ChampionRecord, ...]) -> Table:
    rows = [
        Row({
            "on": one.decided_on,
            "segment": Cell(
                SEGMENTS.get(one.segment, one.segment),
                phone=f"{RECIPES.get(one.champion, one.champion)} → "
                      f"{RECIPES.get(one.challenger, one.challenger)}, "
                      f"{formats.day(one.decided_on, locale=get_language() or 'en')}",
            ),
            "champion": RECIPES.get(one.champion, one.champion),
            "challenger": RECIPES.get(one.challenger, one.challenger),
            "was": _one(one.champion_wape_pct), "would": _one(one.challenger_wape_pct),
            "bias": f"{_one(one.champion_bias_pct):+} → {_one(one.challenger_bias_pct):+}",
            "cycles": len(one.evidence),
            "outcome": Cell(CHAMPION_REASONS.get(one.reason, one.reason),
                            tone="good" if one.changed else ""),
            "by": one.decided_by,
        })
        for one in records
    ]  # fmt: skip
    columns = [
        Column("on", _("Decided"), "date", hide="phone"), Column("segment", _("Kind of demand")),
        Column("champion", _("In force"), hide="phone"),
        Column("challenger", _("Held against"), hide="phone"),
        Column("was", _("Error (WAPE), %"), "number", unit=_("in force")),
        Column("would", _("Error (WAPE), %"), "number", unit=_("challenger")),
        Column("bias", _("Bias, %"), hide="phone"),
        Column("cycles", _("Cycles"), "number", hide="phone"),
        Column("outcome", _("Decision"), "tag"), Column("by", _("Who"), hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Decisions"), sortable=False)


def _one(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))
