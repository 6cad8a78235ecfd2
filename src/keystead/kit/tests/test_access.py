"""Roles, actors and the policy every route must declare."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse

from keystead.kernel.errors import NotAllowed, NotFound
from keystead.kit.access import SYSTEM, Actor, actor_for, local_actor, policy, policy_of
from keystead.kit.access.middleware import PolicyMiddleware
from keystead.kit.access.rules import CAPABILITIES, ROLES
from keystead.kit.models import User


def user(name, *roles, manager=None):
    return User.objects.create(username=name, roles=list(roles), manager=manager)


def test_every_role_names_only_known_capabilities():
    assert {cap for caps in ROLES.values() for cap in caps} <= CAPABILITIES


def test_administrator_has_no_business_capability():
    assert ROLES["admin"] == {"users.manage", "access.break_glass", "profile.self"}


def test_token_scope_narrows_and_never_widens():
    actor = Actor(1, "lin", "Lin", frozenset({"kam"}), token_scope=frozenset({"users.manage"}))
    assert not actor.can("ledger.import")
    assert not actor.can("users.manage")
    narrowed = Actor(1, "lin", "Lin", frozenset({"kam"}), token_scope=frozenset({"accounts.view"}))
    assert narrowed.can("accounts.view")


def test_require_says_what_is_missing():
    with pytest.raises(NotAllowed) as caught:
        Actor(1, "v", "V", frozenset({"viewer"})).require("ledger.import")
    assert caught.value.data == {"capability": "ledger.import"}


@pytest.mark.django_db
def test_reports_of_a_director_are_found_at_any_depth_and_cycles_end():
    head = user("head", "director")
    middle = user("middle", "director", manager=head)
    junior = user("junior", "kam", manager=middle)
    head.manager = junior
    head.save()
    assert actor_for(head).reports == {middle.pk, junior.pk}
    assert actor_for(middle).reports == {junior.pk, head.pk}
    assert actor_for(junior).reports == frozenset()


@pytest.mark.django_db
def test_command_line_actor(monkeypatch):
    monkeypatch.delenv("KEYSTEAD_USER", raising=False)
    assert local_actor() is SYSTEM
    lin = user("lin", "kam")
    assert local_actor().user_id == lin.pk
    with pytest.raises(NotFound):
        local_actor("nobody")


def test_policy_refuses_unknown_capabilities():
    with pytest.raises(ValueError, match="unknown"):
        policy("accounts.fly")
    with pytest.raises(ValueError, match="unknown or no"):
        policy()


class TestMiddleware:
    @pytest.fixture
    def middleware(self):
        return PolicyMiddleware(lambda request: HttpResponse())

    def ask(self, rf, middleware, view, who, **headers):
        request = rf.get("/x/", headers=headers)
        request.user = who
        return middleware.process_view(request, view, (), {})

    def test_a_view_without_policy_is_refused(self, rf, middleware):
        with pytest.raises(ImproperlyConfigured):
            self.ask(rf, middleware, lambda request: None, AnonymousUser())

    def test_public_views_pass(self, rf, middleware):
        view = policy.public(lambda request: None)
        assert self.ask(rf, middleware, view, AnonymousUser()) is None

    def test_anonymous_goes_to_sign_in_and_htmx_is_sent_there_whole(self, rf, middleware):
        view = policy("accounts.view")(lambda request: None)
        answer = self.ask(rf, middleware, view, AnonymousUser())
        assert answer.status_code == 302
        assert answer.url.startswith("/sign-in/?next=/x/")
        partial = self.ask(rf, middleware, view, AnonymousUser(), hx_request="true")
        assert (partial.status_code, partial["HX-Redirect"]) == (401, "/sign-in/")

    @pytest.mark.django_db
    def test_capability_decides(self, rf, middleware):
        view = policy("ledger.import")(lambda request: None)
        assert self.ask(rf, middleware, view, user("lin", "kam")) is None
        assert self.ask(rf, middleware, view, user("vera", "viewer")).status_code == 403

    def test_policy_is_found_through_wrappers(self):
        import functools

        inner = policy("accounts.view")(lambda request: None)
        outer = functools.wraps(inner)(lambda *args: inner(*args))  # noqa: PLW0108
        assert policy_of(outer).capabilities == {"accounts.view"}
