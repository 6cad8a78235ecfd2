"""Second step: which dataset and source, which column fills what, and what only a person knows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.kit.files.types import SourceColumn, SourceFile, SourceSheet
from keystead.ledger.rules.mapping import as_json, checked, complete, propose, read_map, unfilled
from keystead.ledger.rules.recognise import clear, recognise
from keystead.ledger.rules.rivals import rivals, unclear
from keystead.ledger.services.desk.memory import remembered, source_of
from keystead.ledger.services.desk.staging import labelled
from keystead.ledger.services.desk.work import Work
from keystead.ledger.types import GUESSED, BatchState, DatasetDef, FieldType, dataset_def, imported
from keystead.ledger.types.desk import ColumnMap, ColumnRule, How

_READER = frozenset({"encoding", "delimiter"})
_STYLES = {"decimal": FieldType.DECIMAL, "date_order": FieldType.DATE}


def plan(actor: Actor, work: Work) -> bool:
    """Settle dataset, source, sheets and columns; False = a question is open.

    Writes the batch's columns, the guesses and the questions. Idempotent: what a person decided
    is taken, the rest is proposed anew from the same file in the same way.
    """
    file = work.file
    assert file is not None  # noqa: S101 - reading comes first
    sheets = _sheets(work, file)
    questions: list[dict[str, Any]] = []
    samples = {label: column.samples for column, label in _columns(sheets)}
    guesses = recognise(GUESSED, samples, [file.name, *(sheet.name for sheet in sheets)])
    dataset = _dataset(work, guesses)
    columns: ColumnMap | None = None
    if not sheets or not samples:
        raise Invalid(
            _("The file holds no table."),
            code="no_table",
            hint=_("Look whether the right sheet was saved, with its header."),
        )
    if not dataset:
        options = [(guess.dataset, str(guess.score)) for guess in guesses[:4] if guess.score]
        questions.append(_question("dataset", options=options))
    else:
        if not work.batch.options.get("source_given"):
            work.batch.source = work.batch.source or source_of(dataset, samples, file.name)
        columns = _columns_for(dataset_def(dataset), work, sheets, samples)
        questions += _reader_questions(work, file, sheets, columns)
        columns, choices = _choices(dataset_def(dataset), columns, samples, work)
        questions += choices
        questions += _field_questions(dataset_def(dataset), columns, samples, choices)
    _save(actor, work, dataset, sheets, columns, questions)
    work.desk.guesses = [
        {"dataset": guess.dataset, "score": guess.score, "fields": list(guess.fields)}
        for guess in guesses
    ]
    work.desk.save(update_fields=["guesses", "questions"])
    return not questions


def _save(
    actor: Actor,
    work: Work,
    dataset: str,
    sheets: Sequence[SourceSheet],
    columns: ColumnMap | None,
    questions: list[dict[str, Any]],
) -> None:
    batch = work.batch
    work.desk.questions = questions
    batch.dataset = dataset
    batch.options = batch.options | {"sheets": [sheet.name for sheet in sheets]}
    batch.mapping = _kept(columns) if columns else {}
    if not work.is_posted:
        batch.state = BatchState.MAPPING if questions else BatchState.CHECKING
    with transaction.atomic():
        batch.save_checked(actor)


def _kept(columns: ColumnMap) -> dict[str, Any]:
    """Return the map as JSON, with why each field is filled that way."""
    how = {name: [rule.how.value, rule.score] for name, rule in columns.fields.items()}
    return as_json(columns) | {"how": how}


def _sheets(work: Work, file: SourceFile) -> list[SourceSheet]:
    """Return the chosen sheets, or the best one with its twins (the same headers)."""
    filled = [sheet for sheet in file.sheets if sheet.columns and sheet.data_rows > 0]
    wanted = work.decisions.get("sheets")
    if wanted:
        known = {sheet.name for sheet in file.sheets}
        unknown = [name for name in wanted if name not in known]
        if unknown:
            raise Invalid(
                _("The file has no sheet %(sheets)s.") % {"sheets": ", ".join(unknown)},
                code="sheet",
                hint=_("Its sheets: %(sheets)s.")
                % {"sheets": ", ".join(sheet.name for sheet in file.sheets)},
            )
        return [sheet for sheet in filled if sheet.name in wanted]
    shown = [sheet for sheet in filled if not sheet.hidden] or filled
    if not shown:
        return []
    best = max(shown, key=_promise)
    return [sheet for sheet in shown if sheet.headers == best.headers]


def _promise(sheet: SourceSheet) -> tuple[int, int]:
    samples = {label: column.samples for column, label in labelled(sheet)}
    guesses = recognise(GUESSED, samples, [sheet.name])
    return guesses[0].score, sheet.data_rows


def _columns(sheets: Sequence[SourceSheet]) -> list[tuple[SourceColumn, str]]:
    found: dict[str, SourceColumn] = {}
    for sheet in sheets:
        for column, label in labelled(sheet):
            found.setdefault(label, column)
    return [(column, label) for label, column in found.items()]


def _dataset(work: Work, guesses: tuple[Any, ...]) -> str:
    chosen = str(work.decisions.get("dataset", ""))
    if not chosen and work.batch.options.get("dataset_given"):
        chosen = work.batch.dataset
    if chosen:
        return imported(chosen).id
    return clear(guesses)


def _columns_for(
    dataset: DatasetDef,
    work: Work,
    sheets: Sequence[SourceSheet],
    samples: Mapping[str, Sequence[str]],
) -> ColumnMap:
    """Return the columns: a person's own map as it is, else proposals with what was said atop."""
    drop = work.decisions.get("drop", [])
    own = work.decisions.get("columns")
    if own:
        base = read_map(own, dataset.id)
    else:
        base = propose(dataset, samples, remembered(dataset.id, work.batch.source), drop)
    fields = dict(base.fields)
    for name, rule in work.decisions.get("fields", {}).items():
        fields.pop(name, None)
        said = read_map({"fields": {name: rule}}, dataset.id).fields.get(name)
        if said is not None:
            fields = {key: one for key, one in fields.items() if not _taken(one, said, own)}
            fields[name] = said
    if not own:
        complete(dataset, fields)
        empty = [name for name, rule in work.decisions.get("fields", {}).items() if not rule]
        fields = {name: rule for name, rule in fields.items() if name not in empty}
    options = _styles(dataset, fields, sheets) | dict(base.options)
    options |= {key: str(value) for key, value in work.decisions.get("options", {}).items()}
    columns = ColumnMap(dataset.id, fields, tuple({*base.drop, *drop}), options)
    return checked(dataset, columns, list(samples))


def _taken(rule: ColumnRule, said: ColumnRule, own: Any) -> bool:
    """A column that a person gives to another field leaves the one it was proposed for."""
    return not own and bool(said.column) and rule.column == said.column and rule.how is not How.YOU


def _styles(
    dataset: DatasetDef, fields: Mapping[str, ColumnRule], sheets: Sequence[SourceSheet]
) -> dict[str, str]:
    """Return how numbers and dates are written, as the reader found it column by column."""
    found = {label: column for column, label in _columns(sheets)}
    styles: dict[str, str] = {}
    for name, rule in fields.items():
        column = found.get(rule.column)
        if column is None:
            continue
        if column.decimal in {"point", "comma"}:
            styles[f"decimal:{name}"] = column.decimal
        if column.date_order in {"dmy", "mdy"}:
            styles[f"date_order:{name}"] = column.date_order
    for label, column in found.items():
        if column.decimal in {"point", "comma"}:
            styles.setdefault(f"decimal:{label}", column.decimal)
    return styles


def _reader_questions(
    work: Work, file: SourceFile, sheets: Sequence[SourceSheet], columns: ColumnMap
) -> list[dict[str, Any]]:
    """Return what the reader could not tell, as far as it matters for the fields in use."""
    chosen = work.decisions.get("options", {})
    found = []
    for question in file.questions:
        if question.code in _READER and not chosen.get(question.code):
            found.append(_question(question.code, options=question.choices, best=question.assumed))
    used = {rule.column: name for name, rule in columns.fields.items() if rule.column}
    types = {field.name: field.type for field in dataset_def(columns.dataset).fields}
    for question in (one for sheet in sheets for one in sheet.questions):
        name = used.get(question.column)
        if name is None or _STYLES.get(question.code) is not types[name]:
            continue
        if chosen.get(question.code) or columns.options.get(f"{question.code}:{name}"):
            continue
        found.append(
            _question(
                question.code,
                subject=question.column,
                options=question.choices,
                best=question.assumed,
                field=name,
            )
        )
    return list({one["id"]: one for one in found}.values())


def _choices(
    dataset: DatasetDef, columns: ColumnMap, samples: Mapping[str, Sequence[str]], work: Work
) -> tuple[ColumnMap, list[dict[str, Any]]]:
    """Ask where several headers could be one field, or one header several fields.

    Such a field is filled by nothing until a person has said which.
    """

    def shown(header: str) -> tuple[str, str]:
        return header, " · ".join(samples[header][:3])

    rivalry = dict(rivals(dataset, samples, columns))
    asked = [
        _question("which", subject=name, options=[shown(header) for header in headers])
        for name, headers in rivalry.items()
    ]
    left = {name: rule for name, rule in columns.fields.items() if name not in rivalry}
    settled = set() if not work.decisions.get("columns") else {one.name for one in dataset.fields}
    settled |= set(work.decisions.get("fields", {}))
    for header, names in unclear(dataset, samples, columns, settled):
        options = [(name, shown(header)[1]) for name in names]
        asked.append(_question("means", subject=header, options=options, field=" ".join(names)))
    return dataclasses.replace(columns, fields=left), asked


def _field_questions(
    dataset: DatasetDef,
    columns: ColumnMap,
    samples: Mapping[str, Sequence[str]],
    choices: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Ask for each required field that nothing fills; a name does for a code."""
    already = {one["subject"] for one in choices if one["kind"] == "which"}
    free = [header for header in samples if header not in columns.columns()]
    options = [
        (header, " · ".join(samples[header][:3])) for header in free if header not in columns.drop
    ]
    asked = []
    for field in unfilled(dataset, columns):
        twin = columns.fields.get(f"{field.name}_name", ColumnRule())
        if field.name in already:
            continue
        if field.name in {"account", "product"} and not twin.is_empty:
            continue
        asked.append(_question("field", subject=field.name, options=options))
    return asked


def _question(
    kind: str,
    *,
    subject: str = "",
    options: Sequence[tuple[str, str]] = (),
    best: str = "",
    **data: Any,
) -> dict[str, Any]:
    return {
        "id": f"{kind}:{subject}" if subject else kind,
        "kind": kind,
        "subject": subject,
        "options": [list(option) for option in options],
        "best": best,
        "data": data,
    }
