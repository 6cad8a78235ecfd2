"""The statement of an agreement over the real ledger: its rows, its lines, who may have it."""

from __future__ import annotations

from datetime import date

import pytest

from keystead.accounts.queries import account_for
from keystead.accounts.tests.factories import shared_with
from keystead.agreements.queries.statements import added_up, statement_of
from keystead.agreements.tests.factories import rebate, tiers
from keystead.agreements.tests.sold import agreed, sell
from keystead.agreements.types import Every, Scope, Selection
from keystead.kernel.errors import NotAllowed, NotFound
from keystead.kernel.money import Money
from keystead.kernel.periods import Period

pytestmark = pytest.mark.django_db
BIO = Scope(Selection(brands=("Bio",)))
END = date(2025, 12, 31)


@pytest.fixture
def sold(house):
    sell(
        house,
        ("jd", "p", "2025-01-15", "600.00"),
        ("shop", "q", "2025-02-10", "400.00"),
        ("jd", "p", "2025-05-05", "-100.00"),
        ("else", "p", "2025-02-10", "9999.00"),
    )
    return house


def test_each_condition_and_period_with_the_lines_that_count(kam, sold):
    found = agreed(kam, sold, rebate("all", tier_period=Every.QUARTER),
                   rebate("bio", scope=BIO, tiers=tiers((0, 5))))  # fmt: skip
    statement = statement_of(kam, found.id, as_of=date(2025, 6, 30))
    assert [(r.key, str(r.period), f"{r.entitlement.amount:f}") for r in statement.rows] == [
        ("all", "2025-Q1", "30.00"), ("all", "2025-Q2", "0.00"), ("bio", "2025", "20.00"),
    ]  # fmt: skip
    assert [(li.customer, li.product, f"{li.value:.2f}", sorted(li.counts))
            for li in statement.lines] == [
        ("JD Ltd", "P1", "600.00", ["all"]), ("SHOP Ltd", "Q1", "400.00", ["all", "bio"]),
        ("JD Ltd", "P1", "-100.00", ["all"]),
    ]  # fmt: skip
    assert [line.is_return for line in statement.lines] == [False, False, True]
    assert statement.due == Money("50.00", "CNY")


def test_what_was_settled_is_taken_off(kam, sold):
    found = agreed(kam, sold, rebate("all", tiers=tiers((0, 1))))
    settled = {("all", Period.parse("2025")): Money("4.00", "CNY")}
    statement = statement_of(kam, found.id, as_of=END, settled=settled)
    assert (str(statement.settled), str(statement.due)) == (
        str(Money("4.00", "CNY")), str(Money("5.00", "CNY")),
    )  # fmt: skip


def test_only_for_who_sees_every_customer_whose_sales_count(kam, sold, make_actor):
    found = agreed(kam, sold)
    stranger = make_actor("stranger", "kam")
    with pytest.raises(NotFound):
        statement_of(stranger, found.id, as_of=END)
    part = make_actor("part", "kam")
    shared_with(account_for(kam, sold["jd"]), part)
    with pytest.raises(NotAllowed, match="not yours"):
        statement_of(part, found.id, as_of=END)


def test_too_many_lines_are_added_up_and_the_sums_stay(kam, sold):
    sell(sold, *[("jd", "p", "2025-03-03", "1.01")] * 5, source="more")
    found = agreed(kam, sold)
    lines = statement_of(kam, found.id, as_of=END).lines
    fewer = added_up(list(lines))
    assert len(fewer) == 4 < len(lines)
    assert sum(line.value for line in fewer) == sum(line.value for line in lines)
    assert {line.doc_no for line in fewer} >= {"5 lines"}
