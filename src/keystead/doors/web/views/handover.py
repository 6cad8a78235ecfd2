"""Hand an account over at a moment, with what is still open on it; and the list of hand-overs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.accounts import queries
from keystead.accounts.types import Handover
from keystead.doors.web.forms import ZONES, HandoverForm
from keystead.governance.queries.approvals import open_on_account
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.numbers import moment
from keystead.reviews.queries.handover import handover_of
from keystead.reviews.services import handover as packs
from keystead.reviews.types.handover import HandState


@policy("shares.edit")
def hand_over(request: HttpRequest, account_id: int) -> HttpResponse:
    """Say who gets the account, at which moment, and why; show what is still open on it."""
    actor = actor_of(request)
    account = queries.account_to_write(actor, account_id, name="sharing")
    owner = queries.owner_name(actor, account)
    pack = handover_of(actor, account.id)
    prepared = pack if pack and pack.state is HandState.PREPARED else None
    form = HandoverForm(
        request.POST or None,
        people=queries.people_for_team(actor),
        initial={
            "to_user": prepared.to_id if prepared else "",
            "reason": prepared.note[:400] if prepared else "",
            "zone": _zone_of(request),
            "day": timezone.localdate() + timedelta(days=1),
            "time": "00:00",
        },
    )

    def save(data: dict[str, Any], version: int | None) -> str:
        zone = ZoneInfo(data["zone"])
        at = datetime.combine(data["day"], data["time"], zone).astimezone(UTC)
        done = packs.hand_over(
            actor=actor,
            account_id=account.id,
            to_user_id=int(data["to_user"]),
            reason=data["reason"],
            at=at,
        )
        words = {"name": account.name, "who": done.to_name, "at": moment(done.handed_at)}
        messages.info(request, _("%(name)s goes to %(who)s: %(at)s.") % words)
        return reverse("web:handovers")

    page = Page(
        _("Hand over %(name)s") % {"name": account.name},
        back=f"/accounts/{account.id}/?tab=access",
        back_label=account.name,
        lede=_("Now with %(owner)s. From the moment on only the new owner sees it as their own.")
        % {"owner": owner or "–"},
        save_label=_("Hand over"),
        template="web/hand_over.html",
        more={
            "account": account,
            "prepared": prepared,
            "open_requests": open_on_account(account.id),
            "waiting": [one for one in queries.handovers_for(actor, account_id=account.id)
                        if one.at > timezone.now()],
        },
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("accounts.view")
def handovers(request: HttpRequest) -> HttpResponse:
    """List what goes and what comes, and what went lately."""
    actor = actor_of(request)
    found = queries.handovers_for(actor)
    now = timezone.now()
    coming = [one for one in found if one.at > now]
    context = {
        "coming": [(one, _may_cancel(actor, one)) for one in coming],
        "table": _table([one for one in found if one.at <= now]),
        "me": actor.user_id,
    }
    return render(request, "web/handovers.html", context)


@require_POST
@policy("shares.edit")
def cancel(request: HttpRequest, handover_id: int) -> HttpResponse:
    """Take a hand-over back before its moment."""
    try:
        packs.take_back(actor=actor_of(request), handover_id=handover_id)
    except Invalid as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Taken back: the owner stays."))
    return redirect("web:handovers")


def _may_cancel(actor: Actor, one: Handover) -> bool:
    if not actor.can("shares.edit"):
        return False
    return queries.may_write(actor, one.account_id, name="sharing")


def _zone_of(request: HttpRequest) -> str:
    guess = {"zh-hans": "Asia/Shanghai", "fr": "Europe/Paris"}.get(request.LANGUAGE_CODE or "", "")
    return guess if guess in ZONES else timezone.get_default_timezone_name()


def _table(past: list[Handover]) -> Table:
    columns = [
        Column("account", _("Account")),
        Column("who", _("From and to")),
        Column("at", _("When"), "moment"),
        Column("reason", _("Why"), hide="phone"),
    ]
    rows = [
        Row(
            {
                "account": Cell(
                    one.account_name, href=f"/accounts/{one.account_id}/", sub=one.account_code
                ),
                "who": f"{one.from_name} → {one.to_name}",
                "at": one.at,
                "reason": one.reason,
            }
        )
        for one in past
    ]
    empty = _("Nothing was handed over in the last ninety days.")
    return Table(columns, rows, _("Handed over"), sortable=False, empty=empty)
