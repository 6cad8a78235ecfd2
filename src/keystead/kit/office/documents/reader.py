"""Reads what a document says and which figures it carries, through the capped child process."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from pathlib import Path, PurePath

from keystead.kit.files import messages
from keystead.kit.files.caged import run
from keystead.kit.files.types import Limits, Refused
from keystead.kit.office.slides import Carried
from keystead.kit.office.texts import FORMATS, Text

LIMITS = Limits(
    file_bytes=50 * 1024 * 1024, memory_bytes=1024 * 1024 * 1024, cpu_seconds=40, wall_seconds=60
)
PROVEN = ("pptx", "xlsx", "docx")
_CHILD = "keystead.kit.office.documents.child"
_ALIKE = {"pptm": "pptx", "potx": "pptx", "xlsm": "xlsx", "docm": "docx", "md": "txt",
          "csv": "txt", "htm": "html"}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Document:
    """A file as it was read: its format, its hash, the figures with proofs, all its texts."""

    name: str
    format: str
    sha256: str
    figures: tuple[Carried, ...]
    texts: tuple[Text, ...]


def document_format(name: str) -> str:
    """Return the format a file's name stands for; "" for one that is not read here."""
    ending = PurePath(name).suffix[1:].casefold()
    format = _ALIKE.get(ending, ending)
    return format if format in FORMATS else ""


def read_document(
    content: bytes, *, name: str, figures: bool = True, texts: bool = False
) -> Document:
    """Return what a document says; nothing of it is kept.

    Raises SourceProblem for a format that is not read, and for a file that is refused.
    """
    try:
        format = document_format(name)
        if not format or (figures and not texts and format not in PROVEN):
            known = ", ".join(PROVEN if figures and not texts else FORMATS)
            ending = PurePath(name).suffix[1:][:20]
            raise Refused("unsupported", ending=ending, known=known)
        if not content:
            raise Refused("empty")
        if len(content) > LIMITS.file_bytes:
            raise Refused("too_big", size=len(content), limit=LIMITS.file_bytes)
        wanted = [word for word, on in (("figures", figures), ("texts", texts)) if on]
        with tempfile.TemporaryDirectory(prefix="keystead-") as folder:
            path = Path(folder) / "document"
            path.write_bytes(content)
            job = {"path": str(path), "name": name, "format": format, "wanted": wanted}
            found = run(_CHILD, job, Path(folder), LIMITS)
    except Refused as refused:
        raise messages.refusal(refused.code, refused.values, name) from refused
    return Document(
        name=PurePath(name).name,
        format=format,
        sha256=hashlib.sha256(content).hexdigest(),
        figures=tuple(Carried(**one) for one in found.get("figures", ())),
        texts=tuple(Text(**one) for one in found.get("texts", ())),
    )
