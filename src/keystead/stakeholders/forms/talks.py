"""Forms of talks: what was said, what follows, how often somebody is met."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.stakeholders.forms.people import day_field
from keystead.stakeholders.queries.words import CHANNELS, INITIATORS, TOUCHES
from keystead.stakeholders.types import (
    CadenceEntry,
    ChannelKind,
    Initiator,
    InteractionEntry,
    TouchKind,
)


class TalkForm(forms.Form):
    """A meeting, call or mail."""

    kind = forms.ChoiceField(label=_("What it was"), choices=list(TOUCHES.items()))
    on = forms.DateField(
        label=pgettext_lazy("day", "On"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    subject = forms.CharField(label=_("What it was about"), max_length=200)
    people = forms.TypedMultipleChoiceField(
        label=_("Of theirs"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    colleagues = forms.TypedMultipleChoiceField(
        label=_("Of ours"), coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )
    initiator = forms.ChoiceField(label=_("Who began it"), choices=list(INITIATORS.items()))
    summary = forms.CharField(
        label=_("What was said"), required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_on = day_field(_("Due on"))
    message_id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def __init__(
        self,
        *args: Any,
        people: list[tuple[int, str]],
        colleagues: list[tuple[int, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["people"]).choices = people
        cast(forms.ChoiceField, self.fields["colleagues"]).choices = colleagues

    def entry(self, account_id: int) -> InteractionEntry:
        data = dict(self.cleaned_data)
        data["kind"], data["initiator"] = TouchKind(data["kind"]), Initiator(data["initiator"])
        data["people"], data["colleagues"] = tuple(data["people"]), tuple(data["colleagues"])
        return InteractionEntry(account_id=account_id, **data)


class CadenceForm(forms.Form):
    """How often somebody is met."""

    every_days = forms.IntegerField(label=_("Every how many days"), min_value=1, max_value=730)
    owner = forms.TypedChoiceField(label=_("Looked after by"), coerce=int)
    channel = forms.ChoiceField(label=_("How"), choices=list(CHANNELS.items())[:4])
    topics = forms.CharField(
        label=_("About what"), max_length=200, required=False,
        help_text=_("Product feedback and prices are what they want to speak about."),
    )  # fmt: skip

    def __init__(self, *args: Any, colleagues: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["owner"]).choices = colleagues

    def entry(self, account_id: int) -> CadenceEntry:
        data = self.cleaned_data
        return CadenceEntry(
            account_id=account_id,
            every_days=data["every_days"],
            owner_id=data["owner"],
            channel=ChannelKind(data["channel"]),
            topics=data["topics"],
        )
