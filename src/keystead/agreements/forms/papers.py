"""Forms of papers: which paper, up to when, in which language; a file to attach."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from keystead.agreements.forms.parts import DAY
from keystead.agreements.queries.document_words import DOCUMENT_KINDS
from keystead.agreements.rules.documents import ENDINGS
from keystead.agreements.types import Attachment, DocumentKind
from keystead.kernel.periods import Period

ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)


class AttachForm(forms.Form):
    """A file with what it shows, and what it belongs to."""

    file = forms.FileField(
        label=_("File"), widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("PDF, office file, picture, mail or ZIP, at most 25 MB."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("What it shows"), choices=list(DOCUMENT_KINDS.items()))
    condition = forms.ChoiceField(label=_("Condition"), required=False)
    version_number = forms.TypedChoiceField(
        label=_("Version"), required=False, coerce=int, empty_value=None
    )
    first = forms.DateField(label=_("First day it shows"), widget=DAY, required=False)
    last = forms.DateField(label=_("Last day it shows"), widget=DAY, required=False)
    note = forms.CharField(label=_("Note"), max_length=400, required=False)

    def __init__(
        self,
        *args: Any,
        conditions: list[tuple[str, str]],
        versions: list[tuple[int, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        every = _("The whole agreement")
        cast(forms.ChoiceField, self.fields["condition"]).choices = [("", every), *conditions]
        cast(forms.ChoiceField, self.fields["version_number"]).choices = [
            ("", _("All versions")), *versions,
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if (first is None) != (last is None):
            self.add_error("last" if last is None else "first", _("Give both days, or none."))
        elif first and last and last < first:
            self.add_error("last", _("The last day comes before the first."))
        return data

    def attachment(self) -> Attachment:
        """Return the file as it was sent, with what was said of it."""
        data = self.cleaned_data
        first, last = data["first"], data["last"]
        return Attachment(
            content=data["file"].read(),
            name=data["file"].name or "file",
            kind=DocumentKind(data["kind"]),
            condition=data["condition"],
            version_number=data["version_number"],
            period=Period(first, last + timedelta(days=1)) if first else None,
            note=data["note"],
        )


class WithdrawForm(forms.Form):
    """Why a document no longer counts."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class TemplateForm(forms.Form):
    """A company's own template."""

    name = forms.CharField(label=_("Name"), max_length=120)
    file = forms.FileField(label=_("Word file"), widget=forms.FileInput(attrs={"accept": ".docx"}))


def languages() -> list[tuple[str, str]]:
    """Return the languages of papers by their own names."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]
