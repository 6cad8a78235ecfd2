"""The demo, unpacked and served once for all stories: a browser without a window, and commands."""

from __future__ import annotations

import dataclasses
import json
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from tests.stories.surroundings import surroundings

CALL = [sys.executable, "-m", "keystead.doors.cli.main"]


@dataclasses.dataclass
class House:
    """A running demo: its folder, its address, and ways to ask it."""

    home: Path
    url: str
    environment: dict[str, str]

    def command(self, *args: str, user: str = "lin") -> str:
        """Return what a command prints; it must end well."""
        done = subprocess.run(
            [*CALL, "--user", user, *args],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, *args: str, user: str = "lin") -> list[dict[str, Any]]:
        """Return the list in a command's JSON answer."""
        found = json.loads(self.command(*args, "--json", user=user))
        if isinstance(found, list):
            return found
        return next(value for value in found.values() if isinstance(value, list))

    def refused(self, *args: str, user: str = "lin") -> subprocess.CompletedProcess[str]:
        """Return a command that must not end well."""
        done = subprocess.run(
            [*CALL, "--user", user, *args],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0, done.stdout
        return done

    def token(self, user: str) -> str:
        """Return a fresh token of a person."""
        return self.command("user", "token", user, "--label", "story").strip()

    def api(self, path: str, token: str, **query: str) -> Any:
        """Return the JSON of an endpoint."""
        address = f"{self.url}api{path}?{urllib.parse.urlencode(query)}"
        call = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(call, timeout=60) as answer:
            return json.load(answer)

    def browser(self, user: str) -> Browser:
        """Return a browser in which a person has signed in."""
        return Browser(self, user)


class Browser:
    """Cookies, forms and pages, without a window."""

    def __init__(self, house: House, user: str) -> None:
        self.house = house
        self._open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())
        ).open
        page = self.page("sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        fields = {
            "csrfmiddlewaretoken": token.group(1),
            "username": user,
            "password": "keystead-demo",
        }
        form = urllib.parse.urlencode(fields).encode()
        with self._open(house.url + "sign-in/", form, timeout=60) as answer:
            assert answer.status == 200
            assert "/sign-in/" not in answer.url, "the password was refused"
            self.first_page = answer.read().decode()

    def page(self, path: str) -> str:
        """Return the text of a page."""
        return self.file(path).decode()

    def file(self, path: str) -> bytes:
        """Return the bytes of an answer."""
        with self._open(self.house.url + path.lstrip("/"), timeout=60) as answer:
            found: bytes = answer.read()
            return found


def open_house(home: Path) -> Iterator[House]:
    """Yield a running demo; it is stopped as a person would, with Ctrl+C."""
    environment = surroundings(home)
    server = subprocess.Popen(
        [*CALL, "demo", "--no-browser"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    try:
        lines = []
        for line in server.stdout:
            lines.append(line)
            if "Ctrl+C" in line:
                break
        found = re.search(r"http://127\.0\.0\.1:\d+/", "".join(lines))
        assert found, "".join(lines)
        yield House(home, found.group(), environment)
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        server.stdout.close()
