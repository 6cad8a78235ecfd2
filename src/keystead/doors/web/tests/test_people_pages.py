"""The profile and the people pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from keystead.kit.access import Actor
from keystead.kit.models import ApiToken, User

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Actor], Client]


def test_a_token_is_shown_once_and_never_again(kam: Actor, client_of: ClientOf) -> None:
    client = client_of(kam)
    made = client.post("/profile/tokens/", {"label": "Power BI", "days": "90"})
    secret = made.content.decode().split('id="secret">')[1].split("<")[0]
    assert secret.startswith("ks_")
    assert made["Cache-Control"] == "no-store"
    page = client.get("/profile/").content.decode()
    assert secret not in page
    assert "Power BI" in page
    token = ApiToken.objects.get()
    assert token.token_hash == ApiToken.hash_of(secret)
    client.post(f"/profile/tokens/{token.pk}/end/")
    assert ApiToken.objects.get().revoked_at is not None


def test_nobody_ends_a_foreign_token(kam: Actor, other_kam: Actor, client_of: ClientOf) -> None:
    client_of(kam).post("/profile/tokens/", {"label": "mine", "days": "30"})
    token = ApiToken.objects.get()
    assert client_of(other_kam).post(f"/profile/tokens/{token.pk}/end/").status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_a_new_password_keeps_this_session_and_ends_others(kam: Actor, client_of: ClientOf) -> None:
    here, elsewhere = client_of(kam), client_of(kam)
    wrong = here.post("/profile/password/", {"current": "no", "new": "a new long sentence"})
    assert wrong.status_code == 422
    assert "That is not your current password." in wrong.content.decode()
    right = {"current": "a-long-password", "new": "a new long sentence"}
    assert here.post("/profile/password/", right).status_code == 302
    assert here.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302


def test_preferences_change_the_page_at_once(kam: Actor, client_of: ClientOf) -> None:
    client = client_of(kam)
    client.post("/profile/", {"language": "fr", "theme": "dark"})
    assert '<html lang="fr" data-theme="dark">' in client.get("/profile/").content.decode()


def test_only_an_administrator_sees_the_people(
    kam: Actor, admin: Actor, client_of: ClientOf
) -> None:
    assert client_of(kam).get("/users/").status_code == 403
    page = client_of(admin).get("/users/").content.decode()
    assert "Lin Wei" in page
    assert "2 people can sign in." in page


def test_a_person_is_added_changed_and_ended(admin: Actor, client_of: ClientOf) -> None:
    client = client_of(admin)
    given = {"username": "ma", "name": "Ma Li", "roles": ["kam"], "language": "zh-hans"}
    weak = client.post("/users/add/", given)
    assert weak.status_code == 422
    assert not User.objects.filter(username="ma").exists()
    assert client.post("/users/add/", {**given, "password": "a long sentence"}).status_code == 302
    person = User.objects.get(username="ma")
    again = client.post("/users/add/", {**given, "password": "a long sentence"})
    assert "There is already a user called ma." in again.content.decode()
    changed = {"name": "Ma Li", "roles": ["director"], "language": "fr", "manager": "admin"}
    assert client.post(f"/users/{person.pk}/", changed).status_code == 302
    person.refresh_from_db()
    assert (person.roles, person.language, person.is_active) == (["director"], "fr", False)
    assert person.manager_id == admin.user_id
    assert client.get("/users/999999/").status_code == 404


def test_an_administrator_cannot_lock_themselves_out(admin: Actor, client_of: ClientOf) -> None:
    client = client_of(admin)
    response = client.post(f"/users/{admin.user_id}/", {"roles": ["kam"], "language": "en"})
    assert response.status_code == 422
    assert "You cannot take your own access away." in response.content.decode()
    assert User.objects.get(pk=admin.user_id).roles == ["admin"]


def test_the_list_of_people_costs_the_same_for_many(
    admin: Actor, make_user: Callable[..., User], client_of: ClientOf,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:  # fmt: skip
    for number in range(20):
        make_user(f"u{number}", "kam")
    client = client_of(admin)
    with django_assert_max_num_queries(6):  # type: ignore[attr-defined]
        assert client.get("/users/").status_code == 200
