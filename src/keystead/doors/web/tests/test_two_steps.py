"""The second step: on, off, lost, and a must for some roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.models import Authenticator
from conftest import signed_in
from django.test import Client

from keystead.doors.web.tests.signing import code_of, enter, turn_on
from keystead.kit.access import Actor
from keystead.kit.models import AuditEntry, User

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def _commits(django_capture_on_commit_callbacks: Callable[..., object]) -> Iterator[None]:
    with django_capture_on_commit_callbacks(execute=True):
        yield


def test_the_password_alone_no_longer_opens(kam: Actor, client_of: ClientOf) -> None:
    secret, _codes = turn_on(client_of(kam))
    client = Client()
    assert enter(client, next="/profile/")["Location"] == "/sign-in/code/"
    assert client.get("/profile/").status_code == 302
    assert "_auth_user_id" not in client.session
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 422
    assert client.post("/sign-in/code/", {"code": code_of(secret)})["Location"] == "/profile/"
    assert client.get("/profile/").status_code == 200
    entry = AuditEntry.objects.get(action="sign_in")
    assert entry.new["how"] == ["password", "totp"]
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"two_steps.on", "sign_in.refused_code"} <= actions


def test_a_code_works_once(kam: Actor, client_of: ClientOf) -> None:
    secret, _codes = turn_on(client_of(kam))
    code = code_of(secret)
    for expected in (302, 422):
        client = Client()
        enter(client)
        assert client.post("/sign-in/code/", {"code": code}).status_code == expected


def test_codes_cannot_be_tried_for_ever(kam: Actor, client_of: ClientOf) -> None:
    turn_on(client_of(kam))
    client = Client()
    enter(client)
    answers = [client.post("/sign-in/code/", {"code": "000000"}).status_code for _ in range(9)]
    assert answers == [422] * 8 + [429]
    other = Client()
    enter(other)
    assert other.post("/sign-in/code/", {"code": "000000"}).status_code == 429


def test_the_code_page_is_nothing_without_the_password(kam: Actor, client: Client) -> None:
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/code/", {"code": "1"})["Location"] == "/sign-in/"


def test_secrets_are_stored_sealed(kam: Actor, client_of: ClientOf) -> None:
    secret, codes = turn_on(client_of(kam))
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert stored.count("sealed:") == 2
    assert not any(code in stored for code in codes)


def test_recovery_codes_are_shown_once_and_work_once(kam: Actor, client_of: ClientOf) -> None:
    here = client_of(kam)
    _secret, codes = turn_on(here)
    assert len(codes) == 10
    again = here.get("/profile/recovery-codes/").content.decode()
    assert not any(code in again for code in codes)
    for expected in (302, 422):
        client = Client()
        enter(client)
        assert client.post("/sign-in/code/", {"code": codes[0]}).status_code == expected
    here.post("/profile/recovery-codes/new/")
    page = here.get("/profile/recovery-codes/").content.decode()
    fresh = [part.split("<")[0] for part in page.split("<li><code>")[1:]]
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    client = Client()
    enter(client)
    assert client.post("/sign-in/code/", {"code": codes[1]}).status_code == 422


def test_the_codes_can_be_kept_as_a_file(kam: Actor, client_of: ClientOf) -> None:
    here = client_of(kam)
    page = here.get("/profile/code/").content.decode()
    secret = page.split('id="totp-secret">')[1].split("<")[0]
    here.post("/profile/code/", {"code": code_of(secret)})
    page = here.get("/profile/recovery-codes/").content.decode()
    code = page.split("<li><code>")[1].split("<")[0]
    assert f"%0A{code}%0A" in page.split('href="data:text/plain')[1].split('"')[0]


def test_the_picture_is_inline_and_has_no_style(kam: Actor, client_of: ClientOf) -> None:
    page = client_of(kam).get("/profile/code/").content.decode()
    picture = page.split('<svg class="qr"')[1].split("</svg>")[0]
    assert "style" not in picture
    assert 'd="M' in picture


def test_turning_on_needs_the_right_code_and_a_fresh_sign_in(kam: Actor) -> None:
    old = signed_in(User.objects.get(pk=kam.user_id), seconds_ago=3600)
    assert old.get("/profile/code/")["Location"].startswith("/sign-in/again/")
    fresh = signed_in(User.objects.get(pk=kam.user_id))
    fresh.get("/profile/code/")
    assert fresh.post("/profile/code/", {"code": "000000"}).status_code == 422
    assert not Authenticator.objects.exists()


def test_it_is_turned_off_by_hand_and_by_the_administrator(
    kam: Actor, admin: Actor, client_of: ClientOf
) -> None:
    here = client_of(kam)
    turn_on(here)
    assert here.post("/profile/code/off/").status_code == 302
    assert not Authenticator.objects.exists()
    turn_on(here)
    assert client_of(kam).post(f"/users/{kam.user_id}/two-steps/off/").status_code == 403
    client_of(admin).post(f"/users/{kam.user_id}/two-steps/off/")
    assert not Authenticator.objects.exists()
    entries = AuditEntry.objects.filter(action="two_steps.off").order_by("id")
    assert [entry.actor_id for entry in entries] == [kam.user_id, admin.user_id]
    assert enter(Client())["Location"] == "/"


def test_a_role_that_must_is_led_to_the_set_up(
    finance: Actor, kam: Actor, client_of: ClientOf, settings
) -> None:
    settings.KEYSTEAD_MFA_ROLES = frozenset({"finance"})
    client = client_of(finance)
    for path in ("/", "/accounts/", "/profile/", "/periods/"):
        assert client.get(path)["Location"] == "/profile/code/", path
    assert client.get("/api/me").status_code == 403
    swap = client.get("/accounts/", headers={"HX-Request": "true"})
    assert (swap.status_code, swap["HX-Redirect"]) == (401, "/profile/code/")
    assert client_of(kam).get("/profile/").status_code == 200
    turn_on(client)
    assert client.get("/profile/").status_code == 200
    assert client.get("/api/me").status_code == 200
    client.post("/profile/code/off/")
    assert Authenticator.objects.count() == 2
