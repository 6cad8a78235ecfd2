"""Somebody who left is erased: no name is left anywhere, and the trail still verifies."""

import json

import pytest
from django.db import transaction

from keystead.governance.queries import people_data as reads
from keystead.governance.queries.people import people
from keystead.governance.rules.people_data import REGISTER
from keystead.governance.services import people_data
from keystead.governance.services.acknowledgements import enforce
from keystead.governance.services.people import add_person, edit_person, issue_token
from keystead.kernel.errors import Conflict, NotAllowed, NotFound
from keystead.kit import audit
from keystead.kit.access import SYSTEM, actor_for
from keystead.kit.models import ApiToken, AuditEntry, OutboxEvent, User

pytestmark = pytest.mark.django_db
NAMES = ("Marguerite Duval", "mduval", "mduval@example.org")


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.KEYSTEAD_HOME = tmp_path


@pytest.fixture
def gone(admin):
    """A person with a history, whose access has ended."""
    person = add_person(
        actor=admin, username="mduval", password="a-long-password-1", roles=["kam"],
        name="Marguerite Duval", email="mduval@example.org",
    )  # fmt: skip
    own = actor_for(User.objects.get(pk=person.id))
    issue_token(actor=own, label="mduval")
    with transaction.atomic():
        audit.record(
            actor=own, action="account.edit", subject=("account", 5), old={"city": "Mduvalville"},
            new={"city": "Paris", "contact": "Marguerite Duval, sales"}, why="asked by mduval",
            account_id=5,
        )  # fmt: skip
        audit.record(
            actor=SYSTEM, action="listing.add", subject=("listing", 1), new={"by": "mduval"}
        )
    edit_person(
        actor=admin, person_id=person.id, name="Marguerite Duval", roles=["viewer"], active=False
    )
    return person.id


def everything():
    """All that the trail and the users say, as one text."""
    rows = list(AuditEntry.objects.values("actor_name", "old", "new", "why", "source"))
    users = list(User.objects.values("username", "first_name", "last_name", "email"))
    return json.dumps([rows, users], ensure_ascii=False)


def test_no_name_is_left_the_chain_and_its_anchor_hold(gone, admin):
    audit.anchor()
    people_data.erase_person(actor=admin, person_id=gone, why="left in May, mduval@example.org")
    text = everything()
    for name in NAMES:
        assert name not in text
    assert "Mduvalville" in text  # a place, not the person
    verdict = audit.prove()
    assert verdict.ok
    assert verdict.anchors == 1
    assert ApiToken.objects.count() == 0
    assert OutboxEvent.objects.filter(name="governance.person_erased").count() == 1


def test_what_the_rows_told_besides_the_names_is_kept_and_hashed(gone, admin):
    edit = AuditEntry.objects.get(action="account.edit")
    role_change = AuditEntry.objects.get(action="person.edit")
    people_data.erase_person(actor=admin, person_id=gone, why="left")
    other = audit.pseudonym(gone)
    told = AuditEntry.objects.get(action="person.erase")
    rows = told.new["rows"]
    assert rows[str(edit.pk)]["new"] == {"city": "Paris", "contact": f"{other}, sales"}
    added = AuditEntry.objects.get(action="person.add", subject_id=str(gone))
    assert rows[str(added.pk)]["new"]["roles"] == ["kam"]
    role_change.refresh_from_db()
    assert role_change.new["roles"] == ["viewer"]  # it never named anybody
    edit.refresh_from_db()
    assert (edit.new, edit.salt, edit.actor_name) == ({}, "", other)
    AuditEntry.objects.filter(pk=told.pk)  # the kept copy is a row like any other
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=told.pk).update(why="x")


def test_it_shows_as_a_pseudonym_and_nobody_can_sign_in(gone, admin):
    people_data.erase_person(actor=admin, person_id=gone, why="left")
    found = next(one for one in people(actor=admin) if one.id == gone)
    assert (found.name, found.username, found.email) == (
        f"Former user {gone}", f"former-user-{gone}", "",
    )  # fmt: skip
    assert not User.objects.get(pk=gone).has_usable_password()
    held = next(one for one in reads.people_held(admin) if one.id == gone)
    assert held.erased
    with pytest.raises(Conflict):
        people_data.erase_person(actor=admin, person_id=gone, why="again")


def test_who_still_has_access_is_not_erased_and_only_the_administrator_may(gone, admin, kam):
    before = everything()
    with pytest.raises(Conflict):
        people_data.erase_person(actor=admin, person_id=kam.user_id, why="x")
    with pytest.raises(NotAllowed):
        people_data.erase_person(actor=kam, person_id=gone, why="x")
    with pytest.raises(NotFound):
        people_data.erase_person(actor=admin, person_id=10**6, why="x")
    assert everything() == before


def test_what_is_held_is_for_oneself_the_administrator_and_compliance(gone, kam, admin, make_actor):
    with pytest.raises(NotFound) as foreign:
        people_data.take_out(actor=kam, person_id=gone)
    with pytest.raises(NotFound) as missing:
        people_data.take_out(actor=kam, person_id=10**6)
    assert foreign.value.message == missing.value.message
    assert people_data.take_out(actor=kam, person_id=kam.user_id)["person"]["name"] == "Lin Wei"
    held = people_data.take_out(actor=make_actor("sofia", "compliance"), person_id=gone)
    assert held["person"]["mail"] == "mduval@example.org"
    assert {"account.edit", "token.issue", "person.edit"} <= {one["action"] for one in held["acts"]}
    enforce(actor=admin, topic="data_protection", on=True, why="policy")
    with pytest.raises(NotAllowed):
        people_data.take_out(actor=admin, person_id=gone)
    people_data.take_out(actor=kam, person_id=kam.user_id)


def test_erasing_is_due_so_many_months_after_access_ended(gone, admin):
    held = next(one for one in reads.people_held(admin) if one.id == gone)
    assert held.left_on is not None
    assert (held.erase_on.year - held.left_on.year) * 12 == REGISTER[0].retention_months
    assert not held.overdue
