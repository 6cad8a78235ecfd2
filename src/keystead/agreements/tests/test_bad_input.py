"""What contradicts itself or a rule is refused beside its field, kept as typed, never half saved."""

import pytest

from keystead.agreements import models
from keystead.agreements.tests.factories import account, draft, now, rebate, terms
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db
GIVEN = {
    "label": "Extra rebate", "family": "volume_rebate", "timing": "off_invoice",
    "tier_measure": "net_value", "tier_period": "year", "rate_kind": "percent",
    "benefit_measure": "net_value", "method": "all_units", "boundary": "gte", "gl_code": "4711",
    "reset": "on", "returns_count": "on", "tiers-1-lower": "0", "tiers-1-rate": "1",
    "tiers-2-lower": "1000", "tiers-2-rate": "3", "version": 1,
}  # fmt: skip
GROWTH = {"tier_measure": "growth_pct", "baseline_source": "typed"}
FEE = {
    "family": "listing_fee", "timing": "lump", "tier_measure": "none", "rate_kind": "fixed",
    "tiers-1-rate": "5000", "tiers-2-lower": "", "tiers-2-rate": "",
}  # fmt: skip


@pytest.fixture
def found(kam):
    return draft(kam, account(kam))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tiers-2-lower": "0"}, "Two tiers begin at 0: they overlap."),
        ({"tiers-1-lower": "2000"}, "The bounds fall from 2000 to 1000"),
        ({"tiers-1-valid": "2026", "tiers-2-valid": "2026-Q1"}, "hold at the same time"),
        ({"tiers-1-lower": "", "tiers-1-rate": "", "tiers-2-lower": "", "tiers-2-rate": ""},
         "There is no rate."),
        ({"tiers-2-rate": "101"}, "A rate is above 100 %."),
        (GROWTH, "Growth needs a baseline above zero"),
        ({**GROWTH, "baseline_months": "2026-01 100"}, "The baseline says nothing about"),
        ({**GROWTH, "baseline_months": "January a lot"}, "is no month with its amount"),
        ({"currency": "USD"}, "USD does not fit an agreement in CNY."),
        ({"in_products": "NOPE"}, "“NOPE” is not known here."),
        ({"family": "contract_price"}, "There is no price."),
        ({"family": "early_payment", "payment_terms": "soon"}, "Write the terms of payment as"),
        ({"family": "free_goods", "rate_kind": "free_goods"}, "Say how many units are free"),
        ({"tier_measure": "share_pct"}, "Name the focus range."),
        ({"tier_measure": "targets_reached"}, "Name the targets."),
        ({"rate_kind": "per_unit"}, "A rate per unit is paid on units."),
        ({"cap_amount": "5", "floor_amount": "9"}, "The guarantee is above the cap."),
        ({"stack_group": "a", "stack_mode": "nonsense"}, "Select a valid choice"),
        ({"examples-1-name": "x", "examples-1-tier_measure": "1000", "examples-1-expected": "1"},
         "pays 30.00, not 1"),
    ],
)  # fmt: skip
def test_it_is_refused_beside_its_field(client_of, kam, found, change, said):
    place = f"/agreements/{found.id}/conditions/new/"
    answer = client_of(kam).post(place, {**GIVEN, **change})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'value="Extra rebate"' in answer.content.decode()
    assert now(found.id) == found


def test_conditions_that_reduce_each_other_in_a_circle_are_refused(client_of, kam):
    one = rebate("one", gl_code="1", reduce_by=("two",))
    found = draft(kam, account(kam), terms=terms(conditions=(rebate("two", gl_code="1"), one)))
    answer = client_of(kam).post(
        f"/agreements/{found.id}/conditions/two/", {**GIVEN, "reduce_by": ["one"]}
    )
    assert answer.status_code == 422
    assert "reduce each other in a circle" in text_of(answer)
    assert now(found.id) == found


def test_a_tier_on_resale_prices_is_stopped_by_its_rule(client_of, kam, found):
    answer = client_of(kam).post(
        f"/agreements/{found.id}/conditions/new/",
        {**GIVEN, "tier_measure": "metric", "tier_metric": "price_index"},
    )
    assert answer.status_code == 403
    assert "resale price" in text_of(answer)
    assert now(found.id) == found


def test_a_fee_without_proof_is_told_while_it_is_typed(client_of, kam, found):
    client, place = client_of(kam), f"/agreements/{found.id}/conditions/"
    shown = text_of(client.post(f"{place}preview/", {**GIVEN, **FEE}))
    assert "A fee needs a deliverable, dates, a proof" in shown
    assert now(found.id) == found
    assert client.post(f"{place}new/", {**GIVEN, **FEE}).status_code == 302
    client.post(f"/agreements/{found.id}/step/submit/", {})
    assert models.Agreement.objects.get().state == "in_review"


def test_a_change_of_kind_draws_the_form_again_and_stores_nothing(client_of, kam, found):
    place = f"/agreements/{found.id}/conditions/shape/"
    typed = {**GIVEN, "family": "growth_rebate"}
    page = client_of(kam).post(place, typed, headers={"HX-Trigger-Name": "family"})
    text = page.content.decode()
    assert '<option value="growth_pct" selected' in text
    assert 'value="Extra rebate"' in text
    assert "Growth counts from" in text
    assert now(found.id) == found


def test_foreign_is_missing(client_of, other_kam, found):
    client = client_of(other_kam)
    for path in ("shape/", "preview/"):
        answer = client.post(f"/agreements/{found.id}/conditions/{path}", GIVEN)
        assert answer.status_code == 404
