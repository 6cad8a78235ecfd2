"""The renewals: what comes, whom it concerns, what is kept; and the panel of an account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

from keystead.accounts.queries import account_for, may_write
from keystead.kernel.periods import Period
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import day
from keystead.pipeline import queries
from keystead.pipeline.calc.notice import alert_due, notice_dates
from keystead.pipeline.queries.renewals import Alert, chances, late_by_renewal
from keystead.pipeline.queries.words import STATES, TONES
from keystead.pipeline.types.renewals import Renewal
from keystead.pipeline.views.strip import strip_of

PAGE = 50
MOST_ALERTS = 8


@require_GET
@policy("pipeline.view")
def renewals(request: HttpRequest) -> HttpResponse:
    """Show the year, the notice windows, and the renewals; none without owner is overlooked."""
    actor, asked, today = actor_of(request), request.GET, timezone.localdate()
    state, show = asked.get("state", ""), asked.get("show", "open")
    owner = asked.get("owner", "")
    found = queries.renewals_for(
        actor, search=asked.get("q", ""), state=state if state in STATES else "",
        still_open=None if state in STATES or show == "all" else show != "closed",
        owner_id={"me": actor.user_id, "none": 0}.get(owner),
    )  # fmt: skip
    ordered = sorted(found, key=lambda one: (one.open and one.owner_id is not None, one.last))
    page = Paginator(ordered, PAGE).get_page(asked.get("page", "1"))
    context: dict[str, Any] = {
        "table": renewal_table(list(page.object_list), today),
        "page": page,
        "words": asked.get("q", ""),
        "selects": _selects(state, show, owner),
        "may_edit": actor.can("pipeline.edit"),
    }
    if request.headers.get("HX-Target") == "renewals":
        return render(request, "pipeline/panels/rows.html", context)
    alerts = queries.alerts_for(actor, today=today)
    context |= {
        "strip": strip_of(queries.renewals_for(actor, still_open=True), today,
                          get_language() or "en"),
        "alerts": [(one, warning_words(one)) for one in alerts[:MOST_ALERTS]],
        "more_alerts": max(len(alerts) - MOST_ALERTS, 0),
        "message": _message(alerts),
        "apart": _apart(actor, today),
        "kept": _kept(actor, today),
    }  # fmt: skip
    return render(request, "pipeline/renewals.html", context)


@require_GET
@policy("pipeline.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the renewals of an account."""
    actor, today = actor_of(request), timezone.localdate()
    account = account_for(actor, account_id)
    found = queries.renewals_for(actor, account_id=account.id)
    context = {
        "account": account,
        "table": renewal_table(found, today, named=False),
        "waiting": sum(one.open for one in found),
        "may_edit": actor.can("pipeline.edit") and may_write(actor, account.id, name="plan"),
    }
    return render(request, "pipeline/panels/account.html", context)


def warning_words(one: Alert) -> tuple[str, str]:
    """Return a warning in words, and its tone."""
    if one.warning == 0:
        words = _("The notice day %(day)s is over.") % {"day": day(one.dates.send_by)}
        return words, "hot"
    left = (one.dates.send_by - timezone.localdate()).days
    words = ngettext(
        "Notice by %(day)s: %(left)s day left.", "Notice by %(day)s: %(left)s days left.", left
    ) % {"day": day(one.dates.send_by), "left": left}
    return words, "hot" if one.warning <= 30 else "soon"


def renewal_table(found: Sequence[Renewal], today: date, *, named: bool = True) -> Table:
    """Return renewals as a table; with accounts where they are of several."""
    late = late_by_renewal([one for one in found if one.open], today)
    model = chances([one for one in found if one.open], today)
    rows = [
        Row({
            "contract": Cell(
                one.contract, href=reverse("pipeline:renewal", args=[one.id]),
                sub=one.account_name if named else one.title,
                phone=" · ".join(
                    filter(None, [str(STATES[one.state.value]), one.owner_name
                                  or (_("nobody") if one.open else "")])
                ),
            ),
            "last": one.last,
            "notice": _notice(one, today),
            "state": Cell(STATES[one.state.value], tone=TONES.get(one.state.value, "")),
            "late": late.get(one.id) or None,
            "target": one.target,
            "forecast": one.outcome.final if one.outcome else one.forecast,
            "currency": one.currency,
            "mine": one.outcome.manager_pct if one.outcome else one.manager_pct,
            "model": one.outcome.model_pct if one.outcome else model[one.id].pct,
            "owner": one.owner_name or (Cell(_("nobody"), tone="bad") if one.open else "–"),
        })
        for one in found
    ]  # fmt: skip
    columns = [
        Column("contract", _("Contract")), Column("last", _("Ends"), "date"),
        Column("notice", _("Notice by"), "tag"), Column("state", _("State"), "tag", hide="phone"),
        Column("late", _("Gates late"), "number", hide="phone"),
        Column("target", _("Target"), "number", digits=0, hide="phone"),
        Column("forecast", _("Forecast or final"), "number", digits=0, hide="phone"),
        Column("currency", _("Currency"), "code", hide="phone"),
        Column("mine", _("Manager"), "pct", digits=0, hide="phone"),
        Column("model", _("Model"), "pct", digits=0, hide="phone"),
        Column("owner", _("Owner"), "tag", hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Renewals"), empty=_("There is no renewal here."))


def _notice(one: Renewal, today: date) -> Any:
    dates = notice_dates(one.last, one.notice)
    if dates is None:
        return "–"
    if not one.open:
        return day(dates.send_by)
    warning = alert_due(dates.send_by, today)
    tone = "bad" if warning == 0 else "warn" if warning is not None and warning <= 30 else ""
    return Cell(day(dates.send_by), tone=tone, title=_("over") if warning == 0 else "")


def _selects(
    state: str, show: str, owner: str
) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    return [
        ("show", _("Which"), [("open", _("Open renewals")), ("closed", _("Closed renewals")),
                              ("all", _("All"))], show),
        ("state", _("State"),
         [("", _("All")), *((key, str(word)) for key, word in STATES.items())], state),
        ("owner", _("Owner"),
         [("", _("All")), ("me", _("Me")), ("none", _("Nobody yet"))], owner),
    ]  # fmt: skip


def _message(alerts: Iterable[Alert]) -> str:
    near = [one for one in alerts if 0 < one.warning <= 30]
    over = [one for one in alerts if one.warning == 0]
    if over:
        return ngettext(
            "%(count)s notice day is over without a decision",
            "%(count)s notice days are over without a decision", len(over),
        ) % {"count": len(over)}  # fmt: skip
    if near:
        return ngettext(
            "%(count)s notice window closes within 30 days",
            "%(count)s notice windows close within 30 days", len(near),
        ) % {"count": len(near)}  # fmt: skip
    return _("No notice window closes within 30 days")


def _apart(actor: Actor, today: date) -> Table | None:
    """Return where manager and model disagree, for those who approve strategies."""
    if not actor.can("pipeline.approve"):
        return None
    rows = [
        Row({
            "contract": Cell(
                one.renewal.contract, href=reverse("pipeline:renewal", args=[one.renewal.id]),
                sub=one.renewal.account_name,
            ),
            "owner": one.renewal.owner_name or "–",
            "mine": one.renewal.manager_pct, "model": one.model.pct, "last": one.renewal.last,
        })
        for one in queries.disagreements(actor, today=today)
    ]  # fmt: skip
    columns = [
        Column("contract", _("Contract")), Column("owner", _("Owner")),
        Column("mine", _("Manager"), "pct", digits=0), Column("model", _("Model"), "pct", digits=0),
        Column("last", _("Ends"), "date", hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Manager and model apart")) if rows else None


def _kept(actor: Actor, today: date) -> list[dict[str, Any]]:
    """Return gross and net retention of this year and the last, in the currency most used."""
    closed = queries.closed_outcomes(actor)
    if not closed:
        return []
    codes = [one.currency for one in closed]
    currency = max(sorted(set(codes)), key=codes.count)
    years = [Period.year(today.year), Period.year(today.year - 1)]
    return [
        {"year": str(span.start.year), "currency": currency,
         "found": queries.retention_for(actor, period=span, currency=currency)}
        for span in years
    ]  # fmt: skip
