"""What a use costs carries a proof that says the same: by title, package, member, then and now."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from keystead.accounts.tests.factories import account
from keystead.kernel.errors import NotFound
from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import add_months, month_start
from keystead.kit.models import AuditEntry
from keystead.kit.provers import named
from keystead.metrics.queries import standing
from keystead.negotiation import queries, services
from keystead.negotiation.tests.test_buyer_web import words
from keystead.negotiation.tests.test_plans import begun
from keystead.negotiation.tests.test_value import invoice, of, opened, post, usage
from keystead.negotiation.types.value import Basis

D = Decimal


@pytest.fixture
def one(kam, settings, tmp_path):
    """A hospital that paid 900 and read Oncology 130 and Nursing 50 times."""
    settings.KEYSTEAD_HOME = tmp_path / "home"
    made = account(kam, code="P0", kind="hospital", country="FR", currency="EUR")
    post("usage", [usage(made.id, "Oncology", 130), usage(made.id, "Nursing", 50)])
    post("sell_in", [invoice(made.id, 900)])
    return made


def costs(actor, account_id, fee_from):
    """Return what a use costs by section and name, each as its proof says it."""
    use = queries.value_of_use(actor, queries.value_story(actor, account_id))
    assert use.fee_from == fee_from
    rows = [(name, one) for name in ("titles", "packages", "members")
            for one in getattr(use, name) if one.each is not None]  # fmt: skip
    for _name, one in rows:
        found = standing(actor=actor, proof_id=one.each_proof)
        assert round_half_up(D(str(found.then.value)), 4) == one.each, one.name
        assert (found.then.measure, found.unit, found.moved) == (use.currency, "money", False)
    return {(name, one.name): (one.each, one.each_proof) for name, one in rows}


@pytest.mark.django_db
def test_each_cost_of_a_use_has_a_proof_that_says_the_same(kam, other_kam, one, client_of):
    post("entitlement", [opened(one.id, "Oncology", "All"), opened(one.id, "Nursing", "All")])
    found = costs(kam, one.id, "sales")
    assert {key: value for key, (value, _proof) in found.items()} == {
        ("titles", "Oncology"): D("3.4615"), ("titles", "Nursing"): D("9.0000"),
        ("packages", "All"): D("5.0000"),
    }  # fmt: skip
    proof = found["titles", "Oncology"][1]
    page = client_of(kam).get(reverse("negotiation:value", args=[one.id])).content.decode()
    assert page.count("/proof/use_cost:") == 3
    rows = queries.value_tables(kam, one.id)["titles"].rows
    cell = next(row for row in rows if row[0] == "Oncology")[3]
    assert cell.proof.startswith("use_cost:")
    opened_page = client_of(kam).get(reverse("metrics:proof", args=[proof]))
    assert "Cost per use: Oncology" in words(opened_page)
    post("sell_in", [invoice(one.id, 990)], "later")
    moved = standing(actor=kam, proof_id=proof)
    assert (moved.then.value, moved.now.value, moved.moved) == (D("3.4615"), D("3.8077"), True)
    with pytest.raises(NotFound):
        standing(actor=other_kam, proof_id=proof)
    with pytest.raises(NotFound):
        standing(actor=kam, proof_id=proof.replace("EUR", "USD"))


@pytest.mark.django_db
def test_a_proof_by_list_prices_tells_them_again_once_they_are_others(kam, one):
    story = services.set_value_head(
        actor=kam, of=of(one), head=services.StoryHead(currency="EUR", basis=Basis.LIST_PRICE)
    )
    story = services.set_list_prices(
        actor=kam, of=of(one, story), prices={"Oncology": D(200), "Nursing": D(100)}
    )
    each, proof = costs(kam, one.id, "sales")["titles", "Nursing"]
    story = services.set_list_prices(
        actor=kam, of=of(one, story), prices={"Nursing": D(150), "Surgery": D(9)}
    )
    story = services.set_value_head(
        actor=kam, of=of(one, story), head=services.StoryHead(currency="EUR", basis=Basis.EQUAL)
    )
    row = AuditEntry.objects.filter(action="negotiation.value_prices").latest("id")
    assert row.old["prices"] == {"Nursing": "100", "Oncology": "200", "Surgery": None}
    assert row.new["prices"] == {"Nursing": "150", "Oncology": None, "Surgery": "9"}
    found = standing(actor=kam, proof_id=proof)
    assert (round_half_up(found.then.value, 4), found.now.value) == (each, 9)
    assert found.moved
    first, second = AuditEntry.objects.filter(action="negotiation.value_prices").order_by("id")
    assert (first.old["prices"], second.account_id) == ({"Nursing": None, "Oncology": None}, one.id)


@pytest.mark.django_db
def test_prices_that_the_trail_does_not_tell_leave_no_value_then(kam, one):
    story = services.set_value_head(
        actor=kam, of=of(one), head=services.StoryHead(currency="EUR", basis=Basis.LIST_PRICE)
    )
    story = services.set_list_prices(actor=kam, of=of(one, story), prices={"Nursing": D(100)})
    proof = costs(kam, one.id, "sales")["titles", "Nursing"][1]
    *head, check = proof.split("~")
    other = named("use_cost", *(head[0].removeprefix("use_cost:"), *head[1:4], "0" * 20, *head[5:]))
    assert check not in other
    assert standing(actor=kam, proof_id=other).then.value is None


@pytest.mark.django_db
def test_members_prove_their_cost_by_the_metric_or_by_the_split(kam, settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path / "home"
    start = add_months(month_start(timezone.localdate()), -6)
    plan = begun(kam, starts=start, last=add_months(start, 12) - timedelta(days=1))
    members = [one.account_id for one in plan.members]
    post("usage", [usage(one, "Oncology", 40 + at) for at, one in enumerate(members)])
    post("sell_in", [invoice(one, 900) for one in members])
    found = costs(kam, plan.account_id, "sales")
    proofs = [proof for (name, _member), (_each, proof) in found.items() if name == "members"]
    assert len(proofs) == len(members)
    assert all(proof.startswith("cost_per_use.") for proof in proofs)
    services.agree_plan(actor=kam, plan_id=plan.id, expected_version=plan.version)
    shared = costs(kam, plan.account_id, "split")
    assert {key[1] for key in shared if key[0] == "members"} == {f"Hospital {n}" for n in (1, 2, 3)}
    assert all(proof.startswith("use_cost:") for _each, proof in shared.values())
    early = found["titles", "Oncology"]  # made before the split was agreed: then stays, now moves
    moved = standing(actor=kam, proof_id=early[1])
    assert (moved.then.value, moved.now.value) == (early[0], shared["titles", "Oncology"][0])
    assert moved.moved
