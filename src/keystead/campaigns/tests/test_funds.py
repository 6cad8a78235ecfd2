"""Funds: never more promised than there is, never more spent than promised, no payment unproved."""

from datetime import timedelta

import pyarrow as pa
import pytest
from django.db import DatabaseError, connection, transaction

from keystead.accounts.tests.factories import account, shared_with
from keystead.agreements import services as agreements
from keystead.agreements.queries.funds import fund_for, funds_for, moves_of
from keystead.agreements.types.funds import FundHead, FundKind
from keystead.campaigns import services
from keystead.campaigns.tests.factories import (
    TODAY,
    answered,
    asked,
    committed,
    planned,
)
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.ledger.services import post_facts
from keystead.ledger.types import MONEY, Mode

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


@pytest.fixture
def finance(make_actor):
    return make_actor("fin", "finance")


@pytest.fixture
def jd(kam, director):
    return shared_with(account(kam), director)


def made(actor, one, **changes):
    given = {
        "account_id": one.id, "name": "Co-op", "kind": FundKind.FIXED, "currency": "CNY",
        "starts": TODAY - timedelta(days=30), "expires": TODAY + timedelta(days=30),
        "budget": 1500,
    }  # fmt: skip
    return agreements.create_fund(actor=actor, head=FundHead(**{**given, **changes}))


def balance(actor, fund):
    found = fund_for(actor, fund.id).balance
    return [int(x.amount) for x in (found.budget, found.committed, found.spent, found.available)]


def post(actor, expense, amount):
    return services.post_expense(
        actor=actor, expense_id=expense.id, amount=amount, on=TODAY, document="F-1"
    )


def test_a_fund_follows_its_expenses(kam, jd, director, finance):
    fund = made(kam, jd)
    first = committed(kam, director, jd, fund_id=fund.id)
    assert balance(kam, fund) == [1500, 1000, 0, 500]
    second = answered(asked(kam, planned(kam, jd, fund_id=fund.id, amount=501)), director)
    with pytest.raises(Invalid, match="less left"):
        services.commit_expense(actor=kam, expense_id=second.id, amount=501, on=TODAY)
    assert balance(kam, fund) == [1500, 1000, 0, 500]
    services.commit_expense(actor=kam, expense_id=second.id, amount=500, on=TODAY)
    services.cancel_expense(actor=kam, expense_id=second.id, reason="Store closed")
    services.add_proof(actor=kam, expense_id=first.id, text="Seen in the store")
    post(finance, first, 900)
    assert balance(kam, fund) == [1500, 900, 900, 600]
    services.correct_expense(actor=finance, expense_id=first.id, reason="Wrong")
    assert balance(kam, fund) == [1500, 900, 0, 600]
    post(finance, first, 800)
    assert balance(kam, fund) == [1500, 800, 800, 700]
    assert [one.kind.value for one in moves_of(fund.id)] == [
        "commit", "commit", "release", "spend", "release", "spend", "spend", "release",
    ]  # fmt: skip


def test_nothing_is_spent_without_proof_or_promise(kam, jd):
    fund = made(kam, jd)
    given = {"actor": kam, "fund_id": fund.id, "on": TODAY, "subject": "expense:1"}
    agreements.commit_fund(amount=100, **given)
    with pytest.raises(NotAllowed, match="No proof of service"):
        agreements.spend_fund(amount=50, proof=" ", **given)
    with pytest.raises(Invalid, match="promised"):
        agreements.spend_fund(amount=101, proof="x", **given)
    assert balance(kam, fund) == [1500, 100, 0, 1400]


def test_an_expired_fund_promises_nothing(kam, jd):
    fund = made(kam, jd)
    for day, said in (
        (TODAY + timedelta(days=31), "expired"),
        (TODAY - timedelta(days=31), "begun"),
    ):
        with pytest.raises(Invalid, match=said):
            agreements.commit_fund(actor=kam, fund_id=fund.id, amount=1, on=day, subject="x")
    assert balance(kam, fund)[1] == 0


def sold(one, value, number):
    fact = {
        "account_id": one.id, "product_id": None, "date": TODAY, "doc_no": number,
        "quantity": 1, "unit": "box", "unit_price": None, "value": value, "currency": "CNY",
        "is_return": value < 0, "channel": None,
    }  # fmt: skip
    types = {"account_id": pa.int64(), "product_id": pa.int64(), "date": pa.date32(),
             "quantity": MONEY, "unit_price": MONEY, "value": MONEY, "is_return": pa.bool_()}  # fmt: skip
    schema = pa.schema([(name, types.get(name, pa.string())) for name in fact])
    post_facts(
        actor=SYSTEM, dataset="sell_in", source="test", lineage=number,
        table=pa.Table.from_pylist([fact], schema=schema), mode=Mode.APPEND,
    )  # fmt: skip


def test_a_percentage_grows_with_sell_in_and_covers_what_is_promised(kam, jd):
    fund = made(kam, jd, kind=FundKind.RATE, budget=None, rate_pct=2)
    sold(jd, 10000, "I-1")
    for _twice in range(2):
        agreements.accrue_fund(actor=kam, fund_id=fund.id, until=TODAY)
    assert balance(kam, fund) == [200, 0, 0, 200]
    agreements.commit_fund(actor=kam, fund_id=fund.id, amount=150, on=TODAY, subject="expense:1")
    sold(jd, -5000, "I-2")
    agreements.accrue_fund(actor=kam, fund_id=fund.id, until=TODAY)
    assert balance(kam, fund) == [150, 150, 0, 0]
    with pytest.raises(Conflict):
        agreements.accrue_fund(actor=kam, fund_id=made(kam, jd, name="B").id, until=TODAY)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"budget": None}, "budget"), ({"kind": FundKind.RATE}, "rate_pct"),
        ({"expires": TODAY - timedelta(days=31)}, "expires"), ({"name": " "}, "name"),
    ],
)  # fmt: skip
def test_a_fund_that_makes_no_sense_names_its_field(kam, jd, change, field):
    with pytest.raises(Invalid) as caught:
        made(kam, jd, **change)
    assert field in caught.value.data["fields"]
    assert funds_for(kam) == ()


def test_a_fund_covers_what_is_promised_and_its_entries_stay(kam, jd):
    fund = made(kam, jd)
    agreements.commit_fund(actor=kam, fund_id=fund.id, amount=100, on=TODAY, subject="x")
    head = FundHead(**{**vars(fund.head), "budget": 99})
    with pytest.raises(Invalid, match="promised already"):
        agreements.edit_fund(actor=kam, fund_id=fund.id, expected_version=1, head=head)
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("UPDATE agreements_fundentry SET amount = 1")
    assert balance(kam, fund) == [1500, 100, 0, 1400]


def test_foreign_is_missing(kam, other_kam, jd, client_of):
    fund, entries = made(kam, jd), AuditEntry.objects.count()
    with pytest.raises(NotFound):
        made(other_kam, jd, name="Other")
    with pytest.raises(NotFound):
        agreements.commit_fund(actor=other_kam, fund_id=fund.id, amount=1, on=TODAY, subject="x")
    client = client_of(other_kam)
    assert client.get(f"/campaigns/funds/{fund.id}/").status_code == 404
    assert client.get(f"/campaigns/funds/{fund.id}/edit/").status_code == 404
    assert AuditEntry.objects.count() == entries


def test_the_pages_of_funds(client_of, kam, jd):
    client = client_of(kam)
    values = {"account": jd.id, "name": "MDF", "kind": "fixed", "budget": "1000", "currency": "CNY",
              "starts": TODAY, "expires": TODAY}  # fmt: skip
    made_page = client.post("/campaigns/funds/new/", values)
    assert made_page.status_code == 302, made_page.content.decode()
    assert "1,000.00" in client.get("/campaigns/funds/").content.decode()
    assert "Nothing has moved yet." in client.get(made_page["Location"]).content.decode()
    again = client.post(f"{made_page['Location']}edit/", {**values, "budget": "900", "version": 1})
    assert again.status_code == 302
    assert client.post(f"{made_page['Location']}grow/").status_code == 409
