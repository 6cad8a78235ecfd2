"""What ``keystead import`` makes of its flags, and what it says at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from keystead.kernel.errors import Invalid, SourceProblem
from keystead.ledger import queries
from keystead.ledger.rules.problems import kind_of
from keystead.ledger.types import BatchState

EXIT_CODES = (
    "Exit codes: 0 checked or posted, 2 wrong call, 3 a question is open or a decision cannot be "
    "carried out, 4 the file is refused (not readable, or personal data), 5 not found, 6 not "
    "allowed, 7 changed by somebody else."
)


def decisions(given: dict[str, Any]) -> dict[str, Any]:
    """Return the flags as the desk's decisions; only what was said."""
    fields: dict[str, Any] = {}
    fields |= {name: {"column": header} for name, header in given["columns"].items()}
    fields |= {name: {"constant": text} for name, text in given["constants"].items()}
    fields |= {name: {"formula": text} for name, text in given["formulas"].items()}
    for name in ("account", "currency", "date"):
        if given[name]:
            fields[name] = {"constant": given[name]}
    said: dict[str, Any] = {"repeats": given["repeats"]}
    if given["map_file"]:
        said["columns"] = _read_map(given["map_file"])
        said["drop"] = list(said["columns"].get("drop", []))
    if fields:
        said["fields"] = fields
    options = {
        "encoding": given["encoding"],
        "delimiter": "\t" if given["delimiter"] in {"tab", "\\t"} else given["delimiter"],
        "decimal": given["decimal"],
        "date_order": given["date_order"],
    }
    if any(options.values()):
        said["options"] = {name: value for name, value in options.items() if value}
    if given["drop"]:
        said["drop"] = sorted({*said.get("drop", []), *given["drop"]})
    if given["sheets"]:
        said["sheets"] = list(given["sheets"])
    if given["mode"]:
        said["mode"] = given["mode"]
    if given["sums_to"]:
        said["assertions"] = [_assertion(text) for text in given["sums_to"]]
    return said


def _read_map(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} is not JSON: {error}", code="mapping_file") from error
    if not isinstance(found, dict):
        raise Invalid(f"{path} is not a mapping file.", code="mapping_file")
    return found


def _assertion(text: str) -> dict[str, str]:
    measure, sign, rest = text.partition("=")
    expected, _, currency = rest.partition(":")
    if not sign:
        raise Invalid(f"“{text}” is not MEASURE=SUM.", code="assertion")
    return {"measure": measure.strip(), "expected": expected.strip(), "currency": currency.strip()}


def save_map(path: Path, mapping: dict[str, Any]) -> None:
    """Write the columns in use as a mapping file."""
    kept = {name: value for name, value in mapping.items() if name != "how"}
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def refuse_or_ask(view: queries.DeskView) -> None:
    """Raise SourceProblem for a refused file, Invalid for open questions."""
    problem = dict(view.batch.problem)
    if problem.get("code") == "personal_data":
        columns = problem["data"].get("columns", [])
        flags = " ".join(f'--drop "{column}"' for column in columns)
        raise SourceProblem(
            problem["message"],
            code="personal_data",
            hint=f"Nothing of the file was kept. To go on without: {flags}",
            file=view.batch.file_name,
            columns=columns,
        )
    if problem and view.batch.state not in {BatchState.CANCELLED, BatchState.POSTED}:
        raise Invalid(problem["message"], code=problem["code"], hint=problem.get("hint", ""))
    if view.questions:
        asked = [_ask(question) for question in view.questions]
        raise Invalid(
            "\n".join(["This has to be settled first:", *(f"  {line}" for line in asked)]),
            code="questions_open",
            hint=f"Then run the same command again with the answer (import {view.batch.id}).",
            questions=[question["id"] for question in view.questions],
        )


def _ask(question: dict[str, Any]) -> str:
    kind, subject, best = question["kind"], question["subject"], question["best"]
    options = [value for value, _example in question["options"]]
    guess = f" (best guess: {best})" if best else ""
    sentences = {
        "dataset": f"What is this file? --as {'|'.join(options)}",
        "encoding": f"Which letters are these? --encoding {'|'.join(options)}{guess}",
        "delimiter": f"Which sign parts the columns? --delimiter{guess}",
        "decimal": f"In {subject}: is the decimal sign a point or a comma? --decimal{guess}",
        "date_order": f"In {subject}: day or month first? --date-order dmy|mdy{guess}",
        "currency": f"In which currency are the amounts? No column says. --currency XXX{guess}",
        "mode": f"Some months are there in part. --mode replace|append{guess}",
        "field": f"No column fills {subject}: --column {subject}=HEADER or "
        f"--set {subject}=VALUE (free columns: {', '.join(options[:8]) or 'none'})",
        "which": f"Several columns could be {subject}; say which: "
        + " or ".join(f'--column {subject}="{option}"' for option in options),
        "means": f"{subject} can mean several things; say which: "
        + " or ".join(f'--column {option}="{subject}"' for option in options),
    }
    return sentences.get(kind, str(question["id"]))


def as_json(view: queries.DeskView) -> dict[str, Any]:
    """Return the outcome for programs."""
    batch = view.batch
    counts = view.outcome.get("counts", {})
    return {
        "batch": batch.id,
        "state": str(batch.state),
        "dataset": batch.dataset,
        "source": batch.source,
        "file": batch.file_name,
        "rows_in": batch.counts.rows_in,
        "posted": batch.counts.posted,
        "ready": 0 if batch.state == BatchState.POSTED else counts.get("ready", 0),
        "waiting": counts.get("waiting", batch.counts.waiting),
        "rejected": batch.counts.rejected,
        "skipped": batch.counts.skipped,
        "repeated": _repeats(view).get("rows", 0),
        "dropped": view.dropped,
        "problems": [
            {"kind": one["kind"], "field": one["field"], "rows": one["rows"]}
            for one in view.outcome.get("problems", [])
        ],
        "matches": view.outcome.get("matches", {}),
        "totals": dict(batch.totals).get("totals", []),
        "columns": view.mapping.get("fields", {}),
        "commit": batch.posted_commit,
    }


def _repeats(view: queries.DeskView) -> dict[str, Any]:
    found: dict[str, Any] = dict(view.batch.totals).get("repeats") or view.outcome.get(
        "repeats", {}
    )
    return found


def lines(view: queries.DeskView, *, posted_before: bool, dry_run: bool) -> Iterator[str]:
    """Yield what a person reads at the end."""
    batch = view.batch
    if batch.state == BatchState.CANCELLED:
        yield batch.problem.get("message", "Cancelled.")
        return
    if posted_before:
        yield f"This file was posted before, as import {batch.id}. Nothing was added."
    yield f"{batch.file_name}: {batch.dataset} from {batch.source}"
    yield from _column_lines(view)
    counts = view.outcome.get("counts", {})
    if batch.state == BatchState.POSTED:
        yield (
            f"{batch.counts.rows_in:,} rows in = {batch.counts.posted:,} posted + "
            f"{batch.counts.waiting:,} waiting + {batch.counts.rejected:,} rejected + "
            f"{batch.counts.skipped:,} skipped"
        )
    else:
        yield (
            f"{batch.counts.rows_in:,} rows in = {counts.get('ready', 0):,} ready + "
            f"{counts.get('waiting', 0):,} waiting + {counts.get('rejected', 0):,} rejected + "
            f"{counts.get('skipped', 0):,} skipped"
        )
    repeats = _repeats(view)
    if repeats.get("rows"):
        kept = "skipped" if view.decisions.get("repeats") == "skip" else "kept"
        yield f"{repeats['rows']:,} lines repeat another one in every column ({kept})"
    for one in view.outcome.get("problems", []):
        place = f" in {one['field']}" if one["field"] else ""
        yield f"  {one['rows']:>9,}  {kind_of(one['kind']).label}{place}{_example(one)}"
    yield from _total_lines(view)
    yield from _end_lines(view, dry_run=dry_run)


def _example(problem: dict[str, Any]) -> str:
    shown = [f"row {row}: {text}" for _sheet, row, text in problem["examples"] if text]
    return f" ({shown[0]})" if shown else ""


def _column_lines(view: queries.DeskView) -> Iterator[str]:
    for name, rule in view.mapping.get("fields", {}).items():
        how = view.mapping.get("how", {}).get(name, [""])[0]
        text = rule.get("column") or rule.get("formula") or f"“{rule.get('constant')}”"
        mark = " (similar header)" if how == "similar" else ""
        yield f"  {name:<16} = {text}{mark}"
    if view.dropped:
        yield f"  left out and not stored: {', '.join(view.dropped)}"


def _total_lines(view: queries.DeskView) -> Iterator[str]:
    sums: dict[tuple[str, str, str], Any] = {}
    for one in dict(view.batch.totals).get("totals", []):
        key = (one["measure"], one["currency"], one["state"])
        sums[key] = sums.get(key, Decimal(0)) + Decimal(one["value"])
    for (measure, currency, state), value in sums.items():
        yield f"  {measure} {currency or ''} {state}: {value:,.2f}".replace("  :", ":")


def _end_lines(view: queries.DeskView, *, dry_run: bool) -> Iterator[str]:
    batch = view.batch
    for month in view.outcome.get("restate", {}).get("months", []):
        verb = "replaces" if view.outcome["restate"]["mode"] == "replace" else "adds to"
        yield f"  {verb} {month['month'][:7]}: {month['rows']:,} rows of this source"
    if dry_run:
        yield "Dry run: nothing was kept."
    elif batch.state == BatchState.POSTED:
        yield f"Posted as import {batch.id} (commit {batch.posted_commit})."
    else:
        yield f"Import {batch.id} is open: finish it on /imports/{batch.id}/ or add --post."
