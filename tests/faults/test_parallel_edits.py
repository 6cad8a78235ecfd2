"""D4: many people save the same row at once; none of their edits is lost, none meets a 500."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.site import LONG, Site, ask, free_port, rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
EDITS = 2000 if LONG else 200
CLIENTS = 8


def test_parallel_edits_of_one_row_are_all_kept_or_told(home: Path, tokens: dict[str, str]) -> None:
    site, token = Site(home, free_port()), tokens["ada"]
    site.start()
    try:
        first = _send(site.port, token, "POST", "/api/accounts",
                      {"code": "ONE", "name": "start", "kind": "shop", "country": "FR",
                       "currency": "EUR"})[1]  # fmt: skip
        answers: Counter[int] = Counter()
        kept: list[list[str]] = [[] for _client in range(CLIENTS)]

        def edit(client: int) -> None:
            version = first["version"]
            for number in range(EDITS // CLIENTS):
                name, status = f"n-{client}-{number}", 0
                while status != 200:
                    status, body = _send(site.port, token, "PATCH", f"/api/accounts/{first['id']}",
                                         {"version": version, "name": name})  # fmt: skip
                    answers[status] += 1
                    if status not in (200, 409):
                        return
                    if status == 409:
                        body = _send(site.port, token, "GET", f"/api/accounts/{first['id']}")[1]
                    version = body["version"]
                kept[client].append(name)

        people = [threading.Thread(target=edit, args=(client,)) for client in range(CLIENTS)]
        for person in people:
            person.start()
        for person in people:
            person.join()
    finally:
        site.stop()
    print(f"\nedits {EDITS}, answers {dict(answers)}")
    assert set(answers) <= {200, 409}
    trail = [
        (json.loads(old)["name"], json.loads(new)["name"])
        for old, new in rows(
            home, "select old, new from kit_auditentry where action = 'account.edit' order by id"
        )
    ]
    assert sorted(new for _old, new in trail) == sorted(name for names in kept for name in names)
    assert len(trail) == EDITS
    seen = "start"
    for old, new in trail:  # each edit was made on what the one before had left
        assert old == seen
        seen = new
    assert rows(home, "select name, version from accounts_account") == [
        (seen, first["version"] + EDITS)
    ]
    assert answers[409] > 0, "nobody met anybody: this proves nothing"


def _send(
    port: int, token: str, method: str, path: str, body: dict | None = None
) -> tuple[int, dict]:
    raw = json.dumps(body).encode() if body else None
    status, _headers, text = ask(
        port, method, path, token=token, body=raw, headers={"Content-Type": "application/json"}
    )
    return status, json.loads(text)
