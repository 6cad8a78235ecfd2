"""What the import desk takes and answers over the API."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema

Kind = Literal["account", "product"]


class DeskBody(Schema):
    id: int
    state: str
    dataset: str
    source: str
    file_name: str
    rows_in: int
    posted: int
    waiting: int
    rejected: int
    skipped: int
    busy: bool
    job: dict[str, Any] | None
    questions: list[dict[str, Any]]
    columns: dict[str, Any]
    dropped: list[str]
    problem: dict[str, Any]
    outcome: dict[str, Any]
    sums: list[dict[str, str]]


class UploadForm(Schema):
    """``decisions``: what is settled already, as JSON: {"fields": {"currency": {"constant":
    "EUR"}}, "options": {...}, "drop": [...], "repeats": "skip", "mode": "replace"}."""

    dataset: str = ""
    source: str = ""
    decisions: str = ""


class PlaceBody(Schema):
    dataset: str = ""
    source: str = ""


class ColumnsBody(Schema):
    """``columns``: a whole mapping file; ``fields``: only these, atop of what is there."""

    columns: dict[str, Any] | None = None
    fields: dict[str, Any] | None = None


class OptionsBody(Schema):
    options: dict[str, str] = {}
    sheets: list[str] | None = None
    keep_rules: list[str] | None = None
    repeats: str | None = None
    mode: str | None = None


class SumBody(Schema):
    measure: str
    expected: str
    currency: str = ""


class MatchBody(Schema):
    """``target_id`` null takes the answer back."""

    kind: Kind
    text: str
    target_id: int | None = None


class TextsBody(Schema):
    kind: Kind
    texts: list[str]


class CreateBody(Schema):
    """``texts``: only these codes; null: all that nobody knows."""

    kind: Kind
    texts: list[str] | None = None
    as_kind: str = ""


class CellBody(Schema):
    sheet: str = ""
    row: int
    column: str
    value: str


class CellsBody(Schema):
    cells: list[CellBody]


class RowsBody(Schema):
    rows: list[tuple[str, int]]
    reject: bool = True


class PostBody(Schema):
    """``digest``: ``outcome.digest`` as you saw it; other figures are not posted."""

    digest: str = ""
    despite_sums: bool = False


class ProposalBody(Schema):
    target_id: int
    label: str
    score: int


class CodeBody(Schema):
    code: str
    name: str
    rows: int
    state: str
    target_id: int | None
    note: str
    text: str
    proposals: list[ProposalBody]


class CodePage(Schema):
    items: list[CodeBody]
    total: int


class ProblemBody(Schema):
    sheet: str
    row: int
    kind: str
    field: str
    column: str
    text: str
    state: str


class ProblemPage(Schema):
    items: list[ProblemBody]
    total: int
