"""Steps of coming in that several tests take."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

PASSWORD = "a-long-password"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def enter(client: Client, name: str = "lin", password: str = PASSWORD, **more: Any) -> HttpResponse:
    """Send the sign-in form."""
    agent = more.pop("agent", FIREFOX)
    return client.post(
        "/sign-in/", {"username": name, "password": password, **more}, headers={"User-Agent": agent}
    )


def code_of(secret: str, steps: int = 0) -> str:
    """Return what the app shows now, or some half minutes from now."""
    return format_hotp_value(hotp_value(secret.replace(" ", ""), int(time.time()) // 30 + steps))


def turn_on(client: Client) -> tuple[str, list[str]]:
    """Turn the second step on; return the secret and the recovery codes."""
    page = client.get("/profile/code/").content.decode()
    secret = page.split('id="totp-secret">')[1].split("<")[0].replace(" ", "")
    done = client.post("/profile/code/", {"code": code_of(secret)})
    assert done.status_code == 302, done.content.decode()[-800:]
    assert done["Location"] == "/profile/recovery-codes/"
    page = client.get("/profile/recovery-codes/").content.decode()
    codes = [part.split("<")[0] for part in page.split("<li><code>")[1:]]
    cache.clear()  # the app's present code may be used again, by a test in a hurry
    return secret, codes
