"""What ``load_mixed`` is made of: people with sessions, lines that stay open, the server."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

SOURCE = Path(__file__).resolve().parent.parent / "src"
CALL = [sys.executable, "-m", "keystead.doors.cli.main"]
CSV = "Invoice No,Customer ID,SKU,Invoice date,Qty,Unit price\n{key},A-1,P-1,2026-01-05,10,2.5\n"
OPEN = """
import json, sys
from pathlib import Path
from keystead.doors.cli.demo.archive import open_into, note_of
home = Path(sys.argv[1])
open_into(home)
from keystead.doors.cli.prepare import ready
ready(upgrade=True)
from keystead.accounts.queries import accounts_for, profile_for, may_write
from keystead.governance.services import people
from keystead.kit.access import actor_for
from keystead.kit.models import User
told = []
for name in ("anna", "lin", "claire", "ming", "paul", "tom"):
    actor = actor_for(User.objects.get(username=name))
    token = people.issue_token(actor=actor, label="load", capabilities=[], days=9)[1]
    some = accounts_for(actor)[:40]
    keys = [one.key for one in profile_for(actor, some[0])][:5]
    told.append({"name": name, "token": token, "password": note_of(home)["password"],
                 "accounts": [one.id for one in some], "keys": keys,
                 "versions": {one.id: one.version for one in some},
                 "may": [name for name in sys.argv[2:] if actor.can(name)]})
print(json.dumps(told))
"""


@dataclasses.dataclass
class Answer:
    """How one request went; ``seconds`` since the moment it was due."""

    kind: str
    status: int
    seconds: float
    note: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 400


@dataclasses.dataclass
class Person:
    """Somebody with a session and a token."""

    name: str
    token: str
    password: str
    accounts: list[int]
    keys: list[str]
    versions: dict[int, int]
    may: list[str]
    cookies: dict[str, str] = dataclasses.field(default_factory=dict)

    def sign_in(self, port: int) -> None:
        """Come in through the page, as a browser does."""
        line = Line(port)
        line.ask("GET", "/sign-in/", cookies=self.cookies)
        form = {"csrfmiddlewaretoken": self.cookies["csrftoken"], "login": self.name,
                "username": self.name, "password": self.password}  # fmt: skip
        status, _text = line.ask("POST", "/sign-in/", form=form, cookies=self.cookies)
        line.close()
        if status != 302 or "sessionid" not in self.cookies:
            raise SystemExit(f"{self.name} cannot sign in: {status}")


class Versions:
    """The version of each account, held while one edits it, so that no edit is a conflict."""

    def __init__(self, people: list[Person]) -> None:
        self._known = {pk: [number] for one in people for pk, number in one.versions.items()}
        self._turns = {pk: threading.Lock() for pk in self._known}

    @contextlib.contextmanager
    def turn(self, account: int) -> Iterator[list[int]]:
        with self._turns[account]:
            yield self._known[account]


class Line:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def close(self) -> None:
        self._line.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        cookies: dict[str, str] | None = None,
        form: dict[str, str] | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        """Send one request and return status and text; new cookies are kept."""
        sent = dict(headers or {})
        if form is not None:
            body = urlencode(form).encode()
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        if cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        try:
            self._line.request(method, path, body=body, headers=sent)
            answer = self._line.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._line.close()  # the server closed a line that was idle: a browser asks again
            self._line.request(method, path, body=body, headers=sent)
            answer = self._line.getresponse()
        text = answer.read()
        if cookies is not None:
            for line in answer.headers.get_all("Set-Cookie") or ():
                found = re.match(r"([^=]+)=([^;]*)", line)
                if found:
                    cookies[found[1]] = found[2]
        return answer.status, text.decode("utf-8", "replace")

    def read(
        self, person: Person, kind: str, address: str, *, panel: bool = False
    ) -> tuple[int, str]:
        """Open a page, a panel or an address of the API."""
        if kind.startswith("api"):
            return self.ask("GET", address, headers={"Authorization": f"Bearer {person.token}"})
        headers = {"HX-Request": "true"} if panel or kind == "search" else {}
        status, text = self.ask("GET", address, cookies=dict(person.cookies), headers=headers)
        return (0, "sent to the sign-in") if status == 302 else (status, text)

    def edit(self, person: Person, account: int, version: list[int]) -> tuple[int, str]:
        """Rename an account through the API."""
        name = f"Account {account}, {uuid.uuid4().hex[:6]}"
        status, text = self.ask(
            "PATCH", f"/api/accounts/{account}",
            body=json.dumps({"version": version[0], "name": name}).encode(),
            headers={"Authorization": f"Bearer {person.token}", "Content-Type": "application/json",
                     "Idempotency-Key": uuid.uuid4().hex},
        )  # fmt: skip
        if status == 200:
            version[0] = json.loads(text)["version"]
        return status, text

    def write_answer(self, person: Person, account: int) -> tuple[int, str]:
        """Write an answer of the profile through its form."""
        form = {"csrfmiddlewaretoken": person.cookies["csrftoken"], "_command": uuid.uuid4().hex,
                "value": f"Seen on site, {uuid.uuid4().hex[:8]}", "source": "visit",
                "reviewed_on": time.strftime("%Y-%m-%d", time.gmtime())}  # fmt: skip
        key = person.keys[account % len(person.keys)]
        return self.ask("POST", f"/accounts/{account}/profile/{key}/", form=form,
                        cookies=dict(person.cookies))  # fmt: skip

    def send_file(self, person: Person) -> tuple[int, str]:
        """Send a small file; the worker reads it."""
        key, edge = uuid.uuid4().hex, "----load"
        parts = {"dataset": "sell_in", "source": "load"}
        text = "".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        )
        text += (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{key}.csv"\r\n'
            f"Content-Type: text/csv\r\n\r\n{CSV.format(key=key)}\r\n--{edge}--\r\n"
        )
        return self.ask("POST", "/api/batches", body=text.encode(), headers={
            "Authorization": f"Bearer {person.token}", "Idempotency-Key": key,
            "Content-Type": f"multipart/form-data; boundary={edge}"})  # fmt: skip


class Server:
    """``keystead serve`` with two web processes and its worker."""

    def __init__(self, home: Path, port: int) -> None:
        self._log = (home.parent / "server.log").open("wb")
        self._process = subprocess.Popen(
            [*CALL, "--home", str(home), "serve", "--port", str(port), "--processes", "2"],
            env=environment(), stdout=self._log, stderr=self._log,
        )  # fmt: skip
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                line = Line(port)
                status, _text = line.ask("GET", "/health/ready")
                line.close()
                if status == 200:
                    return
            time.sleep(0.1)
        self.stop()
        raise SystemExit((home.parent / "server.log").read_text()[-2000:])

    def processor_seconds(self) -> float:
        """Return what the server, its web processes and its worker have used so far."""
        below: dict[int, list[int]] = {}
        used: dict[int, float] = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError, IndexError):
                pid = int(entry.name)
                parts = (entry / "stat").read_text().rpartition(")")[2].split()
                below.setdefault(int(parts[1]), []).append(pid)
                ticks = sum(int(part) for part in parts[11:15])
                used[pid] = ticks / os.sysconf("SC_CLK_TCK")
        edge, total = [self._process.pid], 0.0
        while edge:
            total += sum(used.get(pid, 0) for pid in edge)
            edge = [child for pid in edge for child in below.get(pid, ())]
        return total

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()


def environment() -> dict[str, str]:
    """Return the environment of the server: this source, no other database."""
    kept = {key: value for key, value in os.environ.items() if key != "KEYSTEAD_DATABASE_URL"}
    return {**kept, "PYTHONPATH": str(SOURCE)}


def open_demo(home: Path, *capabilities: str) -> list[Person]:
    """Unpack the demo and give six people a token; note which capabilities they hold."""
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(home), *capabilities],
        capture_output=True, text=True, check=False,
        env={**environment(), "KEYSTEAD_HOME": str(home)},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    told = json.loads(done.stdout.splitlines()[-1])
    for one in told:
        one["versions"] = {int(pk): number for pk, number in one["versions"].items()}
    return [Person(**one) for one in told]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def share(values: list[float], part: float) -> float:
    """Return the value below which a part of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]
