"""Writing, approving, signing, ending: each state through the services, and what is refused."""

import dataclasses
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from keystead.accounts.tests.factories import shared_with
from keystead.agreements import models, queries, services
from keystead.agreements.queries.agreements import intact
from keystead.agreements.tests.factories import (
    D,
    account,
    approved,
    draft,
    head,
    now,
    rebate,
    terms,
    tiers,
)
from keystead.agreements.types import (
    AgreementState,
    Clause,
    Example,
    Family,
    Measure,
    RateKind,
    StackMode,
    Terms,
)
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.models import AuditEntry, OutboxEvent
from keystead.kit.testing.pack import RoomPack

pytestmark = pytest.mark.django_db
S = AgreementState
TODAY = timezone.localdate()


class TestAgreementPack(RoomPack):
    model = models.Agreement

    def prepare(self):
        self.account = account(self.writer)

    def create(self, actor):
        return draft(actor, self.account).id

    def change(self, actor, pk, version):
        services.edit_draft(
            actor=actor, agreement_id=pk, expected_version=version,
            head=head(self.account, title="Changed"), terms=terms(),
        )  # fmt: skip


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director", first_name="Bo")


@pytest.fixture
def people(make_actor, director):
    """Who answers a back-dated agreement: the director, then finance and compliance."""
    return director, make_actor("fin", "finance"), make_actor("comp", "compliance")


@pytest.fixture
def jd(kam, director):
    return shared_with(account(kam), director)


def sign(actor, agreement):
    return services.sign(
        actor=actor, agreement_id=agreement.id, expected_version=agreement.version,
        signed_on=TODAY,
    )  # fmt: skip


def active(kam, jd, people, **changes):
    found = sign(kam, approved(kam, draft(kam, jd, **changes), *people))
    return services.activate(actor=kam, agreement_id=found.id, expected_version=found.version)


def test_a_draft_has_a_number_one_version_and_its_author(kam, jd):
    found = draft(kam, jd)
    assert found.number == f"JD-{TODAY.year - 1}-1"
    assert (found.state, len(found.versions), found.versions[0].number) == (S.DRAFT, 1, 1)
    assert found.versions[0].conditions == terms().conditions
    assert models.AgreementVersion.objects.get().authors == [kam.user_id]
    assert draft(kam, jd).number == f"JD-{TODAY.year - 1}-2"
    with pytest.raises(Invalid, match="taken"):
        draft(kam, jd, number=f"jd-{TODAY.year - 1}-1")


@pytest.mark.parametrize(
    ("wrong", "place", "said"),
    [
        (rebate(tiers=tiers((100, 1), (100, 2))), "v.tiers", "Two tiers begin at 100"),
        (rebate(tiers=tiers((200, 1), (100, 2))), "v.tiers", "The bounds fall from 200 to 100"),
        (rebate(tiers=()), "v.tiers", "There is no rate."),
        (rebate(tiers=tiers((0, 101))), "v.tiers", "above 100 %"),
        (rebate(currency="EUR"), "v.currency", "EUR does not fit an agreement in CNY."),
        (rebate(reduce_by=("v",)), "", "in a circle"),
        (
            rebate(label="R", examples=(Example("full", D(2000), D("50.00")),)),
            "v.examples",
            "R: The example “full” pays 60.00, not 50.00.",
        ),
    ],
)
def test_terms_that_make_no_sense_are_refused_with_their_place(kam, jd, wrong, place, said):
    found = draft(kam, jd)
    before, entries = now(found.id), AuditEntry.objects.count()
    with pytest.raises(Invalid) as caught:
        services.save_condition(
            actor=kam, agreement_id=found.id, expected_version=1, condition=wrong
        )
    told = caught.value.data["places"]
    assert said in told.get(place, "") or (not place and said in " ".join(told.values()))
    assert (now(found.id), AuditEntry.objects.count()) == (before, entries)


def test_equal_rank_without_priority_is_an_error(kam, jd):
    pair = tuple(rebate(key, stack_group="g", stack_mode=StackMode.FIRST_MATCH) for key in "ab")
    with pytest.raises(Invalid, match="equal rank"):
        draft(kam, jd, terms=Terms(pair))


def test_a_tier_on_resale_prices_is_stopped_by_the_rule(kam, jd):
    wrong = rebate("p", tier_measure=Measure.METRIC, tier_metric="price_index")
    with pytest.raises(NotAllowed) as caught:
        draft(kam, jd, terms=Terms((wrong,)))
    assert caught.value.data["rule"] == "R-01"
    assert not models.Agreement.objects.exists()


def test_conditions_are_added_changed_and_removed(kam, jd):
    found = draft(kam, jd)
    more = services.save_condition(
        actor=kam, agreement_id=found.id, expected_version=1,
        condition=rebate("growth", tiers=tiers((0, 2))),
    )  # fmt: skip
    assert [one.key for one in more.versions[0].conditions] == ["volume", "growth"]
    less = services.remove_condition(
        actor=kam, agreement_id=found.id, expected_version=more.version, key="volume"
    )
    assert [one.key for one in less.versions[0].conditions] == ["growth"]
    with pytest.raises(NotFound):
        services.remove_condition(
            actor=kam, agreement_id=found.id, expected_version=less.version, key="volume"
        )


def test_the_whole_life(kam, jd, people):
    found = draft(kam, jd)
    found = approved(kam, found, *people)
    assert found.state is S.APPROVED
    found = services.offer(actor=kam, agreement_id=found.id, expected_version=found.version)
    assert found.state is S.OFFERED
    found = sign(kam, found)
    assert (found.state, found.versions[0].signed_on) == (S.SIGNED, TODAY)
    found = services.activate(actor=kam, agreement_id=found.id, expected_version=found.version)
    assert found.versions[0].state is S.ACTIVE
    assert found.state is S.ACTIVE
    told = OutboxEvent.objects.filter(name="agreements.activated").get().payload
    assert (told["agreement_id"], told["version_number"]) == (found.id, 1)
    assert queries.in_force(found).versions == found.versions
    actions = AuditEntry.objects.filter(subject_type="agreement").values_list("action", flat=True)
    assert list(actions.order_by("id")) == [
        f"agreement.{word}"
        for word in ("create", "submit", "approve", "offer", "sign", "activate")
    ]  # fmt: skip


def test_nothing_is_signed_that_was_not_approved(kam, jd, director):
    found = draft(kam, jd)
    for word in (sign, lambda who, one: services.offer(
        actor=who, agreement_id=one.id, expected_version=one.version
    )):  # fmt: skip
        with pytest.raises(Conflict):
            word(kam, found)
    assert now(found.id).state is S.DRAFT
    assert not models.SignedTerms.objects.exists()


def test_an_edit_loses_the_approval(kam, jd, people):
    found = approved(kam, draft(kam, jd), *people)
    changed = services.edit_draft(
        actor=kam, agreement_id=found.id, expected_version=found.version,
        head=head(jd), terms=terms(exclusive=False, clauses=(Clause("a", "Delivery", "DAP"),)),
    )  # fmt: skip
    assert changed.state is S.DRAFT
    with pytest.raises(Conflict):
        sign(kam, changed)


def test_who_asked_cannot_approve_and_who_wrote_it_neither(kam, make_actor, jd, people):
    both = make_actor("both", "kam", "director")
    shared_with(jd, both)
    found = draft(both, jd)
    with pytest.raises(NotAllowed):
        approved(both, found, both)
    # Somebody else asks for what "both" wrote, and "both" approves: it goes back to the draft.
    services.edit_draft(
        actor=both, agreement_id=found.id, expected_version=now(found.id).version,
        head=head(jd), terms=terms(clauses=(Clause("a", "Delivery", "DAP"),)),
    )  # fmt: skip
    again = approved(kam, now(found.id), both, *people[1:])
    assert again.state is S.DRAFT
    assert "second person" in AuditEntry.objects.latest("id").why


def test_a_returned_version_is_a_draft_again(kam, jd, director):
    found = services.submit(actor=kam, agreement_id=draft(kam, jd).id, expected_version=1)
    asked = latest(SubjectKind.AGREEMENT, str(found.versions[0].id))
    assert "back_dated" in asked.facts.flags
    assert asked.facts.discount_pct == 3
    approvals.decide(actor=director, request_id=asked.id, approve=False, reason="Too deep.")
    services.take_decision(request_id=asked.id)
    assert now(found.id).state is S.DRAFT
    services.take_decision(request_id=asked.id)  # again: nothing more happens
    assert AuditEntry.objects.filter(action="agreement.return").count() == 1


def test_what_must_be_looked_at_is_told_to_the_approver(kam, jd):
    fee = rebate(
        "listing", family=Family.LISTING_FEE, tier_measure=Measure.NONE,
        rate_kind=RateKind.FIXED, tiers=tiers((0, 500)), gl_code="4711",
    )  # fmt: skip
    found = draft(kam, jd, terms=Terms((fee,)))
    services.submit(actor=kam, agreement_id=found.id, expected_version=1)
    asked = latest(SubjectKind.AGREEMENT, str(found.versions[0].id))
    looked = [one for one in asked.changes if one.label == "To be looked at"]
    assert any("A fee needs a deliverable" in one.new for one in looked)
    assert looked[0].said("fr").label == "À examiner"


def test_an_empty_or_unbooked_draft_is_not_submitted(kam, jd):
    for wrong, said in (
        (Terms(), "no conditions"),
        (Terms((rebate(),)), "name the ledger account"),
    ):
        found = draft(kam, jd, terms=wrong)
        with pytest.raises(Invalid, match=said):
            services.submit(actor=kam, agreement_id=found.id, expected_version=1)
        assert now(found.id).state is S.DRAFT


def test_wording_that_holds_prices_waits_for_compliance(kam, jd):
    clause = Clause("p", "Prices", "The customer keeps a minimum price.")
    found = draft(kam, jd, terms=terms(clauses=(clause,)))
    with pytest.raises(NotAllowed) as caught:
        services.submit(actor=kam, agreement_id=found.id, expected_version=1)
    assert caught.value.data["rule"] == "R-02"
    assert now(found.id).state is S.DRAFT


def test_what_is_signed_never_changes(kam, jd, people):
    found = active(kam, jd, people)
    with pytest.raises(Conflict, match="never changes"):
        services.edit_draft(
            actor=kam, agreement_id=found.id, expected_version=found.version,
            head=head(jd), terms=Terms(),
        )  # fmt: skip
    with pytest.raises(Conflict, match="never changes"):
        services.remove_condition(
            actor=kam, agreement_id=found.id, expected_version=found.version, key="volume"
        )
    for statement in (
        "UPDATE agreements_signedterms SET terms = '{}'",
        "DELETE FROM agreements_signedterms",
    ):
        with (
            pytest.raises(DatabaseError, match="frozen"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    # The draft table decides nothing any more.
    models.AgreementVersion.objects.update(terms={"exclusive": True})
    assert now(found.id).versions[0].conditions == terms().conditions
    assert not now(found.id).versions[0].exclusive
    assert set(intact(found.id).values()) == {True}


def test_an_amendment_is_a_new_version_with_a_redline(kam, jd, people):
    found = active(kam, jd, people)
    changed = services.amend(
        actor=kam, agreement_id=found.id, expected_version=found.version, starts=TODAY,
        reason="Volumes fell",
    )  # fmt: skip
    assert [one.state for one in changed.versions] == [S.ACTIVE, S.DRAFT]
    with pytest.raises(Conflict):
        services.amend(
            actor=kam, agreement_id=found.id, expected_version=changed.version, starts=TODAY,
            reason="Twice",
        )  # fmt: skip
    softer = dataclasses.replace(
        terms().conditions[0], tiers=tiers((0, 1), (800, 3)),
        examples=(Example("at the bound", D(800), D("24.00")),),
    )  # fmt: skip
    changed = services.save_condition(
        actor=kam, agreement_id=found.id, expected_version=changed.version, condition=softer,
        replaces="volume",
    )  # fmt: skip
    lines = {one.place: (one.old, one.new) for one in queries.redline(*changed.versions)}
    assert "1,000" in lines["Year-end rebate: Tiers"][0]
    assert "800" in lines["Year-end rebate: Tiers"][1]
    assert queries.in_force(changed).in_force(TODAY).number == 1
    done = sign(kam, approved(kam, changed, *people[:1]))
    done = services.activate(actor=kam, agreement_id=done.id, expected_version=done.version)
    assert queries.in_force(done).in_force(TODAY).number == 2
    assert done.versions[0].conditions == terms().conditions


def test_growth_without_a_baseline_is_not_signed(kam, jd, people):
    growth = rebate("g", tier_measure=Measure.GROWTH_PCT, baseline="last_year", gl_code="1")
    found = approved(kam, draft(kam, jd, terms=Terms((growth,))), *people)
    with pytest.raises(Invalid) as caught:
        sign(kam, found)
    assert caught.value.code == "no_baseline"
    assert now(found.id).state is S.APPROVED


def test_foreign_is_missing_everywhere(kam, other_kam, jd):
    found = draft(kam, jd)
    with pytest.raises(NotFound):
        queries.agreement_for(other_kam, found.id)
    with pytest.raises(NotFound):
        queries.by_number(other_kam, found.number)
    with pytest.raises(NotFound):
        services.copy_agreement(actor=other_kam, agreement_id=found.id, head=head(jd))
    assert queries.agreements_for(other_kam) == ()
    assert [one.id for one in queries.agreements_for(kam, search="annual")] == [found.id]


@pytest.mark.parametrize(
    ("role", "sees"), [("viewer", False), ("marketing", False), ("finance", True)]
)
def test_terms_are_a_field_group(kam, make_actor, jd, role, sees):
    found, reader = draft(kam, jd), make_actor("reader", role)
    shared_with(jd, reader)
    if sees:
        assert queries.agreement_for(reader, found.id).number == found.number
    else:
        with pytest.raises(NotAllowed):
            queries.agreement_for(reader, found.id)
    with pytest.raises(NotAllowed):
        services.submit(actor=reader, agreement_id=found.id, expected_version=1)


def test_copy_for_next_year_renews_and_another_customer_s_terms_stay_theirs(kam, jd, people):
    found = active(kam, jd, people)
    year = TODAY.year + 2
    following = head(jd, starts=date(year, 1, 1), last=date(year, 12, 31))
    made = services.copy_agreement(actor=kam, agreement_id=found.id, head=following)
    assert (made.renews, made.state) == (found.id, S.DRAFT)
    assert made.versions[0].conditions == found.versions[0].conditions
    other = account(kam, "TMALL")
    with pytest.raises(NotAllowed) as caught:
        services.copy_agreement(actor=kam, agreement_id=found.id, head=head(other))
    assert caught.value.data["rule"] == "R-08"
    assert not models.Agreement.objects.filter(account_id=other.id).exists()


def test_the_calendar_ends_what_is_over(kam, jd, people):
    found = active(kam, jd, people)
    assert services.follow_calendar(actor=kam, today=found.valid.end) == (found.id,)
    assert now(found.id).state is S.EXPIRED
    assert services.follow_calendar(actor=kam, today=found.valid.end) == ()
    told = OutboxEvent.objects.filter(name="agreements.ended").get().payload
    assert told["state"] == "expired"


def test_terminate_keeps_day_and_reason(kam, jd, people):
    found = active(kam, jd, people)
    with pytest.raises(Invalid):
        services.terminate(
            actor=kam, agreement_id=found.id, expected_version=found.version, on=TODAY, reason=" "
        )
    done = services.terminate(
        actor=kam, agreement_id=found.id, expected_version=found.version, on=TODAY,
        reason="Licence lost",
    )  # fmt: skip
    assert done.state is S.TERMINATED
    assert AuditEntry.objects.latest("id").why == "Licence lost"
