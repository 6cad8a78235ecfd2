"""The words for the room's enums and for the profile fields Keystead brings along."""

from __future__ import annotations

from enum import StrEnum

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from keystead.accounts.types import (
    AccountKind,
    AccountStatus,
    Confidence,
    Freshness,
    GrantKind,
    MeasureKind,
    MembershipRole,
    Scheme,
    ShareRights,
    TeamRole,
)

_LABELS: dict[type[StrEnum], dict[str, Promise]] = {
    AccountKind: {
        "group": _("Group"),
        "legal_entity": _("Legal entity"),
        "platform": _("Platform"),
        "shop": _("Shop"),
        "distributor": _("Distributor"),
        "pharmacy_chain": _("Pharmacy chain"),
        "hospital": _("Hospital"),
        "university": _("University"),
        "consortium": _("Consortium"),
        "site": _("Site"),
    },
    AccountStatus: {
        "prospect": _("Prospect"),
        "active": pgettext_lazy("account status", "Active"),
        "dormant": _("Dormant"),
        "closed": _("Closed"),
    },
    Scheme: {
        "own_code": _("Our code"),
        "customer_code": _("Customer's code"),
        "ror": _("ROR id"),
        "tax_number": _("Tax number"),
        "platform_id": _("Platform id"),
        "alias": _("Also known as"),
        "other": _("Other number"),
    },
    MembershipRole: {
        "parent": _("Part of"),
        "consortium_member": _("Consortium member of"),
        "ships_to": _("Ships to"),
        "buys_from": _("Buys from"),
        "bills_via": _("Is billed via"),
        "governed_by": _("Is governed by"),
        "successor_of": _("Is the successor of"),
    },
    MeasureKind: {
        "beds": _("Beds"),
        "students": _("Students"),
        "researchers": _("Researchers"),
        "physicians": _("Physicians"),
        "employees": _("Employees"),
        "outlets": _("Outlets"),
        "members": _("Members"),
        "publications": _("Publications"),
        "budget": _("Budget"),
        "revenue": _("Revenue"),
    },
    Confidence: {
        "high": pgettext_lazy("confidence", "High"),
        "medium": pgettext_lazy("confidence", "Medium"),
        "low": pgettext_lazy("confidence", "Low"),
    },
    TeamRole: {
        "owner": _("Owner"),
        "member": _("Member"),
        "backup": _("Back-up"),
        "junior": _("Junior"),
    },
    ShareRights: {"read": _("reads"), "write": _("reads and writes")},
    GrantKind: {
        "team": _("On the team"),
        "share": _("Shared"),
        "report_line": _("Leads somebody on the team"),
        "territory": _("Leads the territory"),
        "role": _("The role sees all accounts"),
        "break_glass": _("Broke the glass"),
    },
    Freshness: {
        "fresh": _("Current"),
        "due": _("Review soon"),
        "stale": _("Out of date"),
        "empty": _("Not filled in"),
    },
}

# The profile fields of the first migration: (label, help), translated when they are shown.
PROFILE_TEXTS: dict[str, tuple[Promise, Promise]] = {
    "strategy": (
        _("Strategy and goals"),
        _("What the customer wants to reach in the next one to three years."),
    ),
    "business_model": (
        _("Business model"),
        _("How it earns money: buys and resells, commission, fees, public funding."),
    ),
    "decision_process": (
        _("How it decides"),
        _("Who proposes, who decides, which committee, which month."),
    ),
    "budget_cycle": (_("Budget cycle"), _("When the budget is prepared, fixed and spent.")),
    "payment_terms": (_("Payment terms"), _("Days, early-payment discount, credit limit.")),
    "logistics": (_("Logistics"), _("Warehouses, delivery days, minimum order, cold chain.")),
    "data_feeds": (_("Data we receive"), _("Which files, how often, from whom, ordered or paid.")),
    "competitors": (_("Competitors there"), _("Who else sells to it, and with what weight.")),
    "needs": (
        pgettext_lazy("profile", "Needs"),
        _("Research, clinical or category needs that our products meet."),
    ),
    "licences": (_("Licences"), _("Drug trade or online sale licences, with their end dates.")),
    "digital": (_("Digital set-up"), _("Shops, apps, access systems, link resolver, discovery.")),
    "private_notes": (
        _("Private notes"),
        _("What only the team and its director should read. Nothing about health or family."),
    ),
    "risks": (_("Risks"), _("What could end or shrink the business.")),
}


# Sentences of the pure rules, which know no translation: pages translate them when they are shown.
RULE_SENTENCES = (
    gettext_noop("Some fields need another look."),
    gettext_noop("This is needed."),
    gettext_noop("This is too long."),
    gettext_noop("Give the two letters of the country, as in CN or FR."),
    gettext_noop("Give the three letters of the currency, as in CNY or EUR."),
    gettext_noop("An identifier needs a value."),
    gettext_noop("An identifier has at most 200 characters."),
    gettext_noop("This is not a ROR id: its form or its check digits are wrong."),
    gettext_noop("Copy it from ror.org, like https://ror.org/00pjdza24."),
    gettext_noop(
        "This is not a unified social credit code: 18 characters, the last a check digit."
    ),
    gettext_noop("Older registration numbers go under the scheme 'other'."),
    gettext_noop(
        "This is no SIREN (9 digits), SIRET (14) or French VAT number: "
        "its length or its check digit is wrong."
    ),
    gettext_noop("Compare it with the letterhead or the company register."),
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


def profile_label(key: str, label: str) -> str:
    """Return the translated label of a field that Keystead brings, or the typed one."""
    known = PROFILE_TEXTS.get(key)
    return str(known[0]) if known and label in ("", str_en(known[0])) else label


def profile_help(key: str, text: str) -> str:
    """Return the translated help of a field that Keystead brings, or the typed one."""
    known = PROFILE_TEXTS.get(key)
    return str(known[1]) if known and text in ("", str_en(known[1])) else text


def str_en(text: Promise) -> str:
    """Return the English source of a lazy text."""
    with translation.override("en"):
        return str(text)
