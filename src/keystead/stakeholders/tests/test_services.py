"""What the room promises: opinions stay private, one of two people, alarms, the plan."""

import pytest

from keystead.accounts.tests.factories import account, shared_with
from keystead.governance.queries.trail import account_trail
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.models import AuditEntry
from keystead.stakeholders import models, services
from keystead.stakeholders.queries import (
    assessments_of,
    contact_for,
    contacts_at,
    due_list,
    interactions_of,
    place_of,
    roles_of,
    steps_open,
)
from keystead.stakeholders.tests.factories import TODAY, ago, entry, met, person, role
from keystead.stakeholders.types import (
    AffiliationEntry,
    AlarmKind,
    AssessmentEntry,
    Basis,
    CadenceEntry,
    CoverageState,
    Initiator,
    OrganisationKind,
    RoleKind,
    TieEntry,
    TieKind,
)

pytestmark = pytest.mark.django_db
R = RoleKind


@pytest.fixture
def chu(kam):
    return account(kam, "CHU", kind="hospital")


def opinion(at, **values):
    return AssessmentEntry(
        account_id=at.id, **{"power": 5, "interest": 4, "stance": -2, "note": "SECRET", **values}
    )


def test_nobody_is_kept_without_a_basis(kam, chu):
    with pytest.raises(Invalid) as caught:
        person(kam, chu, " ", basis=Basis.CONSENT, email="no mail", phone="1" * 41)
    assert set(caught.value.data["fields"]) == {"name", "email", "phone", "basis_note"}
    assert not models.Person.objects.exists()
    assert person(kam, chu, basis=Basis.CONSENT, basis_note="Card, fair 2026").basis_note


def test_somebody_of_a_ministry_is_met_at_the_account(kam, chu):
    one = person(kam, chu, "Luc Roy")
    given = AffiliationEntry(
        job_title="Adviser", organisation="Ministry of Health", starts=ago(900),
        organisation_kind=OrganisationKind.MINISTRY,
    )  # fmt: skip
    services.set_affiliation(actor=kam, person_id=one.id, entry=given)
    found = contacts_at(kam, chu.id)[0]
    assert (found.at(TODAY).name, found.at(ago(901))) == ("Ministry of Health", None)
    for wrong in ({"organisation": ""}, {"account_id": chu.id, "organisation": "X"}):
        with pytest.raises(Invalid, match="either an account"):
            services.set_affiliation(
                actor=kam, person_id=one.id, entry=AffiliationEntry(job_title="A", **wrong)
            )


def test_a_person_of_two_accounts_shows_each_side_its_own(kam, other_kam, chu):
    one = person(kam, chu, email="h@chu.fr")
    theirs = account(other_kam, "CONS", kind="consortium")
    with pytest.raises(NotFound):
        contact_for(other_kam, one.id)
    shared_with(theirs, kam)
    services.set_affiliation(
        actor=kam, person_id=one.id, entry=AffiliationEntry(job_title="Chair", account_id=theirs.id)
    )
    met(kam, one)
    role(kam, one, R.LEGAL)
    role(kam, one, R.ECONOMIC_BUYER, theirs.id)
    assert [found.name for found in contacts_at(other_kam, theirs.id)] == [one.name]
    assert interactions_of(other_kam, person_id=one.id) == ()
    assert [found.role for found in roles_of(other_kam, [one.id])] == [R.ECONOMIC_BUYER]
    assert len(roles_of(kam, [one.id])) == 2
    assert [found.name for found in contact_for(other_kam, one.id).affiliations] == [theirs.name]
    with pytest.raises(NotFound):  # their home account is foreign
        services.edit_person(
            actor=other_kam, person_id=one.id, expected_version=1, entry=entry(chu)
        )


def test_what_we_think_of_people_is_private(kam, chu, make_actor):
    one, other = person(kam, chu), person(kam, chu, "Paul Martin")
    services.assess(actor=kam, person_id=one.id, entry=opinion(chu))
    role(kam, one, R.BLOCKER)
    role(kam, one, R.LEGAL)
    for kind in (TieKind.REPORTS_TO, TieKind.BLOCKS):
        services.tie(
            actor=kam,
            entry=TieEntry(account_id=chu.id, from_id=one.id, to_id=other.id, kind=kind,
                           note="SECRET"),
        )  # fmt: skip
    director = make_actor("boss", "director")
    shared_with(chu, director)
    for reader, sees in ((kam, True), (director, True), (make_actor("ops", "sales_ops"), False),
                         (make_actor("fin", "finance"), False)):  # fmt: skip
        place = place_of(reader, chu.id)
        known = next(known for known in place.people if known.contact.id == one.id)
        assert (known.assessment is not None, len(known.roles), len(place.ties)) == (
            (True, 2, 2) if sees else (False, 1, 1)
        ), reader.name
    with pytest.raises(NotAllowed):
        services.assess(actor=make_actor("ops2", "sales_ops"), person_id=one.id, entry=opinion(chu))
    officer = make_actor("officer", "compliance")
    told = account_trail(actor=officer, account_id=chu.id)
    acts = [line for line in told if line.action == "contact.opinion.set"]
    assert (len(acts), [line.new for line in acts]) == (3, [{}, {}, {}])


def test_an_opinion_grows_stale_and_is_not_overwritten(kam, chu):
    one = person(kam, chu)
    services.assess(actor=kam, person_id=one.id, entry=opinion(chu, reviewed_on=ago(181)))
    assert assessments_of(kam, [one.id])[0].stale
    with pytest.raises(Conflict):
        services.assess(actor=kam, person_id=one.id, entry=opinion(chu), expected_version=0)
    with pytest.raises(Invalid):
        services.assess(actor=kam, person_id=one.id, entry=opinion(chu, power=6))
    assert models.Assessment.objects.get().version == 1


def test_nobody_reports_to_themselves_or_to_two(kam, chu):
    a, b, c = (person(kam, chu, name) for name in ("Ada", "Ben", "Cai"))

    def reports(who, boss):
        given = TieEntry(account_id=chu.id, from_id=who.id, to_id=boss.id, kind=TieKind.REPORTS_TO)
        return services.tie(actor=kam, entry=given)

    first = reports(a, b)
    reports(b, c)
    for who, boss, said in ((c, a, "themselves"), (a, c, "somebody else"), (a, a, "different"),
                            (a, b, "already")):  # fmt: skip
        with pytest.raises(Invalid, match=said):
            reports(who, boss)
    services.untie(actor=kam, tie_id=first.id)
    reports(a, c)
    assert models.Tie.objects.count() == 2


def test_one_of_two_people_keeps_both_numbers(kam, chu):
    kept, gone = person(kam, chu, title="Dr"), person(kam, chu, "H. Dupont", email="h@chu.fr")
    third = person(kam, chu, "Luc Roy")
    for one in (kept, gone):
        role(kam, one, R.LEGAL)
        services.tie(
            actor=kam,
            entry=TieEntry(account_id=chu.id, from_id=one.id, to_id=third.id,
                           kind=TieKind.REPORTS_TO),
        )  # fmt: skip
    role(kam, gone, R.CHAMPION)
    met(kam, kept, gone)
    met(kam, gone)
    entries = AuditEntry.objects.count()
    found = services.merge_people(actor=kam, kept_id=kept.id, gone_id=gone.id)
    assert AuditEntry.objects.count() == entries + 1
    assert (found.id, found.email, found.title) == (kept.id, "h@chu.fr", "Dr")
    assert contact_for(kam, gone.id).id == kept.id
    assert {one.role for one in roles_of(kam, [kept.id])} == {R.LEGAL, R.CHAMPION}
    assert [len(one.people) for one in interactions_of(kam, person_id=kept.id)] == [1, 1]
    assert models.Tie.objects.count() == 1
    assert len(contacts_at(kam, chu.id)) == 2
    with pytest.raises(Conflict):
        services.merge_people(actor=kam, kept_id=third.id, gone_id=gone.id)


def test_who_is_missing_silent_and_a_single_thread(kam, chu, make_actor):
    boss, lead = person(kam, chu, "Boss"), person(kam, chu, "Lead")
    role(kam, boss, R.ECONOMIC_BUYER)
    role(kam, lead, R.USER_LEAD)
    for days in (1, 2, 3):
        met(kam, lead, days=days, initiator=Initiator.THEM)
    met(kam, boss, days=200)
    place = place_of(kam, chu.id)
    states = {one.role: one.state for one in place.coverage}
    state = CoverageState
    assert (states[R.ECONOMIC_BUYER], states[R.USER_LEAD], states[R.CHAMPION]) == (
        state.SILENT, state.SINGLE, state.MISSING,
    )  # fmt: skip
    assert {(one.kind, place.name_of(one.person_id), one.share) for one in place.alarms} == {
        (AlarmKind.ONE_CONTACT, "Lead", 0.75),
        (AlarmKind.ONE_COLLEAGUE, "", 1.0),
    }
    gone = entry(chu, "Champ", left_on=ago(1))
    champion = services.add_person(actor=kam, entry=entry(chu, "Champ"))
    role(kam, champion, R.CHAMPION)
    services.edit_person(actor=kam, person_id=champion.id, expected_version=1, entry=gone)
    assert AlarmKind.CHAMPION_LEFT in {one.kind for one in place_of(kam, chu.id).alarms}


def test_an_interaction_needs_somebody_and_leads_to_a_step(kam, other_kam, chu):
    one, stranger = person(kam, chu), person(other_kam, account(other_kam, "TM"))
    for wrong in ({"people": ()}, {"on": ago(-1)}, {"people": (stranger.id,)},
                  {"colleagues": (99999,)}):  # fmt: skip
        with pytest.raises(Invalid):
            met(kam, one, **wrong)
    done = met(kam, one, next_step="Send the offer", next_on=TODAY, message_id="<1@chu.fr>")
    with pytest.raises(Invalid, match="logged before"):
        met(kam, one, message_id="<1@chu.fr>")
    assert [step.text for step in steps_open(kam)] == ["Send the offer"]
    services.finish_step(actor=kam, interaction_id=done.id)
    assert steps_open(kam) == ()


def test_the_plan_says_who_is_due(kam, chu):
    one, never = person(kam, chu), person(kam, chu, "Never Met")
    for who, days in ((one, 30), (never, 10)):
        given = CadenceEntry(account_id=chu.id, every_days=days, owner_id=kam.user_id)
        services.set_cadence(actor=kam, person_id=who.id, entry=given)
    met(kam, one, days=45)
    assert [(due.person, due.late_days) for due in due_list(kam, mine=True)] == [
        ("Hélène Dupont", 15), ("Never Met", 0),
    ]  # fmt: skip
    met(kam, one)
    assert [due.late_days for due in due_list(kam)] == [0, -30]
