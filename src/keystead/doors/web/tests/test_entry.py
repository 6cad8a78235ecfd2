"""Coming in and going out, language and light, health, and pages for what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client

from keystead.kernel.errors import Conflict
from keystead.kit.access import Actor
from keystead.kit.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password"
ClientOf = Callable[[Actor], Client]


def sign_in(client: Client, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post("/sign-in/", {"username": "lin", "password": password, **more})


def test_signing_in_leads_to_where_one_wanted_to_go(kam: Actor, client: Client) -> None:
    refused = client.get("/profile/")
    assert refused["Location"] == "/sign-in/?next=/profile/"
    response = sign_in(client, next="/profile/")
    assert response["Location"] == "/profile/"
    assert client.get("/profile/").status_code == 200


def test_signing_in_never_leads_away(kam: Actor, client: Client) -> None:
    assert sign_in(client, next="https://elsewhere.example/")["Location"] == "/"
    away = client.post("/language/", {"language": "fr", "next": "//elsewhere.example/"})
    assert away["Location"] == "/"


def test_a_wrong_password_says_nothing_about_the_name(kam: Actor, client: Client) -> None:
    known = sign_in(client, "wrong").content.decode()
    unknown = client.post("/sign-in/", {"username": "nobody", "password": "x"}).content.decode()
    sentence = "This name and password do not go together."
    assert sentence in known
    assert sentence in unknown


def test_many_wrong_passwords_make_one_wait(kam: Actor, client: Client) -> None:
    for _ in range(8):
        sign_in(client, "wrong")
    response = sign_in(client)
    assert "Too many tries" in response.content.decode()
    assert "_auth_user_id" not in client.session
    cache.clear()
    assert sign_in(client).status_code == 302


def test_signing_in_brings_the_own_language(make_user: Callable[..., User], client: Client) -> None:
    make_user("lin", "kam", language="zh-hans")
    assert sign_in(client).cookies["django_language"].value == "zh-hans"
    client.post("/sign-out/")
    client.cookies["django_language"] = "fr"
    assert "django_language" not in sign_in(client).cookies  # chosen on the page: that stays


def test_signing_out_needs_a_form(kam: Actor, client_of: ClientOf) -> None:
    client = client_of(kam)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/profile/").status_code == 302


def test_language_and_light_are_kept(kam: Actor, client_of: ClientOf) -> None:
    client = client_of(kam)
    client.post("/language/", {"language": "zh-hans", "next": "/profile/"})
    client.post("/theme/", {"theme": "dark"}, headers={"HX-Request": "true"})
    client.post("/theme/", {"theme": "neon"})
    user = User.objects.get(pk=kam.user_id)
    assert (user.language, user.theme) == ("zh-hans", "dark")
    page = client.get("/profile/").content.decode()
    assert '<html lang="zh-Hans" data-theme="dark">' in page
    assert "密码" in page


@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_the_sign_in_page_speaks_every_language(client: Client, language: str) -> None:
    client.post("/language/", {"language": language})
    words = {"en": "Password", "zh-hans": "密码", "fr": "Mot de passe"}
    assert words[language] in client.get("/sign-in/").content.decode()


def test_health_needs_nobody(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready").json() == {"status": "ok"}
    with patch("keystead.doors.web.views.entry.connection") as broken:
        broken.cursor.side_effect = DatabaseError
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/live").status_code == 200


def test_what_is_missing_is_a_calm_page(kam: Actor, client_of: ClientOf) -> None:
    response = client_of(kam).get("/nothing/")
    assert response.status_code == 404
    page = response.content.decode()
    assert "There is nothing here for you." in page
    assert "<nav" in page


def test_what_is_missing_is_a_fragment_for_htmx(kam: Actor, client_of: ClientOf) -> None:
    response = client_of(kam).get("/nothing/", headers={"HX-Request": "true"})
    assert response.status_code == 404
    assert "<html" not in response.content.decode()


def test_what_is_not_allowed_says_whom_to_ask(kam: Actor, client_of: ClientOf) -> None:
    response = client_of(kam).get("/users/")
    assert response.status_code == 403
    page = response.content.decode()
    assert "Your role does not allow this." in page
    assert "Ask your administrator" in page


def test_a_conflict_shows_both_values(kam: Actor, client_of: ClientOf) -> None:
    clash = Conflict("Somebody else changed this.", mine={"name": "A"}, theirs={"name": "B"})
    with patch("keystead.doors.web.views.profile.tokens", side_effect=clash):
        response = client_of(kam).get("/profile/")
    assert response.status_code == 409
    page = response.content.decode()
    assert ">A<" in page
    assert ">B<" in page


def test_what_breaks_says_so_and_shows_no_trace(kam: Actor, client_of: ClientOf) -> None:
    client = client_of(kam)
    client.raise_request_exception = False
    with patch("keystead.doors.web.views.profile.tokens", side_effect=ZeroDivisionError("secret")):
        response = client.get("/profile/")
    assert response.status_code == 500
    page = response.content.decode()
    assert "Something broke on our side." in page
    assert "secret" not in page


def test_a_form_without_its_token_is_refused_in_the_design(kam: Actor) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(pk=kam.user_id))
    response = client.post("/language/", {"language": "fr"})
    assert response.status_code == 403
    assert "This was not accepted." in response.content.decode()
    assert User.objects.get(pk=kam.user_id).language == "en"
