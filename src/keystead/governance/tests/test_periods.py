"""Closed means closed; opening again takes two roles."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from keystead.governance.models import PeriodLockRow
from keystead.governance.queries import periods as reads
from keystead.governance.services import approvals, periods
from keystead.kernel.errors import Conflict, Invalid, NotAllowed

pytestmark = pytest.mark.django_db
OCTOBER = {
    "ledger": "sell_in",
    "label": "2026-10",
    "start": date(2026, 10, 1),
    "end": date(2026, 11, 1),
}


@pytest.fixture
def closed(finance):
    return periods.close_period(actor=finance, **OCTOBER)


def test_only_finance_closes_and_only_what_is_over(kam, finance):
    with pytest.raises(NotAllowed):
        periods.close_period(actor=kam, **OCTOBER)
    soon = timezone.localdate() + timedelta(days=2)
    with pytest.raises(Invalid, match="not over"):
        periods.close_period(actor=finance, **{**OCTOBER, "end": soon})
    assert PeriodLockRow.objects.count() == 0


@pytest.mark.parametrize(
    ("first", "last", "ok"),
    [
        (date(2026, 9, 1), date(2026, 9, 30), True),
        (date(2026, 9, 1), date(2026, 10, 1), False),
        (date(2026, 10, 31), date(2026, 10, 31), False),
        (date(2026, 11, 1), date(2026, 11, 2), True),
        (date(2026, 1, 1), date(2026, 12, 31), False),
    ],
)
def test_a_day_inside_is_refused_for_that_ledger_only(closed, first, last, ok):
    periods.assert_open(ledger="off_take", first=first, last=last)
    if ok:
        periods.assert_open(ledger="sell_in", first=first, last=last)
    else:
        with pytest.raises(Conflict) as caught:
            periods.assert_open(ledger="sell_in", first=first, last=last)
        assert caught.value.code == "period_closed"


def test_not_closed_twice_nor_in_part(closed, finance):
    with pytest.raises(Conflict):
        periods.close_period(
            actor=finance, **{**OCTOBER, "start": date(2026, 10, 15), "end": date(2026, 11, 15)}
        )


def test_the_months_beside_a_closed_one_close_too(closed, finance):
    for first, last in (
        (date(2026, 9, 1), date(2026, 10, 1)),
        (date(2026, 8, 1), date(2026, 9, 1)),
    ):
        periods.close_period(
            actor=finance, **{**OCTOBER, "label": f"{first:%Y-%m}", "start": first, "end": last}
        )
    assert len(reads.locks("sell_in", only_closed=True)) == 3


def test_reopening_takes_finance_and_compliance(closed, finance, make_actor):
    ops, second, officer = (
        make_actor("ops2", "sales_ops"),
        make_actor("fin2", "finance"),
        make_actor("cleo", "compliance"),
    )
    with pytest.raises(Conflict):
        periods.reopen_period(actor=finance, lock_id=closed.id)
    asked = periods.ask_to_reopen(actor=ops, lock_id=closed.id, why="Invoice 17 was missing")
    approvals.decide(actor=second, request_id=asked.id, approve=True)
    with pytest.raises(Conflict):
        periods.reopen_period(actor=finance, lock_id=closed.id)
    approvals.decide(actor=officer, request_id=asked.id, approve=True)
    assert periods.reopen_period(actor=finance, lock_id=closed.id).closed is False
    periods.assert_open(ledger="sell_in", first=date(2026, 10, 5), last=date(2026, 10, 5))
    again = periods.close_period(actor=finance, **OCTOBER)
    with pytest.raises(Conflict):  # the old approval does not open the new closing
        periods.reopen_period(actor=finance, lock_id=again.id)
    assert [lock.closed for lock in reads.locks("sell_in")].count(True) == 1
