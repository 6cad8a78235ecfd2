"""What somebody receives who asks for their data, and that an erased name is nowhere."""

import json

import pytest

from keystead.accounts.tests.factories import account, shared_with
from keystead.kernel.errors import Conflict, Invalid, NotAllowed
from keystead.kit import audit
from keystead.kit.models import AuditEntry
from keystead.stakeholders import models, services
from keystead.stakeholders.queries import contact_for, contacts_at, interactions_of
from keystead.stakeholders.queries.personal import held_about
from keystead.stakeholders.tests.factories import entry, met, person, role
from keystead.stakeholders.types import (
    AffiliationEntry,
    AssessmentEntry,
    CadenceEntry,
    RoleKind,
    TieEntry,
    TieKind,
)

pytestmark = pytest.mark.django_db
NAME, MAIL, PHONE = "Hélène Dupont", "h.dupont@chu.fr", "+33 4 76 00 00 00"


@pytest.fixture
def whole(kam):
    """A person with one of everything, renamed once, and an account beside."""
    chu = account(kam, "CHU", kind="hospital")
    one, boss = person(kam, chu, "Helene Old", email=MAIL, phone=PHONE), person(kam, chu, "Boss")
    services.edit_person(
        actor=kam, person_id=one.id, expected_version=1,
        entry=entry(chu, NAME, email=MAIL, phone=PHONE),
    )  # fmt: skip
    role(kam, one, RoleKind.LEGAL)
    services.assess(
        actor=kam, person_id=one.id,
        entry=AssessmentEntry(account_id=chu.id, power=5, interest=4, stance=-2, note="Vain"),
    )  # fmt: skip
    services.set_affiliation(
        actor=kam, person_id=one.id,
        entry=AffiliationEntry(job_title="Chair of Ethics", organisation="Board of Grenoble"),
    )  # fmt: skip
    services.tie(
        actor=kam,
        entry=TieEntry(account_id=chu.id, from_id=one.id, to_id=boss.id, kind=TieKind.BLOCKS),
    )
    services.set_cadence(
        actor=kam, person_id=one.id,
        entry=CadenceEntry(account_id=chu.id, every_days=30, owner_id=kam.user_id),
    )  # fmt: skip
    met(kam, one, boss, subject=f"With {NAME}", summary=f"Write to {MAIL}. {NAME} agrees.")
    return contact_for(kam, one.id)


def test_they_receive_all_of_it_and_nobody_elses_name(kam, whole, make_actor):
    held = held_about(kam, whole.id)
    assert {key: len(held[key]) for key in ("workplaces", "roles", "opinions", "ties", "talks",
                                            "plan")} == dict.fromkeys(
        ("workplaces", "roles", "opinions", "ties", "talks", "plan"), 1
    )  # fmt: skip
    assert "Boss" not in json.dumps(held)
    assert held["elsewhere"] == 0
    ops = make_actor("ops", "sales_ops")
    hidden = held_about(ops, whole.id)
    assert (hidden["opinions"], hidden["ties"]) == ([], [])
    with pytest.raises(NotAllowed):  # a file leaves the house whole or not at all
        services.take_out(actor=ops, person_id=whole.id)
    assert services.take_out(actor=kam, person_id=whole.id) == held
    assert AuditEntry.objects.latest("id").action == "contact.export"


def test_an_erased_name_is_nowhere_and_the_trail_still_verifies(kam, whole):
    with pytest.raises(Invalid, match="Say why"):
        services.erase_person(actor=kam, person_id=whole.id, why=" ")
    entries = AuditEntry.objects.count()
    services.erase_person(actor=kam, person_id=whole.id, why=f"{NAME} asked for it")
    assert AuditEntry.objects.count() == entries + 1
    stored = json.dumps(
        [
            *(row.snapshot() for row in models.Person.objects.all()),
            *(row.snapshot() for row in models.Interaction.objects.all()),
            *AuditEntry.objects.values("old", "new", "why"),
        ],
        ensure_ascii=False,
    )
    for word in (NAME, MAIL, PHONE, "Helene Old", "Vain", "Ethics", "Grenoble"):
        assert word not in stored, word
    counts = [m.objects.count() for m in (models.RoleHeld, models.Assessment, models.Tie,
                                          models.Affiliation, models.Cadence)]  # fmt: skip
    assert counts == [0, 0, 0, 0, 0]
    talk = interactions_of(kam, person_id=whole.id)[0]
    assert talk.subject == f"With Former contact {whole.id}"
    assert [name for _pk, name in talk.people] == [f"Former contact {whole.id}", "Boss"]
    assert [one.name for one in contacts_at(kam, whole.account_id)] == ["Boss"]
    assert audit.verify()[1] is None
    with pytest.raises(Conflict):
        services.erase_person(actor=kam, person_id=whole.id, why="Again")


def test_who_does_not_write_opinions_erases_nobody(kam, whole, make_actor):
    director = make_actor("boss", "director")
    shared_with(account(kam, "X"), director)
    with pytest.raises(NotAllowed):
        services.erase_person(actor=make_actor("ops", "sales_ops"), person_id=whole.id, why="So")
    assert contact_for(kam, whole.id).name == NAME
