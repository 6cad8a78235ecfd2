"""``keystead counter harvest`` and ``sources``: fetch usage, say what is there and missing."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any

import click

from keystead.connectors.counter.calc.months import month_list, month_said
from keystead.connectors.counter.commands.reports import counter


class MonthSpan(click.ParamType):
    """``2026-01`` or ``2026-01:2026-06``."""

    name = "MONTHS"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[date, ...]:
        if isinstance(value, tuple):
            return value
        first, _sign, last = str(value).partition(":")
        begin, end = month_said(first), month_said(last or first)
        if begin is None or end is None or end < begin:
            self.fail(f"{value} is not 2026-01 or 2026-01:2026-06", param, ctx)
        return month_list(begin, end)


@counter.command()
@click.argument("source", required=False, default="")
@click.option(
    "--months", type=MonthSpan(), default=(),
    help="Fetch these months anew, also where they are loaded.",
)  # fmt: skip
@click.option(
    "--wait", "seconds", type=click.IntRange(0, 6 * 3600), default=0, show_default=True,
    help="Seconds to wait for reports that the provider still makes.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The outcome as JSON.")
def harvest(source: str, months: tuple[date, ...], seconds: int, as_json: bool) -> None:
    """Fetch what is missing from a SOURCE (its name), or from all that are switched on.

    Exit code 3: a source refused. What a provider still makes is fetched later by the worker.
    """
    from keystead.connectors.counter.queries.sources import source_named, sources
    from keystead.connectors.counter.services.harvest import harvest as fetch
    from keystead.kit.access import local_actor

    actor = local_actor()
    actor.require("usage.sources")
    chosen = [source_named(actor, source)] if source else [s for s in sources(actor) if s.active]
    told, refused = [], False
    for one in chosen:
        found = fetch(actor=actor, source_id=one.id, months=months, by_hand=True,
                      patience_seconds=seconds)  # fmt: skip
        refused = refused or bool(found.trouble)
        told.append({"source": one.name, **dataclasses.asdict(found)})
        if not as_json:
            click.echo(_line(told[-1]))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
    elif not chosen:
        click.echo("There is no source yet: add one on the page Usage reports.")
    if refused:
        raise SystemExit(3)


@counter.command("sources")
@click.option("--json", "as_json", is_flag=True, help="The sources as JSON.")
def list_sources(as_json: bool) -> None:
    """List where usage is fetched from, with the months that are there and missing."""
    from keystead.connectors.counter.queries.coverage import coverage_of
    from keystead.connectors.counter.queries.sources import sources
    from keystead.kit.access import local_actor

    actor = local_actor()
    actor.require("usage.sources")
    found = []
    for one in sources(actor):
        lines = coverage_of(actor, one)
        found.append(
            {
                "source": one.name,
                "server": one.server,
                "release": one.release,
                "active": one.active,
                "trouble": one.trouble.get("message", ""),
                "asked_at": str(one.asked_at or ""),
                "reports": [
                    {
                        "customer": line.customer_id,
                        "report": line.report_id,
                        "got": [f"{month:%Y-%m}" for month in line.got],
                        "missing": [f"{month:%Y-%m}" for month in line.missing],
                        "gone": [f"{month:%Y-%m}" for month in line.gone],
                    }
                    for line in lines
                ],
            }
        )
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for said in found:
        click.echo(f"{said['source']} ({said['server']}) {said['trouble']}".rstrip())
        for line in said["reports"]:
            missing = ", ".join(line["missing"]) or "nothing"
            click.echo(
                f"  {line['customer']} {line['report']}: {len(line['got'])} months, "
                f"missing: {missing}"
            )


def _line(found: dict[str, Any]) -> str:
    names = ("asked", "loaded", "zero", "waiting", "unmatched", "gone", "refused", "failed")
    said = ", ".join(f"{name} {found[name]}" for name in names if found[name])
    trouble = f"; stopped: {found['trouble']}" if found["trouble"] else ""
    later = f"; again after {found['next_at']:%Y-%m-%d %H:%M}" if found["next_at"] else ""
    return f"{found['source']}: {said or 'nothing was missing'}{trouble}{later}"
