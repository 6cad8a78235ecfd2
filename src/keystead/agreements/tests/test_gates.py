"""How gates stood is recorded, and a settlement pays only for what was shown."""

from __future__ import annotations

from datetime import date

import pytest

from keystead.accounts.queries import account_for
from keystead.accounts.tests.factories import shared_with
from keystead.agreements import models, services
from keystead.agreements.queries.evaluation import evaluate_agreement
from keystead.agreements.queries.gates import gates_of
from keystead.agreements.tests.factories import D, rebate, tiers
from keystead.agreements.tests.sold import active, house, sell  # noqa: F401 - a fixture
from keystead.agreements.types import Every, Gate, GateKind
from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kernel.periods import Period
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
Q1, Q2 = Period.parse("2025-Q1"), Period.parse("2025-Q2")
DATA = Gate("data_on_time")
CARE = Gate("orders_by_edi", GateKind.NUMBER, D(90))


@pytest.fixture
def sold(kam, house):  # noqa: F811
    sell(house, ("jd", "p", "2025-02-03", 1000), ("jd", "p", "2025-05-03", 2000))
    terms = {"tier_period": Every.QUARTER, "tiers": tiers((0, 10)), "gl_code": "4711"}
    return active(kam, house, rebate("care", gates=(DATA, CARE), **terms))


def earned(actor, found):
    run = evaluate_agreement(actor, found.id, as_of=date(2025, 12, 31)).run
    return {line.period: line.amount.amount for line in run.lines if line.amount}


def test_what_was_shown_is_paid_period_by_period(kam, sold):
    assert earned(kam, sold) == {}
    say = {"actor": kam, "agreement_id": sold.id, "evidence": "report of the warehouse"}
    services.record_gate(name="data_on_time", period=Q1, met=True, **say)
    services.record_gate(name="orders_by_edi", period=None, number=D(92), **say)
    assert earned(kam, sold) == {Q1: D(100)}
    services.record_gate(name="data_on_time", period=Q2, met=True, **say)
    assert earned(kam, sold) == {Q1: D(100), Q2: D(200)}
    services.record_gate(name="data_on_time", period=Q1, met=False, **say)
    assert earned(kam, sold) == {Q2: D(200)}
    services.record_gate(name="data_on_time", period=Q2, **say)  # unknown again
    assert earned(kam, sold) == {}
    assert models.ReadingRow.objects.count() == 5
    entry = AuditEntry.objects.filter(action="agreement.gate").latest("pk")
    assert (entry.why, entry.new["period"]) == ("report of the warehouse", "2025-Q2")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": "nothing"}, "gate_unknown"),
        ({"evidence": " "}, "gate_evidence"),
        ({"met": None, "number": D(1)}, "gate_value"),
        ({"name": "orders_by_edi"}, "gate_value"),
        ({"period": Period.parse("2024-Q1")}, "gate_period"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, code, kam, sold):
    given = {"name": "data_on_time", "period": Q1, "met": True, "evidence": "mail", **wrong}
    with pytest.raises(Invalid) as caught:
        services.record_gate(actor=kam, agreement_id=sold.id, **given)
    assert caught.value.code == code
    assert not models.ReadingRow.objects.exists()


def test_a_stranger_finds_nothing_and_a_reader_records_nothing(kam, other_kam, make_actor, sold):
    given = {"agreement_id": sold.id, "name": "data_on_time", "period": Q1, "evidence": "x"}
    with pytest.raises(NotFound):
        services.record_gate(actor=other_kam, met=True, **given)
    director = make_actor("anna", "director")
    shared_with(account_for(kam, sold.account_id), director)
    with pytest.raises((NotAllowed, NotFound)):
        services.record_gate(actor=director, met=True, **given)


def test_the_page_begins_with_the_first_that_is_unknown(kam, sold, client_of):
    client, page = client_of(kam), f"/agreements/{sold.id}/gates/"
    shown = client.get(page).content.decode()
    assert "data delivered on time, Q1 2025" in shown
    form = {"gate": "data_on_time@2025-Q1", "value": "met", "evidence": "weekly files, complete"}
    assert client.post(page, form).status_code == 302
    run = evaluate_agreement(kam, sold.id, as_of=date(2025, 12, 31)).run
    stood = {one.key: one.result.value for one in gates_of(sold, run)}
    assert stood["data_on_time@2025-Q1"] == "met"
    assert stood["data_on_time@2025-Q2"] == "unknown"
    assert client.post(page, {**form, "evidence": ""}).status_code == 422
    tab = client.get(f"/agreements/{sold.id}/entitlement/?as_of=2025-12-31").content.decode()
    assert "Record how a gate stood" in tab
