"""``keystead counter``: check, derive, load and fetch COUNTER usage reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from keystead.connectors.counter.types import Outcome, Report
from keystead.kernel.errors import Invalid

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def counter() -> None:
    """COUNTER usage reports: check, derive, load, fetch."""


@counter.command()
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
def validate(file: Path, as_json: bool) -> None:
    """Check a report: what it is, what state it is in, what it breaks.

    Exit code 0: it can be loaded; 3: it breaks a rule or holds no usage; 4: it is no report.
    """
    from keystead.connectors.counter.rules.check import check
    from keystead.connectors.counter.services.reading import read_report

    report = read_report(file)
    outcome = check(report)
    if as_json:
        click.echo(json.dumps(as_dict(file, report, outcome), ensure_ascii=False, indent=2))
    else:
        _tell(file, report, outcome)
    if outcome.state not in _LOADED:
        raise SystemExit(3)


@counter.command()
@click.argument("file", type=_FILE)
@click.option("--view", required=True, help="A standard view, for example TR_J1.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it: .tsv, .csv or .json.",
)  # fmt: skip
def derive(file: Path, view: str, out: Path) -> None:
    """Derive a standard view from a full report of release 5.1."""
    from keystead.connectors.counter.calc.derive import derive as derived
    from keystead.connectors.counter.calc.writing import as_json, as_text
    from keystead.connectors.counter.services.reading import read_report
    from keystead.kit.disk import write_whole

    found = derived(read_report(file), view.upper())
    ending = out.suffix.lower()
    if ending == ".json":
        text = as_json(found)
    elif ending in {".tsv", ".txt"}:
        text = "\ufeff" + as_text(found)
    elif ending == ".csv":
        text = "\ufeff" + as_text(found, ",")
    else:
        raise Invalid(f"{out.name} is not .tsv, .csv or .json.", code="ending")
    write_whole(out, text.encode())
    total = sum(found.counts.column("count").to_pylist())
    click.echo(f"{found.header.report_id}: {found.counts.num_rows} counts, {total} in all, {out}")


@counter.command()
@click.argument("file", type=_FILE)
@click.option("--account", default="", help="Its code, where the report names none you know.")
@click.option(
    "--provider", default="",
    help="Under which name its reports replace each other; default: who made the report.",
)  # fmt: skip
@click.option("--post", is_flag=True, help="Post it; without, only say what would be posted.")
@click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")
def load(file: Path, account: str, provider: str, post: bool, as_json: bool) -> None:
    """Load the usage of a report into the ledger.

    The account is found by ROR, ISNI, ISIL, a platform's own identifier or the customer's number.
    """
    from keystead.connectors.counter.services.loading import load as loading
    from keystead.kit.access import local_actor

    found = loading(actor=local_actor(), path=file, account=account, provider=provider, post=post)
    code = found.account.code if found.account else ""
    months = [f"{month:%Y-%m}" for month in found.months]
    if as_json:
        said = {
            **as_dict(file, found.report, found.outcome), "account": code, "months": months,
            "rows": found.rows, "batch": found.batch.id if found.batch else None,
            "replaced_views": list(found.replaced_views),
        }  # fmt: skip
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        _tell(file, found.report, found.outcome)
        if found.batch is not None:
            click.echo(f"Posted {found.rows:,} rows of {code} as import {found.batch.id}.")
            for view in found.replaced_views:
                click.echo(f"{view} of these months is part of it and was taken out.")
        else:
            click.echo(f"{found.rows:,} rows of {code or '?'}; not posted.")
    if found.account is None:
        raise SystemExit(3)


def as_dict(file: Path, report: Report, outcome: Outcome) -> dict[str, Any]:
    """Return what a check found as plain values."""
    head = report.header
    return {
        "file": file.name,
        "state": str(outcome.state),
        "why": outcome.why,
        "release": head.release,
        "report": head.report_id,
        "institution": head.institution_name,
        "period": {"begin": str(head.begin or ""), "end": str(head.end or "")},
        "counts": report.counts.num_rows,
        "sums": sums(report),
        "findings": [finding.as_dict() for finding in outcome.findings],
    }


def sums(report: Report) -> dict[str, int]:
    """Return the sum of each metric, by its name."""
    if not report.counts.num_rows:
        return {}
    summed = report.counts.group_by("metric_type").aggregate([("count", "sum")])
    names, values = summed.column("metric_type").to_pylist(), summed.column("count_sum").to_pylist()
    return dict(sorted(zip(names, values, strict=True)))


def _tell(file: Path, report: Report, outcome: Outcome) -> None:
    head = report.header
    words = [word for word in (head.report_id, head.release and f"release {head.release}") if word]
    period = f", {head.begin} to {head.end}" if head.begin and head.end else ""
    click.echo(f"{file.name}: {' '.join(words) or 'an exception alone'}{period}")
    if head.institution_name:
        click.echo(f"  {head.institution_name}")
    for name, value in sums(report).items():
        click.echo(f"  {name}: {value:,}")
    click.echo(f"State: {str(outcome.state).replace('_', ' ')}: {outcome.why}")
    for one in outcome.findings:
        times = f" (and {one.count - 1:,} more)" if one.count > 1 else ""
        click.echo(f"{one.severity} {one.rule} at {one.place}{times}")
        click.echo(f"    {one.message} {one.hint}".rstrip())


_LOADED = frozenset({"usable", "partial", "no_usage"})
