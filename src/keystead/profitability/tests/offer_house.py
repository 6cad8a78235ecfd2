"""A house for offers: two years of sales of one account, an agreement in force, costs."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.accounts.services import assign_team
from keystead.agreements import services as agreements
from keystead.agreements.tests.world import tiers
from keystead.agreements.types import (
    Agreement,
    AgreementKind,
    Condition,
    Every,
    Family,
    Head,
    Measure,
    Method,
    Terms,
    Timing,
)
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.types.approvals import SubjectKind
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.tests import room
from keystead.profitability import services
from keystead.profitability.services.offers import Start
from keystead.profitability.types.offers import OfferCase, Origin

D = Decimal
TODAY = date(2026, 7, 10)
REBATE = Condition(
    "volume", Family.VOLUME_REBATE, label="Year-end rebate", method=Method.ALL_UNITS,
    tiers=tiers((0, 1), (26_000, 3)), gl_code="4711",
)  # fmt: skip
DISCOUNT = Condition(
    "invoice", Family.INVOICE_DISCOUNT, label="Invoice discount", timing=Timing.ON_INVOICE,
    tiers=tiers((0, 10)), gl_code="4712",
)  # fmt: skip
GROWTH = Condition(
    "growth", Family.GROWTH_REBATE, label="Growth", tier_measure=Measure.GROWTH_PCT,
    baseline="last-year", tier_period=Every.QUARTER, method=Method.ALL_UNITS,
    tiers=tiers((5, 1)), gl_code="4713",
)  # fmt: skip


def build(owner: Actor, *readers: Actor) -> dict[str, int]:
    """Post two and a half years of sales: 100 strips at 9 and 50 meters at 18 each month."""
    own = room.account("A1", owner, segment="Core", currency="CNY")
    foreign = room.account("B1", segment="Core")
    for reader in readers:
        assign_team(actor=SYSTEM, account_id=own, user_id=reader.user_id or 0,
                    valid_from=date(2020, 1, 1))  # fmt: skip
    strips, meters = room.product("P1", brand="Alpha"), room.product("Q1", brand="Beta")
    rows: list[dict[str, Any]] = []
    costs: list[dict[str, Any]] = []
    for number in range(30):
        day = date(2024 + number // 12, number % 12 + 1, 15)
        for product, units, price, cost in ((strips, 100, 9, 5), (meters, 50, 18, 10)):
            rows.append({"account_id": own, "product_id": product, "date": day,
                         "quantity": units, "value": units * price})  # fmt: skip
            costs.append({"account_id": own, "product_id": product, "date": day,
                          "value": units * cost, "kind": "cogs"})  # fmt: skip
    rows.append({"account_id": foreign, "product_id": strips, "date": date(2026, 3, 1),
                 "quantity": 7, "value": 77_777})  # fmt: skip
    room.post("sell_in", rows)
    room.post("cost", costs)
    return {"own": own, "foreign": foreign, "strips": strips, "meters": meters}


def agreement(actor: Actor, account_id: int, *conditions: Condition) -> Agreement:
    """Draft an agreement for 2026 with the given conditions."""
    return agreements.create_agreement(
        actor=actor, head=_head(account_id), terms=Terms(conditions or (REBATE, DISCOUNT))
    )


def _head(account_id: int) -> Head:
    return Head(
        account_id=account_id, kind=AgreementKind.ANNUAL, starts=date(2026, 1, 1),
        last=date(2026, 12, 31), currency="CNY", title="Annual 2026", customer_entity="A1 Ltd",
        law="PRC law",
    )  # fmt: skip


def in_force(actor: Actor, account_id: int, *approvers: Actor) -> Agreement:
    """Return an agreement for 2026 that was approved, signed and brought into force."""
    made = agreement(actor, account_id)
    made = agreements.submit(actor=actor, agreement_id=made.id, expected_version=made.version)
    asked = latest(SubjectKind.AGREEMENT, str(made.versions[-1].id))
    assert asked is not None
    for approver in approvers:
        approvals.decide(actor=approver, request_id=asked.id, approve=True)
    agreements.take_decision(request_id=asked.id)
    made = agreements.sign(actor=actor, agreement_id=made.id, expected_version=made.version + 1,
                           signed_on=TODAY)  # fmt: skip
    return agreements.activate(actor=actor, agreement_id=made.id)


def case(actor: Actor, account_id: int, origin: Origin = Origin.BLANK, **more: Any) -> OfferCase:
    """Begin a case for 2027."""
    start = Start(
        account_id=account_id, name="Offers 2027", starts=date(2027, 1, 1),
        last=date(2027, 12, 31), currency="CNY", origin=origin,
    )  # fmt: skip
    return services.start_case(actor=actor, start=dataclasses.replace(start, **more))


__all__ = ["DISCOUNT", "GROWTH", "REBATE", "TODAY", "agreement", "build", "case", "in_force"]  # fmt: skip
