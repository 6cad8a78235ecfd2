"""Runs the site: the web server in front, a supervised worker beside it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import click

from keystead.doors.cli.deaths import watch
from keystead.doors.cli.prepare import home_folder
from keystead.kernel.errors import Invalid, KeysteadError

FIRST_PORT = 8000
PORTS_TRIED = 50
RESTART_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0)
PATIENCE_SECONDS = 25.0


class WorkerKeeper:
    """Keeps one ``keystead worker`` alive: when it dies, another one takes over its jobs."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)
        self.restarts = 0

    def start(self) -> None:
        """Start the worker in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Let the worker finish the job in hand, then end it."""
        self._stopping.set()
        process = self._process
        if process and process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()  # its lease runs out and the job is picked up again
        if self._thread.is_alive():
            self._thread.join(PATIENCE_SECONDS)

    def _keep(self) -> None:
        quick_deaths = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            self._process = subprocess.Popen(  # a session of its own: Ctrl+C goes through us
                [
                    sys.executable,
                    "-m",
                    "keystead.doors.cli.main",
                    "worker",
                    "--beside-server",
                    str(os.getpid()),
                ],
                env={**os.environ, "KEYSTEAD_HOME": str(home_folder())},
                start_new_session=True,
            )
            if self._stopping.is_set():  # stopped while it was being started
                self._process.terminate()
            code = self._process.wait()
            if self._stopping.is_set():
                return
            quick_deaths = quick_deaths + 1 if time.monotonic() - began < 10 else 0
            self.restarts += 1
            pause = RESTART_SECONDS[min(quick_deaths, len(RESTART_SECONDS) - 1)]
            click.echo(f"The worker ended (code {code}); starting another one.", err=True)
            self._stopping.wait(pause)


class Alarm(threading.Event):
    """Wakes the web server's main loop, without a lock.

    ``threading.Event`` takes a lock that a signal handler may find held by the very thread it
    interrupts, and a signal that another thread got does not wake its ``wait``: then Ctrl+C would
    be without effect for good. This one is looked at five times a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rung = False

    def set(self) -> None:
        """Ring; safe in a signal handler."""
        self._rung = True

    def clear(self) -> None:
        """Be quiet again."""
        self._rung = False

    def is_set(self) -> bool:
        """Say whether it has been rung."""
        return self._rung

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is rung, for at most ``timeout`` seconds; say whether it was."""
        until = None if timeout is None else time.monotonic() + timeout
        while not self._rung and (until is None or time.monotonic() < until):
            time.sleep(0.2)
        return self._rung


def free_port(host: str, wanted: int | None) -> int:
    """Return the wanted port, or the first free one from 8000; Invalid when it is taken."""
    tried = [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in tried:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return int(probe.getsockname()[1])
    raise Invalid(
        f"Port {wanted} is taken." if wanted else "No free port was found.",
        code="port_taken",
        hint="Give another one with --port, or leave it out.",
    )


def address(host: str, port: int) -> str:
    """Return the address of the first page.

    >>> address("0.0.0.0", 8000)
    'http://127.0.0.1:8000/'
    """
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 # nosec B104
    return f"http://{shown}:{port}/"


def run_site(
    *,
    host: str,
    port: int,
    processes: int = 1,
    with_worker: bool = True,
    when_up: Callable[[str], None] | None = None,
) -> None:
    """Serve until stopped. ``when_up`` is called once, when the first page answers.

    Raises KeysteadError when the web processes die instead of answering.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ["KEYSTEAD_HOME"] = str(home_folder())
    (home_folder() / "static").mkdir(parents=True, exist_ok=True)
    keeper = WorkerKeeper()
    ended = threading.Event()

    def after_start() -> None:
        url = address(host, port)
        if _answers(url, ended, lambda: _give_up(server, processes)):
            if with_worker:
                keeper.start()
            if when_up:
                when_up(url)
            watch(server, ended, lambda trouble: _stop(server, trouble))

    server: Any = Granian(
        "keystead.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=4,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    server.main_loop_interrupt = Alarm()
    watcher = threading.Thread(target=after_start, daemon=True)
    watcher.start()
    try:
        server.serve()
    except SystemExit:  # it noticed by itself that its processes die at once
        server.keystead_trouble = getattr(server, "keystead_trouble", None) or _no_start()
    except KeyboardInterrupt:
        server.interrupt_signal = True  # Ctrl+C before the server had its own handler
    finally:
        ended.set()
        for child in multiprocessing.active_children():
            child.terminate()
        watcher.join(2)
        keeper.stop()
    _require_stopped_by_hand(server)


def _require_stopped_by_hand(server: Any) -> None:
    """Raise KeysteadError when not a signal but the death of its processes ended the server."""
    trouble: KeysteadError | None = getattr(server, "keystead_trouble", None)
    if trouble is not None or not server.interrupt_signal:
        raise trouble or _no_start()


def _no_start() -> KeysteadError:
    return KeysteadError(
        "Keystead could not start: its web processes end as soon as they begin.",
        code="no_start",
        hint="The reason stands above. `keystead doctor` looks at what they need.",
    )


def _stop(server: Any, trouble: KeysteadError) -> None:
    """End the server because of what is wrong with it."""
    server.keystead_trouble, server.interrupt_signal = trouble, True
    server.main_loop_interrupt.set()


def _give_up(server: Any, processes: int) -> bool:
    """Stop a server whose processes die before the first answer; say whether it was so.

    The server itself only notices those that die within seconds; ours may need longer to fail.
    """
    seen: set[int] = server.__dict__.setdefault("keystead_seen", set())
    seen |= {one.inner.pid for one in list(server.wrks) if one.inner.pid}
    if len(seen) <= processes + 1:
        return False
    _stop(server, _no_start())
    return True


def _answers(url: str, ended: threading.Event, give_up: Callable[[], bool]) -> bool:
    """Wait until the sign-in page answers; False when the server ended, or gave up, first."""
    while not ended.wait(0.05):
        if give_up():
            return False
        try:
            # Behind a proxy with TLS plain calls are sent on: this one comes as from the proxy.
            call = urllib.request.Request(  # noqa: S310
                url + "sign-in/", headers={"X-Forwarded-Proto": "https"}
            )
            with urllib.request.urlopen(call, timeout=10):  # noqa: S310 # nosec B310
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            continue
    return False
