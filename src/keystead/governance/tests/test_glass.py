"""Broken glass: an hour of reading for an administrator, told to compliance, and in the trail."""

from datetime import timedelta

import pytest
from conftest import signed_in
from django.core import mail as outgoing
from django.utils import timezone

from keystead.governance.queries.glass import openings
from keystead.governance.services import glass
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit import mail
from keystead.kit.access import actor_for
from keystead.kit.models import AuditEntry, BreakGlass, Letter, User

pytestmark = pytest.mark.django_db
WHY = "The warehouse feed shows nothing since noon"


def again(actor):
    """The actor of the next request."""
    return actor_for(User.objects.get(pk=actor.user_id))


@pytest.fixture
def officer(make_actor):
    return make_actor("cleo", "compliance", email="cleo@example.com")


def acts(since: int) -> list[str]:
    rows = AuditEntry.objects.filter(pk__gt=since).order_by("pk")
    return [row.action for row in rows]


def test_it_opens_reading_for_sixty_minutes_and_nothing_else(admin, monkeypatch):
    start = AuditEntry.objects.count()
    made = glass.break_glass(actor=admin, reason=WHY)
    assert made.ends_at - made.opened_at == timedelta(minutes=60)
    now = again(admin)
    assert {name for name in ("accounts.view", "metrics.cost", "ledger.view") if now.can(name)} == {
        "accounts.view", "metrics.cost", "ledger.view",
    }  # fmt: skip
    for name in ("accounts.edit", "export.data", "ledger.import", "notes.view", "approvals.view"):
        assert not now.can(name), name
    monkeypatch.setattr(timezone, "now", lambda: made.ends_at)
    assert not now.can("accounts.view")  # also for what still runs
    assert not again(admin).can("accounts.view")
    assert glass.close_expired() == 1
    assert glass.close_expired() == 0
    assert acts(start) == ["glass.break", "glass.close"]
    assert AuditEntry.objects.get(action="glass.break").why == WHY


def test_closing_ends_it_at_once_and_compliance_may_close_it(admin, officer, kam):
    made = glass.break_glass(actor=admin, reason=WHY)
    with pytest.raises(Conflict):
        glass.break_glass(actor=admin, reason=WHY)
    for stranger in (kam,):
        with pytest.raises(NotAllowed):
            glass.close_glass(actor=stranger, glass_id=made.id)
    assert glass.close_glass(actor=officer, glass_id=made.id).closed_at is not None
    assert not again(admin).can("accounts.view")
    with pytest.raises(NotFound):
        glass.close_glass(actor=admin)
    glass.break_glass(actor=admin, reason=WHY)
    assert [one.open for one in openings(officer)] == [True, False]


@pytest.mark.parametrize("reason", ["", "  why   ", "x" * 9])
def test_without_a_reason_it_stays_whole(admin, reason):
    with pytest.raises(Invalid):
        glass.break_glass(actor=admin, reason=reason)
    assert BreakGlass.objects.count() == 0


@pytest.mark.parametrize("role", ["kam", "finance", "compliance", "director", "viewer"])
def test_only_an_administrator_and_never_a_token(make_actor, admin, role):
    token = actor_for(User.objects.get(pk=admin.user_id), token_scope=["access.break_glass"])
    for who in (make_actor("x", role), token):
        with pytest.raises(NotAllowed):
            glass.break_glass(actor=who, reason=WHY)
    assert BreakGlass.objects.count() == 0


def test_everybody_in_compliance_gets_a_letter(admin, officer, make_actor, settings):
    settings.KEYSTEAD_MAIL = True
    make_actor("kim", "kam", email="kim@example.com")
    glass.break_glass(actor=admin, reason=WHY)
    assert list(Letter.objects.values_list("user__username", flat=True)) == ["cleo"]
    mail.send_waiting()
    assert [(letter.to, WHY in letter.body) for letter in outgoing.outbox] == [
        (["cleo@example.com"], True)
    ]


def test_breaking_the_glass_needs_a_fresh_sign_in(admin):
    stale = signed_in(User.objects.get(pk=admin.user_id), seconds_ago=3600)
    for answer in (stale.get("/break-glass/"), stale.post("/break-glass/", {"why": "x" * 40})):
        assert answer["Location"].startswith("/sign-in/again/")
    assert not BreakGlass.objects.exists()
