"""F4: the disk is full while Keystead writes; it says so, nothing is half, and it goes on later."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.site import Site, ask, free_port, keystead, rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
SIZE = 24 * 1024 * 1024
LEFT = 40_000
HEAD = "Invoice No,Customer ID,SKU,Invoice date,Qty,Unit price\n"
FLAGS = ["--as", "sell_in", "--source", "erp", "--currency", "EUR",
         "--create", "products,accounts", "--post", "--json"]  # fmt: skip


class SmallDisk:
    """A file system of its own that a filler takes up but for a little, and gives back."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._filler = place / "filler"

    def fill(self, leave: int = LEFT) -> None:
        left = os.statvfs(self.place)
        size = left.f_bavail * left.f_frsize - leave
        assert size > 0
        with self._filler.open("wb") as file:
            for _block in range(size // 4096):
                file.write(b"\0" * 4096)

    def free(self) -> None:
        self._filler.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"no small file system can be made here: {made.stderr.strip()}")
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def full_home(disk: SmallDisk, copy_home: Callable[[Path], Path]) -> Path:
    return copy_home(disk.place)


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    file = tmp_path / "invoices.csv"
    lines = (f"F{n},A-{n % 40},P-{n % 90},2026-01-05,{n % 9 + 1},2.50\n" for n in range(20_000))
    file.write_text(HEAD + "".join(lines))
    return file


def _said_so(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 8, done.stderr or done.stdout
    assert "disk is full" in done.stderr
    assert "Traceback" not in done.stderr


def _whole(home: Path, batches: int) -> None:
    checked = keystead(home, "verify", "--json")
    assert checked.returncode == 0, checked.stdout
    report = json.loads(checked.stdout)
    assert (report["batches"], report["findings"]) == (batches, [])


def test_import(disk: SmallDisk, full_home: Path, invoices: Path) -> None:
    for leave in (LEFT, 200_000, 900_000):  # early, in the middle, late
        disk.fill(leave)
        failed = keystead(full_home, "import", str(invoices), *FLAGS)
        disk.free()
        _said_so(failed)
        assert rows(full_home, "select count(*) from ledger_batch where state = 'posted'") == [(0,)]
    done = keystead(full_home, "import", str(invoices), *FLAGS)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["posted"] == 20_000
    _whole(full_home, 1)


def test_backup(disk: SmallDisk, full_home: Path) -> None:
    target = disk.place / "one.backup.tar"
    disk.fill(300_000)
    _said_so(keystead(full_home, "backup", str(target)))
    left = {path.name for path in disk.place.iterdir()}
    assert left == {"home", "filler"}, "an unfinished backup stays"
    disk.free()
    assert keystead(full_home, "backup", str(target)).returncode == 0
    _whole(full_home, 0)


def test_export(disk: SmallDisk, full_home: Path) -> None:
    target = disk.place / "accounts.xlsx"
    disk.fill(2000)
    _said_so(keystead(full_home, "accounts", "export", str(target)))
    assert not target.exists(), "half a workbook stays"
    disk.free()
    assert keystead(full_home, "accounts", "export", str(target)).returncode == 0
    assert target.stat().st_size > 1000


def test_a_running_site_reads_on_and_writes_again(
    disk: SmallDisk, full_home: Path, tokens: dict[str, str]
) -> None:
    site, token = Site(full_home, free_port()), tokens["ada"]

    def write(code: str) -> tuple[int, dict]:
        body = {"code": code, "name": code * 40, "kind": "shop", "country": "FR"}
        status, _headers, text = ask(
            site.port, "POST", "/api/accounts", token=token, body=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": code},
        )  # fmt: skip
        return status, json.loads(text)

    site.log = disk.place.parent / "site.log"
    site.start()
    try:
        assert write("A-0")[0] == 201
        disk.fill(0)
        answers = [write(f"B-{number}") for number in range(30)]
        refused = [body for status, body in answers if status != 201]
        assert refused, "the disk was not full"
        assert {body["code"] for body in refused} == {"disk_full"}
        stored = sum(status == 201 for status, _body in answers)
        status, _headers, text = ask(site.port, "GET", "/api/accounts", token=token)
        assert (status, json.loads(text)["total"]) == (200, 1 + stored)
        disk.free()
        assert write("B-29")[0] == 201
    finally:
        site.stop()
    _whole(full_home, 0)
