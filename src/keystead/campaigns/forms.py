"""Forms of the room: campaigns, expenses, what follows on them, budgets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.agreements.types.funds import FundHead, FundKind
from keystead.campaigns.queries.words import FUND_KINDS, RECIPIENTS, TRANSFERS
from keystead.campaigns.types import (
    CampaignEntry,
    Deliverable,
    Expense,
    ExpenseEntry,
    RecipientKind,
    Transfer,
)

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ROWS = forms.Textarea(attrs={"rows": 2})


def _number(label: Any, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    wanted = {"max_digits": 18, "decimal_places": 4, "required": False, **options}
    return forms.DecimalField(label=label, widget=widget, **wanted)


class CampaignForm(forms.Form):
    """A campaign: a name, dates, an account, a category."""

    account = forms.TypedChoiceField(label=_("Account"), coerce=int)
    name = forms.CharField(label=_("Name"), max_length=120)
    starts = forms.DateField(label=_("First day"), widget=DAY)
    last = forms.DateField(label=_("Last day"), widget=DAY)
    category = forms.CharField(label=_("Category"), max_length=80, required=False)
    note = forms.CharField(label=_("Note"), max_length=400, required=False, widget=ROWS)

    def __init__(self, *args: Any, accounts: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = accounts

    def entry(self) -> CampaignEntry:
        data = dict(self.cleaned_data)
        return CampaignEntry(account_id=data.pop("account"), **data)


class ExpenseForm(forms.Form):
    """An expense as it is planned; what disclosure and proof of service ask for comes last."""

    account = forms.TypedChoiceField(label=_("Account"), coerce=int)
    title = forms.CharField(label=pgettext_lazy("expense", "What for"), max_length=160)
    category = forms.CharField(label=_("Category"), max_length=80)
    campaign = forms.TypedChoiceField(
        label=_("Campaign"), coerce=int, required=False, empty_value=None
    )
    fund = forms.TypedChoiceField(label=_("Fund"), coerce=int, required=False, empty_value=None)
    amount = _number(_("Planned amount"), required=True, min_value=Decimal("0.0001"))
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    on = forms.DateField(label=_("Expected on"), widget=DAY)
    payee = forms.CharField(label=_("Payee"), max_length=160, required=False)
    product_code = forms.CharField(label=_("SKU"), max_length=60, required=False)
    ledger_code = forms.CharField(
        label=_("Ledger account"), max_length=40, required=False,
        help_text=_("Needed when it is posted."),
    )  # fmt: skip
    is_service = forms.BooleanField(
        label=_("It pays a service, which must be proved"), required=False
    )
    what = forms.CharField(label=_("What is delivered"), max_length=400, required=False)
    service_first = forms.DateField(label=_("Delivered from"), widget=DAY, required=False)
    service_last = forms.DateField(label=_("Delivered until"), widget=DAY, required=False)
    fair_value_note = forms.CharField(
        label=_("Why the price is fair"), max_length=400, required=False
    )
    recipient = forms.ChoiceField(label=_("It reaches"), choices=list(RECIPIENTS.items()))
    recipient_id = forms.CharField(
        label=_("Recipient's register number"), max_length=60, required=False
    )
    recipient_country = forms.CharField(
        label=_("Recipient's country"), max_length=2, required=False,
        help_text=_("Two letters, such as FR."),
    )  # fmt: skip
    transfer_category = forms.ChoiceField(
        label=_("Disclosed as"), choices=list(TRANSFERS.items()), required=False
    )
    consent = forms.BooleanField(label=_("The recipient agreed to be disclosed"), required=False)
    hospitality_per_person = _number(_("Hospitality per person"), min_value=0)
    note = forms.CharField(label=_("Note"), max_length=400, required=False, widget=ROWS)

    def __init__(
        self,
        *args: Any,
        accounts: list[tuple[int, str]],
        campaigns: list[tuple[Any, str]],
        funds: list[tuple[Any, str]],
        categories: tuple[str, ...] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = accounts
        cast(forms.ChoiceField, self.fields["campaign"]).choices = [("", "–"), *campaigns]
        cast(forms.ChoiceField, self.fields["fund"]).choices = [("", "–"), *funds]
        self.fields["category"].widget.attrs["list"] = "list-category"
        self.suggestions = {"category": categories}

    def entry(self) -> ExpenseEntry:
        """Return the expense as it was typed."""
        data = self.cleaned_data
        return ExpenseEntry(
            account_id=data["account"],
            campaign_id=data["campaign"],
            fund_id=data["fund"],
            transfer=Transfer(
                recipient=RecipientKind(data["recipient"]),
                recipient_id=data["recipient_id"],
                recipient_country=data["recipient_country"],
                category=data["transfer_category"],
                consent=data["consent"],
                hospitality_per_person=data["hospitality_per_person"],
            ),
            service=Deliverable(
                is_service=data["is_service"],
                what=data["what"],
                first=data["service_first"],
                last=data["service_last"],
                fair_value_note=data["fair_value_note"],
            ),
            **{
                name: data[name]
                for name in ("title", "category", "amount", "currency", "on", "payee",
                             "product_code", "ledger_code", "note")
            },
        )  # fmt: skip


def initial_of(found: Expense) -> dict[str, Any]:
    """Return what the form shows of a stored expense."""
    service, transfer = found.service, found.transfer
    kept = ("title", "category", "currency", "on", "payee", "product_code", "ledger_code", "note")
    return {
        **{name: getattr(found, name) for name in kept},
        "account": found.account_id,
        "campaign": found.campaign_id,
        "fund": found.fund_id,
        "amount": found.planned.quantised().amount,
        "is_service": service.is_service,
        "what": service.what,
        "service_first": service.first,
        "service_last": service.last,
        "fair_value_note": service.fair_value_note,
        "recipient": transfer.recipient.value,
        "recipient_id": transfer.recipient_id,
        "recipient_country": transfer.recipient_country,
        "transfer_category": transfer.category,
        "consent": transfer.consent,
        "hospitality_per_person": transfer.hospitality_per_person,
    }


class CommitForm(forms.Form):
    """How much is promised, from which day."""

    amount = _number(_("Committed"), required=True, min_value=Decimal("0.0001"))
    on = forms.DateField(label=_("Day"), widget=DAY)


class PostForm(forms.Form):
    """What was spent, when, and the document it is booked with."""

    amount = _number(_("Spent"), required=True, min_value=Decimal("0.0001"))
    on = forms.DateField(label=_("Posting day"), widget=DAY)
    document = forms.CharField(label=_("Invoice or document"), max_length=60)


class PayForm(forms.Form):
    """When it was paid, with which payment."""

    on = forms.DateField(label=pgettext_lazy("date", "Paid on"), widget=DAY)
    payment = forms.CharField(label=_("Payment reference"), max_length=60, required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class ProofForm(forms.Form):
    """Words or a file that show that something was delivered."""

    text = forms.CharField(label=_("What was shown"), max_length=400, required=False)
    file = forms.FileField(label=_("File"), required=False)


class BudgetForm(forms.Form):
    """What may be spent in a category and year."""

    category = forms.CharField(label=_("Category"), max_length=80)
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
    amount = _number(_("Budget"), required=True, min_value=0)
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)


class TransferRuleForm(forms.Form):
    """What holds for transfers of value in a country from a day on."""

    country = forms.CharField(
        label=_("Country"), min_length=2, max_length=2, help_text=_("Two letters, such as FR.")
    )
    starts = forms.DateField(
        label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    discloses = forms.BooleanField(label=_("Transfers of value are disclosed"), required=False)
    hospitality = _number(
        _("Hospitality per person"), min_value=0, help_text=_("Empty: there is no limit.")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    note = forms.CharField(label=_("Rests on"), max_length=400)


class FundForm(forms.Form):
    """A fund: a fixed sum, or a percentage of sell-in, for a time."""

    account = forms.TypedChoiceField(label=_("Account"), coerce=int)
    agreement = forms.TypedChoiceField(
        label=_("Agreement"), coerce=int, required=False, empty_value=None
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(FUND_KINDS.items()))
    budget = _number(pgettext_lazy("fund", "Sum"), min_value=0, help_text=_("For a fixed fund."))
    rate_pct = _number(
        _("Percent of sell-in"), min_value=0, max_value=100,
        help_text=_("For a fund that grows with sell-in."),
    )  # fmt: skip
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    starts = forms.DateField(label=_("First day"), widget=DAY)
    expires = forms.DateField(label=_("Expires"), widget=DAY)
    note = forms.CharField(label=_("Note"), max_length=400, required=False, widget=ROWS)

    def __init__(
        self,
        *args: Any,
        accounts: list[tuple[int, str]],
        agreements: list[tuple[int, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = accounts
        cast(forms.ChoiceField, self.fields["agreement"]).choices = [("", "–"), *agreements]

    def head(self) -> FundHead:
        """Return the fund as it was typed."""
        data = dict(self.cleaned_data)
        return FundHead(
            account_id=data.pop("account"),
            kind=FundKind(data.pop("kind")),
            agreement_id=data.pop("agreement"),
            **data,
        )
