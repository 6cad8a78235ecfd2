"""``keystead scorecard ACCOUNT``: the card of an account, live or frozen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

import click

from keystead.accounts.queries import account_by_code
from keystead.kernel.periods import Period
from keystead.kit.access import local_actor
from keystead.scorecards import queries, services
from keystead.scorecards.types import Card, CardLine, Number, Score, Snapshot, plain

HEADING = (
    f"{'KPI':<28}{'actual':>18}{'target':>18}{'last year':>18}{'points':>8}{'weight':>8}"
    f"{'share':>8}  word"
)


@click.command()
@click.argument("account")
@click.option(
    "--period", "text", default="", help="2026, 2026-Q2, 2026-01..2026-06; default: year to date."
)
@click.option("--freeze", is_flag=True, help="Store it as a snapshot that never changes.")
@click.option("--comment", default="", help="Said on the snapshot.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def scorecard(account: str, text: str, freeze: bool, comment: str, as_json: bool) -> None:
    """Show the scorecard of an ACCOUNT (its code): value, target, points, and why."""
    actor = local_actor()
    found = account_by_code(actor, account)
    period = Period.parse(text) if text else None
    card: Card | Snapshot
    if freeze:
        card = services.freeze_card(
            actor=actor, account_id=found.id, period=period, comment=comment
        )
    else:
        card = queries.card(actor, found.id, period)
    if as_json:
        click.echo(json.dumps(card.as_dict(), ensure_ascii=False, indent=2))
        return
    click.echo(f"{card.account_name}, {_set_name(card)}, {card.period}")
    _table(card.lines, card.score)
    if isinstance(card, Snapshot):
        click.echo(f"Frozen as snapshot {card.id}: it never changes.")


def _set_name(card: Card | Snapshot) -> str:
    return card.set_name if isinstance(card, Snapshot) else card.kpi_set.name


def _table(lines: Sequence[CardLine], score: Score) -> None:
    click.echo(HEADING)
    for line in lines:
        target = _shown(line.target)
        if line.target_high is not None:
            target = f"{target} to {_rounded(line.target_high)}"
        click.echo(
            f"{line.label[:27]:<28}{_shown(line.actual):>18}{target:>18}"
            f"{_shown(line.last_year):>18}{plain(line.score.points) or '-':>8}"
            f"{plain(line.line.weight):>8}{plain(line.score.share_pct):>8}  {_word(line)}"
        )
    total = plain(score.total) or "none"
    click.echo(f"Total {total}, {score.word.value}; {plain(score.coverage_pct)} % of the weight.")


def _word(line: CardLine) -> str:
    reason = line.score.missing.value.replace("_", " ")
    return f"{line.score.word.value} ({reason})" if reason else line.score.word.value


def _shown(number: Number) -> str:
    text = _rounded(number.value)
    return f"{text} {number.measure}".strip() if number.value is not None else text


def _rounded(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:,.2f}".removesuffix(".00")
