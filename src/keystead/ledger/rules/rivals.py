"""What the headers of a file leave open, so that a person says it and nothing is guessed."""

from __future__ import annotations

from collections.abc import Collection

from keystead.ledger.rules.fold import fold
from keystead.ledger.rules.mapping import Samples, rate, standing
from keystead.ledger.types.desk import ColumnMap, ColumnRule, How
from keystead.ledger.types.fields import DatasetDef, FieldDef, FieldType

# A wrong choice among these changes figures without a sign of it; a wrong text is seen.
_COUNTS = frozenset({FieldType.DECIMAL, FieldType.INTEGER, FieldType.DATE})
_GUESSED = frozenset({How.HEADER, How.SIMILAR})


def rivals(
    dataset: DatasetDef, samples: Samples, columns: ColumnMap
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the fields that several headers could fill equally well, with those headers.

    Only for numbers, dates and the account's code, and only where the desk chose: what a person
    said, or said last time, stands. Equal are headers that are known names of one standing:
    the field's label before the dataset's own words before words used everywhere. Each header
    stands under one field; the header that was proposed comes first.
    """
    used = columns.columns()
    free = [header for header in samples if header not in used and header not in columns.drop]
    found = []
    for field in dataset.fields:
        rule = columns.fields.get(field.name, ColumnRule())
        if not rule.column or rule.how not in _GUESSED or not _matters(field):
            continue
        level = _level(field, rule.column, samples)
        others = [header for header in free if _level(field, header, samples) == level]
        if others:
            found.append((field.name, (rule.column, *others)))
            free = [header for header in free if header not in others]
    return tuple(found)


def unclear(
    dataset: DatasetDef, samples: Samples, columns: ColumnMap, settled: Collection[str] = ()
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the headers that mean one of several fields, with those fields that are open.

    ``settled``: fields that a person filled or left empty. A header that fills a field, is
    dropped, or has no open field left is not asked about.
    """
    used = columns.columns()
    found = []
    for header in samples:
        if header in used or header in columns.drop:
            continue
        meant = [
            field.name for field in dataset.fields if fold(header) in set(map(fold, field.unclear))
        ]
        open_ones = [name for name in meant if name not in settled and name not in columns.fields]
        if open_ones and len(meant) > 1:
            found.append((header, tuple(open_ones)))
    return tuple(found)


def _matters(field: FieldDef) -> bool:
    return field.type in _COUNTS or field.name == "account"


def _level(field: FieldDef, header: str, samples: Samples) -> tuple[int, How]:
    score, how = rate(field, header, samples[header])
    return (standing(field, header), how) if score else (-1, How.NOTHING)
