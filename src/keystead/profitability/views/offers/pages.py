"""A case of offers: the panel of an account, its beginning, the page, its setting."""

from __future__ import annotations

import dataclasses
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from keystead.accounts.queries import account_for
from keystead.agreements.queries import agreement_for, agreements_of_account
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.editing import Page, edit_page
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.profitability import services
from keystead.profitability.forms.offers import OfferForm
from keystead.profitability.forms.settings import SettingForm
from keystead.profitability.queries.offers import case_for, cases_about, cases_of, trial_of
from keystead.profitability.services.offers import Start
from keystead.profitability.types.offers import Origin
from keystead.profitability.views.offers.answers import term_words
from keystead.profitability.views.offers.tables import chosen
from keystead.profitability.views.offers.whole import page_context, writes

ORIGINS = {
    Origin.IN_FORCE.value: gettext_lazy("The agreement in force"),
    Origin.LAST_YEAR.value: gettext_lazy("Last year's agreement"),
    Origin.DRAFT.value: gettext_lazy("A draft of an agreement"),
    Origin.BLANK.value: gettext_lazy("Nothing"),
}


class StartForm(forms.Form):
    """What a case begins with."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    origin = forms.ChoiceField(
        label=gettext_lazy("Begin from"), choices=list(ORIGINS.items()), initial="in_force"
    )
    starts = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    currency = forms.CharField(label=gettext_lazy("Currency"), min_length=3, max_length=3)


@policy("agreements.view")
def of_agreement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Show where an agreement comes from: the offer it was drafted from, and those tried on it."""
    found = cases_about(actor_of(request), agreement_id)
    made = [
        (one, offer.name)
        for one in found
        if one.made_agreement == agreement_id and (offer := one.offer(one.made_offer))
    ]
    tried = [one for one in found if one.agreement_id == agreement_id]
    context = {"made": made, "tried": tried}
    return render(request, "profitability/offers/of_agreement.html", context)


@policy("agreements.view")
def panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the cases of an account."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    found = cases_of(actor, account.id)
    rows = [
        Row(
            {
                "name": Cell(one.name, href=reverse("profitability:offers", args=[one.id])),
                "term": term_words(one),
                "offers": len(one.offers),
                "made": _("contract drafted") if one.made_agreement else "",
            }
        )
        for one in found
    ]
    columns = [
        Column("name", _("Case")),
        Column("term", pgettext("offer", "Term")),
        Column("offers", _("Offers"), "number"),
        Column("made", _("State"), "tag"),
    ]
    context = {
        "account": account,
        "table": Table(columns, rows, _("Offers"), empty=_("There are no offers yet.")),
        "none": not found,
        "may_edit": writes(actor, account),
    }
    return render(request, "profitability/offers/panel.html", context)


@policy("agreements.edit")
def start(request: HttpRequest, account_id: int) -> HttpResponse:
    """Begin a case for an account, from an agreement where one is named."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    wanted = request.GET.get("agreement", "")
    source = agreement_for(actor, int(wanted)) if wanted.isdecimal() else None
    year = timezone.localdate().year + 1
    known = {one.state.value for one in agreements_of_account(actor, account.id)}
    origin = "in_force" if known & {"active", "expiring"} else "draft" if known else "blank"
    if source is not None and source.state.value not in ("active", "expiring"):
        origin = "draft"
    initial = {
        "name": _("Offers %(year)s") % {"year": year},
        "origin": origin,
        "starts": f"{year}-01-01",
        "last": f"{year}-12-31",
        "currency": source.currency if source else account.currency,
    }
    form = StartForm(request.POST or None, initial=initial)

    def save(data: dict[str, Any], version: int | None) -> str:
        data = {**data, "origin": Origin(data["origin"])}
        agreement_id = source.id if source and data["origin"] is not Origin.BLANK else None
        made = services.start_case(
            actor=actor, start=Start(account_id=account.id, agreement_id=agreement_id, **data)
        )
        return reverse("profitability:offers", args=[made.id])

    back = reverse("web:account", args=[account.id]) + "?tab=offers"
    page = Page(
        _("New offers"), back=back, back_label=account.name, save_label=_("Begin"),
        said=_("Two offers stand side by side. Change one and watch."),
        lede=_(
            "They are tried on the agreed forecast where it covers the whole term, else on the "
            "sales of the last twelve months; at today's prices."
        ),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@policy("agreements.view")
def show(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show a case: the terms of one offer, what they do, all offers side by side."""
    actor = actor_of(request)
    case = case_for(actor, case_id)
    offer = chosen(case, request.GET.get("offer", ""))
    form = OfferForm(case, offer, trial_of(actor, case).book)
    return render(request, "profitability/offers/case.html", page_context(actor, case, form))


@policy("agreements.edit")
def setting(request: HttpRequest, case_id: int) -> HttpResponse:
    """Set what the offers share: name, range, dependence, recommended prices."""
    actor = actor_of(request)
    case = case_for(actor, case_id)
    book = trial_of(actor, dataclasses.replace(
        case, setting=dataclasses.replace(case.setting, forecast=None))).book  # fmt: skip
    form = SettingForm(request.POST or None, case=case, book=book)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.save_setting(
            actor=actor, case_id=case.id, expected_version=version or case.version,
            name=data["name"], setting=form.setting(),
        )  # fmt: skip

    page = Page(
        _("What the offers share"),
        back=reverse("profitability:offers", args=[case.id]),
        back_label=case.name,
        version=case.version,
        lede=_("The range is the value of the whole term at today's prices. Without one, draws "
               "come from the agreed forecast where it covers the term, else from the account's "
               "own history."),
    )  # fmt: skip
    return edit_page(request, form, save, page)
