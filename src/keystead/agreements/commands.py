"""``keystead agreement`` and ``keystead claim``: contracts, what they owe, what is claimed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from keystead.accounts.queries import account_by_code
from keystead.agreements import queries, services
from keystead.agreements.calc.claims import ageing
from keystead.agreements.queries import wire
from keystead.agreements.queries.agreements import terms_of
from keystead.agreements.queries.claim_wire import claim_body, claim_rows
from keystead.agreements.queries.claims import BANDS, claims_for
from keystead.agreements.queries.evaluation import evaluate_agreement
from keystead.agreements.queries.sentences import condition_parts, name_of, terms_parts
from keystead.agreements.queries.settlements import due_on, settlement_for
from keystead.agreements.queries.spelled import told_to
from keystead.agreements.queries.traces import trace_parts
from keystead.agreements.services.papers import (
    Made,
    Wanted,
    write_contract,
    write_settlement,
    write_statement,
)
from keystead.kernel.errors import NotFound
from keystead.kernel.money import Money
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import local_actor
from keystead.kit.disk import write_whole

JSON = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


@click.group()
def agreement() -> None:
    """Read agreements, calculate, accrue and settle them."""


@agreement.command()
@click.argument("number")
@click.option("--version", "wanted", type=int, default=0, help="A version; default: the latest.")
@JSON
def show(number: str, wanted: int, as_json: bool) -> None:
    """Show the terms of agreement NUMBER in plain sentences."""
    found = queries.by_number(local_actor(), number)
    version = next((v for v in found.versions if v.number == (wanted or len(found.versions))), None)
    if version is None:
        raise NotFound(f"{found.number} has no version {wanted}.", code="version_not_found")
    with told_to(local_actor()):
        told = [
            (one, condition_parts(one, version.currency, version.conditions))
            for one in version.conditions
        ]
        whole = terms_parts(terms_of(version), version.currency)
    if as_json:
        _show({
            **wire.agreement_body(found),
            "shown": version.number,
            "effective": str(version.effective),
            "conditions": [
                {"key": one.key, "name": name_of(one), "terms": _sentences(parts)}
                for one, parts in told
            ],
            "whole": _sentences(whole),
        })  # fmt: skip
        return
    click.echo(f"{found.number} {found.title}, {found.valid}, {found.currency}, {found.state}")
    click.echo(f"Version {version.number}, {version.state}, in effect {version.effective}")
    for condition, parts in told:
        click.echo(f"\n{name_of(condition)} ({condition.key})")
        for part, text in parts:
            click.echo(f"  {part + ':':<24}{text}")
    if whole:
        click.echo("\nThe whole agreement")
        for part, text in whole:
            click.echo(f"  {part + ':':<24}{text}")


def _sentences(parts: Iterable[tuple[Any, Any]]) -> list[dict[str, str]]:
    return [{"part": str(part), "says": str(text)} for part, text in parts]


OUT = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; default: its own name, in this folder.",
)  # fmt: skip
LANGUAGE = click.option("--language", default="", help="en, zh or fr; default: yours.")
INSIDE = click.option(
    "--inside", is_flag=True, help="An internal copy, marked as such: it is not for the customer."
)


@agreement.command()
@click.argument("number")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Sales up to this day; default: today."
)
@click.option(
    "--format", "kind", type=click.Choice(["xlsx", "pdf", "docx"]), default="xlsx",
    show_default=True, help="Excel with live formulas, PDF or Word.",
)  # fmt: skip
@click.option(
    "--settlement", "settlement_id", type=int, help="One settlement as it was calculated."
)
@LANGUAGE
@INSIDE
@OUT
@JSON
def statement(
    number: str,
    as_of: datetime | None,
    kind: str,
    settlement_id: int | None,
    language: str,
    inside: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Write the statement of agreement NUMBER: what is due, line by line."""
    actor = local_actor()
    found = queries.by_number(actor, number)
    if settlement_id is not None:
        if as_of is not None:
            raise click.UsageError("Give --as-of or --settlement, not both.")
        if settlement_for(actor, settlement_id).agreement_id != found.id:
            raise NotFound(
                f"{found.number} has no settlement {settlement_id}.", code="settlement_not_found"
            )
        _write(
            write_settlement(
                actor=actor,
                settlement_id=settlement_id,
                wanted=Wanted(kind, language, inside=inside),
            ),
            out,
            as_json=as_json,
        )
        return
    day: date = as_of.date() if as_of else timezone.localdate()
    made = write_statement(
        actor=actor, agreement_id=found.id, as_of=day, wanted=Wanted(kind, language, inside=inside)
    )
    _write(made, out, as_json=as_json)


AS_OF = click.option(
    "--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="Up to this day; default: today."
)


def _day(given: datetime | None) -> date:
    return given.date() if given else timezone.localdate()


def _show(body: Any) -> None:
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))


@agreement.command()
@click.argument("number")
@click.option("--version", "wanted", type=int, help="A version; default: the latest.")
@click.option(
    "--format", "kind", type=click.Choice(["docx", "pdf"]), default="docx", show_default=True,
    help="Word or PDF.",
)  # fmt: skip
@click.option("--template", type=int, default=0, help="A template of your own, by its number.")
@LANGUAGE
@INSIDE
@OUT
@JSON
def contract(
    number: str,
    wanted: int | None,
    kind: str,
    template: int,
    language: str,
    inside: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Write the contract of agreement NUMBER, ready to sign."""
    actor = local_actor()
    found = queries.by_number(actor, number)
    made = write_contract(
        actor=actor, agreement_id=found.id, wanted=Wanted(kind, language, inside=inside),
        version_number=wanted, template_id=template,
    )  # fmt: skip
    _write(made, out, as_json=as_json)


def _write(made: Made, out: Path | None, *, as_json: bool) -> None:
    path = out or Path("".join("-" if sign in '/\\:*?"<>|' else sign for sign in made.name))
    write_whole(path, made.content)
    if as_json:
        told = {"file": str(path), "bytes": len(made.content)}
        _show({**told, "sha256": hashlib.sha256(made.content).hexdigest()})
        return
    click.echo(f"{path}: {len(made.content)} bytes.")


@agreement.command()
@click.argument("number")
@AS_OF
@click.option("--version", "wanted", type=int, help="One version alone; default: all in force.")
@click.option("--trace", is_flag=True, help="How each amount came about.")
@JSON
def evaluate(
    number: str, as_of: datetime | None, wanted: int | None, trace: bool, as_json: bool
) -> None:
    """Show what agreement NUMBER has earned, line by line."""
    actor = local_actor()
    found = evaluate_agreement(
        actor, queries.by_number(actor, number).id, as_of=_day(as_of), version=wanted
    )
    if as_json:
        _show(wire.entitlement_body(found))
        return
    run = found.run
    click.echo(f"{found.agreement.number}, up to {found.basis.as_of}, inputs {run.inputs_hash}")
    for line in run.lines:
        rate = "" if line.rate is None else f"{line.rate.normalize():f}"
        click.echo(
            f"  {line.condition:<24}{str(line.period)!s:<20}{rate:>8}"
            f"{line.amount.amount:>16,.2f} {run.currency}"
        )
        for label, text in trace_parts(line, run.currency) if trace else ():
            click.echo(f"      {label}: {text}")
    click.echo(f"  {'total':<52}{run.total.amount:>16,.2f} {run.currency}")


@agreement.command()
@click.argument("number")
@click.option("--month", default="", help="2026-03; default: the month that ended last.")
@click.option("--through", default="", help="Accrue all months up to this one as well.")
@JSON
def accrue(number: str, month: str, through: str, as_json: bool) -> None:
    """Bring the accruals of agreement NUMBER to where they should be; twice changes nothing."""
    actor = local_actor()
    ended = add_months(month_start(timezone.localdate()), -1)
    first = Period.parse(month).start if month else ended
    last = Period.parse(through).start if through else first
    found = services.catch_up(
        actor=actor, agreement_id=queries.by_number(actor, number).id, first=first, last=last
    )
    if as_json:
        _show([wire.entry_body(entry) for entry in found])
        return
    for entry in found:
        click.echo(
            f"{entry.month:%Y-%m}  {entry.condition:<24}{entry.kind:<10}{entry.basis:<10}"
            f"{entry.amount.amount:>16,.2f} {entry.amount.currency}"
        )
    click.echo(f"{len(found)} entries written." if found else "Nothing moved.")


@agreement.command()
@click.argument("number")
@AS_OF
@click.option("--write", is_flag=True, help="Open a settlement and keep the calculation.")
@JSON
def settle(number: str, as_of: datetime | None, write: bool, as_json: bool) -> None:
    """Show what is due under agreement NUMBER: earned less settled; with --write, keep it."""
    actor = local_actor()
    chosen = queries.by_number(actor, number)
    day = _day(as_of)
    if write:
        opened = services.open_settlement(actor=actor, agreement_id=chosen.id, last=day)
        kept = services.calculate(actor=actor, settlement_id=opened.id)
        lines, total = kept.lines, kept.total
        if as_json:
            _show(wire.settlement_body(kept))
            return
        click.echo(f"Settlement {kept.id}, {kept.state.value}")
    else:
        lines = due_on(actor, chosen.id, day)
        total = Money.total((line.due for line in lines), chosen.currency)
        if as_json:
            _show(wire.due_body(lines, total))
            return
    for line in lines:
        click.echo(
            f"  {line.condition:<24}{str(line.period)!s:<20}{line.entitlement.amount:>14,.2f}"
            f"{line.settled_before.amount:>14,.2f}{line.due.amount:>14,.2f}"
        )
    click.echo(f"  {'due':<72}{total.amount:>14,.2f} {total.currency}")


@click.group()
def claim() -> None:
    """Read claims: what customers ask for or took, by age, and what stops them."""


@claim.command("list")
@click.option("--state", default="open", show_default=True, help="A state, open, or all.")
@click.option("--account", default="", help="Only of this account, by its code.")
@click.option("--age", type=click.Choice(BANDS), help="Only of this age in days.")
@JSON
def list_claims(state: str, account: str, age: str | None, as_json: bool) -> None:
    """List claims with their age; what is open by age is summed up below."""
    actor, today = local_actor(), timezone.localdate()
    only = account_by_code(actor, account).id if account else None
    found = claims_for(
        actor, today=today, state="" if state == "all" else state, band=age or "",
        account_id=only,
    )  # fmt: skip
    rows = claim_rows(found, today)
    if as_json:
        _show(rows)
        return
    for row in rows:
        days = "" if row["age_days"] is None else f"{row['age_days']} d"
        click.echo(
            f"{row['id']:>6}  {row['number']:<20}{row['on']}{days:>7}"
            f"{Decimal(row['amount']):>16,.2f} {row['currency']}  {row['state']}"
            f"  {', '.join(row['flags'])}".rstrip()
        )
    waiting = [one for one in found if one.is_open]
    for currency in sorted({one.amount.currency for one in waiting}):
        sums = ageing(waiting, today, currency)
        told = "  ".join(f"{band}: {sums[band].amount:,.2f}" for band in BANDS if band in sums)
        click.echo(f"open {currency}  {told}")
    if not rows:
        click.echo("There is no claim here.")


@claim.command("show")
@click.argument("claim_id", type=int)
@JSON
def show_claim(claim_id: int, as_json: bool) -> None:
    """Show claim CLAIM_ID: errors, flags, what it is set against or may be for."""
    body = claim_body(local_actor(), claim_id, timezone.localdate())
    if as_json:
        _show(body)
        return
    for name in ("number", "kind", "reason", "on", "state", "agreement", "invoice", "note"):
        if body[name]:
            click.echo(f"{name:<12}{body[name]}")
    click.echo(f"{'amount':<12}{Decimal(body['amount']):,.2f} {body['currency']}")
    if body["age_days"] is not None:
        click.echo(f"{'age':<12}{body['age_days']} days ({body['age_band']})")
    if body["granted"] is not None:
        click.echo(f"{'granted':<12}{Decimal(body['granted']):,.2f} {body['currency']}")
    for label, name in (("errors", "errors"), ("look at", "flags")):
        if body[name]:
            click.echo(f"{label:<12}{', '.join(body[name])}")
    for part in body["matches"]:
        click.echo(
            f"set against {part['agreement']} {part['condition']}: {Decimal(part['amount']):,.2f}"
        )
    for one in body["candidates"] if not body["matches"] else ():
        click.echo(
            f"may be for  {one['agreement']} {one['condition']}: {Decimal(one['open']):,.2f} open"
            f" ({', '.join(one['reasons'])})"
        )
