"""Identifiers: how each scheme is written and which check digits it carries."""

from __future__ import annotations

import re
import unicodedata

from keystead.accounts.rules.fields import tidy
from keystead.accounts.types import Scheme
from keystead.kernel.errors import Invalid

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LA_POSTE = "356000000"
_ROR = re.compile(rf"0[{CROCKFORD}]{{6}}[0-9]{{2}}")
_ROR_PREFIX = re.compile(r"^(https?://)?(www\.)?(ror\.org/|ror:)?", re.IGNORECASE)


def clean_identifier(scheme: Scheme, value: str, *, country: str = "") -> str:
    """Return the identifier as it is stored; ``country`` is the account's ISO code.

    ROR ids come back as nine characters without the address; tax numbers without blanks, dots
    and dashes. Raises Invalid with a hint when the form or a check digit is wrong. Other schemes
    are only tidied.

    >>> clean_identifier(Scheme.ROR, "https://ror.org/00pjdza24")
    '00pjdza24'
    >>> clean_identifier(Scheme.TAX_NUMBER, "732 829 320", country="FR")
    '732829320'
    """
    text = tidy(unicodedata.normalize("NFKC", value))
    if not text:
        raise Invalid("An identifier needs a value.", code="identifier_empty", field="value")
    if len(text) > 200:
        raise Invalid("An identifier has at most 200 characters.", field="value")
    if scheme is Scheme.ROR:
        return _ror(text)
    if scheme is Scheme.TAX_NUMBER:
        return _tax_number(text, country)
    return text


def identifier_key(scheme: Scheme, value: str) -> str:
    """Return the form two spellings of the same identifier share.

    >>> identifier_key(Scheme.CUSTOMER_CODE, " Ab-１7 ")
    'ab-17'
    """
    return tidy(unicodedata.normalize("NFKC", value)).casefold()


def is_ror(value: str) -> bool:
    """Say whether nine characters are a ROR id with a right checksum.

    Source: ROR uses Crockford base 32 with the ISO/IEC 7064 MOD 97-10 checksum
    (98 - (number x 100 mod 97)).

    >>> is_ror("00pjdza24"), is_ror("00pjdza25")
    (True, False)
    """
    if not _ROR.fullmatch(value):
        return False
    number = 0
    for char in value[:7]:
        number = number * 32 + CROCKFORD.index(char)
    return int(value[7:]) == 98 - (number * 100) % 97


def is_uscc(value: str) -> bool:
    """Say whether 18 characters are a Chinese unified social credit code (GB 32100-2015).

    >>> is_uscc("91350100M000100Y43"), is_uscc("91350100M000100Y44")
    (True, False)
    """
    if not re.fullmatch(rf"[{USCC_ALPHABET}]{{18}}", value):
        return False
    total = sum(USCC_ALPHABET.index(char) * pow(3, i, 31) for i, char in enumerate(value[:17]))
    return USCC_ALPHABET[(31 - total % 31) % 31] == value[17]


def passes_luhn(digits: str) -> bool:
    """Say whether a string of digits passes the Luhn check.

    >>> passes_luhn("732829320"), passes_luhn("732829321")
    (True, False)
    """
    total = 0
    for place, char in enumerate(reversed(digits)):
        number = int(char) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def is_siren(value: str) -> bool:
    """Say whether nine digits are a French SIREN.

    >>> is_siren("732829320"), is_siren("73282932")
    (True, False)
    """
    return bool(re.fullmatch(r"[0-9]{9}", value)) and passes_luhn(value)


def is_siret(value: str) -> bool:
    """Say whether 14 digits are a French SIRET: a SIREN, then a five-digit establishment.

    La Poste's establishments sum to a multiple of five instead of passing Luhn (INSEE).

    >>> is_siret("73282932000074"), is_siret("35600000000048"), is_siret("35600000049837")
    (True, True, True)
    """
    if not re.fullmatch(r"[0-9]{14}", value) or not is_siren(value[:9]):
        return False
    if passes_luhn(value):
        return True
    return value.startswith(LA_POSTE) and sum(map(int, value)) % 5 == 0


def is_french_vat(value: str) -> bool:
    """Say whether it is a French VAT number: FR, two key digits, a SIREN.

    >>> is_french_vat("FR44732829320"), is_french_vat("FR45732829320")
    (True, False)
    """
    match = re.fullmatch(r"FR([0-9]{2})([0-9]{9})", value)
    if not match or not is_siren(match[2]):
        return False
    return int(match[1]) == (12 + 3 * (int(match[2]) % 97)) % 97


def _ror(text: str) -> str:
    bare = _ROR_PREFIX.sub("", text).strip("/").lower()
    if not is_ror(bare):
        raise Invalid(
            "This is not a ROR id: its form or its check digits are wrong.",
            code="identifier_ror",
            value=text,
            hint="Copy it from ror.org, like https://ror.org/00pjdza24.",
            field="value",
        )
    return bare


def _tax_number(text: str, country: str) -> str:
    bare = re.sub(r"[\s.\-]", "", text).upper()
    if country == "CN" and not is_uscc(bare):
        raise Invalid(
            "This is not a unified social credit code: 18 characters, the last a check digit.",
            code="identifier_uscc",
            value=text,
            hint="Older registration numbers go under the scheme 'other'.",
            field="value",
        )
    if country == "FR" and not (is_siren(bare) or is_siret(bare) or is_french_vat(bare)):
        raise Invalid(
            "This is no SIREN (9 digits), SIRET (14) or French VAT number: "
            "its length or its check digit is wrong.",
            code="identifier_siren",
            value=text,
            hint="Compare it with the letterhead or the company register.",
            field="value",
        )
    return bare
