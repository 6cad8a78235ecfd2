"""What the page of one import shows, gathered from the desk."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.kit.access import Actor
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.lists import Step
from keystead.ledger import queries
from keystead.ledger.rules.problems import kind_of
from keystead.ledger.services.desk.offering import assertion_verdicts, proposals_for
from keystead.ledger.types import IMPORTED, BatchState, DatasetDef, dataset_def
from keystead.ledger.views import words

OPEN = {
    BatchState.RECEIVING,
    BatchState.MAPPING,
    BatchState.MATCHING,
    BatchState.CHECKING,
    BatchState.READY,
}
OPEN_MATCHES = ("ambiguous", "unknown", "proposed", "blank")
CODES_SHOWN = 12
NONE = "-"  # the answer that no column, or no meaning, fits


@dataclasses.dataclass(frozen=True)
class Choice:
    """One answer to a question: what is sent, what is read, and an example."""

    value: str
    label: str
    example: str = ""
    best: bool = False


def context(actor: Actor, batch_id: int) -> dict[str, Any]:
    """Return all the page needs; NotFound for a foreign or missing import."""
    view = queries.desk_of(actor, batch_id)
    batch = view.batch
    dataset = dataset_def(batch.dataset) if batch.dataset else None
    is_open = batch.state in OPEN
    settled = not view.questions and not view.is_busy and not batch.problem
    codes = _codes(actor, view) if not view.is_busy else []
    return {
        "batch": batch,
        "view": view,
        "dataset": dataset,
        "dataset_label": _(dataset.label) if dataset else "",
        "state": words.STATES[batch.state],
        "tone": words.TONES.get(batch.state, ""),
        "is_open": is_open,
        "may_import": actor.can("ledger.import"),
        "may_undo": actor.can("ledger.undo") and batch.state == BatchState.POSTED,
        "steps": _steps(view),
        "job": view.job if view.is_busy else None,
        "personal": _personal(view),
        "questions": [] if _is_personal(view) else [_asked(one, dataset) for one in view.questions],
        "columns": _columns(view, dataset),
        "free": _headers(view),
        "codes": codes,
        "problems": _problems(view, dataset),
        "counts": _counts(view),
        "totals": _totals(view),
        "measures": [
            (m, words.MEASURES.get(m, m)) for m in (dataset.control_totals if dataset else ())
        ],
        "verdicts": _verdicts(view),
        "restate": view.outcome.get("restate", {}),
        "repeats": view.outcome.get("repeats", {}),
        "skip_repeats": view.decisions.get("repeats") == "skip",
        "datasets": [(one.id, _(one.label)) for one in IMPORTED],
        "can_post": is_open and settled and _counts(view)["ready"] > 0,
        "can_release": batch.state == BatchState.POSTED and settled and _counts(view)["ready"] > 0,
        "digest": view.outcome.get("digest", ""),
        "command": uuid.uuid4().hex,
    }


def _measures(dataset: DatasetDef | None) -> list[tuple[str, Any]]:
    names = dataset.control_totals if dataset else ()
    return [(name, words.MEASURES.get(name, name)) for name in names]


def _verdicts(view: queries.DeskView) -> list[dict[str, Any]]:
    """Return the sender's sums as numbers, all with the digits of the most exact one."""
    found = []
    for one in assertion_verdicts(view.decisions, view.outcome):
        said = {name: Decimal(one[name]) for name in ("expected", "found") if one[name]}
        exponents = [int(value.as_tuple().exponent) for value in said.values()]
        digits = max(2, -min(exponents, default=0))
        difference = None if one["difference"] == "?" else Decimal(one["difference"])
        found.append({**one, **said, "difference": difference, "digits": digits})
    return found


def _is_personal(view: queries.DeskView) -> bool:
    return bool(view.questions) and view.questions[0]["kind"] == "personal_data"


def _personal(view: queries.DeskView) -> dict[str, str]:
    if not _is_personal(view):
        return {}
    columns = view.questions[0]["data"]["columns"]
    return {name: str(words.PERSONAL.get(what, what)) for name, what in columns.items()}


def _counts(view: queries.DeskView) -> dict[str, int]:
    found = dict.fromkeys(("ready", "waiting", "rejected", "skipped"), 0)
    found |= {key: value for key, value in view.outcome.get("counts", {}).items() if key in found}
    if view.batch.state == BatchState.POSTED:
        found |= {"waiting": view.batch.counts.waiting}
    return found | {"rows_in": view.batch.counts.rows_in, "posted": view.batch.counts.posted}


def _steps(view: queries.DeskView) -> list[Step]:
    state = view.batch.state
    place = {
        BatchState.RECEIVING: 0, BatchState.MAPPING: 1, BatchState.MATCHING: 2,
        BatchState.CHECKING: 3, BatchState.READY: 4, BatchState.POSTED: 5, BatchState.UNDONE: 5,
    }.get(state, 0)  # fmt: skip
    names = [
        pgettext("import step", "Read"),
        pgettext("import step", "Columns"),
        pgettext("import step", "Codes"),
        pgettext("import step", "Check"),
        pgettext("import step", "Post"),
    ]
    anchors = ["", "#columns", "#codes", "#problems", "#post"]
    failed = state in {BatchState.FAILED, BatchState.CANCELLED}
    steps = []
    for number, (name, anchor) in enumerate(zip(names, anchors, strict=True)):
        mark = "done" if number < place else "now" if number == place else "next"
        if failed and number == place:
            mark = "failed"
        steps.append(Step(name, mark, anchor if view.outcome else ""))
    return steps


def _asked(question: dict[str, Any], dataset: DatasetDef | None) -> dict[str, Any]:
    title, hint = words.question_text(question, dataset)
    kind, best = question["kind"], question["best"]
    options = [tuple(option) for option in question["options"]]
    if kind == "dataset":
        options = options or [(one.id, "") for one in IMPORTED]
    if kind == "mode":
        options = [("replace", ""), ("append", "")]
    if kind in {"which", "means"}:
        options = [*options, (NONE, "")]
    labels = {one.id: _(one.label) for one in IMPORTED} if kind == "dataset" else {}
    if kind == "means" and dataset:
        labels = {name: words.field_label(dataset, name) for name, _example in options}
    labels[NONE] = _("none of these")
    choices = [
        Choice(
            value,
            labels.get(value) or words.option_label(kind, value),
            "" if kind in {"dataset", "means"} else example,
            value == best,
        )
        for value, example in options
    ]
    typed = kind in {"currency", "field"}
    return {**question, "title": title, "hint": hint, "choices": choices, "typed": typed}


def _headers(view: queries.DeskView) -> list[str]:
    if view.file is None:
        return []
    chosen = view.options.get("sheets", [])
    found: dict[str, None] = {}
    for sheet in view.file.sheets:
        if sheet.name in chosen or not chosen:
            for column in sheet.columns:
                found.setdefault(column.header or f"[{column.letter}]")
    return list(found)


def _samples(view: queries.DeskView) -> dict[str, str]:
    found: dict[str, str] = {}
    for sheet in view.file.sheets if view.file else ():
        for column in sheet.columns:
            text = " · ".join(sample for sample in column.samples[:3] if sample)
            found.setdefault(column.header or f"[{column.letter}]", text)
    return found


def _columns(view: queries.DeskView, dataset: DatasetDef | None) -> list[dict[str, Any]]:
    if dataset is None or not view.mapping:
        return []
    rules, how, samples = (
        view.mapping.get("fields", {}),
        view.mapping.get("how", {}),
        _samples(view),
    )
    lines = []
    for field in dataset.fields:
        rule = rules.get(field.name, {})
        if not rule and not field.required and field.name.endswith("_name"):
            continue
        column = rule.get("column", "")
        lines.append(
            {
                "name": field.name,
                "label": _(field.label),
                "required": field.required,
                "column": column,
                "other": rule.get("formula") or rule.get("constant") or "",
                "is_formula": "formula" in rule,
                "how": words.HOW.get(how.get(field.name, [""])[0], ""),
                "sample": samples.get(column, ""),
            }
        )
    return lines


def _codes(actor: Actor, view: queries.DeskView) -> list[dict[str, Any]]:
    groups = []
    for kind, label in (("account", _("Accounts")), ("product", _("Products"))):
        counts = view.outcome.get("matches", {}).get(kind, {})
        lines, total = queries.code_lines(
            actor, view.batch.id, kind, states=OPEN_MATCHES, limit=CODES_SHOWN
        )
        if not counts:
            continue
        proposals = proposals_for(actor, view.batch.source, kind, lines)
        unknown = sum(counts.get(state, 0) for state in ("unknown", "proposed"))
        groups.append(
            {
                "kind": kind,
                "label": label,
                "counts": counts,
                "total": total,
                "more": max(total - len(lines), 0),
                "unknown": unknown,
                "may_create": actor.can("accounts.edit" if kind == "account" else "catalog.edit"),
                "lines": [
                    {
                        "line": line,
                        "word": words.MATCHES.get(line.state, line.state),
                        "proposals": proposals.get(line.text, ()),
                    }
                    for line in lines
                ],
            }
        )
    return groups


def _problems(view: queries.DeskView, dataset: DatasetDef | None) -> list[dict[str, Any]]:
    lines = []
    for one in view.outcome.get("problems", []):
        kind = kind_of(one["kind"])
        lines.append(
            {
                **one,
                "label": _(kind.label),
                "fix": _(kind.fix),
                "stops": kind.stops,
                "cell": kind.cell,
                "field_label": words.field_label(dataset, one["field"]) if dataset else "",
            }
        )
    return lines


def _totals(view: queries.DeskView) -> Table | None:
    """Return control totals by month and currency, what counts beside what does not."""
    sums: dict[tuple[str, str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    rows: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in view.outcome.get("totals", []):
        key = (one["measure"], one["month"], one["currency"])
        side = "counts" if one["state"] == "ready" else "rest"
        sums[key][side] += Decimal(one["value"])
        rows[key] += one["rows"] if side == "counts" else 0
    if not sums:
        return None
    columns = [
        Column("measure", _("Measure")),
        Column("month", _("Month")),
        Column("currency", _("Currency")),
        Column("rows", _("Rows"), "number"),
        Column("counts", _("Will count"), "number", digits=2),
        Column("rest", _("Waiting, rejected or skipped"), "number", digits=2),
    ]
    body = [
        Row(
            {
                "measure": str(words.MEASURES.get(key[0], key[0])),
                "month": key[1][:7],
                "currency": key[2],
                "rows": rows[key],
                "counts": sums[key]["counts"],
                "rest": Cell(sums[key]["rest"]),
            }
        )
        for key in sorted(sums)
    ]
    return Table(columns, body, _("Control totals by month and currency"))
