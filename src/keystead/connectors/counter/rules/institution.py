"""Which account a report is about, by the identifiers it carries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from keystead.connectors.counter.calc.digits import isni_is_right, ror_is_right
from keystead.connectors.counter.types import ReportHeader

# COUNTER's word -> the schemes of accounts that may hold it, the surest first. ISNI, ISIL, OCLC
# and Ringgold are kept as other identifiers, with or without their name before the value.
_SCHEMES: Mapping[str, tuple[str, ...]] = {
    "ROR": ("ror",),
    "ISNI": ("other",),
    "ISIL": ("other",),
    "OCLC": ("other",),
    "Proprietary": ("customer_code", "platform_id", "own_code", "other"),
    "Customer_ID": ("customer_code", "platform_id", "own_code"),
}


def identifiers_of(header: ReportHeader) -> tuple[tuple[str, str], ...]:
    """Return the identifiers of a report that may name an account.

    Those with a wrong check digit are left out: they name nobody.
    """
    found = [
        (scheme, value)
        for scheme, value in header.institution_ids
        if not (scheme == "ISNI" and not isni_is_right(value))
        and not (scheme == "ROR" and not ror_is_right(value))
    ]
    if header.customer_id:
        found.append(("Customer_ID", header.customer_id))
    return tuple(found)


def account_named(
    identifiers: Iterable[tuple[str, str]], known: Mapping[tuple[str, str], frozenset[int]]
) -> frozenset[int]:
    """Return the accounts that the identifiers name: one when it is clear, several, or none.

    ``known``: accounts by (scheme, folded value). The surest identifier that names any decides.

    >>> account_named([("ROR", "03yrm5c26")], {("ror", "03yrm5c26"): frozenset({7})})
    frozenset({7})
    """
    ranked = sorted(identifiers, key=lambda one: list(_SCHEMES).index(_word(one[0])))
    for scheme, value in ranked:
        for own in _SCHEMES[_word(scheme)]:
            for text in _ways(scheme, value):
                found = known.get((own, text))
                if found:
                    return found
    return frozenset()


def folded(text: str) -> str:
    """Return an identifier as it is compared: no blanks, hyphens, resolver or case.

    >>> folded("https://ror.org/03yrm5c26"), folded("0000 0001 2146 438X"), folded("ISIL:FR-751")
    ('03yrm5c26', '000000012146438x', 'isil:fr751')
    """
    plain = re.sub(r"^https?://[^/]+/(isni/)?", "", text.strip())
    return re.sub(r"[\s-]", "", plain).lower()


def _word(scheme: str) -> str:
    return scheme if scheme in _SCHEMES else "Proprietary"


def _ways(scheme: str, value: str) -> tuple[str, ...]:
    """Return how an account may have it written down."""
    plain = folded(value)
    if scheme in {"ISNI", "ISIL", "OCLC"}:
        return (f"{scheme.lower()}:{plain}", f"{scheme.lower()}{plain}", plain)
    _space, sign, own = value.partition(":")
    return (plain, folded(own)) if sign and own else (plain,)
