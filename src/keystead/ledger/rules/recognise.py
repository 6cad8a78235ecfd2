"""Which dataset a file is, from its headers, its cells and its name."""

from __future__ import annotations

from collections.abc import Iterable

from keystead.ledger.rules.fold import fold
from keystead.ledger.rules.mapping import Samples, propose
from keystead.ledger.types.desk import Guess
from keystead.ledger.types.fields import DatasetDef, FieldType

_REQUIRED, _COLUMNS, _NAME = 55, 35, 10
_NO_TELL = 12
# Fields by which a dataset differs from its neighbours; without any it is less likely.
_TELLS: dict[str, frozenset[str]] = {
    "sell_in": frozenset({"doc_no"}),
    "flow": frozenset({"buyer", "buyer_tier"}),
    "off_take": frozenset({"outlet", "basis"}),
    "stock": frozenset({"opening", "received", "sold", "location", "adjusted"}),
    "shelf_price": frozenset({"shop", "regular_price", "comment_count", "sales_count"}),
    "expense": frozenset({"campaign", "category"}),
    "cost": frozenset({"unit_cost", "kind"}),
    "target": frozenset({"metric"}),
    "market": frozenset({"company", "is_own"}),
    "listing": frozenset({"status"}),
}
_CLEAR_LEAD, _CLEAR_SCORE = 8, 55


def recognise(
    datasets: Iterable[DatasetDef], samples: Samples, titles: Iterable[str] = ()
) -> tuple[Guess, ...]:
    """Return what the file may be, best first, with a score of 0-100 for each dataset.

    55 points for the share of required fields that some column (or a computation, or the
    dataset's fallback) fills, 35 for the share of columns that find a field, 10 when the
    name of the file or sheet says it, 12 off when none of the fields that tell it from its
    neighbours is there (a flow without buyers). A dataset of which no measure is found gets 0.
    """
    named = [fold(title) for title in titles]
    guesses = [_guess(dataset, samples, named) for dataset in datasets]
    return tuple(sorted(guesses, key=lambda guess: -guess.score))


def clear(guesses: tuple[Guess, ...]) -> str:
    """Return the dataset when the first guess leads clearly; else "" (a person says it).

    >>> clear((Guess("stock", 80), Guess("sell_in", 60)))
    'stock'
    """
    if not guesses or guesses[0].score < _CLEAR_SCORE:
        return ""
    runner_up = guesses[1].score if len(guesses) > 1 else 0
    return guesses[0].dataset if guesses[0].score - runner_up >= _CLEAR_LEAD else ""


def _guess(dataset: DatasetDef, samples: Samples, named: list[str]) -> Guess:
    columns = propose(dataset, samples)
    found = tuple(columns.fields)
    mapped = len(columns.columns())
    needed = [field for field in dataset.required if field.type is not FieldType.FLAG]
    filled = sum(1 for field in needed if field.name in columns.fields or field.fallback)
    measured = any(name in columns.fields for name in dataset.measures) or not dataset.measures
    if not mapped or not measured:
        return Guess(dataset.id, 0, found)
    score = _REQUIRED * filled / max(len(needed), 1) + _COLUMNS * mapped / max(len(samples), 1)
    hints = {fold(dataset.id), fold(dataset.label)}
    said = any(hint and hint in title for title in named for hint in hints)
    score += _NAME if said else 0
    if not (_TELLS.get(dataset.id, frozenset()) & columns.fields.keys() or said):
        score -= _NO_TELL
    return Guess(dataset.id, max(0, min(100, round(score))), found)
