"""The price list of an agreement as lines of a sheet: paste it, change it, save it whole."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.forms import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keystead.agreements.forms.baselines import amount_of
from keystead.agreements.forms.selections import Names
from keystead.agreements.types import AgreementVersion, PriceRow
from keystead.kernel.periods import Period

MOST: Final = 5000
COLUMNS: Final = (
    _("product"), _("price"), _("from quantity"), _("first day"), _("last day"), _("channel"),
    _("group"), _("account"),
)  # fmt: skip
_MONEY: Final = re.compile(
    r"^(?P<before>[A-Za-z]{3})?\s*(?P<sum>[^A-Za-z]+?)\s*(?P<after>[A-Za-z]{3})?$"
)
_DAY: Final = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})")


class PricesForm(forms.Form):
    """One textarea: a row a line, cells apart by tabs as Excel pastes them, or by semicolons."""

    prices = forms.CharField(
        label=_("Prices"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "wrap": "off"}),
    )

    def __init__(self, data: Any, *, version: AgreementVersion, names: Names) -> None:
        super().__init__(data, initial={"prices": lines_of(version.prices, names)})
        self.version, self.names = version, names
        order = " · ".join(str(one) for one in COLUMNS)
        self.fields["prices"].help_text = gettext(
            "Paste from Excel. Columns: %(order)s. Only product (or group) and price are needed. "
            "Of several rows that fit, the narrowest is chosen: product before group, an account "
            "before a channel before none, the larger quantity, the later first day. An account is "
            "the delivery address that the line stands under, by its code."
        ) % {"order": order}

    def clean_prices(self) -> tuple[PriceRow, ...]:
        wrong: list[str] = []
        rows: list[tuple[int, PriceRow]] = []
        for number, cells in sheet_lines(self.cleaned_data["prices"]):
            if number == 1 and self._is_head(cells):
                continue
            try:
                rows.append((number, self._row(cells)))
            except ValidationError as error:
                told = {"number": number, "why": " ".join(error.messages)}
                wrong.append(gettext("Line %(number)s: %(why)s") % told)
        if len(rows) > MOST:
            wrong.append(gettext("At most %(most)s rows.") % {"most": MOST})
        wrong += list(_twice(rows))
        if wrong:
            raise ValidationError(wrong[:12])
        return tuple(row for _number, row in rows)

    def _is_head(self, cells: list[str]) -> bool:
        """Return whether the first line names the columns: no product, and no price."""
        if len(cells) < 2 or any(one.isdigit() for one in cells[1]) or not cells[1]:
            return False
        try:
            return not self.names.read("products", cells[0])
        except ValidationError:
            return True

    def _row(self, cells: list[str]) -> PriceRow:
        product, price, least, first, last, channel, group, whom = (*cells, *[""] * 8)[:8]
        found = self.names.read("products", product) if product else ()
        if len(found) > 1 or not (found or group):
            raise ValidationError(gettext("Name one product, or a group."))
        match = _MONEY.fullmatch(price.strip()) if price else None
        if match is None:
            raise ValidationError(gettext("The price is missing."))
        accounts = self.names.read("accounts", whom, _held(self.version.prices)) if whom else ()
        if len(accounts) > 1:
            raise ValidationError(gettext("Name one account a line."))
        currency = (match["before"] or match["after"] or self.version.currency).upper()
        return PriceRow(
            amount=_number(match["sum"]),
            currency=currency,
            product=found[0] if found else None,
            group=next(iter(self.names.read("groups", group)), "") if group else "",
            account=accounts[0] if accounts else None,
            channel=channel,
            min_quantity=_number(least) if least else Decimal(0),
            valid=self._span(first, last),
        )

    def _span(self, first: str, last: str) -> Period | None:
        if not first and not last:
            return None
        start = _day(first) if first else self.version.effective.start
        end = _day(last) if last else self.version.effective.last
        if end < start:
            raise ValidationError(gettext("The last day comes before the first."))
        return Period.between(start, end)


def lines_of(rows: tuple[PriceRow, ...], names: Names) -> str:
    """Return price rows as lines of a sheet."""
    held = _held(rows)
    return "\n".join(
        "\t".join(
            [
                names.told("products", (row.product,)) if row.product else "",
                f"{row.amount:f}",
                f"{row.min_quantity:f}" if row.min_quantity else "",
                row.valid.start.isoformat() if row.valid else "",
                row.valid.last.isoformat() if row.valid else "",
                row.channel,
                row.group,
                names.told("accounts", (row.account,), held) if row.account else "",
            ]
        ).rstrip("\t")
        for row in rows
    )


def _held(rows: tuple[PriceRow, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(row.account for row in rows if row.account))


def sheet_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of a pasted sheet that hold something, with their number."""
    apart = "\t" if "\t" in text else ";"
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=apart), start=1):
        held = [cell.strip() for cell in cells]
        if any(held):
            yield number, held


def _twice(rows: list[tuple[int, PriceRow]]) -> Iterator[str]:
    held: dict[tuple[Any, ...], list[tuple[int, PriceRow]]] = {}
    for number, row in rows:
        key = (row.product, row.group, row.account, row.channel, row.min_quantity)
        for other, before in held.setdefault(key, []):
            if before.valid is None or row.valid is None or before.valid.overlaps(row.valid):
                told = {"one": other, "two": number}
                yield gettext("Lines %(one)s and %(two)s hold for the same thing at once.") % told
                break
        held[key].append((number, row))


def _number(text: str) -> Decimal:
    try:
        found = amount_of(text)
    except InvalidOperation:
        raise ValidationError(gettext("“%(text)s” is no number.") % {"text": text[:20]}) from None
    if found < 0:
        raise ValidationError(gettext("A price is below zero."))
    return found


def _day(text: str) -> date:
    match = _DAY.match(text)
    try:
        if match is None:
            raise ValueError(text)
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        told = {"text": text[:20]}
        raise ValidationError(gettext("“%(text)s” is no day: 2027-01-31.") % told) from None
