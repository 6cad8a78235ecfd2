"""Product codes: how each scheme is written and which check digits it carries."""

from __future__ import annotations

import re
import unicodedata

from keystead.accounts.rules.fields import tidy
from keystead.catalog.types import ProductScheme
from keystead.kernel.errors import Invalid

# Anatomical main group, then two digits, letter, letter, two digits (WHO ATC levels 1 to 5).
_ATC = re.compile(r"[ABCDGHJLMNPRSV]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?")


def is_gtin(digits: str) -> bool:
    """Say whether 8, 12, 13 or 14 digits are a GTIN with a right check digit (GS1).

    >>> is_gtin("6901234567892"), is_gtin("6901234567893"), is_gtin("96385074")
    (True, False, True)
    """
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", digits):
        return False
    total = sum(
        int(char) * (3 if place % 2 == 0 else 1) for place, char in enumerate(reversed(digits[:-1]))
    )
    return (10 - total % 10) % 10 == int(digits[-1])


def is_atc(code: str) -> bool:
    """Say whether it has the form of an ATC code of any level.

    >>> is_atc("A10BA02"), is_atc("A10"), is_atc("A1"), is_atc("W10BA02")
    (True, True, False, False)
    """
    return bool(_ATC.fullmatch(code))


def is_issn(code: str) -> bool:
    """Say whether ``NNNN-NNNC`` is an ISSN with a right check character (ISO 3297).

    >>> is_issn("0378-5955"), is_issn("0378-5956"), is_issn("2434-561X")
    (True, False, True)
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{3}[0-9X]", code):
        return False
    digits = code.replace("-", "")
    total = sum((8 - place) * int(char) for place, char in enumerate(digits[:7]))
    return "0123456789X"[(11 - total % 11) % 11] == digits[7]


def clean_gtin(text: str) -> str:
    """Return the digits of a GTIN; empty stays empty. Raises Invalid when it is not one."""
    digits = re.sub(r"[\s\-]", "", tidy(unicodedata.normalize("NFKC", text)))
    if digits and not is_gtin(digits):
        raise Invalid(
            "This is not a GTIN: 8, 12, 13 or 14 digits, the last a check digit.",
            code="product_gtin",
            hint="Scan or copy it from the pack again.",
            field="gtin",
            value=text,
        )
    return digits


def gtin_spellings(gtin: str) -> frozenset[str]:
    """Return every length in which the same GTIN may have been written.

    >>> sorted(gtin_spellings("96385074"), key=len)
    ['96385074', '000096385074', '0000096385074', '00000096385074']
    """
    bare = gtin.lstrip("0")
    return frozenset(bare.zfill(size) for size in (8, 12, 13, 14) if len(bare) <= size)


def clean_code(scheme: ProductScheme, value: str) -> str:
    """Return the code as it is stored. Raises Invalid when its form or check digit is wrong.

    >>> clean_code(ProductScheme.ISSN, "03785955")
    '0378-5955'
    """
    text = tidy(unicodedata.normalize("NFKC", value))
    if not text:
        raise Invalid("A code needs a value.", code="code_empty", field="value")
    if len(text) > 200:
        raise Invalid("A code has at most 200 characters.", code="code_long", field="value")
    if scheme is ProductScheme.GTIN:
        return clean_gtin(text)
    if scheme is ProductScheme.ISSN:
        bare = re.sub(r"[\s\-]", "", text).upper()
        issn = f"{bare[:4]}-{bare[4:]}"
        if not is_issn(issn):
            raise Invalid(
                "This is not an ISSN: eight characters, the last a check digit.",
                code="product_issn",
                hint="Look it up at portal.issn.org.",
                field="value",
                value=text,
            )
        return issn
    return text


def code_key(scheme: ProductScheme, value: str) -> str:
    """Return the form two spellings of one code share; a GTIN is filled up to 14 digits.

    >>> code_key(ProductScheme.GTIN, "6901234567892")
    '06901234567892'
    """
    text = tidy(unicodedata.normalize("NFKC", value)).casefold()
    return text.zfill(14) if scheme is ProductScheme.GTIN else text
