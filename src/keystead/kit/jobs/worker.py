"""The worker loop: jobs, and events that a crash left undelivered."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
import uuid

from django.db import close_old_connections
from django.db.utils import DatabaseError

from keystead.kit import outbox
from keystead.kit.jobs import schedule
from keystead.kit.jobs.queue import claim, run_claimed

log = logging.getLogger("keystead.worker")
LOOK_EVERY_SECONDS = 15.0  # at the clock, for work that comes round


def work(
    *, once: bool = False, idle_seconds: float = 0.5, stop: threading.Event | None = None
) -> int:
    """Run jobs until stopped (SIGTERM finishes the one in hand); returns how many ran."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    name = f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    ran, looked = 0, -LOOK_EVERY_SECONDS
    while not stop.is_set():
        try:
            if not once and time.monotonic() - looked >= LOOK_EVERY_SECONDS:
                looked = time.monotonic()
                schedule.tick()
            job_id = claim(name)
            if job_id is not None:
                run_claimed(job_id, name)
                ran += 1
                continue
            outbox.deliver_waiting()
        except DatabaseError:
            log.warning("database is busy or away; trying again", exc_info=True)
        if once:
            break
        close_old_connections()
        stop.wait(idle_seconds)
    return ran
