"""100 requests a second, one in ten a write, for 5 minutes on 2 cores with SQLite: p99 <= 300 ms.

Named limit: issue 3, "Figures": p99 at most 300 ms, 0 errors. A real ``keystead serve`` with two
web processes (as in deploy/) and its worker runs on a fresh copy of the demo; people of six roles
with sessions and tokens open pages, panels and the API, edit accounts, write answers of the
profile and send small files. Requests start at times fixed beforehand, whatever the server does,
and a delay counts from that time (so a stalled server cannot hide behind a waiting client).

``KEYSTEAD_BENCH=short``: 5 a second for 8 s, p99 at most 30 s (a cold server, a slow machine).
``KEYSTEAD_BENCH_RATE`` and ``KEYSTEAD_BENCH_SECONDS`` set another load (the limit stays).
"""

from __future__ import annotations

import os
import queue
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

import _load
from _load import Answer, Person

SHORT = os.environ.get("KEYSTEAD_BENCH") == "short"
RATE = float(os.environ.get("KEYSTEAD_BENCH_RATE", "5" if SHORT else "100"))
SECONDS = float(os.environ.get("KEYSTEAD_BENCH_SECONDS", "8" if SHORT else "300"))
WARM_SECONDS = 2 if SHORT else 20
LIMIT_SECONDS = 30.0 if SHORT else 0.3
CLIENTS = 48
# What is asked, of a thousand requests.
MIX = {
    "home": 50, "portfolio": 50, "account": 120, "panel": 180, "search": 100, "products": 40,
    "imports": 40, "scorecards": 40, "metrics": 20, "trail": 20,
    "api accounts": 80, "api account": 80, "api me": 40, "api figures": 40,
    "edit account": 60, "write answer": 39, "send file": 1,
}  # fmt: skip
PANELS = ("money", "range", "stock", "today", "scorecard", "profile", "listings", "files", "spend")
NEEDS = {"trail": "audit.view", "imports": "ledger.view", "files": "ledger.view",
         "scorecards": "scorecards.view", "scorecard": "scorecards.view"}  # fmt: skip


class Load:
    """Draws the requests and sends them."""

    def __init__(self, port: int, people: list[Person]) -> None:
        self.port, self.people = port, people
        self.dice = random.Random(20261122)
        self.editors = [one for one in people if one.name in ("lin", "claire", "ming")]
        self.versions = _load.Versions(people)
        self.jobs: queue.Queue[tuple[float, str, str, Person, int] | None] = queue.Queue()
        self.answers: list[Answer] = []

    def run(self, seconds: float, rate: float) -> list[Answer]:
        """Send for a while and return how each request went."""
        self.answers = []
        threads = [threading.Thread(target=self._client, daemon=True) for _n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        began = time.perf_counter() + 0.1
        for number in range(int(seconds * rate)):
            due = began + number / rate
            pause = due - time.perf_counter()
            if pause > 0:
                time.sleep(pause)
            self.jobs.put((due, *self._draw()))
        for _thread in threads:
            self.jobs.put(None)
        for thread in threads:
            thread.join(120)
        return self.answers

    def _draw(self) -> tuple[str, str, Person, int]:
        kind = self.dice.choices(list(MIX), list(MIX.values()))[0]
        panel = self.dice.choice(PANELS) if kind == "panel" else ""
        some = self.editors[:2] if kind in ("edit account", "write answer") else self.people
        needs = NEEDS.get(panel or kind)
        some = [one for one in some if needs is None or needs in one.may]
        person = self.editors[2] if kind == "send file" else self.dice.choice(some)
        return kind, panel, person, self.dice.choice(person.accounts)

    def _client(self) -> None:
        line = _load.Line(self.port)
        while True:
            job = self.jobs.get()
            if job is None:
                line.close()
                return
            due, kind, panel, person, account = job
            try:
                status, note = self._send(line, kind, panel, person, account)
            except OSError as error:
                status, note = 0, repr(error)
                line.close()
            self.answers.append(Answer(kind, status, time.perf_counter() - due, note))

    def _send(
        self, line: _load.Line, kind: str, panel: str, person: Person, account: int
    ) -> tuple[int, str]:
        if kind == "edit account":
            with self.versions.turn(account) as known:
                return line.edit(person, account, known)
        if kind == "write answer":
            return line.write_answer(person, account)
        if kind == "send file":
            return line.send_file(person)
        return line.read(person, kind, _address(kind, account, panel), panel=bool(panel))


def _address(kind: str, account: int, panel: str) -> str:
    return {
        "home": "/",
        "portfolio": "/accounts/",
        "account": f"/accounts/{account}/",
        "panel": f"/accounts/{account}/panels/{panel}/",
        "search": "/accounts/search/?q=a",
        "products": "/products/",
        "imports": "/imports/",
        "scorecards": "/scorecards/",
        "metrics": "/metrics/sell_in/",
        "trail": "/governance/trail/",
        "api accounts": "/api/accounts?limit=20",
        "api account": f"/api/accounts/{account}",
        "api me": "/api/me",
        "api figures": "/api/metrics/evaluate?metrics=sell_in&by=month&period=2026",
    }[kind]


def report(answers: list[Answer], seconds: float, used: float) -> bool:
    """Print the figures and say whether they hold."""
    bad = Counter((one.kind, one.status) for one in answers if not one.good)
    times: dict[str, list[float]] = defaultdict(list)
    for one in answers:
        times[one.kind].append(one.seconds)
        times["all"].append(one.seconds)
    p99 = _load.share(times["all"], 0.99)
    writes = sum(one.kind in ("edit account", "write answer", "send file") for one in answers)
    for kind, found in sorted(times.items(), key=lambda item: -len(item[1])):
        print(
            f"  {kind:14} {len(found):6,}  p50 {_load.share(found, 0.5) * 1000:6.0f} ms  "
            f"p99 {_load.share(found, 0.99) * 1000:6.0f} ms  longest {max(found) * 1000:6.0f} ms"
        )
    for (kind, status), number in bad.most_common(10):
        note = next(one.note for one in answers if one.kind == kind and one.status == status)
        print(f"  NOT GOOD: {number} x {kind}: {status} {note[:200]}")
    loads = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"{len(answers):,} requests ({writes} writes) at {RATE:.0f}/s for {seconds:.0f} s: p99 "
        f"{p99 * 1000:.0f} ms, {p99 / LIMIT_SECONDS:.2f} x the limit of "
        f"{LIMIT_SECONDS * 1000:.0f} ms; {sum(bad.values())} errors; server {used:.2f} of "
        f"{os.cpu_count()} processors; load of the machine {loads}"
    )
    return p99 <= LIMIT_SECONDS and not bad


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="keystead-load-"))
    home, port = folder / "home", _load.free_port()
    server = None
    try:
        people = _load.open_demo(home, *sorted(set(NEEDS.values())))
        server = _load.Server(home, port)
        for person in people:
            person.sign_in(port)
        load = Load(port, people)
        load.run(WARM_SECONDS, min(RATE, 20))
        before, began = server.processor_seconds(), time.perf_counter()
        answers = load.run(SECONDS, RATE)
        took = time.perf_counter() - began
        good = report(answers, took, (server.processor_seconds() - before) / took)
        return 0 if good else 1
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
