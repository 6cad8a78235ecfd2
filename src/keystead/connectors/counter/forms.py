"""Forms of the connector: a source, months to fetch anew, a title list."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from keystead.connectors.counter.calc.months import month_list, month_said
from keystead.connectors.counter.services.sources import RELEASES, SourceEntry
from keystead.connectors.counter.types import REPORTS

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MONTH = forms.TextInput(attrs={"type": "month", "placeholder": "2026-01"})
_SECRET = forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False)


class SourceForm(forms.Form):
    """A server, who we are there, and what is fetched. Secrets are taken, never shown."""

    name = forms.CharField(label=_("Name"), max_length=120)
    server = forms.CharField(
        label=_("Server"), max_length=300,
        help_text=_("The address of its COUNTER API, such as https://counter.example/api."),
    )  # fmt: skip
    release = forms.ChoiceField(label=_("Release"), choices=[(one, one) for one in RELEASES])
    customer_id = forms.CharField(label=_("Customer number"), max_length=120)
    requestor_id = forms.CharField(
        label=_("Requestor number"), max_length=300, required=False, widget=_SECRET
    )
    api_key = forms.CharField(label=_("Key"), max_length=500, required=False, widget=_SECRET)
    forget = forms.BooleanField(
        label=_("Forget the stored requestor number and key"), required=False
    )
    platform = forms.CharField(
        label=_("Platform"), max_length=120, required=False,
        help_text=_("Only where the server serves several."),
    )  # fmt: skip
    reports = forms.MultipleChoiceField(
        label=_("Reports"), choices=[(one.id, f"{one.id} {one.name}") for one in REPORTS],
        help_text=_("A full report (PR, DR, TR, IR) is enough: the views follow from it."),
    )  # fmt: skip
    first_month = forms.CharField(label=_("From month"), max_length=7, widget=MONTH)
    account = forms.TypedChoiceField(
        label=_("Account"), coerce=int, required=False, empty_value=None,
        help_text=_("Only where its reports do not name an account that is known."),
    )  # fmt: skip
    members = forms.BooleanField(label=_("Fetch for each member of the consortium"), required=False)
    pause_seconds = forms.IntegerField(
        label=_("Seconds between two calls"), min_value=0, max_value=600
    )
    active = forms.BooleanField(label=_("Fetch every day"), required=False)

    def __init__(self, *args: Any, accounts: list[tuple[Any, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = accounts

    def clean_first_month(self) -> Any:
        found = month_said(self.cleaned_data["first_month"])
        if found is None:
            raise forms.ValidationError(_("Write a month as 2026-01."))
        return found

    def entry(self) -> SourceEntry:
        said = dict(self.cleaned_data)
        forget = said.pop("forget")
        for name in ("requestor_id", "api_key"):
            said[name] = said[name] or ("" if forget else None)
        said["reports"] = tuple(said["reports"])
        return SourceEntry(account_id=said.pop("account"), **said)


class AgainForm(forms.Form):
    """Months to fetch anew; both empty: what is missing."""

    first = forms.CharField(label=_("From month"), max_length=7, required=False, widget=MONTH)
    last = forms.CharField(label=_("To month"), max_length=7, required=False, widget=MONTH)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        first, last = month_said(said.get("first", "")), month_said(said.get("last", ""))
        if (said.get("first") and not first) or (said.get("last") and not last):
            raise forms.ValidationError(_("Write a month as 2026-01."))
        if (first or last) and (last or first) < (first or last):  # type: ignore[operator]
            raise forms.ValidationError(_("The last month is before the first."))
        one, other = first or last, last or first
        said["months"] = month_list(one, other) if one and other else ()
        return said


class TitlesForm(forms.Form):
    """A KBART file, and whose it is."""

    file = forms.FileField(label=_("KBART file"))
    account = forms.TypedChoiceField(label=_("Account"), coerce=int)
    package = forms.CharField(
        label=_("Package"), max_length=120, required=False,
        help_text=_("Empty: as the file's name says."),
    )  # fmt: skip
    provider = forms.CharField(
        label=_("Provider"), max_length=120, required=False,
        help_text=_("Empty: as the file's name says."),
    )  # fmt: skip
    as_of = forms.DateField(
        label=_("As of"), widget=DAY, required=False,
        help_text=_("Empty: as the file's name says."),
    )  # fmt: skip
    starts = forms.DateField(
        label=_("First day of the contract"), widget=DAY, required=False,
        help_text=_("What appeared before its year is backfile."),
    )  # fmt: skip

    def __init__(self, *args: Any, accounts: list[tuple[Any, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["account"]).choices = accounts

    @contextmanager
    def kept(self) -> Iterator[Path]:
        """The upload as a file on disk for the time of a block."""
        upload = self.cleaned_data["file"]
        with tempfile.NamedTemporaryFile() as file:
            for chunk in upload.chunks():
                file.write(chunk)
            file.flush()
            yield Path(file.name)
