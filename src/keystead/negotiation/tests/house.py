"""A consortium with members, and a case with planted private values."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

from keystead.accounts import services as accounts
from keystead.accounts.tests.factories import account
from keystead.accounts.types import Account
from keystead.kit.access import Actor
from keystead.negotiation import services
from keystead.negotiation.types.cases import Measure, Outcome, Side
from keystead.negotiation.types.room import IssuePlan, Negotiation, OptionPlan, Trust

D = Decimal
# Each stands in one private field, and nowhere else: found in an output, it has leaked.
PLANTED = ("QMANDATE", "QNODEAL", "771234", "662345", "883456", "994567", "QREASON", "QGOT")


def issues() -> tuple[IssuePlan, ...]:
    """Return a term and a rise; the planted amounts are what options are worth."""
    return (
        IssuePlan(
            "Term",
            (OptionPlan("three years", D(771234), D(10)), OptionPlan("one year", D(1), D(662345))),
            D(3), D(1), Trust.HIGH,
        ),
        IssuePlan(
            "Rise",
            (OptionPlan("5 percent", D(300000), D(5)), OptionPlan("2 percent", D(200000), D(90000))),
        ),
    )  # fmt: skip


def sides() -> tuple[Side, Side]:
    """Return what both have without a deal."""
    return (
        Side(Measure.MONEY, None, (Outcome("QNODEAL we sell elsewhere", D(883456), D(50)),)),
        Side(Measure.MONEY, None, (Outcome("they buy alone", D(10), D(100)),), D(5)),
    )


def case(actor: Actor, one: Account | None = None, **head: object) -> Negotiation:
    """Store a case with issues and sides."""
    found = one or account(actor, code="CONS", kind="consortium")
    given = services.Head(name="Renewal 2027", currency="EUR", mandate="QMANDATE go to 994567")
    made = services.open_case(
        actor=actor, account_id=found.id, head=dataclasses.replace(given, **head)
    )
    made = services.set_issues(
        actor=actor, negotiation_id=made.id, expected_version=made.version, issues=issues()
    )
    ours, theirs = sides()
    return services.set_sides(
        actor=actor, negotiation_id=made.id, expected_version=made.version, ours=ours,
        theirs=theirs,
    )  # fmt: skip


def consortium(actor: Actor, members: int = 3) -> Account:
    """Store a consortium with hospitals: beds, and last year's fee told elsewhere."""
    group = account(actor, code="CONS", name="Hospital group", kind="consortium", currency="EUR")
    for number in range(1, members + 1):
        one = account(actor, code=f"H{number}", name=f"Hospital {number}", kind="hospital")
        accounts.set_measure(
            actor=actor, account_id=one.id, kind="beds", value=100 * number, as_of=date(2026, 1, 1)
        )
        accounts.add_membership(
            actor=actor, member_id=one.id, group_id=group.id, role="consortium_member"
        )
    return group
