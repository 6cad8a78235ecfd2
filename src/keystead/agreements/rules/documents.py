"""Which files may be kept with an agreement: their kinds, their size, what they begin with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from keystead.agreements.types import Document, DocumentKind
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period

LARGEST: Final = 25 * 1024 * 1024
_ZIP, _OLE = (b"PK\x03\x04",), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
# Ending: what such a file begins with (nothing: plain text). Nothing that a browser or a system
# would run is among them.
ENDINGS: Final[dict[str, tuple[bytes, ...]]] = {
    "pdf": (b"%PDF-",),
    "docx": _ZIP,
    "xlsx": _ZIP,
    "pptx": _ZIP,
    "odt": _ZIP,
    "ods": _ZIP,
    "zip": _ZIP,
    "doc": _OLE,
    "xls": _OLE,
    "msg": _OLE,
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "tif": (b"II*\x00", b"MM\x00*"),
    "tiff": (b"II*\x00", b"MM\x00*"),
    "csv": (),
    "txt": (),
    "eml": (),
}


def ending_of(name: str) -> str:
    """Return the ending of a file name in small letters, without the dot.

    >>> ending_of("Proof of listing.PDF"), ending_of("none")
    ('pdf', '')
    """
    return name.rpartition(".")[2].casefold() if "." in name else ""


def check_file(name: str, content: bytes) -> None:
    """Raise Invalid (field ``file``) for a file that is empty, too large, or not what it says."""
    ending = ending_of(name)
    if not content:
        raise _refused("The file is empty.", "file_empty")
    if len(content) > LARGEST:
        raise _refused("The file is too large.", "file_large")
    if ending not in ENDINGS:
        raise _refused("This kind of file is not kept here.", "file_kind")
    begins = ENDINGS[ending]
    if begins and not content.startswith(begins):
        raise _refused("The file is not what its name says.", "file_disguised")
    if not begins and b"\x00" in content[:4096]:
        raise _refused("The file is not what its name says.", "file_disguised")


def proves(documents: Iterable[Document], condition: str, period: Period) -> bool:
    """Return whether a proof of service that holds is there for a condition in a period.

    A document of the whole agreement proves nothing about one service; one without a period
    counts for the whole life of the condition, one with a period where its days fall into it.
    """
    return any(
        document.holds
        and document.kind is DocumentKind.PROOF_OF_SERVICE
        and document.condition == condition
        and (document.period is None or document.period.intersection(period) is not None)
        for document in documents
    )


def _refused(sentence: str, code: str) -> Invalid:
    return Invalid(sentence, code=code, field="file")
