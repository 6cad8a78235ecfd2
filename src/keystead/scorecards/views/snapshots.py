"""Frozen cards: the list and one of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from keystead.kit.access import actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.scorecards import queries
from keystead.scorecards.types import SnapshotSummary
from keystead.scorecards.views.show import (
    TONES,
    headline,
    number,
    share,
    shown_lines,
    word_name,
)

PAGE = 50


@policy("scorecards.view")
def snapshots(request: HttpRequest) -> HttpResponse:
    """List frozen cards, newest first; ``?account=`` of one account."""
    actor = actor_of(request)
    wanted = request.GET.get("account", "")
    found = queries.snapshots(
        actor, account_id=int(wanted) if wanted.isdecimal() else None, limit=2000
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"table": snapshot_table(list(page.object_list)), "page": page, "count": len(found)}
    return render(request, "scorecards/snapshots.html", context)


@policy("scorecards.view")
def snapshot(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """Show one frozen card."""
    actor = actor_of(request)
    found = queries.snapshot(actor, snapshot_id)
    context = {
        "snapshot": found,
        "lines": shown_lines(found.lines),
        "score": found.score,
        "total": number(found.score.total, 1),
        "coverage": share(found.score.coverage_pct),
        "word": word_name(found.score.word),
        "tone": TONES.get(found.score.word, ""),
        "headline": headline(found.score, found.lines),
    }
    return render(request, "scorecards/snapshot.html", context)


def snapshot_table(found: Sequence[SnapshotSummary], *, account: bool = True) -> Table:
    """Return the table of frozen cards."""
    locale = get_language() or "en"
    rows = [
        Row(
            {
                "period": Cell(
                    formats.period(one.period.start, one.period.end, locale=locale),
                    href=reverse("scorecards:snapshot", args=[one.id]),
                ),
                "account": one.account_name,
                "total": one.total,
                "word": Cell(word_name(one.word), tone=TONES.get(one.word, "")),
                "set": _(one.set_name),
                "at": one.frozen_at,
                "by": one.frozen_by,
            }
        )
        for one in found
    ]
    columns = [
        Column("period", _("Period")),
        *([Column("account", _("Account"))] if account else []),
        Column("total", _("Points"), "number", digits=1),
        Column("word", _("Verdict"), "tag"),
        Column("set", _("KPI set"), hide="phone"),
        Column("at", _("Frozen"), "moment", hide="phone"),
        Column("by", pgettext("frozen", "By"), hide="phone"),
    ]
    return Table(
        columns,
        rows,
        caption=_("Frozen scorecards, the newest first"),
        empty=_("Nothing is frozen yet. Open an account's scorecard and freeze it."),
    )
