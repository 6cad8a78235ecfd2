"""Runs a program of ours that parses what somebody sent, in the cage, and takes its report."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from keystead.kit.files.types import Limits, Refused

log = logging.getLogger(__name__)

_REPORT = "report.json"
_REPORT_BYTES = 64 * 1024 * 1024
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
OnProgress = Callable[[int, int, str], None]


def run(
    module: str,
    job: Mapping[str, Any],
    out: Path,
    limits: Limits,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Return what a reading program says it found; its files lie in ``out`` then.

    ``module`` is run with ``python -m``; it calls ``child.in_cage`` first. Raises Refused with a
    code of ``messages`` when it refused the file, or ended without a report.
    """
    asked = {**job, "out_dir": str(out), "parent": os.getpid()}
    asked.setdefault("options", {"limits": dataclasses.asdict(limits)})
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            env=environment(),
            cwd=out,
            start_new_session=True,
        )
        try:
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(json.dumps(asked).encode())  # type: ignore[union-attr]
                child.stdin.close()  # type: ignore[union-attr]
            _follow(child, limits.wall_seconds, on_progress)
        finally:
            child.kill()
            child.wait()
            child.stdout.close()  # type: ignore[union-attr]
        return _outcome(child.returncode, out, str(job.get("name", "")), said)


def _follow(
    child: subprocess.Popen[bytes], wall_seconds: int, on_progress: OnProgress | None
) -> None:
    """Wait for the end of the child, passing its progress on."""
    deadline = time.monotonic() + wall_seconds
    output: Any = child.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        rest = b""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Refused("too_slow")
            if not selector.select(min(left, 1.0)):
                continue
            block = os.read(output.fileno(), 4096)
            if not block:
                break
            *lines, rest = (rest + block)[-4096:].split(b"\n")
            if lines and on_progress is not None:
                done, _, total = lines[-1].decode("ascii", "replace").partition(" ")
                if done.isdigit() and total.isdigit():
                    on_progress(int(done), int(total), "reading")
    if not _ended(child, max(0.1, deadline - time.monotonic())):
        raise Refused("too_slow")


def _ended(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the end of the child; where the system tells it, without asking again and again."""
    if not hasattr(os, "pidfd_open"):
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True
    handle = os.pidfd_open(child.pid)
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(handle, selectors.EVENT_READ)
            return bool(selector.select(seconds))
    finally:
        os.close(handle)


def _outcome(status: int, out: Path, name: str, said: Any) -> dict[str, Any]:
    path = out / _REPORT
    said.seek(0)
    words = said.read(100_000).decode("utf-8", "replace")
    if path.exists() and path.stat().st_size <= _REPORT_BYTES:
        report = json.loads(path.read_text(encoding="utf-8"))
        path.unlink()
        if "refused" in report:
            log.info("reading %r was refused: %s %s", name, report["refused"], words[-500:])
            raise Refused(report["refused"], **report["values"])
        found: dict[str, Any] = report["file"]
        return found
    log.warning("reading %r ended with %s: %s", name, status, words[-2000:])
    if status in (-signal.SIGXCPU, -signal.SIGKILL) and "memory" not in words:
        raise Refused("too_slow")
    if status == -signal.SIGABRT or "memory" in words.lower() or "capacity overflow" in words:
        raise Refused("out_of_memory")
    raise Refused("crashed")


def environment() -> dict[str, str]:
    """Return what the child may know: where Python is, and none of our secrets."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        **passed,
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        # The C library's allocator takes memory as it needs it, so that the cap is a fair one.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OMP_NUM_THREADS": "2",
        "RUST_BACKTRACE": "0",
    }


def clear(out: Path) -> None:
    """Remove what an unfinished report left behind."""
    for path in [out / _REPORT, out / f"{_REPORT}.part"]:
        path.unlink(missing_ok=True)
