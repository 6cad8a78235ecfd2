"""A real Keystead in processes of its own: started, asked, killed without warning, counted."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.stories.surroundings import surroundings

LONG = os.environ.get("KEYSTEAD_FAULTS") == "long"
CALL = [sys.executable, "-m", "keystead.doors.cli.main"]
COMPILED = Path("/tmp/keystead-faults-compiled")
PEOPLE = """
import json, sys
import django
django.setup()
from keystead.governance.services import people
from keystead.kit.access import SYSTEM
from keystead.governance.queries.people import actor_of_token
made = {}
for name in sys.argv[1:]:
    person = people.add_person(actor=SYSTEM, username=name, password="kept-for-the-fault-suite",
                               roles=("sales_ops",))
    from keystead.kit.access import actor_for
    from keystead.kit.models import User
    actor = actor_for(User.objects.get(username=name))
    made[name] = people.issue_token(actor=actor, label="faults", capabilities=[], days=9)[1]
print(json.dumps(made))
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process on this home; compiled modules are shared."""
    return surroundings(home, PYTHONDONTWRITEBYTECODE="", PYTHONPYCACHEPREFIX=str(COMPILED), **more)


def keystead(home: Path, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*CALL, *args],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def run_python(home: Path, code: str, *args: str, **more: str) -> str:
    """Run a script with the settings of this home and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *args],
        env=environment(home, DJANGO_SETTINGS_MODULE="keystead.config.settings", **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def new_home(folder: Path, *names: str) -> tuple[Path, dict[str, str]]:
    """Return a home with these people (all may edit accounts) and a token of each."""
    home = folder / "home"
    made = keystead(home, "verify", "--json")
    assert made.returncode == 0, made.stderr
    return home, json.loads(run_python(home, PEOPLE, *names)) if names else {}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """``keystead serve`` with its worker."""

    def __init__(self, home: Path, port: int, **more: str) -> None:
        self.home, self.port, self.more = home, port, more
        self.log = home.parent / f"{home.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, patience: float = 60) -> float:
        """Start and return the seconds until the site answered."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*CALL, "serve", "--port", str(self.port)],
                env=environment(self.home, **self.more),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while time.monotonic() - began < patience:
            assert self._process.poll() is None, self.log.read_text()[-2000:]
            try:
                if ask(self.port, "GET", "/api/health", timeout=2)[0] == 200:
                    return time.monotonic() - began
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        raise AssertionError(f"not ready in {patience} s: {self.log.read_text()[-2000:]}")

    def kill(self) -> int:
        """End every process of the site with SIGKILL and return how many there were."""
        assert self._process is not None
        family = _family(self._process.pid)
        for pid in family:
            _signal(pid, signal.SIGKILL)
        self._process.wait(10)
        while any(_alive(pid) for pid in family):
            time.sleep(0.01)
        return len(family)

    def stop(self) -> None:
        """End it as an administrator would."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(40)
            except subprocess.TimeoutExpired:
                self.kill()


def ask(
    port: int,
    method: str,
    path: str,
    *,
    token: str = "",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    timeout: float = 60,
) -> tuple[int, dict[str, str], bytes]:
    """Send one request on a connection of its own."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        line.request(method, path, body=body, headers=sent)
        answer = line.getresponse()
        text = answer.read()
        return answer.status, {key.lower(): value for key, value in answer.getheaders()}, text
    finally:
        line.close()


def rows(home: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Read the database of a home directly."""
    database = sqlite3.connect(f"file:{home / 'keystead.sqlite3'}?mode=ro", uri=True, timeout=30)
    try:
        return database.execute(sql, values).fetchall()
    finally:
        database.close()


def _family(top: int) -> list[int]:
    """Return a process and all below it; the worker has a session of its own."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            below.setdefault(parent, []).append(int(entry.name))
    found, edge = [top], [top]
    while edge:
        edge = [child for pid in edge for child in below.get(pid, ())]
        found += edge
    return found


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
