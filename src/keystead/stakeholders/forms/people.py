"""Forms of people: who they are, where they work, what they decide, what we think of them."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.stakeholders.queries.words import (
    BASES,
    CERTAINTIES,
    CHANNELS,
    ORGANISATIONS,
    ROLES,
    STANCES,
    TIES,
)
from keystead.stakeholders.types import (
    AffiliationEntry,
    AssessmentEntry,
    Basis,
    Certainty,
    ChannelKind,
    OrganisationKind,
    PersonEntry,
    RoleEntry,
    RoleKind,
    TieEntry,
    TieKind,
)

ROWS = forms.Textarea(attrs={"rows": 2})
SCALE = [(str(one), str(one)) for one in range(6)]


def day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, required=False, **options)


class PersonForm(forms.Form):
    """Business contact data, with the basis on which it is kept."""

    name = forms.CharField(label=_("Name"), max_length=160)
    title = forms.CharField(
        label=pgettext_lazy("person", "Title"), max_length=80, required=False,
        help_text=_("Such as Dr or Prof."),
    )  # fmt: skip
    job_title = forms.CharField(label=_("What they do here"), max_length=120, required=False)
    email = forms.CharField(label=_("Mail address"), max_length=254, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.CharField(label=_("Language"), max_length=10, required=False)
    channel = forms.ChoiceField(label=_("Wants to be reached by"), choices=list(CHANNELS.items()))
    basis = forms.ChoiceField(label=_("Lawful basis"), choices=list(BASES.items()))
    basis_note = forms.CharField(
        label=_("Where the data comes from"), max_length=200, required=False,
        help_text=_("For consent: when and how it was given."),
    )  # fmt: skip
    left_on = day_field(_("Left on"))

    def __init__(self, *args: Any, fresh: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["left_on" if fresh else "job_title"]

    def entry(self, account_id: int) -> PersonEntry:
        data = dict(self.cleaned_data)
        data.pop("job_title", None)
        data["basis"], data["channel"] = Basis(data["basis"]), ChannelKind(data["channel"])
        return PersonEntry(account_id=account_id, **data)


class AffiliationForm(forms.Form):
    """Where somebody works: one of our accounts, or an organisation outside."""

    job_title = forms.CharField(label=_("What they do there"), max_length=120)
    account = forms.TypedChoiceField(
        label=_("Account"), coerce=int, required=False, empty_value=None
    )
    organisation = forms.CharField(
        label=_("Or an organisation outside"), max_length=160, required=False
    )
    organisation_kind = forms.ChoiceField(
        label=_("Kind of organisation"), choices=list(ORGANISATIONS.items()), required=False
    )
    starts = day_field(_("First day"))
    last = day_field(_("Last day"))

    def __init__(self, *args: Any, accounts: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = [("", "–"), *accounts]

    def entry(self) -> AffiliationEntry:
        data = dict(self.cleaned_data)
        kind = OrganisationKind(data.pop("organisation_kind") or "other")
        return AffiliationEntry(account_id=data.pop("account"), organisation_kind=kind, **data)


class RoleForm(forms.Form):
    """A part in the decision, with what shows it."""

    role = forms.ChoiceField(label=pgettext_lazy("decision", "Role"), choices=list(ROLES.items()))
    evidence = forms.CharField(
        label=_("What shows it"), max_length=400, widget=ROWS,
        help_text=_("A minute, a mail, an organisation chart: what another could check."),
    )  # fmt: skip
    certainty = forms.ChoiceField(label=_("How sure"), choices=list(CERTAINTIES.items()))
    has_veto = forms.BooleanField(label=_("Can stop the decision alone"), required=False)
    reviewed_on = day_field(_("Looked at on"))
    ended_on = day_field(_("Ended on"))

    def __init__(self, *args: Any, fresh: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if fresh:
            del self.fields["ended_on"]
        else:
            self.fields["role"].disabled = True

    def entry(self, account_id: int) -> RoleEntry:
        data = dict(self.cleaned_data)
        data["role"], data["certainty"] = RoleKind(data["role"]), Certainty(data["certainty"])
        return RoleEntry(account_id=account_id, **data)


class OpinionForm(forms.Form):
    """What we think of somebody; the account's team and its director only."""

    power = forms.TypedChoiceField(label=_("Power"), choices=SCALE, coerce=int)
    interest = forms.TypedChoiceField(label=_("Interest"), choices=SCALE, coerce=int)
    stance = forms.TypedChoiceField(label=_("Stance"), choices=list(STANCES.items()), coerce=int)
    note = forms.CharField(
        label=_("Why we think so"), max_length=400, required=False, widget=ROWS,
        help_text=_("The person may ask to read it. Nothing about health, faith or politics."),
    )  # fmt: skip
    reviewed_on = day_field(_("Looked at on"))

    def entry(self, account_id: int) -> AssessmentEntry:
        return AssessmentEntry(account_id=account_id, **self.cleaned_data)


class TieForm(forms.Form):
    """What leads from one person to another."""

    source = forms.TypedChoiceField(label=_("Person"), coerce=int)
    kind = forms.ChoiceField(label=pgettext_lazy("tie", "Tie"), choices=list(TIES.items()))
    to = forms.TypedChoiceField(label=_("To whom"), coerce=int)
    weight = forms.TypedChoiceField(
        label=_("How strong"), coerce=int,
        choices=[("1", _("weak")), ("2", _("plain")), ("3", _("strong"))], initial="2",
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("source", "to"):
            cast(forms.ChoiceField, self.fields[name]).choices = people

    def entry(self, account_id: int) -> TieEntry:
        data = self.cleaned_data
        return TieEntry(
            account_id=account_id,
            from_id=data["source"],
            to_id=data["to"],
            kind=TieKind(data["kind"]),
            weight=data["weight"],
            note=data["note"],
        )


class MergeForm(forms.Form):
    """Which other entry is the same person."""

    gone = forms.TypedChoiceField(
        label=_("The other entry of the same person"), coerce=int,
        help_text=_("What hangs on it moves here, and its number leads here from now on."),
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["gone"]).choices = [("", "–"), *people]
