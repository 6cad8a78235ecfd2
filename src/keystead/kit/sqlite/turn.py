"""One writer at a time, in the order of asking.

SQLite lets one transaction write; who finds it busy sleeps and tries again, up to a tenth of a
second at a time and in no order, so that under many writers some wait for seconds while nobody
writes. Here they queue: threads of one process in order of asking, processes by a lock on a file
beside the database, which ends with its process however that ends. The queue is for speed alone:
what is right is still SQLite's own lock, so whoever waited too long goes on to that one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections import deque
from threading import Lock

_PAUSES = (0.001, 0.002, 0.004)  # between looks at the file: two or three processes at most


class Queue:
    """A lock that goes to whoever asked first."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for the turn; False when it did not come in time."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            place = Lock()
            place.acquire()
            self._waiting.append(place)
        if place.acquire(timeout=seconds):
            return True
        with self._guard:
            if place in self._waiting:
                self._waiting.remove(place)
                return False
        return True  # it came at the last moment

    def give(self) -> None:
        """Hand the turn on."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


class Turns:
    """The turns of one database file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._queue = Queue()
        self._file: int | None = None

    def take(self, seconds: float) -> bool:
        """Wait for the turn; False when it did not come in time (then SQLite decides)."""
        end = time.monotonic() + seconds
        if not self._queue.take(seconds):
            return False
        if self._lock(end):
            return True
        self._queue.give()
        return False

    def give(self) -> None:
        """Hand the turn on to the next thread or process."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                fcntl.flock(self._file, fcntl.LOCK_UN)
        self._queue.give()

    def _lock(self, end: float) -> bool:
        looks = 0
        while True:
            try:
                if self._file is None:
                    self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    return False
            except OSError:  # no such file can be made or locked here: threads queue all the same
                return True
            else:
                return True
            time.sleep(_PAUSES[min(looks, len(_PAUSES) - 1)])
            looks += 1


_guard = Lock()
_turns: dict[str, Turns] = {}


def turns_of(database: str) -> Turns:
    """Return the turns of a database file, the same for all threads of this process."""
    with _guard:
        if database not in _turns:
            _turns[database] = Turns(f"{database}-turn")
        return _turns[database]


def _begin_anew() -> None:
    """In a forked child nobody waits and nothing is held: what the parent holds is the parent's."""
    global _guard  # noqa: PLW0603
    _guard = Lock()
    for turns in _turns.values():
        if turns._file is not None:
            with contextlib.suppress(OSError):
                os.close(turns._file)
    _turns.clear()


os.register_at_fork(after_in_child=_begin_anew)
