"""Forecasts of the world: cycles of past months, locked by those who would, and the open one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

from keystead.accounts.queries import account_by_code
from keystead.doors.cli.demo.deals import approve
from keystead.forecasting import services
from keystead.forecasting.queries.gaps import gaps_of, name_of
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.types.cycle import (
    Asked,
    AssumptionEntry,
    Calendar,
    Cycle,
    CycleHead,
    Layer,
    Node,
    OverrideEntry,
    OverrideKind,
    Reason,
)
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.periods import add_months
from keystead.kit import jobs
from keystead.kit.access import local_actor

Say = Callable[[str], None]
OPS, HEAD = "ming", "anna"
FIRST, LAST = date(2026, 4, 1), date(2026, 11, 1)
HORIZON, AHEAD = 12, 15  # the last that is locked reaches to the end of next year
ACCOUNTS = ("JH-01", "CHN", "UVL")  # the whole house would take minutes to build
PARTIES = (Layer.ACCOUNT_MANAGER, Layer.OPERATIONS)
# Who changed what in which cycle: percent, reason, words. Some of it helps, some does not.
CHANGES: Final = {
    "lin": (
        (Decimal(8), Reason.PROMOTION, "平台大促备货，采购已确认"),
        (Decimal(-12), Reason.STOCKING, "渠道库存偏高，先消化再进货"),
        (Decimal(3), Reason.CUSTOMER, "客户预计略有增长"),
        (Decimal(25), Reason.PUSH, "季度末冲量"),
    ),
    "claire": (
        (Decimal(-6), Reason.CUSTOMER, "Budget gelé jusqu’à la rentrée"),
        (Decimal(10), Reason.TENDER, "Appel d’offres gagné, livraison attendue"),
        (Decimal(-15), Reason.DELISTING, "Un titre sort de la collection"),
    ),
}


def fill_forecasts(say: Say) -> None:
    """Run every cycle on the history as of then; all but the last one are locked."""
    month, count, series = FIRST, 0, 0
    while month <= LAST:
        cycle, series = _run(month)
        for who in CHANGES:
            _change(cycle, who, count)
        if month < LAST:
            _lock(cycle)
        month, count = add_months(month, 1), count + 1
    _assume(cycle)
    say(f"{count} forecast cycles of {series} series")


def _run(month: date) -> tuple[Cycle, int]:
    ops = local_actor(OPS)
    days = Calendar(month, month.replace(day=8), month.replace(day=12), month.replace(day=27))
    accounts = frozenset(account_by_code(ops, code).id for code in ACCOUNTS)
    horizon = AHEAD if add_months(month, 1) == LAST else HORIZON
    head = CycleHead(
        month=month, calendar=days, horizon=horizon, parties=PARTIES, accounts=accounts
    )
    cycle = services.open_cycle(actor=ops, head=head)
    run = services.start_run(actor=ops, cycle_id=cycle.id, asked=Asked(recipe="fast"))
    jobs.run_inline(run.job_id or 0)
    return cycle, services.calculate(run_id=run.id).series


def _change(cycle: Cycle, who: str, turn: int) -> None:
    """Change two months of the largest series of a person's, another one in each cycle."""
    actor = local_actor(who)
    table = cycle_table(actor, cycle.id)
    if not table.series:
        return
    sizes = table.layers[Layer.STATISTICAL].sum(axis=1)
    largest = sorted(range(len(table.series)), key=lambda at: -sizes[at])[:4]
    key = table.series[largest[turn % len(largest)]].key
    percent, reason, words = CHANGES[who][turn % len(CHANGES[who])]
    services.override(
        actor=actor,
        cycle_id=cycle.id,
        entry=OverrideEntry(
            node=Node(key.account_id, key.product_id),
            periods=table.periods[:2],
            kind=OverrideKind.PERCENT,
            amount=percent,
            reason=reason,
            note=words,
        ),
    )


def _lock(cycle: Cycle) -> None:
    ops, head = local_actor(OPS), local_actor(HEAD)
    table = cycle_table(ops, cycle.id)
    for gap in gaps_of(ops, table):
        if gap.over:
            services.comment(
                actor=ops, cycle_id=cycle.id, text="Talked through in the demand meeting.",
                about=name_of(gap),
            )  # fmt: skip
    services.begin_review(actor=ops, cycle_id=cycle.id, why="Demand meeting")
    services.sign_off(actor=head, cycle_id=cycle.id, party=Layer.ACCOUNT_MANAGER)
    services.sign_off(actor=ops, cycle_id=cycle.id, party=Layer.OPERATIONS)
    asked = services.lock(actor=ops, cycle_id=cycle.id)
    approve(SubjectKind.FORECAST_LOCK, str(cycle.id))
    services.take_decision(request_id=asked.lock_request or 0)


def _assume(cycle: Cycle) -> None:
    """Write down what the open cycle rests on."""
    for who, text, effect in (
        ("lin", "双十二按去年力度参加，平台不另加补贴", "+6 % 12月"),
        ("claire", "Les bibliothèques renouvellent avant la fin de l’année", "stable"),
    ):
        services.write_assumption(
            actor=local_actor(who), cycle_id=cycle.id,
            entry=AssumptionEntry(
                text=text, effect=effect, starts=cycle.head.month,
                expires=add_months(cycle.head.month, 3),
            ),
        )  # fmt: skip
