"""Command line: ``keystead metric``."""

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
from keystead.metrics.types import Evaluation, Figure

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
