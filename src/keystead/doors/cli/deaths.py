"""Looks after the web processes once the site is up: a death is told, and many are too many."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from keystead.kernel.errors import KeysteadError

MOST, WITHIN_SECONDS = 5, 60.0
log = logging.getLogger("keystead.serve")


class Deaths:
    """Counts the web processes that ended by themselves.

    The server puts another one in the place of each, for ever and without a word: somebody must
    hear of it, and a site whose processes die all the time is down, whatever it looks like.
    """

    def __init__(self, server: Any, *, most: int = MOST, within: float = WITHIN_SECONDS) -> None:
        self._server, self._most, self._within = server, most, within
        self._known: dict[int, Any] = {}
        self._when: deque[float] = deque()

    def too_many(self) -> bool:
        """Look once: tell of those that ended since; say whether that is too many."""
        present = {one.inner.pid: one.inner for one in list(self._server.wrks) if one.inner.pid}
        gone = [one for pid, one in self._known.items() if pid not in present]
        gone += [one for pid, one in present.items() if _ended(one) and pid in self._known]
        for pid in {one.pid for one in gone}:
            self._known.pop(pid, None)
        self._known.update({pid: one for pid, one in present.items() if not _ended(one)})
        for process in gone:
            self._tell(process)
        return len(self._when) >= self._most

    def _tell(self, process: Any) -> None:
        now = time.monotonic()
        self._when.append(now)
        while now - self._when[0] > self._within:
            self._when.popleft()
        log.error(
            "A web process ended by itself (code %s); another one takes its place. "
            "Ended within the last %.0f s: %d, at %d the site stops.",
            process.exitcode,
            self._within,
            len(self._when),
            self._most,
        )


def watch(
    server: Any,
    ended: threading.Event,
    give_up: Callable[[KeysteadError], None],
    *,
    every: float = 0.5,
    **limits: Any,
) -> None:
    """Look until the site ends; ``give_up`` is called with the reason when too many died."""
    deaths = Deaths(server, **limits)
    while not ended.wait(every):
        if server.interrupt_signal:
            return  # it is being stopped by hand
        if deaths.too_many():
            give_up(
                KeysteadError(
                    "Keystead stopped: its web processes keep ending by themselves.",
                    code="web_processes_die",
                    hint="The reason stands in the log above, or in that of the system when memory"
                    " ran out (`dmesg`). `keystead doctor` looks at what they need.",
                )
            )
            return


def _ended(process: Any) -> bool:
    return process.exitcode is not None
