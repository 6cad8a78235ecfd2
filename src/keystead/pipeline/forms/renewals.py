"""Forms of a renewal: enter it, pause it, close it, show what was done."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.pipeline.queries.words import CLOSED_DAYS, ITEMS, REASONS, UNITS
from keystead.pipeline.types.renewals import (
    Closing,
    NoticeRule,
    NoticeUnit,
    OnClosedDay,
    Reason,
    Renewal,
    RenewalEntry,
    RenewalState,
)

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ROWS = forms.Textarea(attrs={"rows": 2})


def number_field(label: Any, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    wanted = {"max_digits": 18, "decimal_places": 4, "required": False, "min_value": 0, **options}
    return forms.DecimalField(label=label, widget=widget, **wanted)


def whole_field(label: Any, most: int, **options: Any) -> forms.IntegerField:
    wanted = {"required": False, **options}
    return forms.IntegerField(label=label, min_value=0, max_value=most, **wanted)


class RenewalForm(forms.Form):
    """A renewal as it is entered or changed."""

    account = forms.TypedChoiceField(label=_("Account"), coerce=int)
    contract = forms.CharField(label=_("Contract number"), max_length=40)
    title = forms.CharField(label=_("Title"), max_length=160, required=False)
    starts = forms.DateField(label=_("First day"), widget=DAY, required=False)
    last = forms.DateField(label=_("Last day of the term"), widget=DAY)
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    target = number_field(_("Target amount"), help_text=_("What retention is measured against."))
    forecast = number_field(_("Forecast amount"))
    manager_pct = number_field(
        _("My probability (%)"), max_digits=5, decimal_places=2, max_value=100
    )
    owner = forms.TypedChoiceField(label=_("Owner"), coerce=int, required=False, empty_value=None)
    notice_amount = whole_field(_("Notice"), 9999, help_text=_("Empty: no notice was agreed."))
    notice_unit = forms.ChoiceField(
        label=pgettext_lazy("notice", "Counted in"), choices=list(UNITS.items())
    )
    notice_country = forms.CharField(
        label=_("Country of the working days"), max_length=2, required=False,
        help_text=_("Two letters, such as FR."),
    )  # fmt: skip
    closed_day = forms.ChoiceField(
        label=_("When the last day is a weekend or holiday"), choices=list(CLOSED_DAYS.items())
    )
    must_arrive = forms.BooleanField(label=_("Notice counts on the day it arrives"), required=False)
    transit_days = whole_field(_("Days it is on its way"), 90)
    auto_renew_months = whole_field(
        _("Renews itself for so many months"), 240, help_text=_("Empty: it ends.")
    )
    note = forms.CharField(label=_("Note"), max_length=400, required=False, widget=ROWS)

    def __init__(
        self,
        *args: Any,
        accounts: list[tuple[int, str]],
        people: list[tuple[int, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = accounts
        cast(forms.ChoiceField, self.fields["owner"]).choices = [("", "–"), *people]

    def entry(self, found: Renewal | None = None) -> RenewalEntry:
        """Return the renewal as it was typed; its agreement stays."""
        data = self.cleaned_data
        notice = NoticeRule(
            amount=data["notice_amount"], unit=NoticeUnit(data["notice_unit"]),
            country=data["notice_country"].strip().upper(),
            closed_day=OnClosedDay(data["closed_day"]), must_arrive=data["must_arrive"],
            transit_days=data["transit_days"] or 0,
            auto_renew_months=data["auto_renew_months"] or None,
        )  # fmt: skip
        names = (
            "contract", "title", "starts", "last", "currency", "target", "forecast",
            "manager_pct", "note",
        )  # fmt: skip
        return RenewalEntry(
            account_id=data["account"], notice=notice, owner_id=data["owner"],
            agreement_id=found.agreement_id if found else None,
            agreement_version=found.agreement_version if found else None,
            **{name: data[name] for name in names},
        )  # fmt: skip


def initial_of(found: Renewal) -> dict[str, Any]:
    """Return a renewal as the form shows it."""
    rule = found.notice
    return {
        "account": found.account_id, "contract": found.contract, "title": found.title,
        "starts": found.starts, "last": found.last, "currency": found.currency,
        "target": plain(found.target), "forecast": plain(found.forecast),
        "manager_pct": plain(found.manager_pct), "owner": found.owner_id or "",
        "notice_amount": rule.amount, "notice_unit": rule.unit.value,
        "notice_country": rule.country, "closed_day": rule.closed_day.value,
        "must_arrive": rule.must_arrive, "transit_days": rule.transit_days,
        "auto_renew_months": rule.auto_renew_months, "note": found.note,
    }  # fmt: skip


def plain(value: Decimal | None) -> Decimal | None:
    """Return an amount without the zeros the database adds."""
    if value is None:
        return None
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


class PauseForm(forms.Form):
    """Until when nothing is done, and why."""

    until = forms.DateField(label=_("Look at it again on"), widget=DAY)
    why = forms.CharField(label=_("Why"), max_length=400, widget=ROWS)


class EvidenceForm(forms.Form):
    """What shows that an item of the checklist is done."""

    item = forms.ChoiceField(label=_("What was done"), choices=list(ITEMS.items()))
    text = forms.CharField(
        label=_("What shows it"), max_length=400,
        help_text=_("A document, a meeting, a person."),
    )  # fmt: skip
    undo = forms.BooleanField(label=_("It no longer holds"), required=False)


class ClosingForm(forms.Form):
    """How a renewal ends; a loss has no amount, a signature names its document."""

    on = forms.DateField(label=_("Closed on"), widget=DAY)
    final = number_field(_("Final amount"), required=True)
    document = forms.CharField(label=_("Signed document"), max_length=200, required=False)
    reason = forms.ChoiceField(label=_("Main reason"), choices=list(REASONS.items()))
    note = forms.CharField(label=_("In your words"), max_length=400, required=False, widget=ROWS)

    def __init__(self, *args: Any, state: RenewalState, **options: Any) -> None:
        super().__init__(*args, **options)
        self._state = state
        if state is RenewalState.LOST:
            del self.fields["final"], self.fields["document"]
            self.fields["note"].required = True
        if state is RenewalState.SIGNED:
            self.fields["document"].required = True

    def closing(self) -> Closing:
        """Return the end as it was typed."""
        data = self.cleaned_data
        return Closing(
            state=self._state, on=data["on"], final=data.get("final") or Decimal(0),
            reason=Reason(data["reason"]), note=data["note"], document=data.get("document", ""),
        )  # fmt: skip
