"""Accrual over the real ledger: catch up, release, closed months, facts that tie to the rows."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum
from django.utils import timezone

from keystead.agreements import models, services
from keystead.agreements.queries.accruals import balances, entries
from keystead.agreements.tests.factories import D, rebate, tiers
from keystead.agreements.tests.sold import active, sell
from keystead.agreements.types import AccrualBasis, AccrualKind
from keystead.governance.services.periods import close_period
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kernel.money import Money
from keystead.kit import jobs, outbox
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry, Job, OutboxEvent
from keystead.metrics.queries import evaluate
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
K = AccrualKind
JAN, FEB, MAR, DEC = (date(2025, month, 1) for month in (1, 2, 3, 12))


@pytest.fixture
def finance(make_actor):
    return make_actor("cash", "finance")


def told(found):
    return [(e.condition, e.kind, e.amount.amount, e.basis) for e in found]


def posted(metric="rebate_accrued", period="2025", **filters):
    return evaluate(
        actor=SYSTEM, metrics=metric, period=period, filters=filters or None
    ).figure(metric).value  # fmt: skip


def test_a_month_accrues_at_the_tier_the_pace_reaches_and_ends_at_the_entitlement(
    kam, house, finance
):
    one = active(kam, house)
    sell(house, ("jd", "p", "2025-01-10", "100"))
    first = services.accrue(actor=finance, agreement_id=one.id, month=JAN)
    # 100 a month makes 1,200 in the year: the tier of 3 %, on what is in.
    assert told(first) == [("volume", K.ACCRUE, D("3.00"), AccrualBasis.RUN_RATE)]
    assert services.accrue(actor=finance, agreement_id=one.id, month=JAN) == ()
    sell(house, ("jd", "p", "2025-02-10", "20"), source="feb")
    # 120 in two months make 720 in the year: 1 %, so 1.80 of the 3.00 are released.
    second = services.accrue(actor=finance, agreement_id=one.id, month=FEB)
    assert told(second) == [("volume", K.RELEASE, D("-1.80"), AccrualBasis.RUN_RATE)]
    sell(house, ("shop", "q", "2025-12-10", "1000"), source="dec")
    last = services.accrue(actor=finance, agreement_id=one.id, month=DEC)
    assert told(last) == [("volume", K.TRUE_UP, D("32.40"), AccrualBasis.ACTUAL)]
    assert balances(kam, one.id)["volume"] == Money("33.60", "CNY")
    assert balances(kam, one.id, on=date(2025, 2, 28))["volume"].amount == D("1.20")
    assert services.accrue(actor=finance, agreement_id=one.id, month=DEC) == ()


def test_the_forecast_sets_the_tier_and_a_new_one_catches_up(kam, house, finance):
    one = active(kam, house)
    sell(house, ("jd", "p", "2025-01-10", "100"))
    expect(house, [("2025-02-01", "400")])
    first = services.accrue(actor=finance, agreement_id=one.id, month=JAN)
    # 400 in February, then the pace of 100 for ten months: 1,500, so 3 %.
    assert told(first) == [("volume", K.ACCRUE, D("3.00"), AccrualBasis.FORECAST)]
    expect(house, [(f"2025-{month:02}-01", "10") for month in range(2, 13)])
    again = services.accrue(actor=finance, agreement_id=one.id, month=JAN)
    assert told(again) == [("volume", K.RELEASE, D("-2.00"), AccrualBasis.FORECAST)]


def expect(house, rows):
    room.post(
        "forecast",
        [
            {"account_id": house["jd"], "product_id": house["p"],
             "date": date.fromisoformat(on), "value": D(value)}
            for on, value in rows
        ],
        source="consensus", lineage=f"f-{len(rows)}",
    )  # fmt: skip


def test_facts_tie_to_the_rows_by_month_product_and_account(kam, house, finance):
    one = active(
        kam, house, rebate("a", tiers=tiers((0, "1.37"))), rebate("b", tiers=tiers((0, 2)))
    )
    sell(
        house,
        ("jd", "p", "2025-01-10", "100.33"), ("shop", "q", "2025-01-11", "77.77"),
        ("shop", "p", "2025-02-11", "33.33"), ("jd", "q", "2025-03-01", "-10"),
    )  # fmt: skip
    services.catch_up(actor=finance, agreement_id=one.id, first=JAN, last=MAR)
    rows = models.AccrualRow.objects.all()
    for month in (JAN, FEB, MAR):
        booked = rows.filter(month=month).aggregate(s=Sum("amount"))["s"] or 0
        assert (posted(period=f"{month:%Y-%m}") or 0) == booked, month
    assert posted() == rows.aggregate(s=Sum("amount"))["s"]
    by = evaluate(actor=SYSTEM, metrics="rebate_accrued", by=["condition"], period="2025")
    assert {row["condition"]: row["rebate_accrued"].value for row in by.rows()} == {
        key: money.amount for key, money in balances(kam, one.id).items()
    }
    assert posted(account=[house["shop"]]) + posted(account=[house["jd"]]) == posted()
    assert posted(account=[house["shop"]]) > 0


def test_a_closed_month_is_corrected_in_the_next_open_one(kam, house, finance):
    one = active(kam, house)
    sell(house, ("jd", "p", "2025-01-10", "100"))
    services.accrue(actor=finance, agreement_id=one.id, month=JAN)
    close_period(actor=finance, ledger="accrual", label="January", start=JAN, end=FEB)
    sell(house, ("jd", "p", "2025-01-20", "50"), source="late")
    found = services.accrue(actor=finance, agreement_id=one.id, month=JAN)
    assert [(e.month, e.amount.amount) for e in found] == [(FEB, D("1.50"))]
    late = entries(kam, one.id)[-1]
    assert (late.about, late.entry.month) == (JAN, FEB)
    assert (posted(period="2025-01"), posted(period="2025-02")) == (3, D("1.50"))
    assert services.accrue(actor=finance, agreement_id=one.id, month=JAN) == ()
    services.accrue(actor=finance, agreement_id=one.id, month=FEB)
    assert services.accrue(actor=finance, agreement_id=one.id, month=FEB) == ()


def test_an_entry_is_reversed_once_and_never_edited(kam, house, finance):
    one = active(kam, house)
    sell(house, ("jd", "p", "2025-01-10", "100"), ("shop", "q", "2025-01-10", "50"))
    (entry,) = services.accrue(actor=finance, agreement_id=one.id, month=JAN)
    with pytest.raises(Invalid):
        services.reverse_entry(actor=finance, entry_id=entry.id, reason=" ")
    back = services.reverse_entry(actor=finance, entry_id=entry.id, reason="Wrong file")
    assert (back.kind, back.amount.amount, back.reverses) == (K.REVERSE, D("-4.50"), entry.id)
    assert balances(kam, one.id)["volume"].amount == 0
    assert (posted(), posted(account=[house["shop"]])) == (0, 0)
    for again in (entry.id, back.id):
        with pytest.raises(Conflict):
            services.reverse_entry(actor=finance, entry_id=again, reason="Again")
    with pytest.raises(DatabaseError), transaction.atomic():
        models.AccrualRow.objects.filter(pk=entry.id).update(amount=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        models.AccrualRow.objects.filter(pk=entry.id).delete()
    (anew,) = services.accrue(actor=finance, agreement_id=one.id, month=JAN)
    assert anew.amount.amount == D("4.50")


def test_what_is_open_is_written_off_and_not_accrued_again(kam, house, finance):
    one = active(kam, house)
    sell(house, ("jd", "p", "2025-01-10", "100"))
    services.accrue(actor=finance, agreement_id=one.id, month=JAN)
    said = {"actor": finance, "agreement_id": one.id, "condition": "volume", "reason": "Waived"}
    with pytest.raises(Invalid, match="At most"):
        services.write_off(**said, amount=Money("3.01", "CNY"))
    services.write_off(**said, amount=Money("1.00", "CNY"))
    assert balances(kam, one.id)["volume"].amount == D("2.00")
    assert services.accrue(actor=finance, agreement_id=one.id, month=JAN) == ()
    services.settle_claim(**said, amount=Money("2.00", "CNY"), subject="claim:1")
    assert balances(kam, one.id)["volume"].amount == 0
    today = f"{timezone.localdate():%Y-%m}"
    assert posted(period="2025-01") == 3
    assert (posted(period=today), posted("rebate_settled", period=today)) == (-1, 2)


def test_one_audit_row_one_event_and_who_may_not(kam, house, finance, make_actor):
    one = active(kam, house)
    sell(house, ("jd", "p", "2025-01-10", "100"))
    with pytest.raises(NotAllowed):
        services.accrue(actor=kam, agreement_id=one.id, month=JAN)
    with pytest.raises(NotFound):
        services.accrue(actor=finance, agreement_id=one.id + 99, month=JAN)
    with pytest.raises(Invalid):
        services.accrue(actor=finance, agreement_id=one.id, month=date(2024, 12, 1))
    assert not models.AccrualRow.objects.exists()
    services.accrue(actor=finance, agreement_id=one.id, month=JAN)
    assert AuditEntry.objects.filter(action="agreement.accrue").count() == 1
    event = OutboxEvent.objects.get(name="agreements.accruals_posted").payload
    assert (event["agreement_ids"], event["month"]) == ([one.id], "2025-01-01")


def test_new_sales_bring_the_accruals_along_by_themselves(
    kam, house, finance, django_capture_on_commit_callbacks
):
    one = active(kam, house)
    with django_capture_on_commit_callbacks(execute=True):
        sell(house, ("shop", "p", "2025-01-10", "100"))
    for event in OutboxEvent.objects.filter(name="ledger.batch_posted"):
        outbox.deliver(event.pk)
    for job in Job.objects.filter(kind="agreements.accrue"):
        jobs.run_inline(job.pk)
    assert [str(x.entry.amount.amount) for x in entries(kam, one.id)] == ["3.00"]
