"""Single sign-on from end to end: our server, a real provider beside it, a browser without window."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.stories.provider import CLIENT, SECRET, Provider

pytestmark = pytest.mark.slow
LIN = {"sub": "s-lin", "email": "Lin@keystead.example", "email_verified": True}
PASSWORD = "three little boats at noon"
CALL = [sys.executable, "-m", "keystead.doors.cli.main"]


class World:
    """A served house and the provider that it trusts."""

    def __init__(self, url: str, home: Path, provider: Provider) -> None:
        self.url, self.home, self.provider = url, home, provider

    def trail(self, action: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.home / "keystead.sqlite3") as base:
            rows = base.execute(
                "select subject_id, new from kit_auditentry where action = ? order by id", [action]
            )
            return rows.fetchall()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home, provider = tmp_path_factory.mktemp("home"), Provider()
    (home / "secret").write_text(SECRET + "\n")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KEYSTEAD_", "DJANGO_"))}
    environment = kept | {
        "KEYSTEAD_HOME": str(home),
        "KEYSTEAD_OIDC_ISSUER": provider.address,
        "KEYSTEAD_OIDC_CLIENT_ID": CLIENT,
        "KEYSTEAD_OIDC_CLIENT_SECRET_FILE": str(home / "secret"),
        "KEYSTEAD_OIDC_LABEL": "Sign in with Example Pharma",
    }
    for name in ("lin", "claire"):
        subprocess.run(
            [*CALL, "user", "add", name, "--role", "kam", "--email", f"{name}@keystead.example",
             "--password", PASSWORD],
            env=environment, check=True, capture_output=True,
        )  # fmt: skip
    server = subprocess.Popen(
        [*CALL, "serve", "--no-worker"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        for line in server.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        else:
            raise AssertionError("the server did not start")
        yield World(found.group(), home, provider)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        server.stdout.close()
        provider.close()


@pytest.fixture(autouse=True)
def _honest(world: World) -> None:
    world.provider.changed, world.provider.told = {}, None
    world.provider.algorithm, world.provider.signer = "RS256", None


class Browser:
    """Cookies and redirects, between our server and the provider."""

    def __init__(self, world: World) -> None:
        self.world, self.jar = world, CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar)).open

    def open(self, path: str) -> tuple[str, str]:
        """Return where one ends up, without the host, and the page."""
        try:
            with self._open(urllib.parse.urljoin(self.world.url, path), timeout=60) as answer:
                return answer.url.replace(self.world.url, "/"), answer.read().decode()
        except urllib.error.HTTPError as error:
            return str(error.code), error.read().decode()

    def come_in(self, **person: Any) -> str:
        """Click the button on the sign-in page as a person; return where one ends up."""
        self.world.provider.person = person
        _, page = self.open("/sign-in/?next=/profile/")
        found = re.search(r'href="(/sign-in/single/[^"]+)">Sign in with Example Pharma', page)
        assert found
        return self.open(found.group(1).replace("&amp;", "&"))[0]


def test_a_known_person_comes_in_without_a_password(world: World) -> None:
    browser = Browser(world)
    assert browser.come_in(**LIN) == "/profile/"
    asked = world.provider.asked
    assert asked["scope"].split() != []
    assert asked["code_challenge_method"] == "S256"
    assert "/keys" in world.provider.calls  # the signature was looked at
    assert '"oidc-' in world.trail("sign_in")[-1][1]
    with sqlite3.connect(world.home / "keystead.sqlite3") as base:
        [(uid, extra)] = base.execute("select uid, extra_data from socialaccount_socialaccount")
        assert (uid, extra) == ("s-lin", "{}")
        assert base.execute("select count(*) from socialaccount_socialtoken").fetchone() == (0,)


def test_an_address_given_to_somebody_else_opens_nothing(world: World) -> None:
    Browser(world).come_in(**LIN)
    assert Browser(world).come_in(**{**LIN, "sub": "s-new-hire"}) == "/sign-in/"
    moved = {"sub": "s-lin", "email": "claire@keystead.example", "email_verified": True}
    browser = Browser(world)
    assert browser.come_in(**moved) == "/profile/"  # bound to who they are there
    assert "lin@keystead.example" not in browser.open("/profile/")[1]
    assert ">lin" in browser.open("/profile/")[1].replace("\n", "")


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "x", "email": "stranger@keystead.example", "email_verified": True},
        {"sub": "x", "email": "claire@keystead.example", "email_verified": False},
        {"sub": "x", "email": "claire@keystead.example", "email_verified": "false"},
        {"sub": "x", "email": "claire@keystead.example"},
        {"sub": "x", "preferred_username": "claire"},
    ],
)
def test_who_is_not_known_for_sure_stays_out(world: World, person: dict[str, Any]) -> None:
    before = len(world.trail("sign_in.refused"))
    browser = Browser(world)
    assert browser.come_in(**person) == "/sign-in/"
    assert "/sign-in/" in browser.open("/profile/")[0]
    assert len(world.trail("sign_in.refused")) == before + 1
    with sqlite3.connect(world.home / "keystead.sqlite3") as base:
        assert base.execute("select count(*) from kit_user").fetchone() == (2,)  # nobody is added


@pytest.mark.parametrize(
    "changed",
    [{"nonce": "another"}, {"aud": "somebody-else"}, {"iss": "https://evil.example"},
     {"exp": int(time.time()) - 600}, {"sub": "s-claire"}],
    ids=lambda one: next(iter(one)),
)  # fmt: skip
def test_a_spoilt_answer_of_the_provider_opens_nothing(
    world: World, changed: dict[str, Any]
) -> None:
    world.provider.changed = changed
    browser = Browser(world)
    assert browser.come_in(**LIN) == "/sign-in/"
    assert "/sign-in/" in browser.open("/profile/")[0]


def test_two_answers_about_different_people_open_nothing(world: World) -> None:
    world.provider.told = {
        "sub": "s-claire", "email": "claire@keystead.example", "email_verified": True,
    }  # fmt: skip
    browser = Browser(world)
    assert browser.come_in(sub="s-evil") == "/sign-in/"
    assert "/sign-in/" in browser.open("/profile/")[0]


def test_a_foreign_signature_opens_nothing(world: World) -> None:
    world.provider.signer = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert Browser(world).come_in(**LIN) == "/sign-in/"
    world.provider.algorithm, world.provider.signer = "HS256", "k" * 64
    assert Browser(world).come_in(**LIN) == "/sign-in/"


def test_an_answer_that_nobody_asked_for_opens_nothing(world: World) -> None:
    browser = Browser(world)
    browser.come_in(**LIN)
    place = urllib.parse.urlsplit(world.provider.asked["redirect_uri"]).path
    stranger = Browser(world)
    assert stranger.open(f"{place}?code=code-1&state=made-up")[0] == "/sign-in/"
    assert "/sign-in/" in stranger.open("/profile/")[0]


def test_the_page_of_another_provider_is_missing(world: World) -> None:
    assert Browser(world).open("/sign-in/single/somewhere/")[0] == "404"
    assert Browser(world).open("/sign-in/single/somewhere/back/?code=1&state=2")[0] == "404"


def test_who_is_deactivated_stays_out(world: World) -> None:
    claire = {"sub": "s-claire", "email": "claire@keystead.example", "email_verified": True}
    browser = Browser(world)
    assert browser.come_in(**claire) == "/profile/"
    with sqlite3.connect(world.home / "keystead.sqlite3") as base:
        base.execute("update kit_user set is_active = 0 where username = 'claire'")
    base.close()
    assert "/sign-in/" in browser.open("/profile/")[0]
    assert Browser(world).come_in(**claire) == "/sign-in/"
