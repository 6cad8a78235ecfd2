"""Says by its first bytes whether a file is a COUNTER report or a KBART list; cheap, never sure."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from keystead.connectors.counter.services.reading import delimiter_of, is_json

_HEAD = 64 * 1024
_SHARED = 512 * 1024
_WORDS = (b"Report_ID", b"Report_Name", b"Release")


def looks_like_report(path: Path) -> bool:
    """Say whether a file begins as a COUNTER report of any form does."""
    if zipfile.is_zipfile(path):
        return all(word in _cells(path) for word in _WORDS)
    head = _head(path)
    if is_json(path):
        return b'"Report_ID"' in head and b'"Release"' in head
    return bool(delimiter_of(path)) and b"Report_ID" in head


def looks_like_kbart(path: Path) -> bool:
    """Say whether the first line of a text file names the columns of KBART."""
    first = _head(path).splitlines()[:1]
    found = re.split(rb"[\t,;|]", first[0].lower().replace(b'"', b"")) if first else []
    return b"publication_title" in found and bool({b"title_id", b"title_url"} & set(found))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")


def _cells(path: Path) -> bytes:
    """Return the beginning of the words of a workbook: no more of it is unpacked."""
    try:
        with zipfile.ZipFile(path) as book:
            names = [one for one in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml")
                     if one in book.namelist()]  # fmt: skip
            return b"".join(_begin(book, name) for name in names)
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError):
        return b""


def _begin(book: zipfile.ZipFile, name: str) -> bytes:
    with book.open(name) as file:
        return file.read(_SHARED)
