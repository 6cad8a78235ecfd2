"""The words for the room's enums."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from keystead.catalog.types import PricePurpose, ProductKind, ProductScheme, ProductStatus, Supply

_LABELS: dict[type[StrEnum], dict[str, Promise]] = {
    ProductKind: {
        "medicine": _("Medicine"),
        "diagnostic": _("Diagnostic"),
        "device": _("Device"),
        "collection": _("Collection"),
        "journal": _("Journal"),
        "database": _("Database"),
        "tool": _("Tool"),
        "other": pgettext_lazy("product kind", "Other"),
    },
    ProductStatus: {
        "planned": pgettext_lazy("product status", "Planned"),
        "active": pgettext_lazy("product status", "Active"),
        "discontinued": pgettext_lazy("product status", "Discontinued"),
    },
    Supply: {
        "": _("Does not apply"),
        "rx": _("Prescription only"),
        "otc": _("Over the counter"),
    },
    PricePurpose: {
        "list": _("List price"),
        "recommended": _("Recommended price"),
        "maximum": _("Highest price allowed"),
    },
    ProductScheme: {
        "own_sku": _("Our code"),
        "customer_sku": _("Customer's code"),
        "platform_id": _("Platform id"),
        "gtin": _("GTIN"),
        "approval_number": _("Approval number"),
        "issn": _("ISSN"),
        "alias": _("Also known as"),
        "other": _("Other number"),
    },
}


# Sentences of the pure rules, which know no translation: pages translate them when they are shown.
RULE_SENTENCES = (
    gettext_noop("A code needs a value."),
    gettext_noop("A code has at most 200 characters."),
    gettext_noop("This is not a GTIN: 8, 12, 13 or 14 digits, the last a check digit."),
    gettext_noop("Scan or copy it from the pack again."),
    gettext_noop("This is not an ISSN: eight characters, the last a check digit."),
    gettext_noop("Look it up at portal.issn.org."),
    gettext_noop("Give a number above zero, with at most four decimals."),
    gettext_noop("An ATC code looks like A10BA02 (or a shorter group, like A10B)."),
)


def label_of(item: StrEnum) -> str:
    """Return the word for an enum member in the reader's language."""
    return str(_LABELS[type(item)][item.value])


def labels_of(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Return (value, word) pairs of an enum, for choices in forms."""
    return [(item.value, label_of(item)) for item in kind]


def words_of(kind: type[StrEnum]) -> tuple[tuple[str, Promise], ...]:
    """Return (value, lazy word) pairs of an enum, for what is declared once and shown later."""
    return tuple((item.value, _LABELS[kind][item.value]) for item in kind)
