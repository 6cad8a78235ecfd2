"""A KBART Phase II title list: its columns, its rows, what a check found."""

from __future__ import annotations

import dataclasses
from datetime import date

COLUMNS: tuple[str, ...] = (
    "publication_title", "print_identifier", "online_identifier", "date_first_issue_online",
    "num_first_vol_online", "num_first_issue_online", "date_last_issue_online",
    "num_last_vol_online", "num_last_issue_online", "title_url", "first_author", "title_id",
    "embargo_info", "coverage_depth", "notes", "publisher_name", "publication_type",
    "date_monograph_published_print", "date_monograph_published_online", "monograph_volume",
    "monograph_edition", "first_editor", "parent_publication_title_id",
    "preceding_publication_title_id", "access_type",
)  # fmt: skip
"""The twenty-five columns of Phase II (NISO RP-9-2014, 6.6), in their order."""


@dataclasses.dataclass(frozen=True)
class KbartRow:
    """One title of a list. ``said``: every column as the file has it."""

    line: int
    said: dict[str, str]
    first_day: date | None = None
    last_day: date | None = None  # None: until now

    def __getitem__(self, column: str) -> str:
        return self.said.get(column, "")


@dataclasses.dataclass(frozen=True)
class KbartList:
    """A title list as read: provider and package as its file name says them."""

    rows: tuple[KbartRow, ...]
    provider: str = ""
    package: str = ""
    as_of: date | None = None
    unknown_columns: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Coverage:
    """What of a title is open, on a day: from, until (None: up to the newest issue).

    ``backfile``: there is something from before the first year of the contract; ``frontfile``:
    there is something of that year or later.
    """

    first: date | None
    last: date | None
    backfile: bool
    frontfile: bool


@dataclasses.dataclass(frozen=True)
class Entitlement:
    """One title that an account is entitled to, as stored."""

    id: int
    line: int
    title: str
    print_identifier: str
    online_identifier: str
    title_id: str
    kind: str
    access: str
    embargo: str
    coverage: Coverage
    product_id: int | None
    matched_by: str


@dataclasses.dataclass(frozen=True)
class TitleList:
    """A title list of an account, as stored; ``replaced``: a newer one counts."""

    id: int
    account_id: int
    package: str
    provider: str
    file_name: str
    as_of: date
    starts: date
    titles: int
    waiting: int
    replaced: bool
    version: int
