"""Forms of an opportunity: enter it, add lots, show what qualifies it, close it; and stages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.pipeline.forms.renewals import DAY, ROWS, number_field, plain, whole_field
from keystead.pipeline.queries.deal_words import CATEGORIES, CHECKS, KINDS, LOT_STATES
from keystead.pipeline.queries.words import REASONS
from keystead.pipeline.types.opportunities import (
    DealClosing,
    Ending,
    ForecastCategory,
    Lot,
    LotEntry,
    LotState,
    Opportunity,
    OpportunityEntry,
    OpportunityKind,
    Stage,
)
from keystead.pipeline.types.renewals import Reason

OPEN_CATEGORIES = [(key, word) for key, word in CATEGORIES.items() if key != "closed"]


class OpportunityForm(forms.Form):
    """An opportunity as it is entered or changed."""

    account = forms.TypedChoiceField(label=_("Account"), coerce=int)
    title = forms.CharField(label=_("What would be sold"), max_length=160)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    products = forms.TypedMultipleChoiceField(label=_("Products"), coerce=int, required=False)
    wanted = forms.CharField(
        label=_("Or in words"), max_length=400, required=False, widget=ROWS,
        help_text=_("What they want, where the catalogue has no product for it."),
    )  # fmt: skip
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    amount = number_field(_("Amount of a year"), help_text=_("With lots, their sum counts."))
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    expected_close = forms.DateField(label=_("Expected to close on"), widget=DAY)
    own_pct = number_field(
        _("My probability (%)"), max_digits=5, decimal_places=2, max_value=100,
        help_text=_("Empty: that of the stage."),
    )  # fmt: skip
    pct_reason = forms.CharField(
        label=_("Why not that of the stage"), max_length=400, required=False
    )
    own_category = forms.ChoiceField(
        label=_("Forecast category"), required=False,
        choices=[("", _("That of the stage")), *OPEN_CATEGORIES],
    )  # fmt: skip
    competitors = forms.CharField(
        label=_("Competitors"), required=False, max_length=800, widget=ROWS,
        help_text=_("One to a line."),
    )  # fmt: skip
    owner = forms.TypedChoiceField(label=_("Owner"), coerce=int, required=False, empty_value=None)
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_on = forms.DateField(label=_("Next step on"), widget=DAY, required=False)
    reference = forms.CharField(label=_("Number of the tender"), max_length=60, required=False)
    questions_until = forms.DateField(
        label=_("Tender: questions until"), widget=DAY, required=False
    )
    submit_until = forms.DateField(label=_("Tender: submit by"), widget=DAY, required=False)
    submitted_on = forms.DateField(
        label=_("Tender: submitted on"), widget=DAY, required=False,
        help_text=_("From then on nothing warns."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=400, required=False, widget=ROWS)

    def __init__(
        self,
        *args: Any,
        accounts: list[tuple[int, str]],
        people: list[tuple[int, str]],
        products: list[tuple[int, str]],
        stages: list[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = accounts
        cast(forms.ChoiceField, self.fields["owner"]).choices = [("", "–"), *people]
        cast(forms.ChoiceField, self.fields["products"]).choices = products
        if not products:
            del self.fields["products"]
        if stages:
            cast(forms.ChoiceField, self.fields["stage"]).choices = stages
        else:
            del self.fields["stage"]

    def entry(self) -> OpportunityEntry:
        """Return the opportunity as it was typed."""
        data = self.cleaned_data
        names = (
            "title", "wanted", "amount", "currency", "expected_close", "own_pct", "pct_reason",
            "next_step", "next_on", "reference", "questions_until", "submit_until",
            "submitted_on", "note",
        )  # fmt: skip
        return OpportunityEntry(
            account_id=data["account"], kind=OpportunityKind(data["kind"]),
            product_ids=tuple(data.get("products") or ()), stage=data.get("stage") or "",
            own_category=ForecastCategory(data["own_category"]) if data["own_category"] else None,
            competitors=tuple(data["competitors"].splitlines()), owner_id=data["owner"],
            **{name: data[name] for name in names},
        )  # fmt: skip


def initial_deal(found: Opportunity) -> dict[str, Any]:
    """Return an opportunity as the form shows it."""
    same = (
        "title", "wanted", "currency", "expected_close", "pct_reason", "next_step", "next_on",
        "reference", "questions_until", "submit_until", "submitted_on", "note",
    )  # fmt: skip
    return {
        "account": found.account_id, "kind": found.kind.value,
        "products": list(found.product_ids), "amount": plain(found.entered),
        "own_pct": plain(found.own_pct),
        "own_category": found.own_category.value if found.own_category else "",
        "competitors": "\n".join(found.competitors), "owner": found.owner_id or "",
        **{name: getattr(found, name) for name in same},
    }  # fmt: skip


class LotForm(forms.Form):
    """A lot of a tender."""

    number = forms.CharField(label=_("Lot"), max_length=20)
    title = forms.CharField(label=_("Title"), max_length=160, required=False)
    amount = number_field(_("Amount of a year"))
    deadline = forms.DateField(
        label=_("Deadline of its own"), widget=DAY, required=False,
        help_text=_("Empty: that of the tender."),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("What became of it"), choices=list(LOT_STATES.items()), initial="open"
    )
    awarded = number_field(_("Awarded amount"), help_text=_("Only where we won it."))
    winner = forms.CharField(label=_("Who won it"), max_length=120, required=False)

    def entry(self) -> LotEntry:
        """Return the lot as it was typed."""
        data = self.cleaned_data
        return LotEntry(**{**data, "state": LotState(data["state"])})


def initial_lot(found: Lot) -> dict[str, Any]:
    """Return a lot as the form shows it."""
    return {
        "number": found.number, "title": found.title, "amount": plain(found.amount),
        "deadline": found.deadline, "state": found.state.value,
        "awarded": plain(found.awarded), "winner": found.winner,
    }  # fmt: skip


class CheckForm(forms.Form):
    """What shows that an item of the qualification holds."""

    item = forms.ChoiceField(label=_("What is known"), choices=list(CHECKS.items()))
    text = forms.CharField(
        label=_("What shows it"), max_length=400,
        help_text=_("A document, a meeting, a person."),
    )  # fmt: skip
    undo = forms.BooleanField(label=_("It no longer holds"), required=False)


class DealClosingForm(forms.Form):
    """How an opportunity ends."""

    on = forms.DateField(label=_("Closed on"), widget=DAY)
    final = number_field(_("Final amount"), required=True)
    document = forms.CharField(label=_("Order or signed document"), max_length=200)
    reason = forms.ChoiceField(label=_("Main reason"), choices=list(REASONS.items()))
    winner = forms.CharField(
        label=_("Who won it"), max_length=120, required=False,
        help_text=_("A signal comes back nine months before their contract ends."),
    )  # fmt: skip
    winner_until = forms.DateField(
        label=_("Their contract ends on"), widget=DAY, required=False,
        help_text=_("Empty: a year from now is taken."),
    )  # fmt: skip
    note = forms.CharField(label=_("In your words"), max_length=400, required=False, widget=ROWS)

    def __init__(self, *args: Any, ending: Ending, **options: Any) -> None:
        super().__init__(*args, **options)
        self._ending = ending
        unused = ("final", "document") if ending is Ending.LOST else ("winner", "winner_until")
        for name in unused:
            del self.fields[name]
        self.fields["note"].required = ending is Ending.LOST

    def closing(self) -> DealClosing:
        """Return the end as it was typed."""
        data = self.cleaned_data
        return DealClosing(
            ending=self._ending, on=data["on"], reason=Reason(data["reason"]),
            final=data.get("final") or Decimal(0), note=data["note"],
            document=data.get("document", ""), winner=data.get("winner", ""),
            winner_until=data.get("winner_until"),
        )  # fmt: skip


class StageForm(forms.Form):
    """A stage of the house."""

    code = forms.SlugField(label=_("Code"), max_length=20)
    name = forms.CharField(
        label=_("Name"), max_length=60, required=False,
        help_text=_("Empty: the shipped word, in each reader's language."),
    )  # fmt: skip
    position = whole_field(pgettext_lazy("stage", "Place in the order"), 9999, required=True)
    pct = number_field(
        _("Probability (%)"), max_digits=5, decimal_places=2, max_value=100, required=True
    )
    category = forms.ChoiceField(label=_("Forecast category"), choices=OPEN_CATEGORIES)
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def stage(self) -> Stage:
        """Return the stage as it was typed."""
        data = self.cleaned_data
        return Stage(**{**data, "category": ForecastCategory(data["category"])})
