"""Which column of a file fills which field of a dataset."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from keystead.kernel.errors import Invalid
from keystead.ledger.rules.content import likeness
from keystead.ledger.rules.expression import names_in
from keystead.ledger.rules.fold import fold, fold_header, words
from keystead.ledger.types.desk import ColumnMap, ColumnRule, How
from keystead.ledger.types.fields import Computation, DatasetDef, FieldDef, FieldType

Samples = Mapping[str, Sequence[str]]
_SURE, _KNOWN, _LEAST = 100, 95, 86
_SIGNS = {"multiply": "*", "divide": "/"}
_FITS = 0.6
_LAST = 1_000_000


def propose(
    dataset: DatasetDef,
    samples: Samples,
    remembered: ColumnMap | None = None,
    drop: Iterable[str] = (),
) -> ColumnMap:
    """Return the best filling of each field from the headers of a file.

    ``samples``: header -> some cells, in file order. ``remembered``: what this source used last
    time; it wins where its columns are still there. Then known names (folded), then similar
    names (score 86 up), each only where the cells could be of the field's type. A required
    field without a column is computed when the dataset says how. Each column fills one field.
    """
    dropped = tuple(dict.fromkeys(drop))
    headers = [header for header in samples if header not in set(dropped)]
    fields = _remembered(dataset, headers, remembered)
    used = {rule.column for rule in fields.values() if rule.column}
    ranked = sorted(
        (
            (-score, _rank(field, header), order, place, field.name, header, how)
            for order, field in enumerate(dataset.fields)
            if field.name not in fields
            for place, header in enumerate(headers)
            for score, how in [rate(field, header, samples[header])]
            if score >= _LEAST
        ),
    )
    for negative, _, _, _, name, header, how in ranked:
        if name not in fields and header not in used:
            fields[name] = ColumnRule(column=header, how=how, score=-negative)
            used.add(header)
    _turn_losses(dataset, fields, samples)
    complete(dataset, fields)
    options = dict(remembered.options) if remembered else {}
    return ColumnMap(dataset=dataset.id, fields=fields, drop=dropped, options=options)


def rate(field: FieldDef, header: str, samples: Sequence[str]) -> tuple[int, How]:
    """Return how well a column fills a field: 0-100, and why.

    100 = the header is a known name, 95 = it is one apart from a unit in brackets or blanks
    between words, 86-94 = it is similar to one; 0 = no, or the cells are of another type.
    """
    score, how = _by_name(field, header)
    if score and likeness(samples, field.type) < _FITS:
        return 0, How.NOTHING
    return score, how


def _by_name(field: FieldDef, header: str) -> tuple[int, How]:
    whole, bare = fold_header(header)
    if not whole:
        return 0, How.NOTHING
    names = _names_of(field)
    if whole in names.unclear:
        return 0, How.NOTHING
    if whole in names.places:
        return _SURE, How.HEADER
    if bare in names.places:
        return _KNOWN, How.HEADER
    best = _similar(whole, header, names)
    return (min(best, _KNOWN - 1), How.SIMILAR) if best >= _LEAST else (0, How.NOTHING)


@dataclasses.dataclass(frozen=True)
class _Names:
    """The known names of a field, folded: where each stands, how many are of the dataset alone,
    the long ones, their words, and the names that mean this field or another."""

    places: Mapping[str, int]
    own: int
    unclear: frozenset[str]
    long: tuple[str, ...]
    words: frozenset[str]


@functools.lru_cache(maxsize=1024)
def _names_of(field: FieldDef) -> _Names:
    first = (field.label, *field.own_words)
    known = (*first, field.name, *field.synonyms)
    places: dict[str, int] = {}
    for at, text in enumerate(known):
        places.setdefault(fold(text), at)
    # Short names resemble too much, so only five letters (three Chinese signs) up may.
    long = tuple(text for text in places if len(text) >= (5 if text.isascii() else 3))
    spoken = frozenset(_in_order(text) for text in known if " " in text)
    unclear = frozenset(fold(text) for text in field.unclear)
    return _Names(places, len(first), unclear, long, spoken)


def _in_order(text: str) -> str:
    return " ".join(sorted(words(text)))


def _similar(whole: str, header: str, names: _Names) -> int:
    found = process.extractOne(whole, names.long, scorer=fuzz.ratio, score_cutoff=_LEAST)
    if found is not None:
        return int(found[1])
    return _LEAST if _in_order(header) in names.words else 0


def _remembered(
    dataset: DatasetDef, headers: Sequence[str], remembered: ColumnMap | None
) -> dict[str, ColumnRule]:
    if remembered is None:
        return {}
    by_fold = {fold(header): header for header in reversed(headers)}
    known = {field.name for field in dataset.fields}
    fields: dict[str, ColumnRule] = {}
    for name, rule in remembered.fields.items():
        if name not in known:
            continue
        if rule.column:
            now = by_fold.get(fold(rule.column))
            if now is not None:
                fields[name] = ColumnRule(column=now, how=How.REMEMBERED, score=_SURE)
        elif not rule.is_empty:
            fields[name] = ColumnRule(
                constant=rule.constant, formula=rule.formula, how=How.REMEMBERED, score=_SURE
            )
    return fields


# One column may say two things: a shop's page is an account, its item a product.
_SHARED = {
    "shelf_price": (("account_name", "shop"), ("product", "item"), ("item", "product_name")),
}


def complete(dataset: DatasetDef, fields: dict[str, ColumnRule]) -> None:
    """Fill, in place, what follows from the fields that are filled: shared and computed ones."""
    _share(dataset, fields)
    _compute(dataset, fields)


def _share(dataset: DatasetDef, fields: dict[str, ColumnRule]) -> None:
    for name, giver in _SHARED.get(dataset.id, ()):
        code = name.removesuffix("_name")
        if name in fields or code in fields or giver not in fields:
            continue
        if fields[giver].column:
            fields[name] = fields[giver]


def _rank(field: FieldDef, header: str) -> int:
    """Return where a header stands among the known names of a field: the first is the best."""
    places = _names_of(field).places
    return min(places.get(text, _LAST) for text in fold_header(header))


def standing(field: FieldDef, header: str) -> int:
    """Return how strong a name the header is: 0 the label, 1 a word of this dataset alone,
    2 a word used everywhere, 3 no known name."""
    rank = _rank(field, header)
    if rank == _LAST:
        return 3
    return 0 if rank == 0 else 1 if rank < _names_of(field).own else 2


def _turn_losses(dataset: DatasetDef, fields: dict[str, ColumnRule], samples: Samples) -> None:
    """Losses written without a sign take away: 损耗 5 adjusts by -5."""
    for field in dataset.fields:
        rule = fields.get(field.name, ColumnRule())
        if rule.how is How.REMEMBERED or fold(rule.column) not in set(map(fold, field.losses)):
            continue
        if not any(cell.strip().startswith(("-", "−", "(")) for cell in samples[rule.column]):
            turned = f"0 - [{rule.column}]"
            fields[field.name] = ColumnRule(formula=turned, how=How.COMPUTED, score=rule.score)


def _compute(dataset: DatasetDef, fields: dict[str, ColumnRule]) -> None:
    for how in dataset.computations:
        if how.target not in fields and how.left in fields and how.right in fields:
            fields[how.target] = ColumnRule(formula=formula_of(how), how=How.COMPUTED, score=_SURE)


def formula_of(computation: Computation) -> str:
    """Return a declared computation as a formula.

    >>> formula_of(Computation("value", "multiply", "quantity", "unit_price"))
    'quantity * unit_price'
    """
    return f"{computation.left} {_SIGNS[computation.operation]} {computation.right}"


def checked(dataset: DatasetDef, columns: ColumnMap, headers: Sequence[str]) -> ColumnMap:
    """Return the map when it can be carried out; else raise Invalid with ``fields``.

    Unknown fields, columns that the file lacks, columns both used and dropped, and formulas
    that read nothing known are refused, each with a sentence under its field's name.
    """
    known, there = {field.name: field for field in dataset.fields}, set(headers)
    wrong: dict[str, str] = {}
    for name, rule in columns.fields.items():
        if name not in known:
            wrong[name] = f"{dataset.id} has no field called {name}."
        elif rule.column and rule.column in columns.drop:
            wrong[name] = f"The column {rule.column} is dropped, so it cannot fill a field."
        elif rule.column and rule.column not in there:
            wrong[name] = f"The file has no column {rule.column}."
        elif rule.formula:
            wrong.update(_formula_trouble(name, rule.formula, set(known) - {name}, columns, there))
    if wrong:
        raise Invalid(
            next(iter(wrong.values())),
            code="mapping",
            hint=f"Columns of the file: {', '.join(headers[:30])}.",
            fields=wrong,
        )
    return columns


def _formula_trouble(
    name: str, formula: str, fields: set[str], columns: ColumnMap, there: set[str]
) -> dict[str, str]:
    try:
        names = names_in(formula)
    except Invalid as error:
        return {name: error.message}
    usable = {field for field in fields if field in columns.fields} | (there - set(columns.drop))
    missing = [part for part in names if part not in usable]
    return {name: f"The formula needs {', '.join(missing)}."} if missing or not names else {}


def unfilled(dataset: DatasetDef, columns: ColumnMap) -> tuple[FieldDef, ...]:
    """Return the required fields that nothing fills and no fallback can."""
    return tuple(
        field
        for field in dataset.required
        if not field.fallback
        and columns.fields.get(field.name, ColumnRule()).is_empty
        and field.type is not FieldType.FLAG
    )


def read_map(raw: Mapping[str, object], dataset: str) -> ColumnMap:
    """Return a map from the JSON of a mapping file or a form; Invalid when it has no sense.

    ``{"fields": {"value": {"formula": "quantity * unit_price"}, "date": "Invoice date"},
    "drop": ["Card no."], "options": {"date_order": "dmy"}}``; a plain text is a column.
    """
    fields = raw.get("fields", {})
    drop, options = raw.get("drop", []), raw.get("options", {})
    if (
        not isinstance(fields, Mapping)
        or not isinstance(drop, list)
        or not isinstance(options, Mapping)
    ):
        raise Invalid(
            "This is not a mapping file.",
            code="mapping_file",
            hint='It looks like {"fields": {"date": {"column": "Invoice date"}}, "drop": []}.',
        )
    rules = {str(name): _read_rule(str(name), rule) for name, rule in fields.items()}
    return ColumnMap(
        dataset=str(raw.get("dataset") or dataset),
        fields={name: rule for name, rule in rules.items() if not rule.is_empty},
        drop=tuple(str(header) for header in drop),
        options={str(key): str(value) for key, value in options.items()},
    )


def _read_rule(name: str, rule: object) -> ColumnRule:
    if isinstance(rule, str):
        return ColumnRule(column=rule, how=How.YOU, score=_SURE)
    if isinstance(rule, Mapping):
        kinds = {key: str(value) for key, value in rule.items() if key in _KINDS and value}
        if len(kinds) <= 1:
            return ColumnRule(**kinds, how=How.YOU, score=_SURE)
    raise Invalid(
        f"{name}: say one of column, constant or formula.",
        code="mapping_file",
        hint='For example {"column": "Qty"} or {"constant": "EUR"}.',
    )


_KINDS = ("column", "constant", "formula")


def as_json(columns: ColumnMap) -> dict[str, object]:
    """Return a map as the JSON of a mapping file; ``read_map`` reads it back the same."""
    return {
        "dataset": columns.dataset,
        "fields": {name: rule.as_dict() for name, rule in columns.fields.items()},
        "drop": list(columns.drop),
        "options": dict(columns.options),
    }
