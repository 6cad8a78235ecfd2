"""Steps that a rule stops or sends to more people, through the pages: nothing is half saved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from keystead.accounts.tests.factories import shared_with
from keystead.agreements import models, services
from keystead.agreements.tests.factories import (
    D,
    account,
    approved,
    draft,
    now,
    rebate,
    terms,
    tiers,
)
from keystead.agreements.tests.test_bad_input import GIVEN, text_of
from keystead.agreements.types import AgreementState, Baseline, Measure
from keystead.governance.queries.approvals import latest
from keystead.governance.types.approvals import RequestState, SubjectKind
from keystead.kernel.periods import Period
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
S = AgreementState
TODAY = timezone.localdate()


@pytest.fixture
def jd(kam):
    return account(kam)


@pytest.fixture
def people(make_actor, jd):
    found = [make_actor(f"p_{role}", role) for role in ("director", "finance", "compliance")]
    shared_with(jd, *found)
    return found


def asked_of(found):
    return latest(SubjectKind.AGREEMENT, str(found.versions[-1].id))


def answer(client, asked, **more):
    given = {"answer": "approve", "reason": "", "content_hash": asked.content_hash, **more}
    said = client.post(f"/approvals/{asked.id}/decide/", given)
    services.take_decision(request_id=asked.id)
    return said


def test_a_back_dated_change_says_so_and_needs_two_people(client_of, kam, jd, people):
    """R-23: terms for days that are gone are told to who approves, and one answer is not enough."""
    found, client = draft(kam, jd, starts=TODAY - timedelta(days=60)), client_of(kam)
    home = f"/agreements/{found.id}/"
    client.post(f"{home}step/submit/", {"version": found.version})
    asked = asked_of(found)
    assert now(found.id).state is S.IN_REVIEW
    page = text_of(client_of(people[0]).get(f"/approvals/{asked.id}/"))
    assert "Back-dated term; needs two approvals. (R-23)" in page
    assert answer(client_of(people[0]), asked).status_code == 302
    assert now(found.id).state is S.IN_REVIEW
    early = client.post(
        f"{home}sign/", {"day": TODAY.isoformat(), "version": now(found.id).version}
    )
    assert early.status_code == 409
    assert not models.SignedTerms.objects.exists()
    for one in people[1:]:
        assert answer(client_of(one), asked_of(found)).status_code == 302
    assert now(found.id).state is S.APPROVED
    assert len(asked_of(found).decisions) >= 2


def test_a_term_that_begins_today_asks_no_second_person(client_of, kam, jd, people):
    found = draft(kam, jd, starts=TODAY)
    client_of(kam).post(f"/agreements/{found.id}/step/submit/", {"version": found.version})
    page = text_of(client_of(people[0]).get(f"/approvals/{asked_of(found).id}/"))
    assert "R-23" not in page
    assert answer(client_of(people[0]), asked_of(found)).status_code == 302
    assert now(found.id).state is S.APPROVED


def test_nobody_approves_what_they_asked_for(client_of, make_actor, jd, people):
    """R-24: the page says that a second person is needed; nothing is decided."""
    both = make_actor("both", "kam", "director")
    shared_with(jd, both)
    found, client = draft(both, jd, starts=TODAY), client_of(both)
    client.post(f"/agreements/{found.id}/step/submit/", {"version": found.version})
    asked = asked_of(found)
    said = answer(client, asked)
    assert said.status_code == 403
    assert "second person" in text_of(said).casefold()
    assert asked_of(found).decisions == ()
    assert asked_of(found).state is RequestState.OPEN
    assert now(found.id).state is S.IN_REVIEW


def test_who_wrote_a_part_sends_it_back_by_approving(client_of, kam, make_actor, jd, people):
    both = make_actor("both", "kam", "director")
    shared_with(jd, both)
    found = draft(kam, jd, starts=TODAY)
    assert client_of(both).post(
        f"/agreements/{found.id}/conditions/new/", {**GIVEN, "version": found.version}
    ).status_code == 302  # fmt: skip
    client_of(kam).post(f"/agreements/{found.id}/step/submit/", {})
    answer(client_of(both), asked_of(found))
    assert now(found.id).state is S.DRAFT
    assert "second person" in AuditEntry.objects.latest("id").why


def growth():
    return rebate(
        "growth", label="Growth", tier_measure=Measure.GROWTH_PCT, baseline="base",
        tiers=tiers((5, 1)), gl_code="4711",
    )  # fmt: skip


def typed(span):
    months = tuple((month, D(100)) for month in span.month_starts())
    return Baseline("base", Measure.NET_VALUE, months, currency="CNY", source="typed")


def test_an_extension_without_its_baseline_is_refused_in_words(client_of, kam, jd, people):
    """The typed baseline covers the first term; the months of the extension have none."""
    starts, last = TODAY.replace(day=1), date(TODAY.year + 1, 6, 30)
    wanted = terms(conditions=(growth(),), baselines=(typed(Period.between(starts, last)),))
    found = approved(kam, draft(kam, jd, terms=wanted, starts=starts, last=last), *people)
    found = services.sign(
        actor=kam, agreement_id=found.id, expected_version=found.version, signed_on=TODAY
    )
    found = services.activate(actor=kam, agreement_id=found.id)
    client, home = client_of(kam), f"/agreements/{found.id}/"
    given = {"day": (TODAY + timedelta(days=1)).isoformat(), "reason": "One season more",
             "last": date(TODAY.year + 1, 12, 31).isoformat(), "version": found.version}  # fmt: skip
    assert client.post(f"{home}amend/", given).status_code == 302
    amended = now(found.id)
    shown = text_of(client.post(f"{home}step/submit/", {"version": amended.version}, follow=True))
    assert "The baseline says nothing about" in shown
    assert now(found.id) == amended
    assert amended.versions[-1].state is S.DRAFT
    assert asked_of(amended) is None
    assert found.versions[0] == amended.versions[0]


def test_a_baseline_that_sell_in_does_not_give_stops_the_signature(client_of, kam, jd, people):
    found = draft(kam, jd, terms=terms(conditions=(growth(),)), starts=TODAY)
    found = approved(kam, found, people[0])
    said = client_of(kam).post(
        f"/agreements/{found.id}/sign/", {"day": TODAY.isoformat(), "version": found.version}
    )
    assert said.status_code == 422
    assert "There is no sell-in a year before to count the growth of “Growth” from" in text_of(said)
    assert now(found.id) == found
    assert not models.SignedTerms.objects.exists()


def test_two_methods_for_one_condition_are_refused(client_of, kam, jd):
    found = draft(kam, jd)
    said = client_of(kam).post(
        f"/agreements/{found.id}/conditions/new/", {**GIVEN, "method": ["incremental", "all_units"]}
    )
    assert said.status_code == 422
    assert "One condition has one method" in text_of(said)
    assert now(found.id) == found
