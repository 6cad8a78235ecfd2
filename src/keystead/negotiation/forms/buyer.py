"""The form of the buyer's calculation: a bundle with its titles, or alternatives in trade."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact
from keystead.negotiation.calc.buyer.unbundling import ASSUMED
from keystead.negotiation.forms.fees import amount
from keystead.negotiation.queries.buyer_words import INPUTS
from keystead.negotiation.types.buying import Assumptions

TITLE: Final = (
    "price", "downloads", "citations", "authorships", "open_pct", "backfile_pct",
)  # fmt: skip
TRADE: Final = ("units", "resale", "purchase", "rebate", "funding", "costs")
RULES: Final = (
    ("most_per_use", _("while a paid use costs no more than")),
    ("count", _("so many titles, the cheapest per use first")),
    ("budget", _("while their first year fits into")),
)
MOST_LINES: Final = 2000
_PARTS = re.compile(r"\s*[;\t]\s*")


class BundleForm(forms.Form):
    """What the bundle costs, what both assume, and the titles, one a line."""

    bundle = amount(_("Price of the bundle in the first year"), required=True)
    years = forms.IntegerField(label=_("Years"), min_value=1, max_value=50)
    keep = forms.ChoiceField(label=_("They keep titles"), choices=RULES)
    keep_value = amount(_("Limit (empty: the cost of a loan)"))
    sensitivity_pct = amount(_("Sensitivity: inputs moved by, %"), required=True, max_value=90)
    titles = forms.CharField(
        label=_("Titles, one a line"), max_length=200_000,
        widget=forms.Textarea({"rows": 12, "class": "mono", "wrap": "off"}),
        help_text=_("Name; price; downloads; citations; authorships; open %; backfile %. Lines "
                    "copied from a spreadsheet work too."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, body: dict[str, Any]) -> None:
        super().__init__(data, initial=_first(body), auto_id="buyer_%s")
        plain = Assumptions()
        for side, label in (
            ("theirs", pgettext("negotiation", "They")),
            ("ours", pgettext("negotiation", "We")),
        ):
            given = body.get("assumptions" if side == "theirs" else "our_assumptions") or {}
            for name in ASSUMED:
                self.fields[f"{side}_{name}"] = forms.DecimalField(
                    label=f"{label}: {INPUTS[name]}", max_digits=12, decimal_places=4,
                    initial=given.get(name, getattr(plain, name)),
                )  # fmt: skip

    def assumed(self) -> list[tuple[str, str, forms.BoundField, forms.BoundField]]:
        """Return each assumption with its published default and both fields."""
        plain = Assumptions()
        return [
            (str(INPUTS[name]), f"{getattr(plain, name):f}", self[f"theirs_{name}"],
             self[f"ours_{name}"])
            for name in ASSUMED
        ]  # fmt: skip

    def plain_fields(self) -> list[forms.BoundField]:
        names = ("bundle", "years", "keep", "keep_value", "sensitivity_pct", "titles")
        return [self[name] for name in names]

    def clean_titles(self) -> list[dict[str, Any]]:
        return lines(self.cleaned_data["titles"], TITLE, 2)

    def body(self) -> dict[str, Any]:
        """Return the calculation as ``keystead negotiate buyer`` reads it."""
        data = self.cleaned_data
        keep = {} if data["keep_value"] is None else {data["keep"]: data["keep_value"]}
        return {
            "bundle": data["bundle"], "years": data["years"], "titles": data["titles"],
            "assumptions": {name: data[f"theirs_{name}"] for name in ASSUMED},
            "our_assumptions": {name: data[f"ours_{name}"] for name in ASSUMED},
            "keep": keep, "sensitivity_pct": data["sensitivity_pct"],
        }  # fmt: skip


class TradeForm(forms.Form):
    """What the customer earns in a year, with us (the first line) and with others."""

    alternatives = forms.CharField(
        label=_("Alternatives, one a line, ours first"), max_length=20_000,
        widget=forms.Textarea({"rows": 8, "class": "mono", "wrap": "off"}),
        help_text=_("Name; units a year; resale price; purchase price; rebates; funding; own "
                    "costs. The resale price is the customer's own or a recommended one, as it "
                    "told us."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, body: dict[str, Any]) -> None:
        rows = body.get("alternatives", ())
        super().__init__(data, initial={"alternatives": _told(rows, TRADE)}, auto_id="buyer_%s")

    def plain_fields(self) -> list[forms.BoundField]:
        return [self["alternatives"]]

    def clean_alternatives(self) -> list[dict[str, Any]]:
        return lines(self.cleaned_data["alternatives"], TRADE, 3)

    def body(self) -> dict[str, Any]:
        return {"alternatives": self.cleaned_data["alternatives"]}


def lines(text: str, names: tuple[str, ...], needed: int) -> list[dict[str, Any]]:
    """Return the rows of a text: a name, then numbers; raises ValidationError with the line."""
    found: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, *given = _PARTS.split(line.strip())
        try:
            values = [exact(one) for one in given if one]
        except Invalid:
            values = []
        if not name or not needed <= len(values) <= len(names) or len(found) >= MOST_LINES:
            raise forms.ValidationError(
                gettext("Line %(number)s is not a name and %(needed)s numbers or more.")
                % {"number": number, "needed": needed}
            )
        found.append({"name": name[:200], **dict(zip(names, values, strict=False))})
    return found


def _first(body: dict[str, Any]) -> dict[str, Any]:
    keep = body.get("keep", {})
    rule = next(iter(keep), "most_per_use")
    return {
        "bundle": body.get("bundle"), "years": body.get("years", 5),
        "keep": rule, "keep_value": keep.get(rule),
        "sensitivity_pct": body.get("sensitivity_pct", Decimal(20)),
        "titles": _told(body.get("titles", ()), TITLE),
    }  # fmt: skip


def _told(rows: Any, names: tuple[str, ...]) -> str:
    """Return rows as lines; a number that is not known yet is 0."""
    told = []
    for row in rows:
        known = [str(row.get(name) or 0) for name in names]
        while len(known) > 2 and known[-1] == "0":
            known.pop()
        told.append("; ".join([row["name"], *known]))
    return "\n".join(told)
