"""F1: everything is killed at random under mixed load; no acknowledged write is lost or doubled.

Clients name each command and send it again until somebody answers, as a careful program does. The
short form runs with the suite; ``just faults`` runs 200 kills (``KEYSTEAD_KILLS`` for another
number) and prints the table of ``docs/security/faults.md``.
"""

from __future__ import annotations

import dataclasses
import http.client
import json
import os
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.faults.site import LONG, Site, ask, free_port, keystead, rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(5400)]
KILLS = int(os.environ.get("KEYSTEAD_KILLS", "200" if LONG else "3"))
READY_SECONDS = 10.0  # on a machine of its own
SHARED_SECONDS = 60.0  # where others use the processors: a start is some 4 s of work
CSV = "Invoice No,Customer ID,SKU,Invoice date,Qty,Unit price\n{key},A-1,P-1,2026-01-05,10,2.50\n"


@dataclasses.dataclass
class Count:
    """What was sent, what was answered, what is there, and what that says."""

    sent: int
    acknowledged: int
    stored: int
    lost: list[str]
    double: list[str]


def count(sent: Iterable[str], acknowledged: Iterable[str], stored: Iterable[str]) -> Count:
    """Compare the ids that clients remember with the ids that the database holds."""
    there, asked, answered = Counter(stored), set(sent), set(acknowledged)
    return Count(
        sent=len(asked),
        acknowledged=len(answered),
        stored=len(there.keys() & asked),
        lost=sorted(answered - there.keys()),
        double=sorted(key for key in asked if there[key] > 1),
    )


class Client(threading.Thread):
    """Somebody who writes and reads until told to stop."""

    def __init__(self, name: str, port: int, token: str, stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.port, self.token, self.stop = port, token, stop
        self.dice = random.Random(name)
        self.sent: list[str] = []
        self.acknowledged: list[str] = []
        self.repeated = self.reads = 0
        self.faults: list[str] = []
        self.account = self.version = 0

    def run(self) -> None:
        try:
            self._create()
            while not self.stop.is_set():
                drawn = self.dice.random()
                if drawn < 0.3:
                    self._read()
                elif drawn < 0.5:
                    self._create()
                elif drawn < 0.9:
                    self._rename()
                elif drawn < 0.97:
                    self._freeze()
                else:
                    self._upload()
        except Exception as error:  # told at the end, in the thread of the test
            self.faults.append(repr(error))

    def _read(self) -> None:
        try:
            path = self.dice.choice(("/api/accounts?limit=20", "/api/me", "/api/batches"))
            status, _headers, body = ask(self.port, "GET", path, token=self.token, timeout=20)
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            return
        self.reads += 1
        if status != 200:
            self.faults.append(f"GET {path}: {status} {body[:200]!r}")

    def _create(self) -> None:
        key = self._key("c")
        answer = self._write(
            key, "POST", "/api/accounts",
            {"code": key, "name": key, "kind": "shop", "country": "FR", "currency": "EUR"},
        )  # fmt: skip
        if answer:
            self.account, self.version = answer["id"], answer["version"]

    def _rename(self) -> None:
        key = self._key("r")
        answer = self._write(
            key, "PATCH", f"/api/accounts/{self.account}", {"version": self.version, "name": key}
        )
        if answer:
            self.version = answer["version"]

    def _freeze(self) -> None:
        key = self._key("f")
        self._write(key, "POST", f"/api/accounts/{self.account}/scorecard/freeze",
                    {"comment": key, "period": "2026-H1"})  # fmt: skip

    def _upload(self) -> None:
        key = self._key("u")
        edge = "----faults"
        parts = {"dataset": "sell_in", "source": "erp"}
        text = "".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        )
        text += (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{key}.csv"\r\n'
            f"Content-Type: text/csv\r\n\r\n{CSV.format(key=key)}\r\n--{edge}--\r\n"
        )
        self._write(key, "POST", "/api/batches", text.encode(),
                    kind=f"multipart/form-data; boundary={edge}")  # fmt: skip

    def _key(self, kind: str) -> str:
        key = f"{kind}-{uuid.uuid4().hex[:20]}"
        self.sent.append(key)
        return key

    def _write(self, key: str, method: str, path: str, body: object,
               kind: str = "application/json") -> dict | None:  # fmt: skip
        """Send a named command until it is answered or the test ends."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        while not self.stop.is_set():
            try:
                status, headers, text = ask(
                    self.port, method, path, token=self.token, body=raw, timeout=20,
                    headers={"Content-Type": kind, "Idempotency-Key": key},
                )  # fmt: skip
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            if status >= 400:
                self.faults.append(f"{method} {path}: {status} {text[:300]!r}")
                return None
            self.acknowledged.append(key)
            self.repeated += "idempotent-replay" in headers
            return json.loads(text)
        return None


def test_the_count_sees_what_is_lost_and_what_is_doubled() -> None:
    found = count(["a", "b", "c", "d"], ["a", "b"], ["b", "b", "c", "seed"])
    assert (found.sent, found.acknowledged, found.stored) == (4, 2, 2)
    assert (found.lost, found.double) == (["a"], ["b"])


def test_kills_under_mixed_load(home: Path, tokens: dict[str, str]) -> None:
    site, stop = Site(home, free_port()), threading.Event()
    clients = [
        Client(f"{name}-{number}", site.port, token, stop)
        for name, token in tokens.items()
        for number in range(2)
    ]
    dice = random.Random(7)
    loads = [os.getloadavg()[0]]
    limit = READY_SECONDS if LONG and loads[0] < 1 else SHARED_SECONDS
    site.start()
    waits = []
    try:
        for client in clients:
            client.start()
        for _kill in range(KILLS):
            time.sleep(dice.uniform(0.5, 6.0))
            assert site.kill() >= 2, "the server and at least one process below it"
            waits.append(site.start())
        time.sleep(2)
        stop.set()
        for client in clients:
            client.join(60)
        loads.append(os.getloadavg()[0])
        _jobs_go_on(home)
    finally:
        stop.set()
        site.stop()
    total = _stored(home, clients)
    print(_table(len(waits), total, waits, clients, loads))
    assert [fault for client in clients for fault in client.faults] == []
    assert (total.lost, total.double) == ([], [])
    assert total.acknowledged >= 2 * KILLS, "too little was going on to prove anything"
    assert max(waits) < limit, f"others used the processors: {loads}"
    checked = keystead(home, "verify", "--json")
    assert checked.returncode == 0, checked.stdout


def _stored(home: Path, clients: list[Client]) -> Count:
    """Read each kind of write where its effect lies; a write without its trail row is lost."""
    stored = [code for (code,) in rows(home, "select code from accounts_account")]
    stored += [
        json.loads(new)["name"]
        for (new,) in rows(home, "select new from kit_auditentry where action = 'account.edit'")
    ]
    stored += [text for (text,) in rows(home, "select comment from scorecards_snapshot")]
    stored += [
        name.removesuffix(".csv") for (name,) in rows(home, "select file_name from ledger_batch")
    ]
    return count(
        [key for client in clients for key in client.sent],
        [key for client in clients for key in client.acknowledged],
        stored,
    )


def _jobs_go_on(home: Path, patience: float = 180) -> None:
    """No job is left running without a lease (I16); the long form waits for all to end."""
    left = "select kind, state, attempts from kit_job where state in ('waiting', 'running')"
    loose = "select kind from kit_job where state = 'running' and lease_until is null"
    assert rows(home, loose) == []
    end = time.monotonic() + patience
    while LONG and rows(home, left):
        assert time.monotonic() < end, rows(home, left)
        time.sleep(0.5)


def _table(
    kills: int, total: Count, waits: list[float], clients: list[Client], loads: list[float]
) -> str:
    cells = {
        "kills": kills,
        "sent": total.sent,
        "acknowledged": total.acknowledged,
        "stored": total.stored,
        "lost": len(total.lost),
        "double": len(total.double),
        "answered again": sum(client.repeated for client in clients),
        "reads": sum(client.reads for client in clients),
        "ready, middle (s)": f"{sorted(waits)[len(waits) // 2]:.1f}" if waits else "",
        "ready, slowest (s)": f"{max(waits, default=0):.1f}",
        "load before, after": ", ".join(f"{load:.1f}" for load in loads),
    }
    return (
        f"\n| {' | '.join(cells)} |\n|{'---|' * len(cells)}\n"
        f"| {' | '.join(str(value) for value in cells.values())} |\n"
    )
