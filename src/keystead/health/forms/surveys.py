"""Forms of surveys: enter one, choose whom to ask, answer, follow up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.health.queries.words import ENDS, KINDS, OUTCOMES, WHY, said
from keystead.health.rules.surveys import LONGEST, own_lines, own_questions
from keystead.health.services import FollowUpEntry
from keystead.health.types.surveys import (
    SCALES,
    STANDARD,
    FollowUp,
    FollowUpOutcome,
    Kind,
    Question,
    Survey,
    SurveyEntry,
)

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
ROWS = forms.Textarea(attrs={"rows": 3})


class SurveyForm(forms.Form):
    """A survey as it is entered or changed."""

    account = forms.TypedChoiceField(label=_("Account"), coerce=int)
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("The people you ask read it.")
    )
    standard = forms.MultipleChoiceField(
        label=_("Standard questions"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, KINDS[one.value]) for one in STANDARD],
    )  # fmt: skip
    own = forms.CharField(
        label=_("Own questions"), required=False, widget=ROWS, max_length=6000,
        help_text=_(
            "One per line: scale, yes_no or text; a colon; English | Chinese | French. "
            "scale: Is it fast? | 快吗？ | Est-ce rapide ?"
        ),
    )  # fmt: skip
    ends_on = forms.DateField(label=_("Last day to answer"), widget=DAY)
    owner = forms.TypedChoiceField(
        label=_("Who follows up"), coerce=int, required=False, empty_value=None,
        help_text=_("Empty: the owner of the account."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note for us"), max_length=400, required=False, widget=ROWS)

    def __init__(
        self,
        *args: Any,
        accounts: Sequence[tuple[int, str]],
        people: Sequence[tuple[int, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = list(accounts)
        cast(forms.ChoiceField, self.fields["owner"]).choices = [("", "–"), *people]

    def entry(self) -> SurveyEntry:
        """Return the survey as it was typed; Invalid where an own question is not one."""
        data = self.cleaned_data
        standard = tuple(Question(one, Kind(one)) for one in data["standard"])
        return SurveyEntry(
            account_id=data["account"], name=data["name"], ends_on=data["ends_on"],
            questions=(*standard, *own_questions(data["own"].splitlines())),
            owner_id=data["owner"], note=data["note"],
        )  # fmt: skip


def initial_of(found: Survey) -> dict[str, Any]:
    """Return a survey as the form shows it."""
    return {
        "account": found.account_id, "name": found.name, "note": found.note,
        "standard": [one.kind.value for one in found.questions if one.kind in STANDARD],
        "own": own_lines(found.questions), "ends_on": found.ends_on,
        "owner": found.owner_id or "",
    }  # fmt: skip


class AskForm(forms.Form):
    """Whom to ask, and whether by mail."""

    people = forms.TypedMultipleChoiceField(
        label=_("People"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    by_mail = forms.BooleanField(
        label=_("Write to them now"), required=False,
        help_text=_("Otherwise make a link for each and send it yourself."),
    )  # fmt: skip

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], mails: bool,
                 **options: Any) -> None:  # fmt: skip
        super().__init__(*args, **options)
        cast(forms.MultipleChoiceField, self.fields["people"]).choices = list(people)
        if not mails:
            del self.fields["by_mail"]


class FileForm(forms.Form):
    """A file with answers that were collected elsewhere."""

    file = forms.FileField(label=_("File"), help_text=_("CSV or Excel."))


class AnswerForm(forms.Form):
    """The questions as the person who was asked sees them: scales as radio buttons."""

    def __init__(self, *args: Any, questions: Sequence[Question], **options: Any) -> None:
        super().__init__(*args, **options)
        for one in questions:
            self.fields[one.code] = _asked(one)
        self.fields["why"] = forms.CharField(
            label=WHY, max_length=LONGEST, required=False, widget=ROWS
        )

    def scales(self) -> list[tuple[Any, Any, Any]]:
        """Return each bound field with the words at both ends of its scale."""
        return [
            (self[name], *getattr(field, "ends", ("", ""))) for name, field in self.fields.items()
        ]


def _asked(one: Question) -> forms.Field:
    if one.kind is Kind.TEXT:
        return forms.CharField(label=said(one), max_length=LONGEST, required=False, widget=ROWS)
    if one.kind is Kind.YES_NO:
        yes, no = pgettext_lazy("answer", "Yes"), pgettext_lazy("answer", "No")
        choices: list[tuple[str, Any]] = [("1", yes), ("0", no)]
    else:
        low, high = SCALES[one.kind]
        choices = [(str(value), str(value)) for value in range(low, high + 1)]
    field = forms.ChoiceField(
        label=said(one), choices=choices, required=False, widget=forms.RadioSelect
    )
    field.ends = ENDS.get(one.kind, ("", ""))  # type: ignore[attr-defined]
    return field


class FollowUpForm(forms.Form):
    """Who looks after it until when, and how it ended."""

    owner = forms.TypedChoiceField(label=_("Owner"), coerce=int, required=False, empty_value=None)
    due_on = forms.DateField(label=_("Due on"), widget=DAY)
    outcome = forms.ChoiceField(
        label=_("How it ended"), required=False,
        choices=[("", _("still open")), *OUTCOMES.items()],
    )  # fmt: skip
    note = forms.CharField(label=_("What was done"), max_length=1000, required=False, widget=ROWS)

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["owner"]).choices = [("", "–"), *people]

    def entry(self) -> FollowUpEntry:
        """Return the follow-up as it was typed."""
        data = self.cleaned_data
        ended = FollowUpOutcome(data["outcome"]) if data["outcome"] else None
        return FollowUpEntry(
            owner_id=data["owner"], due_on=data["due_on"], outcome=ended, note=data["note"]
        )


def follow_up_initial(found: FollowUp) -> dict[str, Any]:
    """Return a follow-up as the form shows it."""
    return {
        "owner": found.owner_id or "", "due_on": found.due_on,
        "outcome": found.outcome.value if found.outcome else "", "note": found.note,
    }  # fmt: skip
