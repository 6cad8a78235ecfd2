"""What a dataset is made of: fields a person maps, and columns that are stored."""

from __future__ import annotations

import dataclasses
from enum import StrEnum

import pyarrow as pa


class FieldType(StrEnum):
    """How the text of a cell is read."""

    TEXT = "text"
    CODE = "code"  # an identifier: 17850.0 is 17850, leading zeros stay
    DATE = "date"
    DECIMAL = "decimal"
    INTEGER = "integer"
    FLAG = "flag"
    CURRENCY = "currency"  # ISO 4217 code or a known sign
    UNIT = "unit"
    CHOICE = "choice"


class Fallback(StrEnum):
    """Where a required value comes from when the file has no column for it."""

    NONE = ""
    ACCOUNT_CURRENCY = "account_currency"
    PRODUCT_UNIT = "product_unit"
    FIRST_CHOICE = "first_choice"
    SIGN = "sign"  # a return is a row with a negative quantity or value


class Mode(StrEnum):
    """What posting does to rows of the same dataset, source and month."""

    REPLACE = "replace"
    APPEND = "append"


MONEY = pa.decimal128(18, 4)

_ARROW: dict[FieldType, pa.DataType] = {
    FieldType.TEXT: pa.string(),
    FieldType.CODE: pa.string(),
    FieldType.DATE: pa.date32(),
    FieldType.DECIMAL: MONEY,
    FieldType.INTEGER: pa.int64(),
    FieldType.FLAG: pa.bool_(),
    FieldType.CURRENCY: pa.string(),
    FieldType.UNIT: pa.string(),
    FieldType.CHOICE: pa.string(),
}


@dataclasses.dataclass(frozen=True)
class Choice:
    """One allowed value of a field, with what senders write for it."""

    value: str
    label: str
    synonyms: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class FieldDef:
    """A field of a dataset that a source column, a constant or a computation can fill.

    ``label`` and ``help`` are English source strings; screens translate them.
    ``required``: a row without a value (after ``fallback``) is a problem row.
    ``column``: the stored column, or "" when the field only helps to match (a name beside a
    code). ``synonyms``: headers senders really write, in English, Chinese and French; compare
    them after folding case, width, blanks and punctuation. ``own_words``: those of them that in
    this dataset mean the field before all others. ``losses``: those that count what is lost,
    without a sign. ``unclear``: headers that mean this field or another, so a person is asked.
    ``later``: segments of earlier releases lack the column; their rows read as without a value.
    """

    name: str
    label: str
    type: FieldType
    help: str = ""
    required: bool = False
    column: str | None = None
    arrow: pa.DataType | None = None
    nullable: bool = True
    fallback: Fallback = Fallback.NONE
    choices: tuple[Choice, ...] = ()
    synonyms: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    later: bool = False

    @property
    def stored_as(self) -> str:
        return self.name if self.column is None else self.column

    @property
    def arrow_type(self) -> pa.DataType:
        return self.arrow or _ARROW[self.type]


@dataclasses.dataclass(frozen=True)
class Computation:
    """``target`` = the product or quotient of two other fields, rounded half-up to 4 places."""

    target: str
    operation: str  # "multiply" | "divide"
    left: str
    right: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class DatasetDef:
    """One kind of fact as data: what it means, its grain, its fields, its stored schema.

    ``duplicate_key``: field names; rows of one source equal in all of them may be repeats. A
    repeat is only shown: real invoices repeat lines, so a person decides.
    ``measures``: additive decimal columns, summed in slices and in ``month_sums``.
    ``bounds``: amounts around a measure, in its currency, that do not add up.
    ``sum_by``: columns, beside account, product and month, that ``month_sums`` keeps apart.
    ``restate``: what a newer file of the same source and month does unless told otherwise.
    ``from_files``: people import it; else only a room posts it, and only that room corrects it.
    ``guessed``: a file may be taken for it; else a person says so, because it looks like others.
    """

    id: str
    label: str
    description: str
    unit: str
    grain: str
    fields: tuple[FieldDef, ...]
    duplicate_key: tuple[str, ...]
    measures: tuple[str, ...]
    bounds: tuple[str, ...] = ()
    sum_by: tuple[str, ...] = ()
    computations: tuple[Computation, ...] = ()
    control_totals: tuple[str, ...] = ()
    restate: Mode = Mode.REPLACE
    from_files: bool = True
    guessed: bool = True

    def field(self, name: str) -> FieldDef:
        """Return the field called ``name``; KeyError when the dataset has none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.id} has no field {name}")

    @property
    def required(self) -> tuple[FieldDef, ...]:
        return tuple(field for field in self.fields if field.required)

    @property
    def schema(self) -> pa.Schema:
        """Return the Arrow schema of a segment: lineage, keys, then the stored fields."""
        return pa.schema([*_COMMON, *(_stored(field) for field in self.fields if _own(field))])

    @property
    def later(self) -> dict[str, str]:
        """Return the columns that segments of earlier releases may lack, each with its SQL type."""
        return {
            field.stored_as: "decimal(18, 4)" if field.arrow_type == MONEY else "varchar"
            for field in self.fields
            if field.later
        }

    @property
    def has_returns(self) -> bool:
        return any(field.name == "is_return" for field in self.fields)


_COMMON: tuple[pa.Field, ...] = (
    pa.field("batch_id", pa.int32(), nullable=False),
    pa.field("sheet", pa.string(), nullable=False),
    pa.field("source_row", pa.int64(), nullable=False),
    pa.field("account_id", pa.int64(), nullable=False),
    pa.field("product_id", pa.int64()),
    pa.field("date", pa.date32(), nullable=False),
    pa.field("month", pa.date32(), nullable=False),
)
COMMON_COLUMNS: tuple[str, ...] = tuple(field.name for field in _COMMON)


def _own(field: FieldDef) -> bool:
    return bool(field.stored_as) and field.stored_as not in COMMON_COLUMNS


def _stored(field: FieldDef) -> pa.Field:
    return pa.field(field.stored_as, field.arrow_type, nullable=field.nullable)
