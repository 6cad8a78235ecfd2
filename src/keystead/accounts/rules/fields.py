"""What the plain fields of an account may hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from keystead.accounts.types import AccountKind, AccountStatus
from keystead.kernel.errors import Invalid

LENGTHS = {"code": 40, "name": 200, "segment": 60, "territory": 60, "channel": 60}
TOO_LONG = "This is too long."
_ISO = {
    "country": ("[A-Z]{2}", "Give the two letters of the country, as in CN or FR."),
    "currency": ("[A-Z]{3}", "Give the three letters of the currency, as in CNY or EUR."),
}
FIELDS = (
    "code", "name", "kind", "country", "currency", "segment", "territory", "channel", "status",
)  # fmt: skip


def tidy(text: object) -> str:
    """Return the text in Unicode form NFC, without control characters and double blanks.

    >>> tidy("  Ruijin\\u00a0 Hospital\\n")
    'Ruijin Hospital'
    """
    plain = unicodedata.normalize("NFC", "" if text is None else str(text))
    kept = "".join(
        " " if char.isspace() else char
        for char in plain
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join(kept.split())


def fold(text: str) -> str:
    """Return the text as search sees it: full width made plain, no case, no accents.

    >>> fold("Hôpital ＡＢＣ　北京")
    'hopital abc 北京'
    """
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(char for char in wide if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def clean_account(values: Mapping[str, Any], *, whole: bool) -> dict[str, str]:
    """Return the given fields tidied and checked; ``whole`` asks for code, name and kind too.

    Unknown fields and every breach are told at once: raises Invalid with ``fields``, which maps
    the field's name to a sentence.
    """
    wrong: dict[str, str] = {}
    clean: dict[str, str] = {}
    for field, value in values.items():
        if field not in FIELDS:
            wrong[field] = f"There is no field called {field}."
            continue
        clean[field] = tidy(value)
    for field in ("code", "name", "kind"):
        if (whole and field not in clean) or (field in clean and not clean[field]):
            wrong[field] = "This is needed."
    for field, longest in LENGTHS.items():
        if len(clean.get(field, "")) > longest:
            wrong[field] = TOO_LONG
    _check_choices(clean, wrong)
    for field, (form, sentence) in _ISO.items():
        if field in clean:
            clean[field] = clean[field].upper()
            if clean[field] and not re.fullmatch(form, clean[field]):
                wrong.setdefault(field, sentence)
    if wrong:
        raise Invalid("Some fields need another look.", code="account_fields", fields=wrong)
    return clean


def _check_choices(clean: dict[str, str], wrong: dict[str, str]) -> None:
    if clean.get("status") == "":
        clean["status"] = AccountStatus.ACTIVE
    for field, choices in (("kind", AccountKind), ("status", AccountStatus)):
        if not clean.get(field):
            continue
        clean[field] = clean[field].lower().replace(" ", "_")
        allowed = [item.value for item in choices]
        if clean[field] not in allowed:
            wrong.setdefault(field, f"Choose one of: {', '.join(allowed)}.")
