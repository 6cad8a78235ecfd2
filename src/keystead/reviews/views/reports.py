"""My reports: what comes by mail, what was sent, how much time it saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from keystead.accounts.queries import accounts_for, values_in_use
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.reviews.queries.subscriptions import (
    EVERY,
    KINDS,
    SENT,
    minutes_saved,
    reports_of,
    sent_of,
)
from keystead.reviews.services import subscriptions as services
from keystead.reviews.types.subscriptions import Every, ReportEntry, ReportKind, SentState


class ReportForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Report"), choices=list(KINDS.items()))
    account = forms.ChoiceField(label=gettext_lazy("Account"), required=False)
    segment = forms.ChoiceField(label=gettext_lazy("Only the segment"), required=False)
    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=list(EVERY.items()))
    day = forms.IntegerField(
        label=gettext_lazy("Day"), min_value=1, max_value=31, initial=1,
        help_text=gettext_lazy(
            "Of the week (1 is Monday), of the month, or of the quarter's first month."
        ),
    )  # fmt: skip
    hour = forms.IntegerField(label=gettext_lazy("Hour"), min_value=0, max_value=23, initial=7)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("en", "English"), ("zh-hans", "简体中文"), ("fr", "Français")],
    )
    inside = forms.BooleanField(
        label=gettext_lazy("With what is ours alone"), required=False,
        help_text=gettext_lazy(
            "Of a review: also margin, costs and opinions. Every week the running quarter comes, "
            "every month the month that has ended, every quarter the quarter that has ended."
        ),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes it saves you each time"), min_value=0, max_value=600, initial=0
    )

    def __init__(
        self, *args: Any, accounts: list[tuple[str, str]], segments: list[str], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["account"].choices = [("", "–"), *accounts]  # type: ignore[attr-defined]
        self.fields["segment"].choices = [("", "–"), *((one, one) for one in segments)]  # type: ignore[attr-defined]


@require_GET
@policy("scorecards.view")
def reports(request: HttpRequest) -> HttpResponse:
    """Show the reader's own reports."""
    actor = actor_of(request)
    found, sent, minutes = reports_of(actor), sent_of(actor), minutes_saved(actor)
    rows = [Row({
        "report": Cell(str(KINDS[one.entry.kind]), sub=one.account_name or one.entry.segment),
        "when": f"{EVERY[one.entry.every]}, {one.entry.day}, {one.entry.hour}:00",
        "state": Cell(_("sends") if one.active else one.stopped or _("has ended"),
                      tone="good" if one.active else ""),
        "minutes": one.entry.minutes, "saved": one.minutes_this_year, "last": one.last_at,
    }) for one in found]  # fmt: skip
    columns = [
        Column("report", _("Report")), Column("when", _("When")),
        Column("state", _("State"), "tag"), Column("minutes", _("Minutes each time"), "number"),
        Column("saved", _("Minutes saved this year"), "number"),
        Column("last", _("Last made"), "moment", hide="phone"),
    ]  # fmt: skip
    tones = {SentState.SENT: "good", SentState.STOPPED: "bad"}
    log = [Row({
        "at": one.at, "report": Cell(str(KINDS[one.kind]), sub=one.account_name),
        "period": one.period, "minutes": one.minutes,
        "state": Cell(str(SENT[one.state]), tone=tones.get(one.state, ""), title=one.words),
    }) for one in sent]  # fmt: skip
    log_columns = [
        Column("at", _("When"), "moment"), Column("report", _("Report")),
        Column("period", _("Period"), "code"), Column("state", _("State"), "tag"),
        Column("minutes", _("Minutes saved"), "number"),
    ]  # fmt: skip
    heading = ngettext("%(n)s minute saved this year", "%(n)s minutes saved this year", minutes) % {
        "n": minutes
    }
    context = {
        "heading": heading,
        "table": Table(columns, rows, _("My reports"), empty=_("No report comes to you yet.")),
        "log": Table(log_columns, log, _("What was sent"), empty=_("Nothing was sent yet.")),
        "ending": [
            (one.id, " ".join((str(KINDS[one.entry.kind]), one.account_name))) for one in found
            if one.active
        ],
    }  # fmt: skip
    return render(request, "reviews/reports.html", context)


@policy("scorecards.view")
def subscribe(request: HttpRequest) -> HttpResponse:
    """Subscribe to a report."""
    actor = actor_of(request)
    form = ReportForm(
        request.POST or None,
        accounts=[(str(one.id), f"{one.code} {one.name}") for one in accounts_for(actor)],
        segments=list(values_in_use(actor, "segment")),
        initial={"account": request.GET.get("account", ""), "language": actor.language},
    )

    def save(data: dict[str, Any], version: int | None) -> None:
        services.subscribe(actor=actor, entry=ReportEntry(
            kind=ReportKind(data["kind"]), every=Every(data["every"]), day=data["day"],
            account_id=int(data["account"]) if data["account"] else None,
            hour=data["hour"], language=data["language"], segment=data["segment"],
            minutes=data["minutes"] or 0, inside=data["inside"],
        ))  # fmt: skip

    page = Page(
        _("Subscribe to a report"),
        back=reverse("handover:reports"),
        lede=_("It comes to your own address, as you may see it on that day."),
        said=_("The report will come."),
    )
    return edit_page(request, form, save, page)


@require_POST
@policy("scorecards.view")
def end(request: HttpRequest) -> HttpResponse:
    """End a report of one's own."""
    given = request.POST.get("report", "")
    services.end(actor=actor_of(request), report_id=int(given) if given.isdecimal() else 0)
    messages.info(request, _("The report has ended."))
    return redirect("handover:reports")
