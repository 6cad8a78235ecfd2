"""Reads cards, invitations and mails through the capped child process."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePath
from typing import Any

from keystead.kit.files import messages
from keystead.kit.files.caged import run
from keystead.kit.files.types import Limits, Refused

LIMITS = Limits(
    file_bytes=20 * 1024 * 1024, memory_bytes=512 * 1024 * 1024, cpu_seconds=10, wall_seconds=20
)
_CHILD = "keystead.kit.files.letters.child"
_KNOWN = {"vcf": "vcf", "vcard": "vcf", "ics": "ics", "ical": "ics", "eml": "eml"}
_BEGINS = ((b"BEGIN:VCARD", "vcf"), (b"BEGIN:VCALENDAR", "ics"))


def letter_format(content: bytes, name: str) -> str:
    """Return vcf, ics or eml by the first bytes, else by the name; "" for none of them."""
    head = content[:64].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").upper()
    for begin, format in _BEGINS:
        if head.startswith(begin):
            return format
    return _KNOWN.get(PurePath(name).suffix[1:].casefold(), "")


def read_letter(content: bytes, *, name: str, wanted: tuple[str, ...]) -> dict[str, Any]:
    """Return what a card file, an invitation or a mail says; nothing of it is kept.

    Cards: ``people`` (see ``cards``). Else ``kind`` (mail, invitation), ``when`` (ISO, or ""),
    ``subject``, ``text``, ``id``, ``sender`` and ``others`` (name, email), ``attachments`` (names),
    ``events``, ``cancelled``; ``more`` events of an invitation in the same shape. Raises
    SourceProblem when it is none of the ``wanted`` formats, or is refused.
    """
    try:
        format = letter_format(content, name)
        if format not in wanted:
            ending = PurePath(name).suffix[1:][:20]
            raise Refused("unsupported", ending=ending, known=", ".join(wanted))
        if not content.strip():
            raise Refused("empty")
        if len(content) > LIMITS.file_bytes:
            raise Refused("too_big", size=len(content), limit=LIMITS.file_bytes)
        with tempfile.TemporaryDirectory(prefix="keystead-") as folder:
            path = Path(folder) / "letter"
            path.write_bytes(content)
            job = {"path": str(path), "name": name, "format": format}
            return run(_CHILD, job, Path(folder), LIMITS)
    except Refused as refused:
        raise messages.refusal(refused.code, refused.values, name) from refused
