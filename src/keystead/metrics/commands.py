"""Command line: ``keystead metric`` and ``keystead proof``."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from keystead.accounts.queries import account_by_code
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.kit.access import Actor, local_actor
from keystead.kit.disk import write_whole
from keystead.kit.office.sheets import Column, Sheet, to_csv
from keystead.metrics import queries, services
from keystead.metrics.types import Evaluation, Figure, Proof

FORMATS = ("table", "csv", "json", "parquet")


@click.command()
@click.argument("names", required=False, default="")
@click.option("--list", "listed", is_flag=True, help="List every metric with its formula.")
@click.option("--by", default="", help="Dimensions, comma-separated: account,product,month …")
@click.option("--from", "first", default="", help="First day, such as 2026-01-01.")
@click.option("--to", "last", default="", help="Last day, included.")
@click.option("--period", default="", help="Instead of days: 2026, 2026-Q2, 2026-01..2026-06.")
@click.option("--as-of", default="", help="A commit, a day or a moment: the data of then.")
@click.option("--account", "accounts", multiple=True, help="Account code; may be repeated.")
@click.option("--filter", "filters", multiple=True, help="DIM=VALUE[,VALUE]; may be repeated.")
@click.option("--currency", default="", help="Convert money into this currency.")
@click.option("--calendar", default="calendar", show_default=True, help="Fiscal calendar.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@click.option("--proof", "proofs", is_flag=True, help="Add the proof id of every figure.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def metric(names: str, **given: Any) -> None:
    """Evaluate metrics NAMES (comma-separated) and print them.

    \b
    keystead metric sell_in --by account,month --period 2026-Q2
    keystead metric sell_in,target_attainment --account QH-01 --from 2026-01-01 --to 2026-11-18
    """
    actor = local_actor()
    if given["listed"] or not names:
        _print_list(actor, as_json=given["as_json"] or given["form"] == "json")
        return
    found = queries.evaluate(
        actor=actor,
        metrics=_listed(names),
        by=_listed(given["by"]),
        period=_period(given["period"], given["first"], given["last"]),
        filters=_filters(actor, given["accounts"], given["filters"]),
        as_of=queries.parse_as_of(given["as_of"]),
        currency=given["currency"] or None,
        calendar=given["calendar"],
    )
    services.note_price_view(actor=actor, evaluation=found)
    form = "json" if given["as_json"] else given["form"]
    content = _formatted(found, form, with_proof=given["proofs"])
    # Excel needs the byte-order mark of a CSV file; a program that reads a pipe stumbles on it.
    _write(content if given["out"] else content.removeprefix(codecs.BOM_UTF8), given["out"])


@click.command()
@click.argument("proof_id")
@click.option("--rows", default=20, show_default=True, help="So many source rows per part.")
@click.option("--changes", is_flag=True, help="What changed since, split by cause.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def proof(proof_id: str, rows: int, changes: bool, as_json: bool) -> None:
    """Show what stands behind a figure: formula, filter, files and the rows that add up to it."""
    actor = local_actor()
    if queries.is_no_metric(proof_id):
        _print_standing(actor, proof_id, as_json=as_json)
        return
    found = queries.open_proof(actor=actor, proof_id=proof_id, limit=rows)
    services.note_proof_view(actor=actor, proof=found)
    since = queries.changes_since(actor=actor, proof_id=proof_id) if changes else None
    if as_json:
        body = queries.proof_body(found)
        if since is not None:
            body["changes"] = queries.changes_body(since)
        click.echo(json.dumps(body, ensure_ascii=False, indent=1))
        return
    _print_proof(found)
    if since is not None:
        click.echo(f"\nSince then: {shown(since.difference, since.before.measure)}")
        for part in since.parts:
            click.echo(f"  {part.cause:<12}{shown(part.amount, since.before.measure):>24}")


def _print_standing(actor: Actor, proof_id: str, *, as_json: bool) -> None:
    found = queries.standing(actor=actor, proof_id=proof_id)
    parts = queries.parts_of(actor=actor, proof_id=proof_id)
    services.note_standings_view(actor=actor, standings=[found])
    if as_json:
        body = queries.standing_body(found, parts)
        click.echo(json.dumps(body, ensure_ascii=False, indent=1))
        return
    click.echo(f"{found.label}: {shown(found.then.value, found.then.measure)} {found.then.note}")
    for part in parts:
        click.echo(f"  {part.label}: {shown(part.then.value, part.then.measure)}  {part.proof_id}")
    if found.now is not None:
        click.echo(f"  now {shown(found.now.value, found.now.measure)} {' '.join(found.because)}")


def shown(value: Decimal | float | None, measure: str = "") -> str:
    """Return a number for the terminal, grouped, with what it counts."""
    if value is None:
        return "-"
    text = f"{value:,.4f}" if isinstance(value, Decimal) else f"{value:,.2f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} {measure}".strip()


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _period(period: str, first: str, last: str) -> Period:
    if period:
        return Period.parse(period)
    if first and last:
        return Period.parse(f"{first}..{last}")
    if first:
        return Period.parse(first)
    end = queries.data_until()
    if end is None:
        raise Invalid(
            "There are no facts yet, so name a period.",
            code="period_missing",
            hint="For example --period 2026-Q2.",
        )
    day = Period.parse(last).last if last else end
    return Period.between(date(day.year, 1, 1), day)


def _filters(
    actor: Actor, accounts: Iterable[str], filters: Sequence[str]
) -> dict[str, list[str] | list[int]]:
    found: dict[str, Any] = queries.parse_filters(filters)
    codes = list(accounts)
    if codes:
        found["account"] = [account_by_code(actor, code).id for code in codes]
    return found


def _formatted(found: Evaluation, form: str, *, with_proof: bool) -> bytes:
    if form == "json":
        body = {"commit": found.commit, "rows": queries.rows_body(found)}
        return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()
    names, rows = queries.flat_rows(found, with_proof=with_proof)
    if form == "csv":
        columns = [Column(name, "number" if name in _ids(found) else "text") for name in names]
        return to_csv(Sheet("figures", columns, rows))
    if form == "parquet":
        return queries.parquet_bytes(found, with_proof=with_proof)
    return _table(found, with_proof=with_proof).encode()


def _ids(found: Evaluation) -> list[str]:
    return [metric.id for metric in found.metrics]


def _table(found: Evaluation, *, with_proof: bool) -> str:
    ids = _ids(found)
    rows = found.rows()
    head = list(rows[0]) if rows else [*found.by, *ids]
    lines = [[*head, *(f"proof of {name}" for name in ids if with_proof)]]
    for row in rows:
        cells = [_cell(value) for value in row.values()]
        if with_proof:
            cells += [value.proof_id for value in row.values() if isinstance(value, Figure)]
        lines.append(cells)
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    numeric = [name in ids for name in head] + [False] * (len(lines[0]) - len(head))
    printed = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    ]
    printed.insert(1, "  ".join("-" * width for width in widths))
    printed.append(f"{len(rows)} rows, commit {found.commit}, {found.period}")
    return "\n".join(printed) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, Figure):
        if value.value is None:
            return f"({value.note.value})"
        unit = "%" if value.unit.value == "percent" else value.measure
        return shown(value.value, unit)
    return "" if value is None else str(value)


def _write(content: bytes, out: Path | None) -> None:
    if out is not None:
        write_whole(out, content)
        click.echo(f"Wrote {out}.", err=True)
        return
    if content[:4] == b"PAR1" and sys.stdout.isatty():
        raise Invalid("Parquet is not for a terminal.", code="binary", hint="Name a file: --out F.")
    sys.stdout.buffer.write(content) if hasattr(sys.stdout, "buffer") else click.echo(content)
    sys.stdout.flush()


def _print_list(actor: Actor, *, as_json: bool) -> None:
    entries = queries.catalogue(actor)
    if as_json:
        body = [queries.entry_body(entry) for entry in entries]
        click.echo(json.dumps(body, ensure_ascii=False, indent=1))
        return
    for entry in entries:
        click.echo(f"{entry.metric.id:<24}{entry.metric.formula}")


def _print_proof(found: Proof) -> None:
    figure = found.figure
    unit = "%" if figure.unit.value == "percent" else figure.measure
    click.echo(f"{found.metric.label}: {shown(figure.value, unit)} {figure.note.value}".rstrip())
    click.echo(f"  {found.metric.formula}")
    click.echo(f"  {found.metric.id} version {found.version}, {found.period}, {found.scope}")
    for name, value in found.filters:
        click.echo(f"  {name}: {value}")
    click.echo(f"  as of commit {found.commit} ({found.moment}); the last is {found.latest_commit}")
    for section in found.sections:
        total = shown(section.total, section.measure) if section.what == "sum" else ""
        total = f"{section.counted} different" if section.counted is not None else total
        click.echo(f"\n{section.label}, {section.period}: {total} ({section.rows_total} rows)")
        for row in section.rows:
            place = f"{row.file_name} {row.sheet} row {row.row}".replace("  ", " ")
            click.echo(f"  {row.date}  {place:<44} {shown(row.amount, row.measure):>20}")
        if section.next_offset is not None:
            click.echo(f"  … {section.rows_total - len(section.rows)} more rows")
