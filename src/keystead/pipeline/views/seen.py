"""The signals: what was seen, with its figure, to take as an opportunity or to dismiss."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from keystead.accounts.queries import may_write
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.figures import proof_url
from keystead.pipeline import queries, services
from keystead.pipeline.forms.seen import RivalLossForm
from keystead.pipeline.queries.deal_words import KINDS
from keystead.pipeline.queries.first_seen import FRESH_DAYS
from keystead.pipeline.queries.seen_words import SIGNALS, sentence
from keystead.pipeline.types.seen import AnsweredSignal, SignalAnswer
from keystead.pipeline.views.deals import tabs
from keystead.pipeline.views.steps import accounts_to_plan, told

PAGE = 40


@require_GET
@policy("pipeline.view")
def signals(request: HttpRequest) -> HttpResponse:
    """Show the signals nobody has answered, and those that were."""
    actor = actor_of(request)
    found = queries.signals_for(actor)
    page = Paginator(found, PAGE).get_page(request.GET.get("page", "1"))
    writes = actor.can("pipeline.edit")
    since = queries.first_seen_of(one.key for one in page.object_list)
    groups = [
        (
            SIGNALS[kind.value],
            [
                (one, sentence(one), _seen_since(since.get(one.key)), KINDS[one.proposes.value],
                 proof_url(one.proof) if one.proof else "",
                 writes and may_write(actor, one.account_id, name="plan"))
                for one in members
            ],
        )
        for kind, members in groupby(page.object_list, key=lambda one: one.kind)
    ]  # fmt: skip
    words = ngettext(
        "%(count)s signal waits for an answer", "%(count)s signals wait for an answer", len(found)
    )
    answered, looked = queries.answered_signals(actor), queries.last_looked()
    context = {
        "groups": groups,
        "page": page,
        "message": words % {"count": len(found)} if found else _("No signal waits for an answer"),
        "answered": _answered(answered) if answered else None,
        "tabs": tabs(request, actor),
        "looked": _day(looked) if looked else "",
        "writes": writes,
        "command": uuid.uuid4().hex,
    }
    return render(request, "pipeline/signals.html", context)


@require_POST
@policy("pipeline.edit")
def take(request: HttpRequest) -> HttpResponse:
    """Make a draft opportunity of a signal."""
    actor = actor_of(request)
    try:
        made = services.take_signal(actor=actor, key=request.POST.get("key", ""))
    except (NotFound, Conflict) as error:
        messages.error(request, _(error.message))
        return redirect("pipeline:signals")
    messages.success(request, _("A draft: set its amount, its day and its next step."))
    return redirect("pipeline:opportunity", made.id)


@require_POST
@policy("pipeline.edit")
def dismiss(request: HttpRequest) -> HttpResponse:
    """Say why a signal is no opportunity."""
    asked = request.POST
    try:
        services.dismiss_signal(
            actor=actor_of(request), key=asked.get("key", ""), reason=asked.get("reason", "")
        )
    except (NotFound, Conflict, Invalid) as error:
        messages.error(request, _(error.message))
    else:
        messages.success(request, _("It will not be proposed again."))
    return redirect("pipeline:signals")


@policy("pipeline.edit")
def tell_loss(request: HttpRequest) -> HttpResponse:
    """Write down what a competitor lost at an account."""
    actor, today = actor_of(request), timezone.localdate()
    initial = {"account": request.GET.get("account", ""), "on": today}
    form = RivalLossForm(request.POST or None, initial=initial, accounts=accounts_to_plan(actor))

    def save(data: dict[str, Any], version: int | None) -> None:
        services.tell_rival_loss(actor=actor, loss=form.loss())

    page = Page(
        _("A competitor lost something"), back=reverse("pipeline:signals"),
        back_label=_("Signals"),
        lede=_("It becomes a signal for a year. What we won from them is seen by itself."),
    )  # fmt: skip
    return edit_page(request, form, told(save), page)


def _seen_since(day: date | None) -> tuple[str, bool] | None:
    """Return since when a signal is seen, in words, and whether that is new."""
    if day is None:
        return None
    fresh = day > timezone.localdate() - timedelta(days=FRESH_DAYS)
    return _day(day), fresh


def _day(day: date) -> str:
    return formats.day(day, locale=get_language() or "en")


def _answered(found: tuple[AnsweredSignal, ...]) -> Table:
    rows = [
        Row({
            "on": one.on, "kind": SIGNALS[one.kind.value], "account": one.account_name,
            "answer": Cell(
                _("taken"), tone="good",
                href=reverse("pipeline:opportunity", args=[one.opportunity_id]),
            ) if one.answer is SignalAnswer.TAKEN and one.opportunity_id
            else Cell(_("dismissed"), sub=one.reason),
            "by": one.by_name or "–",
        })
        for one in found
    ]  # fmt: skip
    columns = [
        Column("on", _("Day"), "date"), Column("kind", _("Signal")),
        Column("account", _("Account")), Column("answer", pgettext("signals", "Answer")),
        Column("by", _("By"), hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Answered signals"))
