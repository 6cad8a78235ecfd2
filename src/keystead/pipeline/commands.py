"""``keystead renewals``, ``opportunities``, ``rival-lost``: what ends, and what may come."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import click
from django.utils import timezone

from keystead.accounts.queries import account_by_code
from keystead.kernel.errors import Invalid
from keystead.kernel.money import currency_code
from keystead.kit.access import local_actor
from keystead.pipeline import queries, services
from keystead.pipeline.calc.stages import still_open, weighted
from keystead.pipeline.queries.deal_wire import (
    deal_body,
    rollup_body,
    signal_body,
    tender_bodies,
)
from keystead.pipeline.queries.wire import alert_bodies, renewal_body
from keystead.pipeline.types.seen import RivalLoss

SPAN = re.compile(r"(\d{1,4})d?", re.ASCII)
ROLLED = re.compile(r"(\d{4}):([A-Za-z]{3})", re.ASCII)


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


@click.command()
@click.option(
    "--kind", type=click.Choice(["new", "expansion", "cross", "tender"]), help="Of one kind."
)
@click.option("--stage", default="", help="In one stage, by its code.")
@click.option("--all", "everything", is_flag=True, help="The closed ones too.")
@click.option("--signals", "seen", is_flag=True, help="The signals nobody has answered instead.")
@click.option("--roll-up", "rolled", metavar="YEAR:CURRENCY", help="The roll-up instead: 2026:EUR.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a program.")
def opportunities(
    kind: str | None, stage: str, everything: bool, seen: bool, rolled: str | None, as_json: bool
) -> None:
    """List opportunities, the signals behind them, or the roll-up of a year."""
    if rolled is not None:
        _rollup(rolled, as_json)
    elif seen:
        _signals(as_json)
    else:
        _deals(kind or "", stage, everything, as_json)


@click.command("rival-lost")
@click.argument("account")
@click.argument("rival")
@click.argument("what")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day it was lost; today.")
@click.option("--source", required=True, help="Where it is known from: a tender notice, a talk.")
def rival_lost(account: str, rival: str, what: str, on: datetime | None, source: str) -> None:
    """Write down WHAT the competitor RIVAL lost at an ACCOUNT (its code); it becomes a signal."""
    actor, today = local_actor(), timezone.localdate()
    day = today if on is None else on.date()
    found = account_by_code(actor, account)
    services.tell_rival_loss(actor=actor, loss=RivalLoss(found.id, rival, what, day, source))
    click.echo(f"Kept: {rival} lost {what} at {found.name} on {day}.")


def _deals(kind: str, stage: str, everything: bool, as_json: bool) -> None:
    actor = local_actor()
    found = queries.opportunities_for(
        actor, kind=kind, stage=stage, still_open=None if everything else True
    )
    if as_json:
        _say({"items": [deal_body(one) for one in found],
              "alerts": tender_bodies(queries.tender_alerts(actor))})  # fmt: skip
        return
    if not found:
        click.echo("No opportunity here.")
    for one in found:
        amount = "-" if one.amount is None else f"{one.amount:,.0f}"
        share = weighted(still_open(one), one.pct) if one.open else 0
        state = one.outcome.ending.value if one.outcome else one.stage.code
        click.echo(
            f"{one.expected_close}  {state:<12}  {one.pct:>3.0f} %  {amount:>14} {one.currency}"
            f"  weighted {share:>12,.0f}  {one.account_name}: {one.title}"
            f"  {one.owner_name or 'nobody'}"
        )


def _signals(as_json: bool) -> None:
    found = queries.signals_for(local_actor())
    if as_json:
        since = queries.first_seen_of(one.key for one in found)
        _say({"items": [signal_body(one, since.get(one.key)) for one in found]})
        return
    if not found:
        click.echo("No signal waits for an answer.")
    for one in found:
        body = signal_body(one)
        click.echo(f"{body['on']}  {body['kind']:<12}  {body['account']}: {body['text']}")


def _rollup(given: str, as_json: bool) -> None:
    found = ROLLED.fullmatch(given.strip())
    if not found:
        raise Invalid("Say a year and a currency, such as 2026:EUR.", code="roll_up")
    code = currency_code(found[2])
    body = rollup_body(queries.rollup_for(local_actor(), year=int(found[1]), currency=code))
    if as_json:
        _say(body)
        return
    for line in body["lines"]:
        new, old = line["new_sales"], line["renewals"]
        click.echo(
            f"{'  ' * line['level']}{line['name']}: target {line['target'] or '-'}, new"
            f" {new['by_category']['closed']} won and {new['weighted']} weighted, renewals"
            f" {old['by_category']['closed']} closed and {old['weighted']} weighted {code}"
        )


def _say(body: dict[str, Any]) -> None:
    click.echo(json.dumps(body, indent=2, ensure_ascii=False))
