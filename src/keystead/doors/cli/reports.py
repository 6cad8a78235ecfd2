"""``keystead reports``: one's own reports by mail."""

from __future__ import annotations

import json

import click

from keystead.kit.access import local_actor
from keystead.reviews.queries.subscriptions import EVERY, KINDS, minutes_saved, reports_of
from keystead.reviews.services.subscriptions import send_now


@click.group()
def reports() -> None:
    """List your reports by mail, or send one at once."""


@reports.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def listed(as_json: bool) -> None:
    """List your reports: number, what, how often, whether they still send."""
    actor = local_actor()
    found = reports_of(actor)
    if as_json:
        body = [
            {"id": one.id, "kind": one.entry.kind.value, "account": one.account_code,
             "every": one.entry.every.value, "active": one.active, "stopped": one.stopped,
             "minutes": one.entry.minutes}
            for one in found
        ]  # fmt: skip
        click.echo(json.dumps({"items": body, "minutes_saved": minutes_saved(actor)}))
        return
    for one in found:
        state = "sends" if one.active else one.stopped or "ended"
        what = f"{KINDS[one.entry.kind]} {one.account_code}".strip()
        click.echo(f"{one.id}  {what}, {EVERY[one.entry.every]}: {state}")
    click.echo(f"{minutes_saved(actor)} minutes saved this year.")


@reports.command("send")
@click.argument("report", type=int)
def send(report: int) -> None:
    """Send the REPORT (its number) of this week, month or quarter now; once a period."""
    period = send_now(actor=local_actor(), report_id=report)
    click.echo(f"The report of {period} goes out with the next mail.")
