"""Proofs of figures that stand in no metric: lines of the P&L, parts of a growth bridge.

A line of the P&L is worked out of metrics, so its proof is made of theirs. A part of a bridge
(volume, mix, price, new, lost) is the arithmetic of this room over the products of two periods: a
kind of its own, worked out again as of the commit and the rates it names.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from keystead.kernel.errors import Invalid, KeysteadError
from keystead.kernel.periods import Period
from keystead.kernel.standing import Standing, Worth
from keystead.kit.access import Actor
from keystead.kit.provers import named, parts_of
from keystead.ledger.queries import current_commit, moment_of
from keystead.metrics.calc.derived import derive
from keystead.metrics.queries import reading
from keystead.profitability.queries.asks import ACCRUED, EXPENSE, PLANNED, SOURCES
from keystead.profitability.queries.growth import growth
from keystead.profitability.queries.words import part_labels
from keystead.profitability.types import Against, Amount, Convention, Growth, Measure, Part

BRIDGE: Final = "bridge"
BASE, ACTUAL = "base", "actual"
_MOMENT: Final = "%Y%m%d%H%M%S%f"
_MINUS: Final = frozenset(
    {EXPENSE, ACCRUED, PLANNED, *(name for name, sign in SOURCES.values() if sign < 0)}
)


def amount_proof(amount: Amount) -> str:
    """Return the proof id of an amount of the P&L: its figure's, or one made of several.

    Costs are metrics that count against sales. Nothing for an amount that rests on no figure, or on
    more than a proof can carry (look at the rows below it then). Only for amounts of the actual
    and of last year: a forecast and a budget are not sums of figures.
    """
    plus = [one for one in amount.proofs if not _counts_against(one)]
    minus = [one for one in amount.proofs if _counts_against(one)]
    if len(plus) == 1 and not minus:
        return plus[0]
    try:
        if not minus:
            return derive("sum", plus) if plus else ""
        less = minus[0] if len(minus) == 1 else derive("sum", minus)
        if not plus:
            return derive("negative", [less])
        return derive("difference", [plus[0] if len(plus) == 1 else derive("sum", plus), less])
    except Invalid:
        return ""


def _counts_against(proof_id: str) -> bool:
    return proof_id.partition(".")[0] in _MINUS


def part_proof(found: Growth, part: Part | str) -> str:
    """Return the proof id of a part of a bridge, of its ``base`` or its ``actual``."""
    moment = found.rates_at.astimezone(UTC).strftime(_MOMENT) if found.rates_at else ""
    return named(
        BRIDGE, found.account_id, str(found.period), found.against.value, found.measure.value,
        found.bridge.convention.value, found.asked, moment, str(part), f"c{found.commit}",
    )  # fmt: skip


def prove_bridges(actor: Actor, ids: Sequence[str]) -> dict[str, Standing]:
    """Return what ids of bridges stand for; each bridge is worked out once per state."""
    now = current_commit()
    known: dict[tuple[tuple[str, ...], int], Growth | None] = {}

    def bridge(asked: tuple[str, ...], commit: int) -> Growth | None:
        if (asked, commit) not in known:
            known[asked, commit] = _growth(actor, asked, commit)
        return known[asked, commit]

    found: dict[str, Standing] = {}
    for one in ids:
        try:
            *asked, part, mark = parts_of(one, 9)
            commit = int(mark[1:])
        except (KeysteadError, ValueError):
            continue
        then = bridge(tuple(asked), commit)
        if then is None or (worth := _worth(then, part)) is None:
            continue
        today = bridge(tuple(asked), now)
        found[one] = _standing(one, part, then, worth, today)
    return found


def _growth(actor: Actor, asked: tuple[str, ...], commit: int) -> Growth | None:
    account, period, against, measure, convention, currency, moment = asked
    try:
        rates_at = datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC) if moment else None
        return growth(
            actor=actor, account_id=int(account), period=Period.parse(period),
            against=Against(against), measure=Measure(measure), convention=Convention(convention),
            currency=currency,
            within=dataclasses.replace(reading(actor, commit), rates_at=rates_at),
        )  # fmt: skip
    except (KeysteadError, ValueError):
        return None


def _worth(found: Growth, part: str) -> Worth | None:
    if part in (BASE, ACTUAL):
        return Worth((found.base if part == BASE else found.actual).value, found.currency)
    if part not in set(Part):
        return None
    return Worth(found.bridge.parts.get(Part(part), Decimal(0)), found.currency)


def _standing(
    proof_id: str, part: str, then: Growth, worth: Worth, today: Growth | None
) -> Standing:
    now = _worth(today, part) if today is not None else None
    now = now or Worth(None, "", "no_data")
    moved = (now.value, now.measure) != (worth.value, worth.measure)
    return Standing(
        proof_id=proof_id,
        label=_word(part),
        detail=f"{then.before} > {then.period} · {then.account_name}",
        then=worth,
        now=now,
        unit="money",
        account_ids=frozenset({then.account_id}),
        because=("new",) if moved else (),
        commit=then.commit,
        moment=moment_of(then.commit),
        at=reverse("profitability:why", args=[then.account_id]) + f"?period={then.period}",
        at_label=gettext("Why did it move?"),
    )


def _word(part: str) -> str:
    if part == BASE:
        return gettext("Base of the bridge")
    if part == ACTUAL:
        return gettext("Actual of the bridge")
    return gettext("Bridge: %(part)s") % {"part": part_labels()[Part(part)]}
