"""Templates of a company are somebody else's files: looked at before they are unpacked.

Refused: what is no office file, what is a bomb, what brings code or objects that run, and what
points at something outside that is not a plain link in the text.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from keystead.kernel.errors import Invalid

WORD: Final = "This is no Word document (.docx)."
SLIDES: Final = "This is no PowerPoint presentation (.pptx or .potx)."
_MOST_PARTS: Final = 2_000
_STILL: Final = (1980, 1, 1, 0, 0, 0)
_RUNS: Final = ("vbaproject", "vbadata", "activex", "altchunk", "afchunk", "oleobject")
_RELATION: Final = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")


class TemplateProblem(Invalid):
    """A template that cannot be filled: ``placeholder`` names the one that is wrong."""


def problem(text: str, code: str, *, placeholder: str = "", near: str = "") -> TemplateProblem:
    """Return what is wrong with a template, as the person who sent it reads it."""
    hint = f"Did you mean {{{{ {near} }}}}?" if near else ""
    return TemplateProblem(
        text % {"name": placeholder} if placeholder else text,
        code=code, field="file", sentence=text, placeholder=placeholder, near=near, hint=hint,
    )  # fmt: skip


def guard(template: bytes, nothing: str, *, most: int = 60_000_000) -> None:
    """Raise TemplateProblem for a file that is refused; ``nothing`` says what it is not.

    ``most`` is how many bytes it may have unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            parts = archive.infolist()
            whole = sum(part.file_size for part in parts)
            if len(parts) > _MOST_PARTS or whole > most:
                raise problem("The template is too large.", "template_large")
            active = any(_runs(part.filename) for part in parts) or _reaches_out(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise problem(nothing, "template_unreadable") from error
    if active:
        text = "The template brings macros, embedded objects or links to other files."
        raise problem(text, "template_active")


def still(buffer: io.BytesIO) -> bytes:
    """Return an office file without the clock: the same contents give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(target, "w") as archive:
        for part in source.infolist():
            dated = zipfile.ZipInfo(part.filename, _STILL)
            dated.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(dated, source.read(part.filename))
    return target.getvalue()


def _runs(filename: str) -> bool:
    name = filename.casefold()
    if "embeddings/" in name:  # the workbook of a chart is data; anything else may run
        return not (name.startswith("ppt/") and name.endswith(".xlsx"))
    return any(mark in name for mark in _RUNS)


def _reaches_out(archive: zipfile.ZipFile) -> bool:
    """Whether a part declares entities, is a macro type, or points outside other than by a link
    in the text.
    """
    for part in archive.infolist():
        name = part.filename.casefold()
        if not name.endswith((".rels", ".xml", ".vml")):
            continue
        text = archive.read(part).decode("utf-8", "replace")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            return True
        if name == "[content_types].xml" and "macroenabled" in text.casefold():
            return True
        if name.endswith(".rels") and any(
            "External" in relation and "/hyperlink" not in relation
            for relation in _RELATION.findall(text)
        ):
            return True
    return False
