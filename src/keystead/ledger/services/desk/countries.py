"""Which currency a file without one is probably in, from the countries its rows name."""

from __future__ import annotations

import pyarrow.compute as pc
import pyarrow.parquet as pq

from keystead.ledger.rules.fold import fold
from keystead.ledger.services.desk import staging
from keystead.ledger.services.desk.work import Work
from keystead.reference.queries import countries

HEADERS = frozenset(fold(name) for name in ("country", "pays", "国家", "国家地区", "ship country"))


def country_column(work: Work) -> tuple[str, str]:
    """Return (header, staged column) of the column that names countries; "" = none."""
    for sheet in work.sheets():
        for column, label in staging.labelled(sheet):
            if fold(label) in HEADERS:
                return label, column.name
    return "", ""


def country_codes() -> dict[str, str]:
    """Return the ISO code of every folded country name and code."""
    codes: dict[str, str] = {}
    for country in countries():
        for text in (country.code, country.alpha3, country.name):
            codes[fold(text)] = country.code
    return codes


def currency_of_rows(work: Work) -> str:
    """Return the currency of the country that most rows name, or ""."""
    _header, column = country_column(work)
    sheets = work.sheets()
    if not column or not sheets:
        return ""
    place = staging.sheet_path(work.batch.pk, sheets[0].path)
    names = pq.read_table(place, columns=[column])[column]
    counts = sorted(pc.value_counts(names).to_pylist(), key=lambda one: -one["counts"])
    codes = country_codes()
    money = {country.code: country.currency for country in countries()}
    for entry in counts[:5]:
        code = codes.get(fold(entry["values"] or ""))
        if code:
            return money.get(code, "")
    return ""
