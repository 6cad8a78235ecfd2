"""Commands on a home folder of their own, each in a fresh process as a person runs them."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from keystead.doors.cli.site import free_port
from keystead.kernel.errors import Invalid

CALL = [sys.executable, "-m", "keystead.doors.cli.main"]


def _environment(home: Path) -> dict[str, str]:
    hidden = {"KEYSTEAD_DATABASE_URL", "DJANGO_SETTINGS_MODULE", "KEYSTEAD_USER"}
    given = {key: value for key, value in os.environ.items() if key not in hidden}
    return {**given, "KEYSTEAD_HOME": str(home)}


def keystead(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CALL, *args],
        env=_environment(home),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    first = keystead(
        folder, "user", "add", "lin", "--role", "kam", "--name", "Lin Wei",
        "--password", "a-long-sentence-1",
    )  # fmt: skip
    assert first.returncode == 0, first.stderr
    assert "Preparing the folder" in first.stderr
    return folder


@pytest.mark.slow
def test_users_are_added_once_and_listed(home: Path) -> None:
    again = keystead(home, "user", "add", "lin", "--role", "kam", "--password", "a-long-sentence-1")
    assert again.returncode == 7
    assert again.stderr.startswith("There is already a user called lin.")
    listed = json.loads(keystead(home, "user", "list", "--json").stdout)
    assert [(user["username"], user["name"], user["roles"]) for user in listed] == [
        ("lin", "Lin Wei", ["kam"])
    ]


@pytest.mark.slow
def test_a_weak_password_is_refused_and_nobody_is_added(home: Path) -> None:
    weak = keystead(home, "user", "add", "eve", "--role", "kam", "--password", "short")
    assert weak.returncode == 3
    assert "eve" not in keystead(home, "user", "list").stdout


@pytest.mark.slow
def test_data_of_a_newer_keystead_is_refused(home: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / "keystead.sqlite3").write_bytes((home / "keystead.sqlite3").read_bytes())
    with sqlite3.connect(newer / "keystead.sqlite3") as database:
        database.execute(
            "insert into django_migrations (app, name, applied) values ('kit', '9999_x', '2030')"
        )
    refused = keystead(newer, "user", "list")
    assert refused.returncode == 3
    assert "newer Keystead" in refused.stderr


@pytest.mark.slow
def test_data_of_an_older_keystead_waits_for_serve(home: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.mkdir()
    (older / "keystead.sqlite3").write_bytes((home / "keystead.sqlite3").read_bytes())
    with sqlite3.connect(older / "keystead.sqlite3") as database:
        database.execute("delete from django_migrations where app = 'sessions'")
    refused = keystead(older, "user", "list")
    assert refused.returncode == 3
    assert "`keystead serve` brings it up to date" in refused.stderr


def test_a_taken_port_is_left_alone_and_another_one_found() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Invalid) as refused:
            free_port("127.0.0.1", port)
        assert refused.value.code == "port_taken"
    assert free_port("127.0.0.1", None) >= 8000


@pytest.mark.slow
@pytest.mark.parametrize("slow_seconds", [0, 7])
def test_serve_ends_when_its_web_processes_cannot_begin(
    home: Path, tmp_path: Path, slow_seconds: int
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, time\n"
        "class Broken:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'keystead.config.wsgi':\n"
        f"            time.sleep({slow_seconds})\n"
        "            raise ImportError('a part of the program is missing')\n"
        "sys.meta_path.insert(0, Broken())\n"
    )
    environment = _environment(home)
    found = os.pathsep.join(filter(None, [str(tmp_path), environment.get("PYTHONPATH", "")]))
    ended = subprocess.run(
        [*CALL, "serve", "--port", str(_own_port())],
        env={**environment, "PYTHONPATH": found},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 1
    assert "its web processes end as soon as they begin" in ended.stderr
    assert "Keystead is at" not in ended.stdout
    assert "Stopped." not in ended.stdout


@pytest.mark.slow
def test_serve_restarts_a_dead_worker_and_stops_calmly(home: Path) -> None:
    port = _own_port()
    server = subprocess.Popen(
        [*CALL, "serve", "--port", str(port)],
        env=_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert f"http://127.0.0.1:{port}/" in _line_with(server, "Keystead is at")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=20) as page:
            assert page.status == 200
        first = _worker_of(server.pid)
        os.kill(first, signal.SIGKILL)
        assert "starting another one" in _line_with(server, "worker ended")
        second = _worker_of(server.pid, other_than=first)
        server.send_signal(signal.SIGINT)
        assert server.wait(40) == 0
        assert not Path(f"/proc/{second}").exists()
    finally:
        server.kill()
        server.wait()
        server.stdout.close()  # type: ignore[union-attr]


def _own_port() -> int:
    """Return a port that no other test process comes upon as well."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _line_with(server: subprocess.Popen[str], text: str) -> str:
    assert server.stdout is not None
    seen = []
    for line in server.stdout:
        seen.append(line)
        if text in line:
            return line
    raise AssertionError("".join(seen))


def _worker_of(server: int, other_than: int = 0) -> int:
    """Return the process id of the worker that the server started (Linux only)."""
    for _ in range(100):
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                call = (entry / "cmdline").read_text()
            except (OSError, IndexError):
                continue
            if parent == server and "--beside-server" in call and int(entry.name) != other_than:
                return int(entry.name)
        time.sleep(0.1)
    pytest.skip("no /proc on this system")
