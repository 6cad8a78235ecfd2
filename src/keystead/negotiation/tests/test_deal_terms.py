"""What an option calculates becomes a condition of the agreement, and is held against it."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from keystead.accounts.tests.factories import account, shared_with
from keystead.agreements import services as agreements
from keystead.agreements.queries import agreement_for
from keystead.agreements.tests.factories import approved, draft, terms
from keystead.agreements.tests.world import tiers
from keystead.agreements.types import Cap, Clause, Condition, Family, Timing
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.negotiation import queries, services
from keystead.negotiation.calc.plans.terms import (
    deal_terms,
    deal_terms_read,
    deal_terms_written,
    term_parts,
)
from keystead.negotiation.tests.test_buyer_web import words
from keystead.negotiation.types.room import IssuePlan, OptionPlan

D = Decimal
SPAN = Period.parse("2027-01-01..2029-12-31")
PACKAGE = {"Term": "3 years", "Discount": "3 %", "Rebate": "tiers", "Limit": "yes", "Price": "rise"}
TERMS = {
    "Discount": "discount 3", "Rebate": "rebate 0:1; 100000:2.5", "Limit": "cap 5000",
    "Price": "path 250000; 2; -1.5",
}  # fmt: skip


def test_each_kind_of_term_is_a_condition_a_price_or_the_cap():
    """Path by hand: 250,000; x 1.02 = 255,000; x 0.985 = 251,175."""
    found = deal_terms(PACKAGE, TERMS, SPAN, "EUR")
    assert [(one.key, one.family.value, one.label, one.note) for one in found.conditions] == [
        ("agreed-2", "invoice_discount", "Discount", "3 %"),
        ("agreed-3", "volume_rebate", "Rebate", "tiers"),
        ("agreed-5", "contract_price", "Price", "rise"),
    ]  # fmt: skip
    assert [(one.lower, one.rate) for one in found.conditions[1].tiers] == [
        (0, 1), (100000, D("2.5")),
    ]  # fmt: skip
    assert found.cap == Cap(D(5000))
    assert [(one.amount, str(one.valid)) for one in found.prices] == [
        (D("250000.00"), "2027"), (D("255000.00"), "2028"), (D("251175.00"), "2029"),
    ]  # fmt: skip
    assert deal_terms_read(deal_terms_written(found)) == found
    short = deal_terms(PACKAGE, TERMS, Period.parse("2027-07-01..2028-03-31"), "EUR").prices
    assert [str(one.valid) for one in short] == ["2027-07..2028-03"]
    twice = {**TERMS, "Discount": "cap 1"}
    with pytest.raises(Invalid) as refused:
        deal_terms(PACKAGE, twice, SPAN, "EUR")
    assert refused.value.code == "deal_caps"


@pytest.mark.parametrize("text", [
    "", "discount", "discount 0", "discount 100", "discount 3; 4", "discount three", "free 3",
    "rebate 5", "rebate 0:2; 0:3", "rebate 9:1; 5:2", "rebate -1:2", "rebate 0:101", "cap 0",
    "cap -5", "path 0; 2", "path 100; -100", "path 100;" + " 1;" * 30,
])  # fmt: skip
def test_what_is_no_term_is_refused(text):
    with pytest.raises(Invalid):
        term_parts(text)


rates = st.decimals(min_value=D("0.01"), max_value=99, places=2)
bounds = st.lists(st.integers(0, 10**6), min_size=1, max_size=6, unique=True).map(sorted)


@given(bounds, st.lists(rates, min_size=6, max_size=6))
def test_tiers_come_out_as_they_were_typed(lowers, pcts):
    text = "rebate " + "; ".join(f"{low}:{pct}" for low, pct in zip(lowers, pcts, strict=False))
    made = deal_terms({"R": "x"}, {"R": text}, SPAN, "EUR").conditions[0]
    assert [(one.lower, one.rate) for one in made.tiers] == list(zip(lowers, pcts, strict=False))


def bargain(actor, one, **other):
    """A case whose options carry terms, and an offer of theirs with all of them."""
    made = services.open_case(
        actor=actor, account_id=one.id, head=services.Head(name="Deal", currency="EUR")
    )
    known = {**TERMS, **other}
    issues = tuple(
        IssuePlan(name, (OptionPlan(option, term=known.get(name, "")), OptionPlan("no")))
        for name, option in PACKAGE.items()
    )
    made = services.set_issues(
        actor=actor, negotiation_id=made.id, expected_version=made.version, issues=issues
    )
    offer = services.receive_offer(
        actor=actor, negotiation_id=made.id, name="Agreed", package=PACKAGE, on=date(2026, 11, 2)
    )
    return made, offer


def signed(actor, made, offer, **more):
    given = {"starts": SPAN.start, "last": SPAN.last, "title": "Deal"}
    return services.draft_agreement(
        actor=actor, negotiation_id=made.id,
        entry=services.SignEntry(offer_id=offer.id, **{**given, **more}),
    )  # fmt: skip


@pytest.mark.django_db
def test_a_new_agreement_calculates_what_was_agreed_and_differences_name_fields(kam):
    made, offer = bargain(kam, account(kam, currency="EUR"))
    assert offer.terms == TERMS
    # What is agreed stays, whatever becomes of the options afterwards.
    later = tuple(
        dataclasses.replace(one, options=tuple(
            dataclasses.replace(option, term="") for option in one.options))
        for one in made.issues
    )  # fmt: skip
    services.set_issues(
        actor=kam, negotiation_id=made.id, expected_version=made.version, issues=later
    )
    signing = signed(kam, made, offer)
    held = agreement_for(kam, signing.agreement_id)
    version = held.versions[-1]
    assert [(one.key, one.text) for one in version.clauses] == [("agreed-1", "3 years")]
    assert [one.family for one in version.conditions] == [
        Family.INVOICE_DISCOUNT, Family.VOLUME_REBATE, Family.CONTRACT_PRICE,
    ]  # fmt: skip
    assert (version.cap, len(version.prices)) == (Cap(D(5000)), 3)
    assert queries.differences_of(kam, signing) == ()
    moved = tuple(
        dataclasses.replace(one, tiers=(dataclasses.replace(one.tiers[0], rate=D(4)),))
        if one.key == "agreed-2" else one
        for one in version.conditions
    )  # fmt: skip
    agreements.save_terms(
        actor=kam, agreement_id=held.id, expected_version=held.version, conditions=moved,
        cap=Cap(D(6000)), prices=version.prices[:2],
    )  # fmt: skip
    found = {one.place: (one.agreed, one.written) for one in queries.differences_of(kam, signing)}
    assert found["Discount: tiers"] == ("lower 0, rate 3", "lower 0, rate 4")
    assert found["cap: amount"] == ("5000", "6000")
    assert found["Price: amount"] == ("251175", "")


def in_force(actor, held, people, today):
    """The newest version approved, signed and active."""
    found = approved(actor, held, *people)
    found = agreements.sign(
        actor=actor, agreement_id=found.id, expected_version=found.version, signed_on=today
    )
    return agreements.activate(actor=actor, agreement_id=found.id)


@pytest.mark.django_db
def test_a_running_agreement_is_amended_by_the_deal_and_comes_into_force(kam, make_actor):
    people = [make_actor(f"p_{role}", role) for role in ("director", "finance", "compliance")]
    one = shared_with(account(kam, currency="EUR"), *people)
    today = timezone.localdate()
    earlier = Condition(
        "agreed-9", Family.INVOICE_DISCOUNT, label="Old deal", timing=Timing.ON_INVOICE,
        tiers=tiers((0, 1)), gl_code="4712",
    )  # fmt: skip
    given = terms(conditions=(*terms().conditions, earlier),
                  clauses=(Clause("law", "Law", "French law", 1),))  # fmt: skip
    first = draft(kam, one, currency="EUR", terms=given)
    running = in_force(kam, first, people, today)
    made, offer = bargain(kam, one, Price="")
    signing = signed(
        kam, made, offer, agreement_id=running.id, starts=today, last=running.valid.last,
        title="Second deal",
    )  # fmt: skip
    held = agreement_for(kam, running.id)
    version = held.versions[-1]
    assert (version.number, version.effective.start) == (2, today)
    assert {each.key: each.label for each in version.conditions} == {
        "volume": "Year-end rebate", "agreed-2": "Discount", "agreed-3": "Rebate",
    }  # fmt: skip
    assert version.cap == Cap(D(5000))
    assert [each.key for each in version.clauses] == ["law", "agreed-1", "agreed-5"]
    assert held.versions[0].condition("agreed-9") is not None  # what was signed stays
    assert queries.differences_of(kam, signing) == ()
    booked = tuple(dataclasses.replace(each, gl_code="4711") for each in version.conditions)
    held = agreements.save_terms(
        actor=kam, agreement_id=held.id, expected_version=held.version, conditions=booked
    )
    now = in_force(kam, held, people[:1], today)
    assert now.versions[-1].state == "active"
    assert queries.differences_of(kam, signing) == ()


@pytest.mark.django_db
def test_terms_are_typed_beside_their_option(kam, client_of):
    made, _offer = bargain(kam, account(kam, currency="EUR"))
    url = reverse("negotiation:issues", args=[made.id])
    page = client_of(kam).get(url)
    assert page.context["form"]["term_value-2"].value() == "3"
    typed = {"version": made.version, "issue-0": "Discount", "option-0": "3 %",
             "term-0": "discount", "term_value-0": "3,5", "option-1": "none"}  # fmt: skip
    wrong = client_of(kam).post(url, typed)
    assert wrong.status_code == 422
    assert "Percent on the invoice" in words(wrong)
    right = client_of(kam).post(url, {**typed, "term_value-0": "3.5"})
    assert right.status_code == 302
    (issue,) = queries.negotiation_for(kam, made.id).issues
    assert [one.term for one in issue.options] == ["discount 3.5", ""]
