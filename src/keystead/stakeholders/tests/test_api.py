"""Answers for programs: the people of an account, and who is due; foreign is missing."""

import json

import pytest
from click.testing import CliRunner

from keystead.accounts.tests.factories import account
from keystead.stakeholders import services
from keystead.stakeholders.commands import people
from keystead.stakeholders.tests.factories import ago, met, person, role
from keystead.stakeholders.types import AssessmentEntry, CadenceEntry, RoleKind

pytestmark = pytest.mark.django_db


def test_people_and_who_is_due_for_programs(client_of, kam, other_kam, make_actor):
    chu = account(kam, "CHU", kind="hospital")
    one = person(kam, chu)
    role(kam, one, RoleKind.ECONOMIC_BUYER)
    services.assess(
        actor=kam, person_id=one.id,
        entry=AssessmentEntry(account_id=chu.id, power=5, interest=1, stance=-2),
    )  # fmt: skip
    met(kam, one, days=40)
    rhythm = CadenceEntry(account_id=chu.id, every_days=30, owner_id=kam.user_id)
    services.set_cadence(actor=kam, person_id=one.id, entry=rhythm)
    path = f"/api/accounts/{chu.id}/people"
    found = client_of(kam).get(path).json()
    assert (found["account"], found["people"][0]["stance"]) == ("CHU", -2)
    assert found["coverage"][0] == {"role": "economic_buyer", "state": "single", "people": [one.id]}
    hidden = client_of(make_actor("fin", "finance")).get(path).json()["people"][0]
    assert (hidden["name"], hidden["power"], hidden["stance"]) == (one.name, None, None)
    assert client_of(other_kam).get(path).status_code == 404
    due = client_of(kam).get("/api/people/due?mine=true").json()["items"]
    assert [(line["person"], line["late_days"], line["due_on"]) for line in due] == [
        (one.name, 10, ago(10).isoformat())
    ]
    assert client_of(other_kam).get("/api/people/due").json()["items"] == []
    said = CliRunner().invoke(people, ["CHU", "--json"], env={"KEYSTEAD_USER": kam.username})
    assert json.loads(said.output)["people"][0]["roles"] == ["economic_buyer"]
    plain = CliRunner().invoke(people, ["CHU"], env={"KEYSTEAD_USER": kam.username}).output
    assert "CHU: relationship" in plain
    assert "champion: missing" in plain
