"""``keystead renewals``: what ends, with the last day to give notice."""

from __future__ import annotations

import json
import re

import click
from django.utils import timezone

from keystead.kernel.errors import Invalid
from keystead.kit.access import local_actor
from keystead.pipeline import queries
from keystead.pipeline.queries.wire import alert_bodies, renewal_body

SPAN = re.compile(r"(\d{1,4})d?", re.ASCII)


def _days(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    found = SPAN.fullmatch(value.strip())
    if not found:
        raise Invalid("Say a number of days, such as 120d.", code="within")
    return int(found[1])


@click.command()
@click.option("--within", callback=_days, help="Notice (or the end) comes in so many days: 120d.")
@click.option("--all", "everything", is_flag=True, help="The closed ones too.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a program.")
def renewals(within: int | None, everything: bool, as_json: bool) -> None:
    """List renewals by the end of their term, with the last day to send notice."""
    actor, today = local_actor(), timezone.localdate()
    found = queries.renewals_for(
        actor, within=within, still_open=None if everything else True, today=today
    )
    if as_json:
        warnings = alert_bodies(queries.alerts_for(actor, today=today))
        body = {"today": today.isoformat(), "items": [renewal_body(one) for one in found],
                "alerts": warnings}  # fmt: skip
        click.echo(json.dumps(body, indent=2, ensure_ascii=False))
        return
    if not found:
        click.echo("No renewal here.")
    for one in found:
        body = renewal_body(one)
        click.echo(
            f"{body['last_day']}  notice {body['send_by'] or '-':<10}  {one.state.value:<17}"
            f"  {one.contract:<16}  {one.account_name}"
            f"  {body['target'] or '-'} {one.currency}  {one.owner_name or 'nobody'}"
        )
