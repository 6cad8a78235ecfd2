"""The signals: what was seen, with its figure, to take as an opportunity or to dismiss."""

from __future__ import annotations

import uuid
from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from keystead.accounts.queries import may_write
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.figures import proof_url
from keystead.pipeline import queries, services
from keystead.pipeline.queries.deal_words import KINDS
from keystead.pipeline.queries.seen_words import SIGNALS, sentence
from keystead.pipeline.types.seen import AnsweredSignal, SignalAnswer
from keystead.pipeline.views.deals import tabs

PAGE = 40


@require_GET
@policy("pipeline.view")
def signals(request: HttpRequest) -> HttpResponse:
    """Show the signals nobody has answered, and those that were."""
    actor = actor_of(request)
    found = queries.signals_for(actor)
    page = Paginator(found, PAGE).get_page(request.GET.get("page", "1"))
    writes = actor.can("pipeline.edit")
    groups = [
        (
            SIGNALS[kind.value],
            [
                (one, sentence(one), KINDS[one.proposes.value],
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
    answered = queries.answered_signals(actor)
    context = {
        "groups": groups,
        "page": page,
        "message": words % {"count": len(found)} if found else _("No signal waits for an answer"),
        "answered": _answered(answered) if answered else None,
        "tabs": tabs(request, actor),
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
