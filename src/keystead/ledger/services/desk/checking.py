"""Third step: match and check every row, and write down what was found."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keystead.kit.access import Actor
from keystead.kit.testing import faults
from keystead.ledger import models, queries
from keystead.ledger.calc.restate import suggest_mode
from keystead.ledger.models.folder import home
from keystead.ledger.rules.check import STATES, Checked, Decisions, check
from keystead.ledger.rules.duplicates import Repeats
from keystead.ledger.rules.pairs import Matched, text_of
from keystead.ledger.rules.totals import control_totals
from keystead.ledger.services.desk import kept, staging
from keystead.ledger.services.desk.countries import currency_of_rows
from keystead.ledger.services.desk.lookups import lookups_for
from keystead.ledger.services.desk.work import Work
from keystead.ledger.types import BatchState, Mode, dataset_def
from keystead.ledger.types.desk import MatchState, RowState

_EXAMPLES = 3


@dataclasses.dataclass(frozen=True)
class Result:
    """What a check found: the tables, and the plain summary that pages show."""

    checked: Checked
    outcome: dict[str, Any]


def run_check(actor: Actor, work: Work) -> Result:
    """Return the outcome for the rows of a batch that are not posted yet; writes nothing."""
    file = work.file
    assert file is not None  # noqa: S101 - reading comes first
    stamp = work.stamp()  # before anything is looked up: what changes meanwhile makes it old
    dataset = dataset_def(work.batch.dataset)
    keep = frozenset(work.decisions.get("keep_rules", []))
    names = work.batch.options.get("sheets", [])
    rows, rules = staging.load_rows(work.batch.pk, file, names, keep)
    rows = _fixed(work.batch, rows)
    posted = _without_posted(work.batch, rows) if work.is_posted else None
    if posted is not None:
        rows = posted
    found = check(
        dataset, rows, work.columns, lookups_for(actor, work.batch.source), _decisions(work)
    )
    return Result(found, _outcome(work, found, rules, stamp))


def write(actor: Actor, work: Work, result: Result) -> None:
    """Keep the outcome of a check: tables in the work folder, the summary in the database."""
    batch, outcome = work.batch, result.outcome
    hidden = staging.new_folder(batch.pk, staging.CHECKED)
    _write_problems(result.checked, work, hidden)
    staging.write_json(hidden / "matches.json", _matches(result.checked))
    kept.keep(hidden, result.checked, outcome["stamp"], actor)
    staging.bring_in(batch.pk, hidden, staging.CHECKED)
    faults.reach("import.after_check")
    counts = outcome["counts"]
    work.desk.outcome, work.desk.stamp = outcome, outcome["stamp"]
    work.desk.questions = outcome.pop("questions")
    work.desk.save(update_fields=["outcome", "stamp", "questions"])
    if not work.is_posted:
        batch.totals = {"totals": outcome["totals"], "months": outcome["months"]}
        batch.rows_in = sum(counts[name] for name in ("ready", "waiting", "rejected", "skipped"))
        batch.rows_posted = 0
        batch.rows_waiting = counts["ready"] + counts["waiting"]
        batch.rows_rejected, batch.rows_skipped = counts["rejected"], counts["skipped"]
        batch.state = state_of(work.desk.questions, counts)
    batch.save_checked(actor)


def state_of(questions: Sequence[Any], counts: dict[str, int]) -> BatchState:
    """Return where an open batch stands after a check."""
    if questions:
        return BatchState.MAPPING
    if counts["ready"]:
        return BatchState.READY
    return BatchState.MATCHING if counts["waiting"] else BatchState.CHECKING


def _decisions(work: Work) -> Decisions:
    said = work.decisions
    texts = said.get("rejected_texts", {})
    return Decisions(
        skip_repeats=said.get("repeats") == "skip",
        rejected=frozenset((sheet, row) for sheet, row in said.get("rejected_rows", [])),
        rejected_accounts=frozenset(texts.get("account", [])),
        rejected_products=frozenset(texts.get("product", [])),
    )


def _fixed(batch: models.Batch, rows: pa.Table) -> pa.Table:
    """Return the rows with the cells that people corrected."""
    fixes: dict[str, dict[tuple[str, int], str]] = {}
    for sheet, row, column, value in models.CellFix.objects.filter(batch=batch).values_list(
        "sheet", "source_row", "column", "value"
    ):
        fixes.setdefault(column, {})[sheet, row] = value
    if not fixes:
        return rows
    wanted = sorted({row for cells in fixes.values() for _sheet, row in cells})
    near = pc.indices_nonzero(pc.is_in(rows["source_row"], value_set=pa.array(wanted, pa.int64())))
    sheets, numbers = (rows[name].take(near).to_pylist() for name in ("sheet", "source_row"))
    places = dict(zip(zip(sheets, numbers, strict=True), near.to_pylist(), strict=True))
    for column, cells in fixes.items():
        if column not in rows.column_names:
            continue
        here = sorted((places[key], value) for key, value in cells.items() if key in places)
        rows = _replaced(rows, column, here)
    return rows


def _replaced(rows: pa.Table, column: str, cells: list[tuple[int, str]]) -> pa.Table:
    text = rows[column].cast(pa.string()).combine_chunks()
    if isinstance(text, pa.ChunkedArray):
        text = pa.concat_arrays(text.chunks)
    mask = [False] * len(text)
    for place, _value in cells:
        mask[place] = True
    new = pc.replace_with_mask(
        text, pa.array(mask), pa.array([value for _place, value in cells], text.type)
    )
    return rows.set_column(rows.column_names.index(column), column, new)


def _without_posted(batch: models.Batch, rows: pa.Table) -> pa.Table:
    """Return the rows that no segment of the batch holds yet: the facts themselves say which."""
    parts = models.Part.objects.filter(batch=batch, segment__isnull=False)
    paths = set(parts.values_list("segment__path", flat=True))
    tables = [
        pq.read_table(
            home().locate(path),
            columns=["sheet", "source_row"],
            filters=[("batch_id", "=", batch.pk)],
        )
        for path in sorted(paths)
    ]
    posted = pa.concat_tables(tables) if tables else None
    if posted is None or not posted.num_rows:
        return rows
    keep = None
    for sheet in pc.unique(rows["sheet"]).to_pylist():
        done = posted.filter(pc.equal(posted["sheet"], sheet))["source_row"].combine_chunks()
        here = pc.and_(
            pc.equal(rows["sheet"], sheet), pc.invert(pc.is_in(rows["source_row"], value_set=done))
        )
        keep = here if keep is None else pc.or_(keep, here)
    return rows if keep is None else rows.filter(keep)


def _outcome(work: Work, found: Checked, rules: dict[str, int], stamp: str) -> dict[str, Any]:
    out_by_rule = {rule: count for rule, count in rules.items() if rule not in staging.NOT_ROWS}
    counts = {state.value: found.count(state) for state in STATES}
    counts["skipped"] += sum(out_by_rule.values())
    if work.is_posted:
        counts["skipped"] = work.batch.rows_skipped
    totals = _totals(work, found)
    months = _months(found)
    outcome: dict[str, Any] = {
        "counts": counts,
        "left_out": out_by_rule,
        "problems": _problems(found),
        "matches": {
            "account": _match_counts(found.accounts), "product": _match_counts(found.products)
        },
        "repeats": _repeats(found, found.lines),
        "same_key": _repeats(found, found.keys),
        "totals": totals,
        "months": months,
        "restate": restate(work, months),
        "stamp": stamp,
    }  # fmt: skip
    outcome["digest"] = digest(outcome)
    outcome["questions"] = _questions(work, found, outcome)
    return outcome


def digest(outcome: dict[str, Any]) -> str:
    """Return a hash of the figures a person sees before posting."""
    shown = [outcome["counts"], outcome["totals"], outcome["months"]]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def _totals(work: Work, found: Checked) -> list[dict[str, Any]]:
    dataset = dataset_def(work.batch.dataset)
    entries = []
    for state in STATES:
        rows = found.rows(state)
        for total in control_totals(rows, dataset.control_totals):
            entries.append(
                {
                    "measure": total.measure, "month": total.month, "currency": total.currency,
                    "state": state.value, "value": str(total.value), "rows": total.rows,
                }
            )  # fmt: skip
    return entries


def _months(found: Checked) -> list[dict[str, Any]]:
    rows = found.rows(RowState.READY).select(["month", "date"])
    spans = rows.group_by("month").aggregate([("date", "min"), ("date", "max"), ([], "count_all")])
    return [
        {
            "month": row["month"].isoformat(),
            "first": row["date_min"].isoformat(),
            "last": row["date_max"].isoformat(),
            "rows": row["count_all"],
        }
        for row in spans.sort_by("month").to_pylist()
    ]


def restate(work: Work, months: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what posting does to what the source already shows of these months."""
    batch = work.batch
    spans = {
        date.fromisoformat(one["month"]): (
            date.fromisoformat(one["first"]), date.fromisoformat(one["last"]),
        )
        for one in months
    }  # fmt: skip
    live = [] if work.is_posted else list(queries.live_months(batch.dataset, batch.source, spans))
    usual = dataset_def(batch.dataset).restate
    suggested = suggest_mode(spans, live) if live else usual
    if usual is Mode.APPEND:
        suggested = usual
    chosen = work.decisions.get("mode", "")
    return {
        "mode": chosen or (suggested.value if suggested else ""),
        "usual": usual.value,
        "months": [
            {"month": one.month.isoformat(), "rows": one.rows, "batches": list(one.batch_ids)}
            for one in live
        ],
    }


def _questions(work: Work, found: Checked, outcome: dict[str, Any]) -> list[dict[str, Any]]:
    asked = []
    rule = work.columns.fields.get("currency")
    lacking = sum(
        one["rows"]
        for one in outcome["problems"]
        if one["kind"] == "missing" and one["field"] == "currency"
    )
    needed = any(
        field.name == "currency" and field.required
        for field in dataset_def(work.batch.dataset).fields
    )
    nobody = "currency" not in found.facts.column_names or (
        found.facts["currency"].null_count == found.facts.num_rows
    )
    if needed and rule is None and found.facts.num_rows and (lacking or nobody):
        asked.append({"id": "currency", "kind": "currency", "subject": "currency", "options": [],
                      "best": currency_of_rows(work), "data": {"rows": lacking}})  # fmt: skip
    if outcome["restate"]["months"] and not outcome["restate"]["mode"]:
        asked.append({"id": "mode", "kind": "mode", "subject": "", "options": [],
                      "best": outcome["restate"]["usual"], "data": {}})  # fmt: skip
    return asked


def _problems(found: Checked) -> list[dict[str, Any]]:
    table = found.problems
    listed = [
        {"kind": kind, "field": field, "rows": count, "examples": []}
        for kind, field, count in found.remarks
    ]
    groups = table.group_by(["kind", "field"]).aggregate([([], "count_all")]).to_pylist()
    for group in groups if table.num_rows else []:
        mask = pc.and_(
            pc.equal(table["kind"], group["kind"]), pc.equal(table["field"], group["field"])
        )
        first = table.filter(mask).slice(0, _EXAMPLES)
        places, texts = first["place"].to_pylist(), first["text"].to_pylist()
        examples = [
            [*_address(found, place), text or ""] for place, text in zip(places, texts, strict=True)
        ]
        listed.append(
            {
                "kind": group["kind"],
                "field": group["field"],
                "rows": group["count_all"],
                "examples": examples,
            }
        )
    return sorted(listed, key=lambda one: (-int(one["rows"]), one["kind"], one["field"]))


def _address(found: Checked, place: int) -> list[Any]:
    return [found.facts["sheet"][place].as_py(), found.facts["source_row"][place].as_py()]


def _repeats(found: Checked, repeats: Repeats) -> dict[str, Any]:
    return {
        "rows": repeats.rows,
        "groups": repeats.groups,
        "examples": [[_address(found, place) for place in group] for group in repeats.examples],
    }


def _match_counts(found: Matched | None) -> dict[str, int]:
    if found is None:
        return {}
    counts: dict[str, int] = {"codes": len(found.matches), "open": 0, "open_rows": 0}
    for one in found.matches:
        counts[one.state.value] = counts.get(one.state.value, 0) + 1
        if one.target_id is None:
            counts["open"] += one.state is not MatchState.BLANK
            counts["open_rows"] += one.rows
    return counts


def _matches(found: Checked) -> dict[str, list[list[Any]]]:
    return {
        kind: [
            [one.code, one.name, one.rows, one.state.value, one.target_id, one.note,
             text_of(one, matched.unclear)]
            for one in matched.matches
        ]
        for kind, matched in (("account", found.accounts), ("product", found.products))
        if matched is not None
    }  # fmt: skip


def _write_problems(found: Checked, work: Work, folder: Path) -> None:
    """Write each problem with its address, the column it is in, and where the row stands."""
    table = found.problems
    places = table["place"]
    rules = work.columns.fields
    columns = {name: rule.column for name, rule in rules.items()}
    headers = [columns.get(field, "") or field for field in table["field"].to_pylist()]
    states = pa.array([state.value for state in STATES]).take(
        found.state.take(places.combine_chunks())
    )
    pq.write_table(
        pa.table(
            {
                "sheet": found.facts["sheet"].take(places),
                "source_row": found.facts["source_row"].take(places),
                "kind": table["kind"],
                "field": table["field"],
                "column": pa.array(headers, pa.string()),
                "text": table["text"],
                "state": states,
            }
        ),
        folder / "problems.parquet",
    )
    extra = found.lines.extra
    pq.write_table(
        pa.table(
            {
                "sheet": found.facts["sheet"].take(extra),
                "source_row": found.facts["source_row"].take(extra),
            }
        ),
        folder / "repeats.parquet",
    )
