"""Killed at each step, and two at once: always the old or the new state, and verify is green."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
SERVER = os.environ.get("KEYSTEAD_DATABASE_URL", "")
OLD = [[1, "1"], [2, "2"]]
POSTED = [[1, "10"], [2, "2"], [3, "30"]]
ALL_FOR_NEW = {
    "post": POSTED,
    "release": [[1, "1"], [2, "2"], [9, "9"]],
    "undo": [],
    "compact": POSTED,
    "cache": OLD,
}
STEPS = [
    ("post", "post.before_rename", "old"),
    ("post", "post.after_first_segment", "old"),
    ("post", "post.after_segments", "old"),
    ("post", "post.before_commit", "old"),
    ("post", "post.after_commit", "new"),
    ("release", "release.after_segments", "old"),
    ("release", "release.before_commit", "old"),
    ("undo", "undo.before_commit", "old"),
    ("compact", "compact.after_segment", "new"),
    ("compact", "compact.before_commit", "new"),
    ("cache", "cache.before_rename", "old"),
]


class Place:
    """One installation: a home folder and a database of its own."""

    def __init__(self, starter: subprocess.Popen[str], home: Path, name: str, like: str = ""):
        self.starter, self.home = starter, home
        self.database = _create(name, like) if SERVER else str(home / "keystead.sqlite3")

    def run(self, *actions: str, fault: str = "") -> list[dict]:
        """Carry out actions at once, each in a process; return exit codes and what they said."""
        place = {"home": str(self.home), "database": self.database, "fault": fault}
        orders = [{"action": action} | place for action in actions]
        self.starter.stdin.write(json.dumps(orders) + "\n")
        self.starter.stdin.flush()
        return json.loads(self.starter.stdout.readline())

    def told(self, action: str) -> dict:
        """Return what an action said; it must end well."""
        (ended,) = self.run(action)
        assert ended["code"] == 0
        return json.loads(ended["said"].splitlines()[-1]) if ended["said"] else {}

    def close(self) -> None:
        if SERVER:
            _execute(f'DROP DATABASE "{self.database}"')


@pytest.fixture(scope="module")
def starter(tmp_path_factory) -> Iterator[subprocess.Popen[str]]:
    env = {**os.environ, "KEYSTEAD_HOME": str(tmp_path_factory.mktemp("starter"))}
    env["DJANGO_SETTINGS_MODULE"] = "keystead.config.settings"
    env["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry)
    with subprocess.Popen(
        [sys.executable, "-m", "keystead.ledger.tests.crash_child"],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.stdin.close()


@pytest.fixture(scope="module")
def template(starter, tmp_path_factory) -> Iterator[Place]:
    """An installation with one posted batch, made once and copied for each test."""
    place = Place(starter, tmp_path_factory.mktemp("template") / "home", _name())
    place.told("migrate")
    yield place
    place.close()


@pytest.fixture
def place(template, tmp_path) -> Iterator[Place]:
    shutil.copytree(template.home, tmp_path / "copy")
    place = Place(template.starter, tmp_path / "copy", _name(), template.database)
    yield place
    place.close()


@pytest.mark.parametrize(("action", "fault", "state"), STEPS, ids=[step[1] for step in STEPS])
def test_a_kill_leaves_the_old_or_the_new_state(place, action, fault, state):
    (ended,) = place.run(action, fault=fault)
    assert ended["code"] == -signal.SIGKILL
    report = place.told(f"again:{action}")
    before, after = report["before"], report["after"]
    assert before["seen"] == (OLD if state == "old" else ALL_FOR_NEW[action])
    assert after["seen"] == ALL_FOR_NEW[action]
    for found in (before, after):
        assert found["findings"] == []
        assert found["commits"] == found["commit"] == found["trail"]


def test_two_processes_post_at_once_without_gap_or_double(place):
    ended = place.run("race:left", "race:right")
    assert [one["code"] for one in ended] == [0, 0]
    conflicts = sorted(json.loads(one["said"].splitlines()[-1])["conflict"] for one in ended)
    assert conflicts == ["", "already_posted"]
    found = place.told("state")
    assert found["findings"] == []
    assert found["commit"] == found["commits"] == 1 + 5 + 5 + 1
    assert found["seen"] == sorted([*OLD, *[[1, "1"]] * 10, [7, "7"]])


def _name() -> str:
    return f"crash_{uuid.uuid4().hex[:8]}"


def _create(name: str, like: str) -> str:
    _execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{like}"' if like else ""))
    return name


def _execute(statement: str) -> None:
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement)
