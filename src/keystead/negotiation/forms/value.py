"""Forms of the value story: a line with its inputs, a confirmation, prices, articles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact
from keystead.negotiation.forms.case import day
from keystead.negotiation.queries.value_words import BASES, KINDS
from keystead.negotiation.services.value import MEASURED
from keystead.negotiation.types.value import (
    Article,
    Basis,
    Factor,
    LineKind,
    ValueLine,
    ValueStory,
)

_PARTS = re.compile(r"\s*[;\t]\s*")
MONO = {"class": "mono", "wrap": "off"}


class LineForm(forms.Form):
    """A line of the value: what drives it, its inputs, who says so, who stands for it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=tuple(KINDS.items()))
    name = forms.CharField(label=_("Name"), max_length=160)
    driver = forms.CharField(
        label=_("Driver"), max_length=400, required=False,
        help_text=_("Why it is so, in the customer's words."),
    )  # fmt: skip
    factors = forms.CharField(
        label=_("Inputs, one a line"), max_length=6000,
        widget=forms.Textarea({"rows": 6, **MONO}),
    )  # fmt: skip
    source = forms.CharField(label=_("Source"), max_length=400)
    owner = forms.CharField(
        label=_("Owner"), max_length=160, help_text=_("Who of us stands for the line.")
    )
    shown = forms.BooleanField(label=_("The customer may see it"), required=False, initial=True)

    def __init__(self, data: Any = None, *, line: ValueLine | None, private: bool) -> None:
        first = {} if line is None else {
            "name": line.name, "driver": line.driver, "source": line.source,
            "owner": line.owner, "shown": line.shown,
            "kind": line.kind.value, "factors": "\n".join(_told(one) for one in line.factors),
        }  # fmt: skip
        super().__init__(data, initial=first)
        self.fields["factors"].help_text = gettext(
            "Name; value; low; high; unit. They are multiplied; a “/” before the name divides. "
            "“=unique_requests” as the value is measured, of the last twelve months; so are "
            "%(more)s."
        ) % {"more": ", ".join(MEASURED[1:])}  # fmt: skip
        if not private:
            del self.fields["shown"]

    def clean_factors(self) -> tuple[Factor, ...]:
        return tuple(_factor(at, parts) for at, parts in _lines(self.cleaned_data["factors"]))

    def line(self, key: str = "") -> ValueLine:
        """Return the line as it was typed."""
        data = self.cleaned_data
        return ValueLine(
            key, LineKind(data["kind"]), data["name"].strip(), data["factors"],
            data["driver"].strip(), data["source"].strip(), data["owner"].strip(),
            data.get("shown", True),
        )  # fmt: skip


class ConfirmForm(forms.Form):
    """Who of the customer agreed to a line, when, and where that can be read."""

    who = forms.CharField(label=_("Confirmed by"), max_length=160)
    on = day(_("On"))
    evidence = forms.CharField(
        label=_("Evidence"), max_length=400,
        help_text=_("A mail, minutes, a signed paper: where it can be read."),
    )  # fmt: skip


class StoryForm(forms.Form):
    """Our price beside the value, and how a fee is shared over titles."""

    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    price = forms.DecimalField(
        label=_("Our price a year"), required=False, min_value=0, max_digits=20, decimal_places=2
    )
    basis = forms.ChoiceField(label=_("A title's part of the fee"), choices=tuple(BASES.items()))
    prices = forms.CharField(
        label=_("List prices, one a line"), required=False, max_length=400_000,
        widget=forms.Textarea({"rows": 6, **MONO}), help_text=_("Title; price a year."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, story: ValueStory) -> None:
        super().__init__(data, initial={
            "currency": story.currency, "price": story.price, "basis": story.basis.value,
            "prices": "\n".join(f"{name}; {price}" for name, price in story.prices.items()),
        })  # fmt: skip

    def clean_basis(self) -> Basis:
        return Basis(self.cleaned_data["basis"])

    def clean_prices(self) -> dict[str, Decimal]:
        found = {}
        for at, parts in _lines(self.cleaned_data["prices"]):
            if len(parts) != 2 or not parts[0]:
                raise _wrong(at, gettext("a title and its price"))
            found[parts[0]] = _number(at, parts[1])
        return found


class ArticlesForm(forms.Form):
    """What was invoiced for publishing, article by article, and for reading."""

    articles = forms.CharField(
        label=_("Articles, one a line"), required=False, max_length=2_000_000,
        widget=forms.Textarea({"rows": 14, **MONO}),
        help_text=_("DOI; year it was invoiced for; fee; group. Each DOI counts once, in its "
                    "first year."),
    )  # fmt: skip
    read_fees = forms.CharField(
        label=_("Reading fees, one a line"), required=False, max_length=2000,
        widget=forms.Textarea({"rows": 3, **MONO}), help_text=_("Year; fee."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, story: ValueStory) -> None:
        super().__init__(data, initial={
            "articles": "\n".join(
                "; ".join(filter(None, (one.doi, str(one.year), str(one.fee), one.group)))
                for one in story.articles
            ),
            "read_fees": "\n".join(f"{year}; {fee}" for year, fee in story.read_fees.items()),
        })  # fmt: skip

    def clean_articles(self) -> tuple[Article, ...]:
        made = []
        for at, parts in _lines(self.cleaned_data["articles"]):
            if not 3 <= len(parts) <= 4 or not parts[0] or not _is_year(parts[1]):
                raise _wrong(at, gettext("a DOI, a year and a fee"))
            group = parts[3] if len(parts) > 3 else ""
            made.append(Article(parts[0][:200], int(parts[1]), _number(at, parts[2]), group[:80]))
        return tuple(made)

    def clean_read_fees(self) -> dict[int, Decimal]:
        made = {}
        for at, parts in _lines(self.cleaned_data["read_fees"]):
            if len(parts) != 2 or not _is_year(parts[0]):
                raise _wrong(at, gettext("a year and a fee"))
            made[int(parts[0])] = _number(at, parts[1])
        return made


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for at, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield at, _PARTS.split(line.strip())


def _factor(at: int, parts: list[str]) -> Factor:
    name, *rest = [*parts, "", "", "", ""][:5]
    divides = name.startswith("/")
    name = name.lstrip("/ ").strip()
    if not name or not rest[0] or len(parts) > 5:
        raise _wrong(at, gettext("a name and a value"))
    if rest[0].startswith("="):
        return Factor(name[:120], Decimal(1), unit=rest[3][:40], divides=divides,
                      metric=rest[0][1:].strip())  # fmt: skip
    low, high = (_number(at, text) if text else None for text in rest[1:3])
    return Factor(name[:120], _number(at, rest[0]), low, high, rest[3][:40], divides)


def _told(one: Factor) -> str:
    known: Iterable[str] = (
        f"/ {one.name}" if one.divides else one.name,
        f"={one.metric}" if one.metric else f"{one.value:f}",
        *("" if end is None else f"{end:f}" for end in (one.low, one.high)),
        one.unit,
    )
    return "; ".join(known).rstrip("; ")


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdecimal()


def _number(at: int, text: str) -> Decimal:
    try:
        return exact(text.replace("\u00a0", "").replace("\u202f", ""))
    except Invalid as error:
        raise _wrong(at, gettext("a plain number (1234.50)")) from error


def _wrong(at: int, what: str) -> forms.ValidationError:
    return forms.ValidationError(
        gettext("Line %(number)s is not %(what)s.") % {"number": at, "what": what}
    )
