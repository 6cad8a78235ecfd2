"""Files that appear whole or not at all; a full disk is told in one sentence, and what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from django.apps import apps
from django.utils.translation import gettext, gettext_noop

from keystead.kernel.errors import DiskFull, KeysteadError

_NUMBERS = {errno.ENOSPC, errno.EDQUOT}
# SQLite, DuckDB and Arrow say it in a text only; PostgreSQL has a code of its own.
_WORDS = ("database or disk is full", "no space left on device", "disk quota exceeded")
_CODE = "53100"
MESSAGE = gettext_noop("The disk is full. Nothing was changed.")
HINT = gettext_noop("Free some space where Keystead keeps its data, then do it again.")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file for a person; what was there stays as it was until the new one is whole."""
    if path.exists() and not path.is_file():  # a pipe, /dev/stdout
        path.write_bytes(content)
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def told(error: BaseException) -> BaseException:
    """Return the error itself, or DiskFull where that is what stands behind it."""
    if not isinstance(error, KeysteadError) and _is_full(error):
        if not apps.ready:  # a command that did not get that far
            return DiskFull(MESSAGE, hint=HINT)
        return DiskFull(gettext(MESSAGE), hint=gettext(HINT))
    return error


def _is_full(error: BaseException | None) -> bool:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if getattr(error, "errno", None) in _NUMBERS or getattr(error, "sqlstate", "") == _CODE:
            return True
        if any(words in str(error).casefold() for words in _WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False
