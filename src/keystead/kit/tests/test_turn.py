"""Writers queue in the order of asking, across threads and processes, and nobody keeps a turn."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connections
from django.db.utils import ConnectionHandler

from keystead.kit.sqlite.turn import Queue, Turns

HOLD = """
import fcntl, os, sys, time
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_the_turn_goes_to_whoever_asked_first() -> None:
    queue, order = Queue(), []
    assert queue.take(1)
    threads = []

    def ask(name: int) -> None:
        assert queue.take(10)
        order.append(name)
        queue.give()

    for name in range(6):
        threads.append(threading.Thread(target=ask, args=(name,)))
        threads[-1].start()
        while len(queue._waiting) <= name:
            time.sleep(0.001)
    queue.give()
    for thread in threads:
        thread.join(10)
    assert order == list(range(6))
    assert queue.take(0), "after the last one it is free"


def test_who_waits_too_long_leaves_the_queue() -> None:
    queue = Queue()
    assert queue.take(1)
    assert not queue.take(0.01)
    queue.give()
    assert queue.take(0.01)


def test_another_process_is_waited_for_and_its_death_ends_the_wait(tmp_path: Path) -> None:
    turns = Turns(str(tmp_path / "db-turn"))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, turns.path], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert not turns.take(0.05)
        holder.kill()
        assert turns.take(10)
    finally:
        holder.kill()
        holder.wait()
    turns.give()


def test_where_no_file_can_be_made_threads_queue_all_the_same(tmp_path: Path) -> None:
    turns = Turns(str(tmp_path / "missing" / "db-turn"))
    assert turns.take(1)
    assert not turns.take(0.01)
    turns.give()
    assert turns.take(1)


@pytest.fixture
def database(tmp_path: Path):
    settings = {
        "default": {
            "ENGINE": "keystead.kit.sqlite",
            "NAME": str(tmp_path / "db.sqlite3"),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 0.1},
        }
    }
    handler = ConnectionHandler(settings)
    yield handler
    handler.close_all()


@pytest.mark.django_db
def test_a_turn_ends_with_commit_rollback_and_close(database: ConnectionHandler) -> None:
    one = database["default"]
    with one.cursor() as cursor:
        cursor.execute("create table t (a integer)")
    for end in ("commit", "rollback", "close"):
        one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        assert one._turn is not None
        getattr(one, end)()
        if end != "close":
            one.set_autocommit(True)
        assert one._turn is None, end
    assert Turns(str(one.settings_dict["NAME"]) + "-turn").take(0)


@pytest.mark.django_db
def test_eight_writers_at_once_lose_nothing_and_nobody_waits_long(
    database: ConnectionHandler,
) -> None:
    one = database["default"]
    with one.cursor() as cursor:
        cursor.execute("create table t (a integer)")
        cursor.execute("insert into t values (0)")
    waits: list[float] = []

    def write() -> None:
        mine = database["default"]  # a connection of this thread
        for _time in range(20):
            began = time.perf_counter()
            mine.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            with mine.cursor() as cursor:
                cursor.execute("select a from t")
                value = cursor.fetchone()[0]
                cursor.execute("update t set a = %s", [value + 1])
            mine.commit()
            mine.set_autocommit(True)
            waits.append(time.perf_counter() - began)
        mine.close()

    threads = [threading.Thread(target=write) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with one.cursor() as cursor:
        cursor.execute("select a from t")
        assert cursor.fetchone()[0] == 160
    assert len(waits) == 160, "with a patience of 0.1 s SQLite alone would have refused some"


def test_the_product_writes_in_turn() -> None:
    if connections["default"].vendor != "sqlite":
        pytest.skip("another database queues by itself")
    assert connections["default"].settings_dict["ENGINE"] == "keystead.kit.sqlite"
