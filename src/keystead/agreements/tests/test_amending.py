"""Amendments: a later end, a redline in words, an approval and a trail in the reader's language."""

import dataclasses
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from keystead.accounts.queries import account_by_code
from keystead.accounts.tests.factories import shared_with
from keystead.agreements import services
from keystead.agreements.queries.redline import redline
from keystead.agreements.tests.factories import account, approved, draft, now, rebate, tiers
from keystead.agreements.tests.world import version
from keystead.agreements.types import Boundary, DiscountBase, Timing
from keystead.governance.queries.approvals import latest
from keystead.governance.types.approvals import SubjectKind
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(kam, make_actor):
    found = [make_actor(f"p_{role}", role) for role in ("director", "finance", "compliance")]
    shared_with(account(kam, "JD"), *found)
    return found


@pytest.fixture
def active(kam, people):
    found = approved(kam, draft(kam, account_by_code(kam, "JD")), *people)
    today = timezone.localdate()
    found = services.sign(
        actor=kam, agreement_id=found.id, expected_version=found.version, signed_on=today
    )
    return services.activate(actor=kam, agreement_id=found.id)


def test_an_amendment_moves_the_end_once_it_is_in_force(client_of, kam, people, active):
    client, home, today = client_of(kam), f"/agreements/{active.id}/", timezone.localdate()
    later = active.valid.last + timedelta(days=184)
    given = {"day": today.isoformat(), "last": later.isoformat(), "reason": "One season more"}
    answer = client.post(f"{home}amend/", {**given, "version": active.version})
    assert answer.status_code == 302, text_of(answer)
    found = now(active.id)
    assert found.valid == active.valid
    assert found.versions[-1].effective.last == later
    assert "Effective" in text_of(client.get(home))
    found = approved(kam, found, people[0])
    found = services.sign(
        actor=kam, agreement_id=found.id, expected_version=found.version, signed_on=today
    )
    assert found.valid == active.valid
    found = services.activate(actor=kam, agreement_id=found.id)
    assert found.valid.last == later
    assert found.versions[0].effective.last == active.valid.last


def test_a_last_day_before_the_first_stays_on_the_form(client_of, kam, active):
    today = timezone.localdate()
    given = {"day": today.isoformat(), "last": (today - timedelta(days=1)).isoformat()}
    answer = client_of(kam).post(
        f"/agreements/{active.id}/amend/",
        {**given, "reason": "Sooner", "version": active.version},
    )
    assert answer.status_code == 422
    assert "The last day comes before the first." in text_of(answer)
    assert now(active.id) == active


def test_what_no_sentence_says_is_told_by_the_name_of_its_field():
    was = rebate("flat", tiers=tiers((0, 2)), timing=Timing.ON_INVOICE)
    now_ = dataclasses.replace(was, grace_days=5)
    entry = redline(version(was), version(now_))[0]
    assert (entry.place, entry.old, entry.new) == (
        "Volume rebate: Late lines count for days", "0", "5"
    )  # fmt: skip
    changed = dataclasses.replace(was, discount_base=DiscountBase.RUNNING)
    with translation.override("fr"):
        told = redline(version(was), version(changed))
    assert told
    assert "discount_base" not in " ".join(one.place + one.old + one.new for one in told)
    other = dataclasses.replace(was, boundary=Boundary.GT)
    assert redline(version(was), version(other))


def test_who_approves_reads_it_in_their_own_language(client_of, kam, people):
    found = draft(kam, account_by_code(kam, "JD"))
    found = services.submit(actor=kam, agreement_id=found.id, expected_version=found.version)
    asked = latest(SubjectKind.AGREEMENT, str(found.versions[0].id))
    page = client_of(people[0]).get(f"/approvals/{asked.id}/", headers={"Accept-Language": "fr"})
    assert page.status_code == 200
    assert "ventes nettes" in text_of(page)
    assert "net sales" not in text_of(page)


def test_the_trail_says_what_changed_in_words(client_of, kam):
    jd = account(kam, "JD")
    found = draft(kam, jd)
    changed = rebate("volume", label="Year-end rebate", gl_code="4711", tiers=tiers((0, 1), (9, 4)))
    services.save_condition(
        actor=kam, agreement_id=found.id, expected_version=1, condition=changed, replaces="volume"
    )
    page = text_of(client_of(kam).get(f"/accounts/{jd.id}/panels/log/"))
    assert "Version 1: Year-end rebate: Tiers" in page
    assert "tier_measure" not in page
    assert "terms 1" not in page
