"""Forms of shares, territories, and questions about who may see what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keystead.accounts.forms.parts import SpanMixin, day_field
from keystead.accounts.queries import labels_of
from keystead.accounts.types import ShareRights

People = Sequence[tuple[int, str]]


def _choices(people: People) -> list[tuple[str, str]]:
    return [("", "–"), *((str(pk), name) for pk, name in people)]


class ShareForm(SpanMixin):
    """Open the account to somebody; who may not share freely gives a last day, and reading only."""

    user = forms.ChoiceField(label=_("With whom"))
    rights = forms.ChoiceField(label=_("The person"))
    reason = forms.CharField(
        label=_("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    valid_from = day_field(_("First day"), required=True)
    last_day = day_field(_("Last day"))

    def __init__(self, *args: Any, people: People, freely: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["user"].choices = _choices(people)
        fields["rights"].choices = labels_of(ShareRights)
        fields["last_day"].required = not freely
        if freely:
            fields["last_day"].help_text = _("Empty: it goes on")
        else:
            del fields["rights"]


class PersonForm(forms.Form):
    """Whom to ask about."""

    person = forms.ChoiceField(label=_("Person"))

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = _choices(people)


class ReasonForm(forms.Form):
    """Why something is read that is not read every day."""

    why = forms.CharField(label=_("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class TerritoryForm(forms.Form):
    """A territory: ``code`` stays once it is stored; a day makes the change hold from then on."""

    code = forms.CharField(
        label=_("Territory"), max_length=60, help_text=_("As the accounts carry it.")
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    parent_code = forms.ChoiceField(label=_("Part of"), required=False)
    lead = forms.ChoiceField(
        label=_("Led by"),
        required=False,
        help_text=_("A director who leads it sees its accounts and those of all below."),
    )
    valid_from = day_field(_("From"), required=True)

    def __init__(
        self,
        *args: Any,
        people: People,
        codes: Sequence[tuple[str, str]],
        stored: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["lead"].choices = _choices(people)
        fields["parent_code"].choices = [("", "–"), *codes]
        if stored:
            del fields["code"]
            fields["valid_from"].required = False
            fields["valid_from"].help_text = _("Empty: as if it had always been so")
