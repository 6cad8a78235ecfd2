"""Smaller promises of the ASVS table, each with a test of its own."""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.test import Client, override_settings

from keystead.config.logs import JsonFormatter, PlainFormatter
from keystead.governance.services.people import add_person, issue_token
from keystead.kit.access import Actor
from keystead.kit.ui.sheets import download
from tests.architecture.places import ROOT

pytestmark = pytest.mark.django_db
SOURCES = ROOT / "src" / "keystead"
# Patterns put together from constants of the same file; everything else is escaped.
CONSTANT = {
    "kit/files/styles.py", "kit/files/table.py", "governance/rules/personal_data.py",
    "metrics/calc/compiler/symbols.py", "ledger/calc/clean/numbers.py",
    "ledger/calc/clean/dates.py", "accounts/rules/identifiers.py", "accounts/rules/fields.py",
}  # fmt: skip
PATTERNS = {"compile", "search", "match", "fullmatch", "sub", "findall", "finditer", "split"}


def test_a_pattern_made_of_values_escapes_them() -> None:
    loose = []
    for path in SOURCES.rglob("*.py"):
        name = path.relative_to(SOURCES).as_posix()
        if "/tests/" in name or "/migrations/" in name or name in CONSTANT:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if ast.unparse(node.func.value) != "re" or node.func.attr not in PATTERNS:
                continue
            pattern = node.args[0]
            if not isinstance(pattern, ast.Constant) and "re.escape" not in ast.unparse(pattern):
                loose.append(f"{name}:{node.lineno}")
        assert "__regex" not in path.read_text(encoding="utf-8"), name
    assert loose == []


def test_behind_tls_every_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    script = """
import django, json
django.setup()
from django.conf import settings
from keystead.doors.web.sign_in.adapter import DEVICE_COOKIE
from keystead.kit.ui.context import THEME_COOKIE
names = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME,
         THEME_COOKIE, DEVICE_COOKIE]
secure = [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
          settings.LANGUAGE_COOKIE_SECURE]
where = [settings.SESSION_COOKIE_PATH, settings.CSRF_COOKIE_PATH, settings.LANGUAGE_COOKIE_PATH]
domains = [settings.SESSION_COOKIE_DOMAIN, settings.CSRF_COOKIE_DOMAIN,
           settings.LANGUAGE_COOKIE_DOMAIN]
print(json.dumps([names, secure, where, domains]))
"""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KEYSTEAD_", "DJANGO_"))}
    given = {
        "KEYSTEAD_HOME": str(tmp_path),
        "KEYSTEAD_HTTPS": "1",
        "DJANGO_SETTINGS_MODULE": "keystead.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=kept | given, capture_output=True, text=True, check=True
    )
    names, secure, where, domains = json.loads(done.stdout.splitlines()[-1])
    assert {name.partition("-")[0] for name in names} == {"__Host"}
    assert len(set(names)) == 5
    assert (set(secure), set(where), set(domains)) == ({True}, {"/"}, {None})


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/sign-in/", "text/html; charset=utf-8"),
        ("/health/live", "application/json"),
        ("/nothing/", "text/html; charset=utf-8"),
        ("/api/me", "application/json; charset=utf-8"),
        ("/static/ui/keystead.js", 'text/javascript; charset="utf-8"'),
    ],
)
def test_answers_say_what_they_are(path: str, kind: str, client: Client) -> None:
    assert client.get(path).headers["Content-Type"] == kind


def test_the_api_is_refused_over_plain_http_and_pages_are_sent_on(kam: Actor) -> None:
    secret = issue_token(actor=kam, label="program")[1]
    call = {"headers": {"Authorization": f"Bearer {secret}"}}
    with override_settings(SECURE_SSL_REDIRECT=True):
        plain = Client().get("/api/me", **call)
        assert (plain.status_code, plain.json()["code"]) == (403, "tls_needed")
        assert Client().get("/sign-in/").status_code == 301
        assert Client().get("/api/me", secure=True, **call).status_code == 200


def test_a_hostile_file_name_adds_no_header() -> None:
    name = 'a"; x=1\r\nSet-Cookie: b=c\n\u202e名.xlsx'
    said = download(b"", name, "text/csv").headers["Content-Disposition"]
    assert "\r" not in said
    assert "\n" not in said
    assert said.count('"') == 2
    assert said.endswith("%E5%90%8D.xlsx")


@pytest.mark.parametrize("verb", ["TRACE", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/api/me", "/accounts/"])
def test_no_other_verb_gives_anything_back(
    verb: str, path: str, kam: Actor, client_of: Callable[[Actor], Client]
) -> None:
    answer = client_of(kam).generic(verb, path, headers={"X-Secret": "came back"})
    assert answer.status_code == 405
    assert b"came back" not in answer.content


def test_a_long_password_is_taken_whole(admin: Actor) -> None:
    long = "three little boats at noon " * 5  # 135 signs
    add_person(actor=admin, username="longest", password=long, roles=["kam"])
    for typed, status in ((long[:128], 422), (long, 302)):
        answer = Client().post(
            "/sign-in/", {"login": "longest", "username": "longest", "password": typed}
        )
        assert (answer.status_code == 302) is (status == 302)


@pytest.mark.parametrize(
    ("password", "fine"),
    [
        ("Keystead2026!!", False),
        ("helios-helios-1234", False),
        ("helios boats at noon", True),
        ("three little boats", True),
    ],
)
def test_words_of_the_company_make_no_password(password: str, fine: bool, settings) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = settings.KEYSTEAD_PASSWORD_VALIDATORS
    settings.KEYSTEAD_PASSWORD_WORDS = frozenset({"keystead", "helios"})
    assert any("guess" in text for text in password_validators_help_texts())
    if fine:
        validate_password(password)
    else:
        with pytest.raises(ValidationError, match="everybody would guess"):
            validate_password(password)


def test_signing_in_gives_another_session_key_and_out_clears_the_browser(kam: Actor) -> None:
    client = Client()
    client.get("/sign-in/")
    client.session["before"] = 1
    client.session.save()
    before = client.session.session_key
    given = {"login": "lin", "username": "lin", "password": "a-long-password"}
    assert client.post("/sign-in/", given).status_code == 302
    after = client.cookies["sessionid"].value
    assert after != before
    out = client.post("/sign-out/")
    assert out.headers["Clear-Site-Data"] == '"cache"'
    old = Client()
    old.cookies["sessionid"] = after
    assert old.get("/profile/").status_code == 302


def test_a_refused_right_is_logged_by_number(
    viewer: Actor, client_of: Callable[[Actor], Client], caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(viewer)
    with caplog.at_level(logging.WARNING, logger="keystead.refused"):
        client.get("/users/?q=Secret")
        client.post("/api/accounts", "{}", content_type="application/json")
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    found = [
        (line["route"], line["capability"], line["user_id"])
        for line in lines
        if line["logger"] == "keystead.refused"
    ]
    assert (found[0][1:], len(found)) == (("users.manage", viewer.user_id), 1 + len(found[1:]))
    assert all("Secret" not in json.dumps(line) and "viewer" not in line for line in lines)


@pytest.mark.parametrize(
    "formatter", [PlainFormatter("{levelname} {message}", style="{"), JsonFormatter()]
)
def test_a_line_break_in_a_value_stays_in_its_line(formatter: logging.Formatter) -> None:
    evil = "x\nERROR all is lost\r\x1b[2J\u2028y"
    record = logging.getLogger("keystead").makeRecord(
        "keystead", logging.WARNING, __file__, 1, "got %s", (evil,), None
    )
    said = formatter.format(record)
    assert len(said.splitlines()) == 1
    assert "\x1b" not in said


def test_scripts_of_ours_keep_nothing_but_a_switch_in_the_browser() -> None:
    kept = set()
    for path in SOURCES.rglob("static/**/*.js"):
        if "vendor" in path.parts or path.name.endswith(".min.js"):
            continue
        text = path.read_text(encoding="utf-8")
        kept |= set(re.findall(r"(?:local|session)Storage\.(?:set|get)Item\(([^,)]+)", text))
        assert "indexedDB" not in text
        assert "document.cookie" not in text
    assert kept == {'"keystead-keys"'}
    assert configured.CSRF_COOKIE_HTTPONLY
