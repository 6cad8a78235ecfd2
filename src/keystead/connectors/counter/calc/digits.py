"""Check digits of the identifiers that COUNTER reports carry."""

from __future__ import annotations

import re

_ROR_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32


def issn_is_right(text: str) -> bool:
    """Say whether an ISSN has its form and the right check digit (ISO 3297).

    >>> issn_is_right("0378-5955"), issn_is_right("1234-1234"), issn_is_right("2352-409X")
    (True, False, True)
    """
    plain = text.replace("-", "").upper()
    if not re.fullmatch(r"\d{7}[\dX]", plain):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(plain[:7], range(8, 1, -1)))  # noqa: B905
    return "0123456789X"[-total % 11] == plain[7]


def isbn_is_right(text: str) -> bool:
    """Say whether an ISBN-13 or ISBN-10 has the right check digit (ISO 2108).

    >>> isbn_is_right("978-0-306-40615-7"), isbn_is_right("979-8-88888-888-8")
    (True, False)
    """
    plain = re.sub(r"[\s-]", "", text).upper()
    if re.fullmatch(r"97[89]\d{10}", plain):
        return sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(plain)) % 10 == 0
    if re.fullmatch(r"\d{9}[\dX]", plain):
        worth = [10 if d == "X" else int(d) for d in plain]
        return sum(value * (10 - at) for at, value in enumerate(worth)) % 11 == 0
    return False


def isni_is_right(text: str) -> bool:
    """Say whether an ISNI or ORCID has the right check digit (ISO 7064 MOD 11-2).

    >>> isni_is_right("0000 0001 2146 438X"), isni_is_right("1234123412341234")
    (True, False)
    """
    plain = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"\d{15}[\dX]", plain):
        return False
    total = 0
    for digit in plain[:15]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == plain[15]


def ror_is_right(text: str) -> bool:
    """Say whether a ROR id has the right check digits (ISO 7064 MOD 97-10 of its number).

    >>> ror_is_right("https://ror.org/03yrm5c26"), ror_is_right("03yrm5c27")
    (True, False)
    """
    plain = text.strip().lower().rsplit("/", 1)[-1]
    if not re.fullmatch(r"0[a-hj-km-np-tv-z0-9]{6}\d{2}", plain):
        return False
    number = 0
    for letter in plain[1:7]:
        number = number * 32 + _ROR_LETTERS.index(letter)
    return 98 - (number * 100) % 97 == int(plain[7:])
