"""The closed door: what is not there, what is slowed down, what the trail keeps of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from tests.architecture.test_policies import routes

from keystead.doors.web.tests.signing import PASSWORD, enter
from keystead.governance.services.people import add_person, set_password
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.kit.models import AuditEntry, User

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Actor], Client]


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_email", "account_set_password", "account_inactive",
     "account_change_password", "account_logout", "account_confirm_login_code",
     "mfa_download_recovery_codes", "mfa_trust", "usersessions_list",
     "socialaccount_connections", "socialaccount_signup"],
)  # fmt: skip
def test_what_we_do_not_want_of_the_engine_has_no_path(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_no_page_of_the_engine_is_served_as_it_is() -> None:
    foreign = []
    for path, entry in routes(get_resolver()):
        view = getattr(entry.callback, "view_class", entry.callback)
        if view.__module__.startswith("allauth"):
            foreign.append(path)
    assert foreign == []


@pytest.mark.parametrize("path", ["/signup/", "/accounts/signup/", "/sign-in/signup/",
                                  "/accounts/login/", "/accounts/email/"])  # fmt: skip
def test_there_is_no_sign_up(path: str, kam: Actor, client_of: ClientOf) -> None:
    assert client_of(kam).get(path).status_code == 404


@pytest.mark.parametrize("name", ["lin", "nobody-here"])
def test_too_many_wrong_passwords_are_429_for_any_name(
    name: str, kam: Actor, client: Client
) -> None:
    for _ in range(8):
        assert enter(client, name, "wrong").status_code == 422
    slow = enter(client, name, PASSWORD)
    assert slow.status_code == 429
    assert slow["Retry-After"]
    assert "Too many tries" in slow.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_flood_of_sign_ins_is_429_in_the_design(kam: Actor, client: Client) -> None:
    answers = [client.post("/sign-in/", {}).status_code for _ in range(31)]
    assert answers[:30] == [422] * 30
    assert answers[30] == 429
    page = client.post("/sign-in/", {})
    assert "Too many tries." in page.content.decode()
    assert "Keystead</title>" in page.content.decode()


def test_who_may_no_longer_sign_in_is_told_nothing_more(
    make_user: Callable[..., User], client: Client
) -> None:
    make_user("gone", "kam", is_active=False)
    right, wrong = enter(client, "gone"), enter(client, "gone", "wrong")
    sentence = "This name and password do not go together."
    assert sentence in right.content.decode()
    assert sentence in wrong.content.decode()
    assert right.status_code == wrong.status_code == 422


def test_deactivating_ends_an_open_session_at_the_next_request(kam: Actor, client: Client) -> None:
    enter(client)
    assert client.get("/profile/").status_code == 200
    User.objects.filter(pk=kam.user_id).update(is_active=False)
    assert client.get("/profile/").status_code == 302
    assert client.get("/api/me").status_code == 401


def test_the_trail_knows_who_came_in_and_how(kam: Actor, client: Client) -> None:
    enter(client)
    entry = AuditEntry.objects.get(action="sign_in")
    assert entry.actor_id == kam.user_id
    assert entry.new == {
        "how": ["password"], "browser": "Firefox, Linux", "address": "127.0.0.1",
        "new_device": True,
    }  # fmt: skip


def test_the_trail_keeps_no_name_that_nobody_has(kam: Actor, client: Client) -> None:
    enter(client, "lin", "wrong")
    enter(client, "my secret password, in the wrong field", "x")
    entries = AuditEntry.objects.filter(action="sign_in.refused").order_by("id")
    assert [entry.subject_id for entry in entries] == [str(kam.user_id), "unknown"]
    assert [entry.actor_id for entry in entries] == [None, None]
    assert "secret" not in str(list(entries.values()))


def test_cookies_are_closed_to_scripts_and_other_sites(kam: Actor, client: Client) -> None:
    cookies = enter(client).cookies
    for name in ("sessionid", "keystead_device"):
        assert cookies[name]["httponly"]
        assert cookies[name]["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("password", "trouble"),
    [("elevenchars", "12 characters"), ("qwerty123456", "too common"),
     ("weilin-of-shanghai1", "too similar")],
)  # fmt: skip
def test_weak_passwords_are_refused(password: str, trouble: str, admin: Actor, settings) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = settings.KEYSTEAD_PASSWORD_VALIDATORS
    with pytest.raises(Invalid, match=trouble):
        add_person(actor=admin, username="weilin-of-shanghai", password=password, roles=["kam"])
    assert not User.objects.filter(username="weilin-of-shanghai").exists()
    person = add_person(
        actor=admin,
        username="weilin-of-shanghai",
        password="three little boats at noon",
        roles=["kam"],
    )
    with pytest.raises(Invalid, match=trouble):
        set_password(actor=admin, person_id=person.id, password=password)
