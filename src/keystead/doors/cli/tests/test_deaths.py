"""Web processes that end by themselves: each is told, and five within a minute end the site."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from keystead.doors.cli.deaths import Deaths, watch
from keystead.kernel.errors import KeysteadError

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


class Process:
    """A real process with the two names that ``multiprocessing`` gives it."""

    def __init__(self) -> None:
        self._popen = subprocess.Popen(SLEEP)
        self.pid = self._popen.pid

    @property
    def exitcode(self) -> int | None:
        return self._popen.poll()

    def kill(self) -> None:
        self._popen.kill()
        self._popen.wait()


class Server:
    """Holds its processes as the web server does, and puts new ones in their place."""

    def __init__(self, number: int) -> None:
        self.interrupt_signal = False
        self.wrks = [SimpleNamespace(inner=Process()) for _ in range(number)]

    def lose(self, place: int = 0) -> None:
        self.wrks[place].inner.kill()

    def replace(self, place: int = 0) -> None:
        self.wrks[place] = SimpleNamespace(inner=Process())


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(2)
    yield made
    for one in made.wrks:
        one.inner.kill()


def test_each_death_is_told_once_with_code_and_count(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    deaths = Deaths(server)
    with caplog.at_level(logging.ERROR, "keystead.serve"):
        assert not deaths.too_many()
        assert not caplog.records
        server.lose()
        assert not deaths.too_many()
        assert not deaths.too_many()  # still lies there: told once
        server.replace()
        assert not deaths.too_many()
        server.lose(1)
        server.replace(1)  # replaced before anybody looked
        assert not deaths.too_many()
    assert [("(code -9)" in one.getMessage()) for one in caplog.records] == [True, True]
    assert "within the last 60 s: 2, at 5" in caplog.records[-1].getMessage()


def test_deaths_of_long_ago_do_not_count(server: Server) -> None:
    deaths = Deaths(server, most=2, within=0.0)
    deaths.too_many()
    for _time in range(3):
        server.lose()
        assert not deaths.too_many()
        server.replace()
        deaths.too_many()


def test_too_many_deaths_end_the_site_with_a_reason(server: Server) -> None:
    ended, told = threading.Event(), list[KeysteadError]()
    looking = threading.Thread(
        target=watch, args=(server, ended, told.append), kwargs={"every": 0.01}, daemon=True
    )
    looking.start()
    for _time in range(5):
        ended.wait(0.2)
        server.lose()
        server.replace()
    looking.join(10)
    ended.set()
    assert [one.code for one in told] == ["web_processes_die"]


def test_a_site_that_is_being_stopped_loses_its_processes_without_a_word(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.interrupt_signal = True
    for place in (0, 1):
        server.lose(place)
    watch(server, threading.Event(), lambda _trouble: pytest.fail("gave up"), every=0.01)
    assert not caplog.records
