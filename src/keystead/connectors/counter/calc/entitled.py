"""Turns a title list into rows of the dataset ``entitlement``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pyarrow as pa

from keystead.connectors.counter.types.kbart import KbartRow
from keystead.kernel.periods import add_months, month_start
from keystead.ledger.types import dataset_def

YEAR = 12


def entitled_months(starts: date, as_of: date, *, fresh: bool) -> tuple[date, ...]:
    """Return the months a list speaks for: a year from the contract's first month.

    A list that takes the place of another speaks from its own month on.

    >>> months = entitled_months(date(2026, 1, 1), date(2026, 7, 4), fresh=False)
    >>> str(months[0]), str(months[-1]), len(months)
    ('2026-07-01', '2027-06-01', 12)
    """
    first = month_start(starts if fresh else max(starts, as_of))
    return tuple(add_months(first, at) for at in range(YEAR))


def entitled_rows(
    rows: Sequence[KbartRow], account_id: int, package: str, provider: str, months: Sequence[date]
) -> pa.Table:
    """Return one row per title and month, in the columns of the dataset ``entitlement``.

    A title that stands there with several spans of coverage counts once a month; free ones are
    told as Open. ``provider`` stands for the platform, which a list does not name.
    """
    titles = {}
    for row in rows:
        if row["publication_title"]:
            said = _said(row)
            titles[tuple(said.values())] = said
    schema = dataset_def("entitlement").schema
    names = ("account_id", "date", "platform", "title", "proprietary_id", "isbn", "print_issn",
             "online_issn", "package", "access_type", "quantity")  # fmt: skip
    fixed = {"account_id": account_id, "platform": provider or None, "package": package,
             "quantity": Decimal(1)}  # fmt: skip
    return pa.Table.from_pylist(
        [{**fixed, **said, "date": month} for month in months for said in titles.values()],
        schema=pa.schema([schema.field(name) for name in names]),
    )


def _said(row: KbartRow) -> dict[str, str | None]:
    book = row["publication_type"].lower() == "monograph"
    printed, online = row["print_identifier"] or None, row["online_identifier"] or None
    return {
        "title": row["publication_title"][:400],
        "proprietary_id": row["title_id"] or None,
        "isbn": (online or printed) if book else None,
        "print_issn": None if book else printed,
        "online_issn": None if book else online,
        "access_type": "Open" if row["access_type"].upper() == "F" else "Controlled",
    }
