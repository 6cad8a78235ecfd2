"""Renewals made through the services, with few words."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.accounts.types import Account
from keystead.kit.access import Actor
from keystead.pipeline import models, services
from keystead.pipeline.types.renewals import Closing, NoticeRule, Reason, Renewal, RenewalEntry
from keystead.pipeline.types.renewals import RenewalState as S

D = Decimal
TODAY = timezone.localdate()


def entry(one: Account, **changes: Any) -> RenewalEntry:
    given = RenewalEntry(
        account_id=one.id, contract="C-1", title="Journals", last=TODAY + timedelta(days=150),
        currency="EUR", notice=NoticeRule(90), target=D(1000), forecast=D(1100),
        manager_pct=D(90),
    )  # fmt: skip
    return dataclasses.replace(given, **changes)


def renewal(actor: Actor, one: Account, **changes: Any) -> Renewal:
    return services.create_renewal(actor=actor, entry=entry(one, **changes))


def lost(actor: Actor, found: Renewal, on: date = TODAY) -> Renewal:
    closing = Closing(state=S.LOST, on=on, reason=Reason.PRICE, note="too dear")
    return services.close_renewal(actor=actor, renewal_id=found.id, closing=closing)


def signed(actor: Actor, director: Actor, found: Renewal, final: Any) -> Renewal:
    """Go the whole way from the beginning to the signature."""
    for state in (S.PREPARING, S.STRATEGY_APPROVED, S.OFFERED, S.AGREED):
        who = director if state is S.STRATEGY_APPROVED else actor
        services.move_renewal(actor=who, renewal_id=found.id, state=state)
    closing = Closing(
        state=S.SIGNED, on=TODAY, final=D(final), reason=Reason.VALUE, document="C-2, signed"
    )
    return services.close_renewal(actor=actor, renewal_id=found.id, closing=closing)


def twenty_lost(one: Account) -> None:
    """Store twenty closed renewals that were lost, without going their way one by one."""
    closed_at([(one, False)] * 20)


def closed_at(ends: Sequence[tuple[Account, bool]], on: date = TODAY) -> None:
    """Store closed renewals at once: account and whether it was kept."""
    rows = models.RenewalRow.objects.bulk_create(
        models.RenewalRow(
            account_id=one.id, contract=f"L-{number}", last=on, currency="EUR", target=D(10),
            state=S.SIGNED.value if kept else S.LOST.value, closed=True,
        )
        for number, (one, kept) in enumerate(ends)
    )  # fmt: skip
    models.RenewalOutcome.objects.bulk_create(
        models.RenewalOutcome(
            renewal=row, account_id=row.account_id, state=row.state,
            booking="renewal" if kept else "churn", closed_on=on, term_end=on, currency="EUR",
            target=D(10), final=D(10) if kept else D(0), reason="price",
            account_kind="university", auto_renews=False, open_items=0, at=timezone.now(),
        )
        for row, (_one, kept) in zip(rows, ends, strict=True)
    )  # fmt: skip
