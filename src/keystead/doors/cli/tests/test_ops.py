"""Backup, restore and doctor on a real home folder, in processes of their own."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile

import pytest

from keystead.doors.cli.ops.doctor import file_system_of

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("KEYSTEAD_DATABASE_URL")), reason="these run on the embedded database"
)


def keystead(home, *args, ok=True):
    env = {name: value for name, value in os.environ.items() if not name.startswith("KEYSTEAD_")}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-m", "keystead.doors.cli.main", "--home", str(home), *args],
        capture_output=True,
        text=True,
        timeout=120,
        env=env,
        check=False,
    )
    if ok:
        assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home") / "data"
    keystead(folder, "doctor")
    for name in ("segments/sell_in/a.parquet", "raw/ab/abcd"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(50_000))
    return folder


@pytest.fixture(scope="module")
def saved(home):
    target = home.parent / "one.backup.tar"
    keystead(home, "backup", str(target))
    return target


def test_a_restored_home_holds_the_same_bytes_and_verifies(home, saved, tmp_path):
    new = tmp_path / "new"
    done = keystead(new, "restore", str(saved))
    assert "The trail verifies" in done.stdout
    for name in ("segments/sell_in/a.parquet", "raw/ab/abcd", "secret_key"):
        assert (new / name).read_bytes() == (home / name).read_bytes()
    assert keystead(new, "doctor").returncode == 0
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"
    names = []
    for folder in (home, new):
        database = sqlite3.connect(folder / "keystead.sqlite3")
        names.append(database.execute(tables).fetchall())
        database.close()
    assert names[0] == names[1]


def test_one_flipped_byte_is_refused_and_nothing_is_left(saved, tmp_path):
    damaged = tmp_path / "damaged.tar"
    shutil.copy(saved, damaged)
    with tarfile.open(damaged) as tar:
        place = tar.getmember("segments/sell_in/a.parquet").offset_data + 1000
    with damaged.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)
        file.seek(place)
        file.write(bytes([byte[0] ^ 1]))
    done = keystead(tmp_path / "new", "restore", str(damaged), ok=False)
    assert done.returncode == 4
    assert "damaged" in done.stderr
    assert {item.name for item in tmp_path.iterdir()} <= {"damaged.tar", "new"}
    assert {item.name for item in (tmp_path / "new").iterdir()} <= {"secret_key"}


def test_a_cut_backup_is_refused(saved, tmp_path):
    cut = tmp_path / "cut.tar"
    cut.write_bytes(saved.read_bytes()[:-20_000])
    done = keystead(tmp_path / "new", "restore", str(cut), ok=False)
    assert done.returncode == 4
    assert "no whole Keystead backup" in done.stderr


def test_a_folder_with_data_is_never_overwritten(home, saved):
    before = (home / "keystead.sqlite3").read_bytes()
    done = keystead(home, "restore", str(saved), ok=False)
    assert done.returncode == 7
    assert (home / "keystead.sqlite3").read_bytes() == before


def test_members_that_leave_the_folder_are_refused(saved, tmp_path):
    evil = tmp_path / "evil.tar"
    with tarfile.open(saved) as old, tarfile.open(evil, "w") as new:
        for member in old:
            body = old.extractfile(member)
            if member.name == "raw/ab/abcd":
                member.name = "../outside"
            new.addfile(member, body)
    done = keystead(tmp_path / "new", "restore", str(evil), ok=False)
    assert done.returncode == 4
    assert not (tmp_path / "outside").exists()


def test_an_older_database_put_back_is_found_at_its_row_and_a_declared_one_is_told(home, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(home, folder)
    for name in ("segments", "raw"):  # made-up bytes: not what this is about
        shutil.rmtree(folder / name)
    add = ("user", "add", "--role", "viewer", "--password", "a-long-password-1")
    keystead(folder, *add, "one")
    keystead(folder, "anchor")
    older = (folder / "keystead.sqlite3").read_bytes()
    rows = json.loads(keystead(folder, "verify", "--json").stdout)["trail"]["entries"]
    keystead(folder, *add, "two")
    keystead(folder, "anchor")
    assert "All is well" in keystead(folder, "verify").stdout
    (folder / "keystead.sqlite3").write_bytes(older)
    found = keystead(folder, "verify", ok=False)
    assert found.returncode == 3
    assert f"WRONG trail at row {rows + 1}:" in found.stdout
    assert keystead(folder, "anchor", "--restart", ok=False).returncode != 0
    keystead(folder, "anchor", "--restart", "--why", "restored the copy of Monday")
    told = keystead(folder, "verify").stdout
    assert "restored the copy of Monday" in told


def test_a_backup_carries_the_anchors_and_its_copy_holds_them(saved, tmp_path):
    keystead(tmp_path / "new", "restore", str(saved))
    lines = (tmp_path / "new" / "anchors" / "trail.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["why"] == "backup"
    assert json.loads(keystead(tmp_path / "new", "verify", "--json", ok=False).stdout)["trail"] == {
        "entries": json.loads(lines[-1])["seq"],
        "broken": "",
        "first_bad_row": None,
        "anchors": len(lines),
        "unreadable": 0,
        "restarts": [],
    }


def test_doctor_says_what_is_wrong(home):
    os.chmod(home / "secret_key", 0o644)
    try:
        done = keystead(home, "doctor", "--json", ok=False)
    finally:
        os.chmod(home / "secret_key", 0o600)
    assert done.returncode == 1
    states = {check["name"]: check["state"] for check in json.loads(done.stdout)}
    assert states["secret key"] == "bad"
    assert states["database"] == states["schema"] == states["clock"] == "good"


def test_the_file_system_is_that_of_the_longest_mount(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    assert file_system_of(tmp_path / "home", str(mounts)) == "nfs4"
    assert file_system_of(tmp_path.parent, str(mounts)) == "ext4"
