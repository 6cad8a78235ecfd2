"""Renewals of the world: those of the contracts in force, a few kept elsewhere, some closed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

from keystead.accounts.queries import account_by_code
from keystead.kernel.periods import Period
from keystead.kit.access import local_actor
from keystead.metrics.queries import evaluate
from keystead.pipeline import queries, services
from keystead.pipeline.calc.gates import CHECKLIST
from keystead.pipeline.types.renewals import (
    Closing,
    NoticeRule,
    NoticeUnit,
    OnClosedDay,
    Reason,
    RenewalEntry,
    RenewalState,
)

Say = Callable[[str], None]
S = RenewalState
HEAD, LAST_YEAR = "anna", Period.parse("2025-11..2026-10")
PATH: Final = (S.PREPARING, S.STRATEGY_APPROVED, S.OFFERED, S.NEGOTIATING, S.AGREED)
YEARLY = NoticeRule(3, NoticeUnit.MONTHS, auto_renew_months=12)
POSTED = NoticeRule(
    90, country="FR", closed_day=OnClosedDay.BEFORE, must_arrive=True, transit_days=5
)
# Contracts in force: who, how far, growth that is asked for, own probability, gates that are done.
RUNNING: Final = {
    "JH-01": ("lin", 4, "1.08", 85, (18, 12, 9, 6)),
    "TM-01": ("lin", 3, "1.02", 70, (18, 12, 9)),
    "GS-E": ("lin", 1, "1.00", 60, (18,)),
    "UVL": ("claire", 4, "1.03", 90, (18, 12, 9, 6)),
}
# Contracts kept elsewhere: account, who, number, words, last day, notice, how far, growth, own
# probability.
ELSEWHERE: Final = (
    ("CHV", "claire", "CHV-2024-11", "Clinalis, 3 sites", date(2027, 3, 31), POSTED, 2, "1.05", 75),
    ("UPR", "claire", "UPR-2025", "Collection Lumen", date(2027, 6, 30), YEARLY, 1, "1.02", 80),
    ("SDO", "", "SDO-GROUPE-25", "Licence de réseau", date(2027, 8, 31), YEARLY, 0, "1.00", None),
    ("HPT", "claire", "HPT-2025", "Dosalis", date(2027, 2, 28), NoticeRule(60), 1, "0.90", 40),
)  # fmt: skip
# Terms that ended: account, number, last day, target, final, reason, words.
ENDED: Final = (
    ("UVL", "UVL-2025", date(2025, 12, 31), 640_000, 655_300, Reason.VALUE, "Bilan convaincant"),
    ("CHR", "CHR-2025", date(2026, 6, 30), 441_000, 402_500, Reason.BUDGET, "Un outil en moins"),
    ("CLB", "CLB-2025", date(2026, 3, 31), 68_000, 0, Reason.PRICE, "Trop cher pour 240 lits"),
    ("EBR", "EBR-2025", date(2026, 8, 31), 88_400, 88_400, Reason.USAGE, "Reconduit à l'identique"),
)  # fmt: skip


def fill_renewals(say: Say) -> None:
    """Bring in the renewals, take each as far as its people have come, close what is over."""
    made = len(services.catch_up())
    for found in queries.renewals_for(local_actor(HEAD)):
        _run(found.id)
    for code, who, number, title, last, notice, steps, growth, mine in ELSEWHERE:
        actor = local_actor(who or "claire")
        account = account_by_code(actor, code)
        target = _bought(who or "claire", account.id) or None
        entry = RenewalEntry(
            account_id=account.id, contract=number, title=title, last=last, currency="EUR",
            notice=notice, target=target, forecast=_times(target, growth) if target else None,
            manager_pct=Decimal(mine) if mine is not None else None,
            owner_id=actor.user_id if who else None,
        )  # fmt: skip
        found = services.create_renewal(actor=actor, entry=entry)
        _walk(who or "claire", found.id, steps, (18,) if steps else ())
    for code, number, last, aim, final, reason, words in ENDED:
        _end(code, number, last, (aim, final), reason, words)
    say(f"{made + len(ELSEWHERE)} renewals open, {len(ENDED)} closed")


def _run(renewal_id: int) -> None:
    """Take the renewal of a contract in force as far as it has come."""
    found = queries.renewal_for(local_actor(HEAD), renewal_id)
    code = next(
        (one for one in RUNNING if account_by_code(local_actor(HEAD), one).id == found.account_id),
        None,
    )
    if code is None:
        return
    who, steps, growth, mine, gates = RUNNING[code]
    target = _bought(who, found.account_id)
    entry = RenewalEntry(
        account_id=found.account_id, contract=found.contract, title=found.title,
        agreement_id=found.agreement_id, agreement_version=found.agreement_version,
        starts=found.starts, last=found.last, currency=found.currency,
        notice=dataclasses.replace(found.notice, amount=30), target=target,
        forecast=_times(target, growth), manager_pct=Decimal(mine),
        owner_id=local_actor(who).user_id,
    )  # fmt: skip
    services.edit_renewal(
        actor=local_actor(who), renewal_id=found.id, expected_version=found.version, entry=entry
    )
    _walk(who, found.id, steps, gates)


def _walk(who: str, renewal_id: int, steps: int, gates: tuple[int, ...]) -> None:
    for state in PATH[:steps]:
        actor = local_actor(HEAD if state is S.STRATEGY_APPROVED else who)
        services.move_renewal(actor=actor, renewal_id=renewal_id, state=state)
    shown = {"lin": "见客户会议纪要", "claire": "Compte rendu de réunion"}[who]
    for gate in gates:
        for item in CHECKLIST[gate]:
            services.show_evidence(
                actor=local_actor(who), renewal_id=renewal_id, item=item, text=shown
            )


def _end(
    code: str, number: str, last: date, amounts: tuple[int, int], reason: Reason, words: str
) -> None:
    actor = local_actor("claire")
    target, final = amounts
    entry = RenewalEntry(
        account_id=account_by_code(actor, code).id, contract=number, last=last, currency="EUR",
        target=Decimal(target), forecast=Decimal(target), manager_pct=Decimal(80),
        owner_id=actor.user_id,
    )  # fmt: skip
    found = services.create_renewal(actor=actor, entry=entry)
    if final:
        _walk("claire", found.id, 3, ())
        services.move_renewal(actor=actor, renewal_id=found.id, state=S.AGREED)
    closing = Closing(
        state=S.SIGNED if final else S.LOST, on=last, final=Decimal(final), reason=reason,
        note=words, document=f"{number}-S" if final else "",
    )  # fmt: skip
    services.close_renewal(actor=actor, renewal_id=found.id, closing=closing)


def _bought(who: str, account_id: int) -> Decimal:
    """Return what an account bought in the last twelve months, in round hundreds."""
    seen = evaluate(
        actor=local_actor(who), metrics=["sell_in"], period=LAST_YEAR,
        filters={"account": account_id},
    )  # fmt: skip
    value = seen.figure("sell_in").value
    return round(Decimal(value or 0) / 100) * Decimal(100)


def _times(target: Decimal, growth: str) -> Decimal:
    return round(target * Decimal(growth) / 100) * Decimal(100)
