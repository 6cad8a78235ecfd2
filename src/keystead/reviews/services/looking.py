"""Looks at a PowerPoint file before it is unpacked or kept."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from django.utils.translation import gettext as _
from pptx import Presentation

from keystead.kernel.errors import Invalid

MOST_PARTS: Final = 5_000
MOST_UNPACKED: Final = 300_000_000
ACTIVE: Final = ("vbaproject", "activex", "altchunk")


def checked_layouts(content: bytes) -> tuple[str, ...]:
    """Return the names of a template's layouts.

    Raises Invalid for a file that is no presentation, is too large unpacked, brings code, or
    reaches for files outside.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
                raise _refused(_("The template is too large."), "template_large")
            names = [one.filename.casefold() for one in parts]
            if any(mark in name for name in names for mark in ACTIVE) or _reaches_out(archive):
                text = _("The template brings macros, active content or links to other files.")
                raise _refused(text, "template_active")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise _unreadable() from error
    try:
        found = Presentation(io.BytesIO(content))
        layouts = tuple(one.name for one in found.slide_layouts)
    except Exception as error:  # whatever the library says of a file that is none
        raise _unreadable() from error
    if not layouts:
        raise _refused(_("The template has no layout."), "template_layouts")
    return layouts


def _reaches_out(archive: zipfile.ZipFile) -> bool:
    for part in archive.infolist():
        if part.filename.endswith(".rels"):
            text = archive.read(part).decode("utf-8", "replace")
            for relation in re.findall(r"<Relationship\b[^>]*>", text):
                if "External" in relation and "/hyperlink" not in relation:
                    return True
    return False


def _refused(text: str, code: str) -> Invalid:
    return Invalid(text, code=code, fields={"file": text})


def _unreadable() -> Invalid:
    return _refused(_("This is no PowerPoint file (.pptx)."), "template_unreadable")
