"""The scorecard on the account page: read it, say something to a line, freeze it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui import formats
from keystead.scorecards import queries, services
from keystead.scorecards.forms import NoteForm
from keystead.scorecards.types import Card, CardLine, Direction, TargetSource, plain
from keystead.scorecards.views.show import (
    TONES,
    headline,
    label_of,
    number,
    share,
    shown_lines,
    word_name,
)
from keystead.scorecards.views.snapshots import snapshot_table

LATEST = 5


@policy("scorecards.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the live card of an account."""
    return _panel(request, actor_of(request), account_id, _period(request.GET.get("period", "")))


@policy("scorecards.edit")
def line_note(request: HttpRequest, account_id: int, metric: str) -> HttpResponse:
    """Give a line its owner, comment and own target."""
    actor = actor_of(request)
    span = _period(request.POST.get("period", request.GET.get("period", "")))
    card = queries.card(actor, account_id, span)
    line = next((one for one in card.lines if one.line.metric == metric), None)
    if line is None:
        raise Http404
    form = NoteForm(
        request.POST or None,
        people=queries.owners_for(actor),
        initial=_initial(line),
        typed=line.line.target_source is TargetSource.TYPED,
        band=line.line.direction is Direction.BAND,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.note_line(
                actor=actor,
                account_id=card.account_id,
                metric=metric,
                expected_version=form.cleaned_data["version"],
                owner_id=form.owner_id,
                comment=form.cleaned_data["comment"],
                target=form.cleaned_data.get("target"),
                target_high=form.cleaned_data.get("target_high"),
            )
        except (Invalid, Conflict) as error:
            form.add_error(None, " ".join(filter(None, [error.message, error.hint])))
        else:
            if not request.headers.get("HX-Request"):
                return redirect(_account_page(card.account_id))
            return _panel(request, actor, card.account_id, span)
    context = {
        "form": form,
        "line": line,
        "label": label_of(line),
        "account_id": card.account_id,
        "account_name": card.account_name,
        "period": str(span) if span else "",
    }
    response = render(
        request, "scorecards/line_note.html", context, status=422 if form.is_bound else 200
    )
    if form.is_bound:
        response["HX-Retarget"], response["HX-Reswap"] = "#line-note-body", "innerHTML"
    return response


@policy("scorecards.edit")
def freeze(request: HttpRequest, account_id: int) -> HttpResponse:
    """Freeze the card as it stands and show the snapshot."""
    if request.method != "POST":
        return redirect(_account_page(account_id))
    stored = services.freeze_card(
        actor=actor_of(request),
        account_id=account_id,
        period=_period(request.POST.get("period", "")),
        comment=request.POST.get("comment", ""),
    )
    messages.success(request, _("Frozen. This snapshot never changes."))
    return redirect("scorecards:snapshot", stored.id)


def _panel(
    request: HttpRequest, actor: Actor, account_id: int, span: Period | None
) -> HttpResponse:
    try:
        card = queries.card(actor, account_id, span)
    except NotFound as error:
        if error.code != "kpi_set_missing":
            raise
        context = {"may_edit": actor.can("scorecards.edit"), "error": error}
        return render(request, "scorecards/no_set.html", context)
    frozen = queries.snapshots(actor, account_id=card.account_id, limit=LATEST)
    context = {
        "card": card,
        "lines": shown_lines(card.lines),
        "score": card.score,
        "total": number(card.score.total, 1),
        "coverage": share(card.score.coverage_pct),
        "word": word_name(card.score.word),
        "tone": TONES.get(card.score.word, ""),
        "headline": headline(card.score, card.lines),
        "may_edit": actor.can("scorecards.edit"),
        "periods": _choices(card),
        "asked": str(span) if span else "",
        "frozen": snapshot_table(frozen, account=False) if frozen else None,
        "more_frozen": len(frozen) == LATEST,
        "frozen_totals": [one.total for one in reversed(frozen)],
        "command": uuid.uuid4().hex,
    }
    return render(request, "scorecards/panel.html", context)


def _choices(card: Card) -> list[tuple[str, str]]:
    """Return the periods a reader may choose, as address text and words."""
    last = min(queries.default_period().last, timezone.localdate())
    quarter = Period.quarter(last.year, (last.month + 2) // 3)
    month = Period.month(last.year, last.month)
    found = [
        month.previous(),
        quarter.previous(),
        Period.year(last.year - 1),
    ]
    locale = get_language() or "en"
    choices = [("", _("Year to date"))]
    choices += [(str(one), formats.period(one.start, one.end, locale=locale)) for one in found]
    if str(card.period) not in {text for text, _label in choices}:
        name = formats.period(card.period.start, card.period.end, locale=locale)
        if card.period != queries.default_period():
            choices.append((str(card.period), name))
    return choices


def _initial(line: CardLine) -> dict[str, object]:
    low, high = (plain(value) for value in line.own_typed)
    return {
        "owner": str(line.owner_id or ""),
        "comment": line.comment,
        "target": low,
        "target_high": high,
        "version": line.note_version,
    }


def _period(text: str) -> Period | None:
    return Period.parse(text) if text.strip() else None


def _account_page(account_id: int) -> str:
    return reverse("web:account", args=[account_id]) + "?tab=scorecard"
