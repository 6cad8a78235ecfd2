"""Conditions paid from a fund: chosen in the form, known to the customer, drawn on when paid."""

from __future__ import annotations

import re
from datetime import date

import pytest

from keystead.accounts.queries import account_for
from keystead.agreements import models, services
from keystead.agreements.queries.funds import fund_for, linked_funds, moves_of
from keystead.agreements.services.drawing import with_own_funds
from keystead.agreements.tests.factories import account, draft, head, now, rebate, terms, tiers
from keystead.agreements.tests.sold import active, sell
from keystead.agreements.tests.test_bad_input import GIVEN, text_of
from keystead.agreements.tests.test_settling import approved, calculated
from keystead.agreements.types import Every
from keystead.agreements.types.funds import FundHead, FundKind
from keystead.kernel.errors import Invalid
from keystead.kit.access import SYSTEM

pytestmark = pytest.mark.django_db
JAN = date(2025, 1, 31)


@pytest.fixture
def finance(make_actor):
    return make_actor("cash", "finance")


def fund(actor, account_id, **changes):
    given = {
        "account_id": account_id, "name": "Co-op", "kind": FundKind.FIXED, "currency": "CNY",
        "starts": date(2025, 1, 1), "expires": date(2025, 12, 31), "budget": 100,
    }  # fmt: skip
    return services.create_fund(actor=actor, head=FundHead(**{**given, **changes}))


def paid_from(name="Co-op", key="v"):
    return rebate(
        key, label="Display", tiers=tiers((0, 2)), settle_every=Every.MONTH, gl_code="4711",
        fund=name,
    )  # fmt: skip


def issued(payer, found, number):
    return services.issue_credit_note(
        actor=payer, settlement_id=found.id, expected_version=found.version, credit_note=number
    )


def state_of(kept):
    found = fund_for(SYSTEM, kept.id).balance
    return [int(one.amount) for one in (found.committed, found.spent, found.available)]


def test_the_form_offers_the_customers_funds_and_keeps_the_choice(client_of, kam):
    one = account(kam)
    found, client = draft(kam, one), client_of(kam)
    fund(kam, one.id)
    fund(kam, one.id, name="Euro", currency="EUR")
    place = f"/agreements/{found.id}/conditions/new/"
    page = text_of(client.get(place))
    assert re.search(r"Co-op: ¥ ?100(\.00)? left, until 31 Dec 2025", page)
    assert "Euro" not in page
    refused = client.post(place, {**GIVEN, "fund": "Euro"})
    assert refused.status_code == 422
    assert now(found.id) == found
    assert client.post(place, {**GIVEN, "fund": "Co-op"}).status_code == 302
    assert now(found.id).versions[0].conditions[-1].fund == "Co-op"
    shown = text_of(client.get(f"/agreements/{found.id}/"))
    assert "What its conditions are paid from" in shown
    assert "Co-op Extra rebate" in shown


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("Nobody's", {}, "The customer has no fund Nobody's."),
        ("Co-op", {"currency": "EUR"}, "The fund Co-op is in another currency."),
    ],
)
def test_a_fund_that_does_not_fit_is_refused_and_nothing_is_saved(kam, name, changes, said):
    one = account(kam)
    found = draft(kam, one)
    fund(kam, one.id, **changes)
    with pytest.raises(Invalid, match=said) as caught:
        services.save_condition(
            actor=kam, agreement_id=found.id, expected_version=found.version,
            condition=paid_from(name, "extra"),
        )  # fmt: skip
    assert caught.value.data["places"] == {"extra.fund": said}
    assert now(found.id) == found


def test_a_copy_for_another_customer_takes_no_fund_along(kam):
    one = account(kam)
    fund(kam, one.id)
    found = draft(kam, one, terms=terms(conditions=(paid_from(),)))
    same = services.copy_agreement(actor=kam, agreement_id=found.id, head=head(one))
    assert same.versions[0].conditions[0].fund == "Co-op"
    other = account(kam, code="OTHER")
    kept = with_own_funds(terms(conditions=(paid_from(),)), other.id)
    assert kept.conditions[0].fund == ""


def test_a_fund_that_terms_name_keeps_its_name(kam):
    one = account(kam)
    made = fund(kam, one.id)
    draft(kam, one, terms=terms(conditions=(paid_from(),)))
    wanted = FundHead(
        account_id=one.id, name="Other", kind=FundKind.FIXED, currency="CNY",
        starts=made.head.starts, expires=made.head.expires, budget=200,
    )  # fmt: skip
    with pytest.raises(Invalid, match="its name stays"):
        services.edit_fund(actor=kam, fund_id=made.id, expected_version=1, head=wanted)
    assert fund_for(kam, made.id).head.budget == 100


def test_what_is_settled_is_drawn_from_the_fund_and_put_back(kam, house, finance):
    kept = fund(kam, house["jd"])
    one = active(kam, house, paid_from())
    sell(house, ("jd", "p", "2025-01-10", "3000"))
    found = issued(finance, approved(kam, finance, calculated(kam, one, JAN)), "CN-1")
    assert state_of(kept) == [60, 60, 40]
    assert [one.subject for one in moves_of(kept.id)] == [f"settlement:{found.id}"] * 2
    assert moves_of(kept.id)[1].proof == "CN-1"
    assert [one.fund.id for one in linked_funds(kam, now(one.id))] == [kept.id]
    services.reverse_settlement(
        actor=finance, settlement_id=found.id, expected_version=found.version, reason="Wrong",
        credit_note="CN-1R",
    )  # fmt: skip
    assert state_of(kept) == [0, 0, 100]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"budget": 59}, "The fund has less left than this."),
        ({"expires": date(2025, 1, 30)}, "The fund has expired."),
    ],
)
def test_more_than_the_fund_has_is_not_paid(kam, house, finance, changes, said):
    kept = fund(kam, house["jd"], **changes)
    one = active(kam, house, paid_from())
    sell(house, ("jd", "p", "2025-01-10", "3000"))
    ready = approved(kam, finance, calculated(kam, one, JAN))
    with pytest.raises(Invalid, match=said):
        issued(finance, ready, "CN-1")
    assert moves_of(kept.id) == ()
    stored = models.Settlement.objects.get(pk=ready.id)
    assert (stored.state, stored.posted) == ("approved", False)
    assert not models.AccrualRow.objects.filter(subject=f"settlement:{ready.id}").exists()


def test_who_may_not_read_the_terms_sees_no_agreement_and_takes_none_off(kam, make_actor):
    one = account(kam)
    found = draft(kam, one)
    made = fund(kam, one.id, agreement_id=found.id)
    marketing = make_actor("mk", "marketing")
    assert fund_for(kam, made.id).agreement_number == found.number
    seen = fund_for(marketing, made.id)
    assert (seen.agreement_number, seen.head.agreement_id) == ("", None)
    assert account_for(kam, one.id).id == made.head.account_id
