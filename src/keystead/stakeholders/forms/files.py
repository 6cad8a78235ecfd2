"""The form of a file of people: what holds for everybody in it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from keystead.stakeholders.queries.words import BASES
from keystead.stakeholders.types import Basis, FileTerms


class FileForm(forms.Form):
    """A file of people, with the basis on which all of them are kept."""

    file = forms.FileField(label=_("File"), help_text=_("Contact cards (.vcf), CSV or Excel."))
    basis = forms.ChoiceField(label=_("Lawful basis"), choices=[("", "–"), *BASES.items()])
    basis_note = forms.CharField(
        label=_("Where the data comes from"), max_length=200,
        help_text=_("For consent: when and how it was given."),
    )  # fmt: skip
    as_filed = forms.BooleanField(
        label=_("They work at the organisation that the file names, not at this account"),
        required=False,
    )

    def terms(self) -> FileTerms:
        data = self.cleaned_data
        return FileTerms(
            basis=Basis(data["basis"]), basis_note=data["basis_note"], as_filed=data["as_filed"]
        )
