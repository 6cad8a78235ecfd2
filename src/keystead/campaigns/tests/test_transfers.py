"""Rules on transfers of value: shipped, dated, set by compliance, never rewritten."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from keystead.campaigns import models, services
from keystead.campaigns.queries.transfers import transfer_rules
from keystead.campaigns.rules.transfers import rule_on
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kernel.money import Money
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 1)


def limit(country, day=DAY):
    return rule_on(transfer_rules(), country, day).limit


def change(actor, **more):
    given = {"country": "fr", "starts": DAY, "discloses": True, "hospitality": Decimal(65),
             "currency": "EUR", "note": "Code of 2026", **more}  # fmt: skip
    services.set_transfer_rule(actor=actor, **given)


def test_the_shipped_set_is_what_counted_before():
    rules = transfer_rules()
    assert limit("GB") == Money("75", "GBP")
    assert limit("CN") == Money("300", "CNY")
    assert rule_on(rules, "AT", DAY).discloses is True
    assert rule_on(rules, "CN", DAY).discloses is False
    assert len(rules) == 38


def test_compliance_sets_a_day_and_the_day_before_stays(make_actor):
    officer = make_actor("law", "compliance")
    change(officer)
    change(officer, hospitality=Decimal(66))
    assert limit("FR") == Money("66", "EUR")
    assert limit("FR", date(2026, 6, 30)) == Money("60", "EUR")
    entry = AuditEntry.objects.filter(action="transfer_rule.set").latest("id")
    assert (entry.old["hospitality"], entry.new["hospitality"]) == ("65.0000", "66")
    with pytest.raises(DatabaseError), transaction.atomic():
        models.TransferRuleRow.objects.update(note="x")


@pytest.mark.parametrize(
    "wrong", [{"country": "XX"}, {"currency": ""}, {"note": " "}, {"hospitality": Decimal(-1)}]
)
def test_what_is_wrong_is_named_and_nothing_is_kept(make_actor, wrong):
    with pytest.raises(Invalid):
        change(make_actor("law", "compliance"), **wrong)
    assert limit("FR") == Money("60", "EUR")


def test_only_compliance(kam, client_of, make_actor):
    with pytest.raises(NotAllowed):
        change(kam)
    assert client_of(kam).post("/campaigns/transfers/set/", {}).status_code == 403
    page = client_of(make_actor("law", "compliance"))
    assert page.get("/campaigns/transfers/set/?country=FR").status_code == 200
    given = {"country": "FR", "starts": "2026-07-01", "discloses": "on", "hospitality": "70",
             "currency": "EUR", "note": "Code"}  # fmt: skip
    assert page.post("/campaigns/transfers/set/", given).status_code == 302
    assert limit("FR") == Money("70", "EUR")
    assert "70.00" in page.get("/campaigns/transfers/").content.decode()
