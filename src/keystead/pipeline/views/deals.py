"""Opportunities as a board and as a table, with the same filters; the panel of an account."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keystead.accounts.queries import account_for, accounts_for, may_write
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import day
from keystead.pipeline import queries
from keystead.pipeline.calc.stages import QUALIFICATION
from keystead.pipeline.queries.deal_words import CATEGORIES, DAYS, ENDINGS, KINDS, stage_name
from keystead.pipeline.types.opportunities import Deadline, Opportunity, Stage

PAGE = 50
MOST_CARDS = 60
MOST_ALERTS = 8
TONES = {"won": "good", "lost": "bad"}


@require_GET
@policy("pipeline.view")
def opportunities(request: HttpRequest) -> HttpResponse:
    """Show the opportunities by stage, or as a table."""
    actor, asked = actor_of(request), request.GET
    view = "table" if asked.get("view") == "table" else "board"
    found = _asked(actor, asked)
    context: dict[str, Any] = {
        "view": view,
        "may_edit": actor.can("pipeline.edit"),
        "words": asked.get("q", ""),
        "selects": _selects(asked, view),
        "command": uuid.uuid4().hex,
        "query": asked.urlencode(),
    }
    if view == "board":
        context["lanes"] = lanes_of(actor, found)
        context["more"] = max(len(found) - MOST_CARDS * max(len(context["lanes"]), 1), 0)
    else:
        page = Paginator(found, PAGE).get_page(asked.get("page", "1"))
        context |= {"page": page, "table": deal_table(list(page.object_list))}
    if request.headers.get("HX-Target") == "opportunities":
        return render(request, "pipeline/panels/deals.html", context)
    alerts = queries.tender_alerts(actor)
    context |= {
        "alerts": [(one, deadline_words(one.deadline)) for one in alerts[:MOST_ALERTS]],
        "message": _message(found),
        "tabs": tabs(request, actor),
    }
    return render(request, "pipeline/opportunities.html", context)


@require_GET
@policy("pipeline.view")
def deals_panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the opportunities of an account."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    found = queries.opportunities_for(actor, account_id=account.id)
    context = {
        "account": account,
        "table": deal_table(sorted(found, key=lambda one: not one.open), named=False),
        "waiting": sum(one.open for one in found),
        "may_edit": actor.can("pipeline.edit") and may_write(actor, account.id, name="plan"),
    }
    return render(request, "pipeline/panels/account_deals.html", context)


def lanes_of(actor: Actor, found: Sequence[Opportunity]) -> list[dict[str, Any]]:
    """Return the columns of the board: each stage with its cards and what they come to."""
    shown, today = queries.shown_counts(found), timezone.localdate()
    writable = {one.id for one in accounts_for(actor) if may_write(actor, one.id, name="plan")} \
        if actor.can("pipeline.edit") else set()  # fmt: skip
    used = {one.stage.code for one in found if one.open}
    stages = [one for one in queries.stages(retired=True) if one.active or one.code in used]
    active = [(one.code, stage_name(one)) for one in stages if one.active]
    lanes: list[dict[str, Any]] = []
    for stage in stages:
        own = [one for one in found if one.stage.code == stage.code and one.open]
        lanes.append({
            "code": stage.code, "next": next_stage(stage), "name": stage_name(stage),
            "pct": stage.pct,
            "category": CATEGORIES[stage.category.value], "count": len(own),
            "sums": _sums(own), "others": [one for one in active if one[0] != stage.code],
            "cards": [
                _card(one, shown, today, one.account_id in writable) for one in own[:MOST_CARDS]
            ],
        })  # fmt: skip
    for ending, words in ENDINGS.items():
        own = [one for one in found if one.outcome and one.outcome.ending.value == ending]
        if own:
            lanes.append({
                "code": ending, "name": words, "count": len(own), "sums": _sums(own),
                "cards": [_card(one, shown, today, False) for one in own[:MOST_CARDS]],
            })  # fmt: skip
    return lanes


def next_stage(stage: Stage) -> str:
    """Return the stage that comes after one; empty after the last."""
    later = [one.code for one in queries.stages() if one.position > stage.position]
    return later[0] if later else ""


def _card(one: Opportunity, shown: Mapping[int, int], today: date, writes: bool) -> dict[str, Any]:
    return {
        "deal": one, "kind": KINDS[one.kind.value], "shown": shown.get(one.id, 0),
        "of": len(QUALIFICATION), "late": one.open and one.expected_close < today,
        "step_late": one.next_on is not None and one.next_on < today, "writes": writes,
    }  # fmt: skip


def deal_table(found: Sequence[Opportunity], *, named: bool = True) -> Table:
    """Return opportunities as a table; with accounts where they are of several."""
    model = queries.odds_of([one for one in found if one.open])
    rows = [
        Row({
            "title": Cell(
                one.title, href=reverse("pipeline:opportunity", args=[one.id]),
                sub=one.account_name if named else str(KINDS[one.kind.value]),
            ),
            "stage": Cell(ENDINGS[one.outcome.ending.value], tone=TONES[one.outcome.ending.value])
            if one.outcome else Cell(stage_name(one.stage)),
            "kind": KINDS[one.kind.value],
            "amount": one.outcome.final if one.outcome else one.amount,
            "currency": one.currency,
            "close": one.outcome.closed_on if one.outcome else one.expected_close,
            "mine": one.pct,
            "model": one.outcome.model_pct if one.outcome else model[one.id].pct,
            "category": CATEGORIES[one.category.value],
            "next": Cell(one.next_step, sub=day(one.next_on)) if one.open and one.next_on else "–",
            "owner": one.owner_name or (Cell(_("nobody"), tone="bad") if one.open else "–"),
        })
        for one in found
    ]  # fmt: skip
    columns = [
        Column("title", _("Opportunity")), Column("stage", _("Stage"), "tag"),
        Column("kind", _("Kind"), hide="phone"),
        Column("amount", _("Amount"), "number", digits=0),
        Column("currency", _("Currency"), "code", hide="phone"),
        Column("close", _("Closes"), "date"),
        Column("mine", _("Manager"), "pct", digits=0, hide="phone"),
        Column("model", _("Model"), "pct", digits=0, hide="phone"),
        Column("category", _("Forecast"), hide="phone"),
        Column("next", _("Next step"), hide="phone"), Column("owner", _("Owner"), "tag"),
    ]  # fmt: skip
    if not named:
        columns = [one for one in columns if one.key != "kind"]
    return Table(columns, rows, _("Opportunities"), empty=_("There is no opportunity here."))


def deadline_words(one: Deadline) -> tuple[str, str]:
    """Return a day of a tender in words, and its tone."""
    words = str(DAYS[one.kind.value]) % {"day": day(one.on), "lot": one.lot}
    if one.warning == 0:
        return _("%(what)s: over.") % {"what": words}, "hot"
    left = (one.on - timezone.localdate()).days
    words = ngettext("%(what)s: %(left)s day left.", "%(what)s: %(left)s days left.", left) % {
        "what": words, "left": left,
    }  # fmt: skip
    return words, "hot" if one.warning <= 7 else "soon"


def tabs(request: HttpRequest, actor: Actor) -> list[tuple[str, str, bool]]:
    """Return the pages of the pipeline beside each other: address, words, whether this one."""
    given = [
        ("pipeline:opportunities", _("Opportunities")), ("pipeline:signals", _("Signals")),
        ("pipeline:rollup", _("Roll-up")), ("pipeline:stages", _("Stages")),
    ]  # fmt: skip
    return [(reverse(name), words, request.path == reverse(name)) for name, words in given]


def _asked(actor: Actor, asked: Any) -> tuple[Opportunity, ...]:
    kind, stage, show = asked.get("kind", ""), asked.get("stage", ""), asked.get("show", "open")
    return queries.opportunities_for(
        actor, search=asked.get("q", ""), kind=kind if kind in KINDS else "", stage=stage,
        still_open=None if show == "all" else show != "closed",
        owner_id={"me": actor.user_id, "none": 0}.get(asked.get("owner", "")),
    )  # fmt: skip


def _selects(asked: Any, view: str) -> list[tuple[str, str, list[tuple[str, Any]], str]]:
    stages = [(one.code, stage_name(one)) for one in queries.stages(retired=True)]
    given: list[tuple[str, str, list[tuple[str, Any]], str]] = [
        ("view", _("View"), [("board", _("By stage")), ("table", _("Table"))], view),
        ("kind", _("Kind"), [("", _("All")), *KINDS.items()], asked.get("kind", "")),
        ("stage", _("Stage"), [("", _("All")), *stages], asked.get("stage", "")),
        ("owner", _("Owner"), [("", _("All")), ("me", _("Me")), ("none", _("Nobody yet"))],
         asked.get("owner", "")),
        ("show", _("Which"), [("open", _("Open ones")), ("closed", _("Closed ones")),
                              ("all", _("All"))], asked.get("show", "open")),
    ]  # fmt: skip
    return given


def _sums(found: Iterable[Opportunity]) -> str:
    """Return what opportunities come to, each currency by itself."""
    by_code: dict[str, Any] = {}
    for one in found:
        amount = one.outcome.final if one.outcome else one.amount
        if amount is not None:
            by_code[one.currency] = by_code.get(one.currency, 0) + amount
    language = get_language() or "en"
    return ", ".join(
        formats.money(total, code, locale=language) for code, total in sorted(by_code.items())
    )


def _message(found: Sequence[Opportunity]) -> str:
    today = timezone.localdate()
    waiting = [one for one in found if one.open]
    late = sum(one.expected_close < today for one in waiting)
    if late:
        return ngettext(
            "%(count)s opportunity is past the day it should close",
            "%(count)s opportunities are past the day they should close", late,
        ) % {"count": late}  # fmt: skip
    if waiting:
        return ngettext(
            "%(count)s opportunity is open, %(sums)s",
            "%(count)s opportunities are open, %(sums)s", len(waiting),
        ) % {"count": len(waiting), "sums": _sums(waiting) or _("without an amount")}  # fmt: skip
    return _("No opportunity is open")
