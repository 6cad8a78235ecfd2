"""F18, F19: a backup while people write, brought back whole; a flipped byte; a newer schema."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path

import pytest

from tests.faults.site import Site, ask, free_port, keystead, rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
TABLES = ("accounts_account", "kit_auditentry", "kit_user", "kit_command")


class Writer(threading.Thread):
    """Creates accounts until told to stop, and remembers those that were acknowledged."""

    def __init__(self, port: int, token: str, name: str) -> None:
        super().__init__(daemon=True)
        self.port, self.token, self.who = port, token, name
        self.stop, self.done = threading.Event(), 0
        self.faults: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set():
            code = f"{self.who}-{self.done}"
            body = {"code": code, "name": code, "kind": "shop", "country": "FR"}
            status, _headers, text = ask(
                self.port, "POST", "/api/accounts", token=self.token,
                body=json.dumps(body).encode(),
                headers={"Content-Type": "application/json", "Idempotency-Key": code},
            )  # fmt: skip
            if status != 201:
                self.faults.append(f"{status} {text[:200]!r}")
                return
            self.done += 1


def test_a_backup_under_load_comes_back_whole(
    home: Path, tokens: dict[str, str], tmp_path: Path
) -> None:
    site, saved = Site(home, free_port()), tmp_path / "one.backup.tar"
    site.start()
    writers = [Writer(site.port, token, name) for name, token in tokens.items()]
    try:
        for writer in writers:
            writer.start()
        while sum(writer.done for writer in writers) < 8:
            pass
        before = [writer.done for writer in writers]
        made = keystead(home, "backup", str(saved))
        assert made.returncode == 0, made.stderr
        after = [writer.done for writer in writers]
        for writer in writers:
            writer.stop.set()
            writer.join(60)
    finally:
        site.stop()
    assert [writer.faults for writer in writers] == [[]] * len(writers)
    assert sum(after) > sum(before), "nobody wrote meanwhile: this proves nothing"
    back = tmp_path / "back" / "home"
    done = keystead(back, "restore", str(saved))
    assert done.returncode == 0, done.stderr
    codes = {code for (code,) in rows(back, "select code from accounts_account")}
    for writer, count in zip(writers, before, strict=True):
        assert {f"{writer.who}-{number}" for number in range(count)} <= codes
    # each business write and its trail row came along together, or neither did
    told = rows(back, "select count(*) from kit_auditentry where action = 'account.create'")
    assert told == [(len(codes),)]
    assert keystead(back, "verify").returncode == 0
    second = Site(back, free_port())
    second.start()
    try:
        status, _headers, text = ask(second.port, "GET", "/api/accounts", token=tokens["ada"])
        assert (status, json.loads(text)["total"]) == (200, len(codes))
    finally:
        second.stop()


def test_a_restored_copy_of_a_quiet_house_is_equal_row_by_row(home: Path, tmp_path: Path) -> None:
    saved, back = tmp_path / "one.backup.tar", tmp_path / "back" / "home"
    assert keystead(home, "backup", str(saved)).returncode == 0
    assert keystead(back, "restore", str(saved)).returncode == 0
    for table in TABLES:
        sql = f"select * from {table} order by 1"  # noqa: S608  our own names
        assert rows(home, sql) == rows(back, sql)


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_one_flipped_byte_anywhere_is_refused(place: float, home: Path, tmp_path: Path) -> None:
    saved, back = tmp_path / "one.backup.tar", tmp_path / "back" / "home"
    assert keystead(home, "backup", str(saved)).returncode == 0
    content = bytearray(saved.read_bytes())
    content[int(len(content) * place)] ^= 1
    saved.write_bytes(content)
    done = keystead(back, "restore", str(saved))
    assert done.returncode == 4, done.stdout
    assert not (back / "keystead.sqlite3").exists()


def test_data_of_a_newer_keystead_is_refused_and_untouched(home: Path) -> None:
    database = sqlite3.connect(home / "keystead.sqlite3")
    database.execute(
        "insert into django_migrations (app, name, applied) values ('kit', '9999_later', '2030-01-01')"
    )
    database.commit()
    database.close()
    (home / "schema").unlink()  # the mark that this code has seen this database
    before = (home / "keystead.sqlite3").read_bytes()
    for command in (["verify"], ["serve", "--port", str(free_port())], ["worker", "--once"]):
        done = keystead(home, *command)
        assert done.returncode == 3, done.stdout
        assert "newer Keystead" in done.stderr
    assert (home / "keystead.sqlite3").read_bytes() == before
