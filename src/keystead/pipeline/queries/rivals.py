"""What competitors lost: to us, as our own wins say, or to others, as somebody heard it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from keystead.accounts.queries import restrict
from keystead.accounts.types import Account
from keystead.kit.access import Actor
from keystead.pipeline import models
from keystead.pipeline.calc.seen import NEW_FOR_DAYS, key_of
from keystead.pipeline.types.opportunities import Ending, OpportunityKind
from keystead.pipeline.types.seen import Signal, SignalKind

FIELDS = ("pk", "account_id", "closed_on", "opportunity__title", "opportunity__competitors")


def rivals_lost(actor: Actor, known: Mapping[int, Account], today: date) -> Iterator[Signal]:
    """Yield what competitors lost in the last year at accounts the actor knows."""
    since = today - timedelta(days=NEW_FOR_DAYS)
    yield from _to_us(actor, known, since, today)
    told = models.RivalLossRow.objects.filter(lost_on__gte=since, lost_on__lte=today)
    for row in restrict(told, actor, name="terms"):
        if row.account_id in known:
            yield _signal(
                known[row.account_id], f"t{row.pk}", row.lost_on, OpportunityKind.NEW,
                {"rival": row.rival, "what": row.what, "source": row.source},
            )  # fmt: skip


def _to_us(
    actor: Actor, known: Mapping[int, Account], since: date, today: date
) -> Iterator[Signal]:
    """Yield the wins against a named competitor: what else they supply can be asked for."""
    won = models.OpportunityOutcome.objects.filter(
        ending=Ending.WON, closed_on__gte=since, closed_on__lte=today
    )
    found = restrict(won, actor, name="terms").values_list(*FIELDS)
    for pk, account_id, closed_on, title, rivals in found:
        if rivals and account_id in known:
            yield _signal(
                known[account_id], f"w{pk}", closed_on, OpportunityKind.CROSS,
                {"rival": ", ".join(rivals), "what": title},
            )  # fmt: skip


def _signal(
    account: Account, name: str, on: date, proposes: OpportunityKind, told: Mapping[str, str]
) -> Signal:
    return Signal(
        key=key_of(SignalKind.RIVAL_LOST, name), kind=SignalKind.RIVAL_LOST,
        account_id=account.id, account_name=account.name, proposes=proposes, on=on,
        strength=Decimal(on.toordinal()), told=told,
    )  # fmt: skip
