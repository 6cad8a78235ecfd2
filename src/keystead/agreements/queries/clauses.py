"""The clauses that ship with Keystead, in every language of the product."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keystead.agreements.types import Clause, ClauseText

LIBRARY: Final[dict[str, tuple[Promise, Promise]]] = {
    "resale": (
        _("Free resale prices"),
        _(
            "The customer sets its own prices freely. Recommended prices do not bind it, and "
            "nothing in this agreement depends on them."
        ),
    ),
    "booking": (
        _("Open discounts"),
        _(
            "Every discount and rebate stands on an invoice or a credit note and is booked by "
            "both sides."
        ),
    ),
    "integrity": (
        _("Integrity"),
        _(
            "Neither side gives or takes an advantage that is not named in this agreement. No "
            "benefit depends on what is prescribed or dispensed."
        ),
    ),
    "proof": (
        _("Services and proof"),
        _("Services are paid for once they are delivered and proved as agreed for each of them."),
    ),
    "records": (
        _("Books and settlement"),
        _(
            "Each settlement names the invoice lines it is made from. Either side may ask for the "
            "records behind it within twelve months."
        ),
    ),
    "data": (
        _("Data"),
        _(
            "The data that the sides exchange hold nothing about patients or consumers and are "
            "used for this agreement only."
        ),
    ),
    "confidence": (
        _("Confidentiality"),
        _(
            "The terms are confidential for the time of the agreement and three years after its "
            "end; what the law requires to be shown is excepted."
        ),
    ),
    "prices": (
        _("Changes of list prices"),
        _("Changes of list prices are announced at least thirty days before they take effect."),
    ),
    "breach": (
        _("Breach"),
        _(
            "Either side may end the agreement where the other does not mend a serious breach "
            "within thirty days of a written notice."
        ),
    ),
}


def from_library(kind: str, key: str, position: int) -> Clause:
    """Return a clause of the library with its words in every language; KeyError for no kind."""
    told = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            told[language] = (str(LIBRARY[kind][0]), str(LIBRARY[kind][1]))
    first = translation.get_language() or "en"
    heading, text = told.get(first) or told["en"]
    others = tuple(ClauseText(one, *words) for one, words in told.items() if one != first)
    return Clause(key, heading, text, position, kind, others)
