"""Sign: an agreed offer becomes a draft of an agreement; what it says against what was agreed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.accounts.queries import account_for
from keystead.agreements.queries import agreement_for, agreements_of_account
from keystead.agreements.types import AgreementKind, AgreementState
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import add_months
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.negotiation import queries, services
from keystead.negotiation.forms.signing import SignForm
from keystead.negotiation.types.plans import Difference, PlanState
from keystead.negotiation.types.room import Negotiation
from keystead.negotiation.views import fee_tables

RUNNING = frozenset({AgreementState.ACTIVE, AgreementState.EXPIRING})


@policy("negotiation.edit", "agreements.edit")
def sign(request: HttpRequest, negotiation_id: int, offer_id: int) -> HttpResponse:
    """Make an agreed offer a draft of an agreement, with schedule and invoices."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    offer = next((one for one in queries.offers_of(actor, found.id) if one.id == offer_id), None)
    if offer is None:
        raise Http404
    account = account_for(actor, found.account_id)
    held = [one for one in agreements_of_account(actor, account.id)
            if one.state in RUNNING and one.currency == found.currency]  # fmt: skip
    plans = [one for one in queries.fee_plans_of(actor, account.id)
             if one.state is PlanState.AGREED and one.currency == found.currency]  # fmt: skip
    starts = plans[0].period.start if plans else add_months(
        timezone.localdate().replace(day=1), 1
    )  # fmt: skip
    first = {
        "title": found.name, "starts": starts,
        "last": plans[0].period.last if plans else None,
        "plan": str(plans[0].id) if plans else "", "first": starts if plans else None,
    }  # fmt: skip
    form = SignForm(request.POST or None, initial=first, agreements=held, plans=plans)

    def save(data: dict[str, Any], version: int | None) -> None:
        entry = services.SignEntry(
            offer_id=offer.id, starts=data["starts"], last=data["last"], title=data["title"],
            kind=AgreementKind(data["kind"]),
            agreement_id=int(data["agreement"]) if data["agreement"] else None,
            plan_id=int(data["plan"]) if data["plan"] else None,
            every_months=data["every_months"], first=data["first"],
            notice_days=data["notice_days"],
        )  # fmt: skip
        services.draft_agreement(actor=actor, negotiation_id=found.id, entry=entry)

    page = Page(
        _("Make “%(name)s” an agreement") % {"name": offer.name},
        back=reverse("negotiation:case", args=[found.id]), back_label=found.name,
        lede=_("Each agreed issue becomes a condition or a clause of a draft; approval and "
               "signature follow there. The agreed split gives the schedule and the invoices."),
        save_label=_("Draft the agreement"), said=_("The agreement is drafted."),
    )  # fmt: skip
    return edit_page(request, form, save, page)


def signed(actor: Actor, found: Negotiation) -> list[dict[str, Any]]:
    """Return each signing of a case: the agreement, the difference report, the invoices."""
    made = []
    for one in queries.signings_of(actor, found.id):
        try:
            number = agreement_for(actor, one.agreement_id).number
        except NotFound:
            number = ""  # not for this reader
        differs = queries.differences_of(actor, one)
        made.append({
            "number": number, "agreement_id": one.agreement_id, "version": one.version_number,
            "on": one.on, "plan_id": one.plan_id, "known": differs is not None,
            "differences": _differences(differs) if differs else None,
            "invoices": fee_tables.invoices(one.invoices, one.currency) if one.invoices else None,
        })  # fmt: skip
    return made


def _differences(found: tuple[Difference, ...]) -> Table:
    columns = [Column("place", pgettext("difference", "Where")), Column("agreed", _("Agreed")),
               Column("written", _("Written"))]  # fmt: skip
    rows = [
        Row({"place": one.place, "agreed": one.agreed or Cell("–"),
             "written": one.written or Cell("–")})
        for one in found
    ]  # fmt: skip
    return Table(columns, rows, _("What the agreement says otherwise"), sortable=False)
