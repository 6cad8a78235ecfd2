"""The cage of the reading child: memory, time, file size, no network, dies with its parent.

Everything is set from inside, before the first byte of the file is parsed, because setting it
in a forked copy of a threaded web process is unsafe.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from typing import Any

from keystead.kit.files.types import Limits

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_LOAD, _JUMP_EQUAL, _JUMP_FROM, _RETURN = 0x20, 0x15, 0x35, 0x06
_OTHER_CALLING_STYLE = 0x40000000  # the same calls under other numbers (x32)
_ALLOW, _REFUSE_WITH_EPERM = 0x7FFF0000, 0x00050001
# audit value of the machine, then the numbers of: socket, socketpair, execve, execveat, ptrace
_SYSTEM_CALLS = {
    "x86_64": (0xC000003E, (41, 53, 59, 322, 101)),
    "aarch64": (0xC00000B7, (198, 199, 221, 281, 117)),
}
_REFUSED_EVENTS = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")


def close_behind_us(limits: Limits, parent: int) -> None:
    """Put this process into the cage for good."""
    # RLIMIT_DATA counts what is really written to. RLIMIT_AS would also count address space that
    # is only reserved: pyarrow's and DuckDB's allocators and each thread's stack reserve
    # gigabytes they never touch, so a cap of 1 GB there kills the import of pyarrow itself.
    _cap(resource.RLIMIT_DATA, limits.memory_bytes)
    _cap(resource.RLIMIT_CPU, limits.cpu_seconds)
    _cap(resource.RLIMIT_FSIZE, limits.staged_bytes)
    _cap(resource.RLIMIT_CORE, 0)
    _cap(resource.RLIMIT_NOFILE, 256)
    os.umask(0o077)
    if sys.platform == "linux":
        _die_with(parent)
        _refuse_system_calls()
    sys.addaudithook(_no_way_out)


def _cap(kind: int, value: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def _die_with(parent: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked to be told
        os._exit(1)


def _refuse_system_calls() -> None:
    """Let the kernel refuse sockets and new programs, also to native code; best effort."""
    known = _SYSTEM_CALLS.get(os.uname().machine)
    if known is None:
        return
    machine, refused = known
    steps = [(_LOAD, 0, 0, 4), (_JUMP_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _REFUSE_WITH_EPERM)]
    steps += [(_LOAD, 0, 0, 0), (_JUMP_FROM, len(refused) + 1, 0, _OTHER_CALLING_STYLE)]
    steps += [(_JUMP_EQUAL, len(refused) - at, 0, number) for at, number in enumerate(refused)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE_WITH_EPERM)]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    program = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.create_string_buffer(header), 0, 0)


def _no_way_out(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED_EVENTS):
        raise PermissionError(f"{event} is not allowed while reading a file")
