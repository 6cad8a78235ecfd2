"""The archive: whole or not there, never over somebody's data, and made for these tables."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from keystead.doors.cli.demo import archive
from keystead.doors.cli.demo.commands import welcome
from keystead.doors.cli.demo.world.whole import USERS
from keystead.doors.cli.prepare import MARK, code_mark, schema_mark
from keystead.kernel.errors import Invalid, NotFound


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small archive in the place of the shipped one."""
    home = tmp_path / "filled"
    (home / "raw" / "ab").mkdir(parents=True)
    (home / "raw" / "ab" / "abcd").write_bytes(b"a,b\n1,2\n")
    (home / archive.DATABASE).write_bytes(b"database")
    (home / "secret_key").write_text("never shipped")
    target = tmp_path / "world.zip"
    archive.pack(
        home, {"built": "1", "schema": schema_mark(), "password": "x", "users": []}, target
    )
    monkeypatch.setattr(archive, "ARCHIVE", target)
    return target


def test_the_key_of_the_builder_is_not_shipped(small: Path) -> None:
    with zipfile.ZipFile(small) as packed:
        assert sorted(packed.namelist()) == ["demo.json", "keystead.sqlite3", "raw/ab/abcd"]


def test_packing_twice_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    archive.pack(tmp_path / "filled", json.loads(zipfile.ZipFile(small).read("demo.json")), again)
    assert again.read_bytes() == small.read_bytes()


def test_it_is_unpacked_once_and_what_was_done_stays(small: Path, tmp_path: Path) -> None:
    home = tmp_path / "demo"
    assert archive.open_into(home)
    assert (home / MARK).read_text().strip() == code_mark()
    (home / archive.DATABASE).write_bytes(b"changed by a person")
    assert not archive.open_into(home)
    assert (home / archive.DATABASE).read_bytes() == b"changed by a person"
    assert archive.open_into(home, fresh=True)
    assert (home / archive.DATABASE).read_bytes() == b"database"


def test_a_folder_with_other_data_is_never_touched(small: Path, tmp_path: Path) -> None:
    home = tmp_path / "mine"
    home.mkdir()
    (home / archive.DATABASE).write_bytes(b"mine")
    for fresh in (False, True):
        with pytest.raises(Invalid) as refused:
            archive.open_into(home, fresh=fresh)
        assert refused.value.code == "not_a_demo"
    assert [path.name for path in home.iterdir()] == [archive.DATABASE]
    assert (home / archive.DATABASE).read_bytes() == b"mine"


def test_a_broken_archive_leaves_no_half_demo(small: Path, tmp_path: Path) -> None:
    home = tmp_path / "demo"
    assert archive.open_into(home)
    whole = small.read_bytes()
    small.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(zipfile.BadZipFile):
        archive.open_into(home, fresh=True)
    assert (home / archive.DATABASE).read_bytes() == b"database"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_without_an_archive_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "ARCHIVE", tmp_path / "none.zip")
    with pytest.raises(NotFound) as refused:
        archive.open_into(tmp_path / "demo")
    assert "just demo-world" in refused.value.hint
    assert not (tmp_path / "demo").exists()


def test_the_shipped_archive_fits_these_tables() -> None:
    note = archive.shipped_note()
    assert note["schema"] == schema_mark(), "tables changed: run `just demo-world`"
    assert archive.ARCHIVE.stat().st_size <= 12_000_000


def test_the_welcome_names_everybody_and_the_password() -> None:
    told = welcome("http://127.0.0.1:8000/", Path("/tmp/demo"))
    assert all(user.username in told for user in USERS)
    assert archive.shipped_note()["password"] in told
    assert "synthetic" in told
