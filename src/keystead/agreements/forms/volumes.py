"""The customer's volumes: pasted from their sheet, agreed to, or disputed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from django import forms
from django.forms import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.agreements.forms.baselines import amount_of
from keystead.agreements.forms.papers import ACCEPT
from keystead.agreements.forms.parts import DAY
from keystead.agreements.forms.prices import sheet_lines
from keystead.agreements.forms.selections import Names
from keystead.agreements.types import Agreement, Document, PartnerVolume
from keystead.kernel.periods import Period, month_start

MOST: Final = 5000
COLUMNS: Final = (_("product"), _("month"), _("units"), pgettext_lazy("volume", "value"))
_MONTH: Final = re.compile(r"(?P<year>\d{4})\s*[-/.年]?\s*(?P<month>\d{1,2})(?:\D.*)?")
_PLACE: Final = re.compile(r"(\d{4})-(\d{2}):(\d{1,12})")


class VolumesForm(forms.Form):
    """One textarea: a row a line, cells apart by tabs as Excel pastes them, or by semicolons."""

    volumes = forms.CharField(
        label=_("What the customer counted"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "wrap": "off"}),
    )
    note = forms.CharField(
        label=_("Where it comes from"), max_length=400, required=False,
        help_text=_("Their statement, a mail, a meeting."),
    )  # fmt: skip

    def __init__(self, data: Any, *, agreement: Agreement, names: Names, initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.agreement, self.names = agreement, names
        order = " · ".join(str(one) for one in COLUMNS)
        self.fields["volumes"].help_text = gettext(
            "Paste from Excel. Columns: %(order)s. The month as 2026-03, values in %(currency)s; "
            "what is left empty stays ours. Both empty take back what was said before."
        ) % {"order": order, "currency": agreement.currency}

    def clean_volumes(self) -> tuple[PartnerVolume, ...]:
        wrong: list[str] = []
        found: dict[tuple[date, int], PartnerVolume] = {}
        for number, cells in sheet_lines(self.cleaned_data["volumes"]):
            if number == 1 and _is_head(cells):
                continue
            try:
                row = self._row(cells)
                if (row.month, row.product or 0) in found:
                    raise ValidationError(gettext("This product and month stand above already."))
                found[row.month, row.product or 0] = row
            except ValidationError as error:
                told = {"number": number, "why": " ".join(error.messages)}
                wrong.append(gettext("Line %(number)s: %(why)s") % told)
        if len(found) > MOST:
            wrong.append(gettext("At most %(most)s rows.") % {"most": MOST})
        if wrong:
            raise ValidationError(wrong[:12])
        return tuple(found.values())

    def _row(self, cells: list[str]) -> PartnerVolume:
        product, month, units, value = (*cells, *[""] * 4)[:4]
        named = self.names.read("products", product) if product else ()
        if len(named) != 1:
            raise ValidationError(gettext("Name one product."))
        return PartnerVolume(
            "", self._month(month), _amount(value), _amount(units), product=named[0]
        )

    def _month(self, text: str) -> date:
        match = _MONTH.fullmatch(text)
        try:
            found = date(int(match["year"]), int(match["month"]), 1) if match else None
        except ValueError:
            found = None
        if found is None:
            raise ValidationError(gettext("“%(text)s” is no month: 2026-03.") % {"text": text[:20]})
        valid = self.agreement.valid
        if found not in Period(month_start(valid.start), valid.end):
            raise ValidationError(
                gettext("%(month)s is not in this agreement.") % {"month": f"{found:%Y-%m}"}
            )
        return found


class PlacesForm(forms.Form):
    """Which of the volumes it is about; carried from the page before."""

    places = forms.CharField(widget=forms.HiddenInput, max_length=200_000)

    def clean_places(self) -> tuple[tuple[date, int], ...]:
        return places_of(self.cleaned_data["places"].split(","))


class AgreeForm(PlacesForm):
    """Who agreed for the customer, and when."""

    agreed_by = forms.CharField(label=_("Who agreed for the customer"), max_length=160)
    on = forms.DateField(label=_("Day"), widget=DAY)


class DisputeForm(PlacesForm):
    """Why we do not agree, and what shows it."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    document = forms.TypedChoiceField(
        label=_("Document of this agreement"), required=False, coerce=int, empty_value=None
    )
    file = forms.FileField(
        label=_("Or a new file"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT})
    )

    def __init__(
        self, *args: Any, documents: tuple[Document, ...], may_attach: bool, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        kept = [(one.id, one.name) for one in documents if one.withdrawn_at is None]
        cast(forms.ChoiceField, self.fields["document"]).choices = [("", "–"), *kept]
        if not may_attach:
            del self.fields["file"]


def places_of(texts: list[str]) -> tuple[tuple[date, int], ...]:
    """Return the months and products behind keys such as ``2026-03:17``; others are left out."""
    found = []
    for text in texts:
        match = _PLACE.fullmatch(text.strip())
        if match and 1 <= int(match[2]) <= 12 and int(match[1]):
            found.append((date(int(match[1]), int(match[2]), 1), int(match[3])))
    return tuple(found)


def _is_head(cells: list[str]) -> bool:
    return len(cells) > 1 and _MONTH.fullmatch(cells[1]) is None


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        found = amount_of(text)
    except InvalidOperation:
        raise ValidationError(gettext("“%(text)s” is no number.") % {"text": text[:20]}) from None
    if found != found.quantize(Decimal("0.0001")):
        raise ValidationError(gettext("At most four decimals."))
    return found
