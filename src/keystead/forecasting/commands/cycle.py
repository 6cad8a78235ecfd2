"""``keystead forecast``: run, show, override, hand in, lock."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import click

from keystead.accounts.queries import account_by_code
from keystead.catalog.queries import product_by_sku
from keystead.forecasting import queries, services
from keystead.forecasting.commands.asked import AS_JSON, cycle_of, named_cycle, rhythm_of
from keystead.forecasting.queries import wire
from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.types.cycle import (
    Asked,
    Calendar,
    CycleHead,
    DemandKind,
    Layer,
    Node,
    OverrideEntry,
    OverrideKind,
    Reason,
)
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact
from keystead.kernel.periods import Period
from keystead.kit import jobs
from keystead.kit.access import local_actor

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def forecast() -> None:
    """Run, override, hand in and lock the rolling forecast; explain it, workbooks, accuracy."""


@forecast.command()
@click.argument("month")
@click.option(
    "--recipe", default="standard", show_default=True, help="naive, fast, standard, overnight."
)
@click.option("--trial", is_flag=True, help="Beside the run that counts, never instead of it.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--kind", type=click.Choice([one.value for one in DemandKind]), default="sell_in")
@click.option(
    "--rhythm",
    type=click.Choice([one.value for one in Rhythm]),
    help="By month, or by week from Monday; default: as MONTH is written (2026-W41 is a week).",
)
@click.option("--horizon", type=int, help="Months or weeks ahead; default: 18 months, 13 weeks.")
@click.option("--submit-by", type=DAY, help="Default: a week after the first of the month.")
def run(
    month: str, recipe: str, trial: bool, seed: int, kind: str, rhythm: str | None,
    horizon: int | None, submit_by: datetime | None,
) -> None:  # fmt: skip
    """Open the cycle of MONTH (2026-11, 2026-W41) unless it is there, and run the engine in it."""
    actor = local_actor()
    paced = Rhythm(rhythm) if rhythm else rhythm_of(month)
    first = paced.start(Period.parse(month).start)
    found = named_cycle(actor, paced.code(first), kind)
    if found is None:
        days = _calendar(first, submit_by.date() if submit_by else None, paced)
        head = CycleHead(
            month=first, calendar=days, kind=DemandKind(kind), rhythm=paced,
            horizon=paced.horizon if horizon is None else horizon,
        )  # fmt: skip
        found = services.open_cycle(actor=actor, head=head)
    asked = Asked(recipe=recipe, seed=seed, trial=trial)
    made = services.start_run(actor=actor, cycle_id=found.id, asked=asked)
    jobs.run_inline(made.job_id or 0)
    done = next(one for one in queries.runs_of(actor, found.id) if one.id == made.id)
    click.echo(
        f"Cycle {found.name}, run {done.number}: {done.series} series, "
        f"{done.backtest.get('problems', 0)} remarks on the history, "
        f"ledger commit {done.commit}, output {done.output_hash[:12]}"
    )
    if done.backtest.get("problems"):
        click.echo(f"  Look at the remarks: keystead forecast remarks {found.name}")


@forecast.command()
@click.argument("month", required=False)
@click.option("--layer", type=click.Choice([one.value for one in Layer]), default="agreed")
@click.option("--account", default="", help="The code of an account; with all below it.")
@AS_JSON
def show(month: str | None, layer: str, account: str, as_json: bool) -> None:
    """List the cycles, or show the numbers of the cycle of MONTH."""
    actor = local_actor()
    if month is None:
        found = queries.cycles_for(actor)
        if as_json:
            click.echo(json.dumps([wire.cycle_body(one) for one in found], indent=2))
            return
        for one in found:
            click.echo(
                f"{one.id:>4}  {one.name:<12} {one.head.kind.value:<9} {one.rhythm.value:<6} "
                f"{one.state.value}"
            )
        return
    table = cycle_table(actor, cycle_of(actor, month).id)
    node = Node(account_by_code(actor, account).id if account else None)
    rows = wire.table_rows(table, Layer(layer))
    kept = [rows[at] for at in table.rows_of(node)]
    if as_json:
        months = [one.isoformat() for one in table.periods]
        told = {"months": months, "rhythm": table.cycle.rhythm.value, "stamp": table.stamp}
        click.echo(json.dumps({**told, "rows": kept}, indent=2))
        return
    accounts, products, code = account_names(), product_names(), table.cycle.rhythm.code
    head = "  ".join(code(one) for one in table.periods)
    click.echo(f"{'account':<12}  {'product':<12}  {head}")
    wide = len(code(table.periods[0]))
    for row in kept:
        numbers = "  ".join(f"{Decimal(one):>{wide},.0f}" for one in row["quantities"])
        owner, sku = accounts[row["account_id"]].code, products[row["product_id"]].sku
        click.echo(f"{owner:<12}  {sku:<12}  {numbers}")


@forecast.command(context_settings={"ignore_unknown_options": True})  # -20 is an amount
@click.argument("month")
@click.argument("amount")
@click.option(
    "--months", required=True, help="2026-12, or 2026-12..2027-02; by week 2026-W41..2026-W44."
)
@click.option("--account", default="", help="The code of an account; with all below it.")
@click.option("--sku", default="", help="One product.")
@click.option("--brand", default="", help="All products of a brand.")
@click.option("--reason", type=click.Choice([one.value for one in Reason]), required=True)
@click.option("--note", default="")
@click.option("--evidence", default="", help="Where it can be read: a document, a mail, a link.")
@click.option("--expires", type=DAY)
@click.option("--layer", type=click.Choice([one.value for one in Layer]), help="Default: your own.")
@click.option("--dry-run", is_flag=True, help="Show the split and write nothing.")
def override(month: str, amount: str, months: str, dry_run: bool, **given: object) -> None:
    """Change the cycle of MONTH by AMOUNT: 500 (a total), +20 or -20 (units), +5% or -5%."""
    actor = local_actor()
    cycle = cycle_of(actor, month)
    kind, number = typed_amount(amount)
    expires, layer = given["expires"], given["layer"]
    entry = OverrideEntry(
        node=Node(
            account_by_code(actor, str(given["account"])).id if given["account"] else None,
            product_by_sku(actor, str(given["sku"])).id if given["sku"] else None,
            str(given["brand"]),
        ),
        periods=_periods(cycle.rhythm, months), kind=kind, amount=number,
        reason=Reason(str(given["reason"])), note=str(given["note"]),
        evidence=str(given["evidence"]),
        expires=expires.date() if isinstance(expires, datetime) else None,
        layer=Layer(str(layer)) if layer else None,
    )  # fmt: skip
    shown = services.preview(actor=actor, cycle_id=cycle.id, entry=entry)
    click.echo(f"{shown.before:,.0f} > {shown.after:,.0f}, {len(shown.splits)} cells")
    for one in shown.warnings:
        click.echo(f"  {one.text}")
    if not dry_run:
        made = services.override(actor=actor, cycle_id=cycle.id, entry=entry)
        click.echo(f"Override {made.id} in the layer {made.layer.value}")


@forecast.command()
@click.argument("month")
@click.option("--account", multiple=True, help="Only these accounts (codes); default: all yours.")
@click.option("--note", default="")
def submit(month: str, account: tuple[str, ...], note: str) -> None:
    """Hand in your accounts, or your line, in the cycle of MONTH."""
    actor = local_actor()
    ids = [account_by_code(actor, one).id for one in account] or None
    made = services.submit(
        actor=actor, cycle_id=cycle_of(actor, month).id, account_ids=ids, note=note
    )
    click.echo(f"Handed in: {len(made)}")


@forecast.command()
@click.argument("month")
def lock(month: str) -> None:
    """Ask for the lock of the cycle of MONTH; a second person approves it."""
    actor = local_actor()
    made = services.lock(actor=actor, cycle_id=cycle_of(actor, month).id)
    click.echo(f"Asked for: request {made.lock_request} waits for a director or finance")


def typed_amount(text: str) -> tuple[OverrideKind, Decimal]:
    """Return what a typed amount means: a total, more or less, or percent.

    >>> typed_amount("+5%")[0].value, typed_amount("-20")[0].value, typed_amount("500")[0].value
    ('percent', 'delta', 'absolute')
    """
    plain = text.strip().replace(",", "")
    try:
        if plain.endswith("%"):
            return OverrideKind.PERCENT, exact(plain[:-1])
        kind = OverrideKind.DELTA if plain[:1] in "+-" else OverrideKind.ABSOLUTE
        return kind, exact(plain)
    except Invalid as error:
        raise Invalid(
            f"This is no amount: {text[:40]}", hint="500, +20, -20 or +5%.", code=error.code
        ) from None


def _periods(rhythm: Rhythm, text: str) -> tuple[date, ...]:
    """The months that a written span touches, or its weeks."""
    span = Period.parse(text)
    first = rhythm.start(span.start)
    return rhythm.periods(first, rhythm.between(first, rhythm.start(span.last)) + 1)


def _calendar(first: date, submit_by: date | None, rhythm: Rhythm) -> Calendar:
    if rhythm is Rhythm.WEEK:  # by Tuesday, Wednesday, Thursday
        days = [max(submit_by or first, first + timedelta(days=at)) for at in (1, 2, 3)]
        return Calendar(first, *days)
    opens = first
    day = submit_by or first.replace(day=8)
    return Calendar(
        opens, max(day, opens), max(day, first.replace(day=12)), max(day, first.replace(day=15))
    )
