"""How COUNTER writes lists, identifiers, dates and months, in JSON and in tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

MONTHS = ("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()
_NUMBER = {name.lower(): at for at, name in enumerate(MONTHS, 1)}
_ISO = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])(-\d\d)?([T ].*)?$")
_NAMED = re.compile(r"^([A-Za-z]{3})[-/ ](\d{4}|\d{2})$")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
ID_COLUMNS: Mapping[str, str] = {
    "DOI": "doi",
    "Proprietary": "proprietary_id",
    "Proprietary_ID": "proprietary_id",
    "ISBN": "isbn",
    "Print_ISSN": "print_issn",
    "Online_ISSN": "online_issn",
    "URI": "uri",
}


def text_of(value: Any) -> str:
    """Return a plain value as text; nothing and structures are "".

    >>> text_of(2022), text_of(None), text_of(" a "), text_of([])
    ('2022', '', 'a', '')
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "True" if value else "False"
    return str(value) if isinstance(value, int | float) else ""


def month_of(text: str) -> date | None:
    """Return the month a column or key names as its first day, or None.

    >>> month_of("2022-03"), month_of("Mar-2022"), month_of("mar/22"), month_of("2022-13")
    (datetime.date(2022, 3, 1), datetime.date(2022, 3, 1), datetime.date(2022, 3, 1), None)
    """
    found = _ISO.match(text)
    if found:
        return date(int(found[1]), int(found[2]), 1) if found[1] > "0000" else None
    found = _NAMED.match(text.strip())
    if found is None or found[1].lower() not in _NUMBER:
        return None
    year = int(found[2]) + (2000 if len(found[2]) == 2 else 0)
    return date(year, _NUMBER[found[1].lower()], 1) if year else None


def month_label(month: date) -> str:
    """Return the month as a table's column says it.

    >>> month_label(date(2022, 3, 1))
    'Mar-2022'
    """
    return f"{MONTHS[month.month - 1]}-{month.year:04}"


def day_of(text: str) -> date | None:
    """Return the first day written as yyyy-mm-dd in the text, or None.

    >>> day_of("2022-01-31"), day_of("2022-02-30"), day_of("January")
    (datetime.date(2022, 1, 31), None, None)
    """
    found = _DAY.search(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def period_of(text: str) -> tuple[date | None, date | None]:
    """Return begin and end of "Begin_Date=...; End_Date=..." or "... to ...".

    >>> period_of("Begin_Date=2022-01-01; End_Date=2022-12-31")
    (datetime.date(2022, 1, 1), datetime.date(2022, 12, 31))
    """
    days = [day_of(found[0]) for found in _DAY.finditer(text)]
    return (days[0] if days else None, days[1] if len(days) > 1 else None)


def split_list(text: str, sign: str = "|") -> tuple[str, ...]:
    """Return the parts of a list as COUNTER writes it, without blanks and empty parts.

    >>> split_list("YOP| Access_Type")
    ('YOP', 'Access_Type')
    """
    return tuple(part.strip() for part in text.split(sign) if part.strip())


def named_lists(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the pairs of "Data_Type=Book|Journal; Access_Method=Regular".

    >>> named_lists("Data_Type=Book|Journal; Access_Method=Regular")
    (('Data_Type', ('Book', 'Journal')), ('Access_Method', ('Regular',)))
    """
    pairs = (part.partition("=") for part in text.split(";"))
    return tuple((name.strip(), split_list(values)) for name, sign, values in pairs if sign)


def scheme_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the identifiers of "P1:1234; ISNI:1234123412341234", the scheme before the colon.

    An identifier of a platform's own keeps its namespace in the value.

    >>> scheme_pairs("P1:1234; ISNI:1234123412341234")
    (('Proprietary', 'P1:1234'), ('ISNI', '1234123412341234'))
    """
    found = []
    for part in split_list(text, ";"):
        scheme, sign, value = part.partition(":")
        known = {"isni": "ISNI", "ror": "ROR", "isil": "ISIL", "oclc": "OCLC"}.get(
            scheme.strip().lower()
        )
        found.append((known, value.strip()) if sign and known else ("Proprietary", part))
    return tuple(found)


def scheme_text(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return identifiers as a table writes them.

    >>> scheme_text((("Proprietary", "P1:1234"), ("ISNI", "1234123412341234")))
    'P1:1234; ISNI:1234123412341234'
    """
    return "; ".join(
        value if scheme == "Proprietary" else f"{scheme}:{value}" for scheme, value in pairs
    )


def json_pairs(found: Any) -> tuple[tuple[str, str], ...]:
    """Return identifiers from JSON: {scheme: [values]} of 5.1, [{Type, Value}] of 5.

    >>> json_pairs({"ISNI": ["1", "2"]}), json_pairs([{"Type": "ROR", "Value": "03"}])
    ((('ISNI', '1'), ('ISNI', '2')), (('ROR', '03'),))
    """
    if isinstance(found, dict):
        pairs = []
        for scheme, values in found.items():
            many = values if isinstance(values, list) else [values]
            pairs += [(str(scheme), text_of(value)) for value in many if text_of(value)]
        return tuple(pairs)
    if isinstance(found, list):
        return tuple(
            (text_of(one.get("Type")), text_of(one.get("Value")))
            for one in found
            if isinstance(one, dict) and text_of(one.get("Value"))
        )
    return ()
