"""Marks a file as ours alone: to be read in it, in its properties, and in its name.

The guard of what leaves knows the mark, so that a marked copy never goes out by mistake.
"""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from typing import Any, Final
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from keystead.kernel.errors import Invalid
from keystead.kit.office.paper import Paper, Text
from keystead.kit.office.templates import still

MARK: Final = gettext_noop("Internal only: not for the customer")
FORMATS: Final = ("docx", "pptx", "xlsx")
_CORE: Final = "docProps/core.xml"
_CATEGORY: Final = re.compile(r"<cp:category\s*/>|<cp:category>.*?</cp:category>", re.DOTALL)
_SHEET: Final = re.compile(r"xl/worksheets/sheet\d+\.xml")
_HEAD: Final = re.compile(r"<headerFooter\b.*?(?:/>|</headerFooter>)", re.DOTALL)
_PAGE: Final = re.compile(r"<pageSetup\b[^>]*/>|<pageMargins\b[^>]*/>")
_BODY: Final = "<w:body>"


def words() -> str:
    """Return the mark in the active language."""
    return _(MARK)


def inside_name(name: str) -> str:
    """Return the name of a marked copy.

    >>> inside_name("C-1.pptx")
    'C-1-internal.pptx'
    """
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-internal.{ending}" if dot else f"{name}-internal"


def inside_paper(paper: Paper) -> Paper:
    """Return a paper with the mark above its text and on each page."""
    footer = " · ".join(filter(None, (words(), paper.footer)))
    return dataclasses.replace(
        paper, blocks=(Text(words(), "strong"), *paper.blocks), footer=footer
    )


def inside_file(content: bytes, format: str, *, mark: str = "") -> bytes:
    """Return an Office file with the mark: Word above its text, Excel on each printed page, all of
    them in their properties. The same contents give the same bytes.

    ``mark``: the words, where there is no language to choose (``MARK``).
    """
    if format not in FORMATS:
        raise Invalid(f"A {format} file cannot be marked.", code="format")
    mark = escape(mark or words())
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(buffer, "w") as target,
    ):
        for part in source.infolist():
            target.writestr(part, _marked(part.filename, source.read(part.filename), mark))
    return still(buffer)


def _marked(name: str, held: bytes, mark: str) -> bytes:
    if name == _CORE:
        return _core(held.decode(), mark).encode()
    if name == "word/document.xml":
        return _word(held.decode(), mark).encode()
    if _SHEET.fullmatch(name):
        return _sheet(held.decode(), mark).encode()
    return held


def _core(text: str, mark: str) -> str:
    made = f"<cp:category>{mark}</cp:category>"
    if _CATEGORY.search(text):
        return _CATEGORY.sub(lambda _found: made, text, count=1)
    return text.replace("</cp:coreProperties>", f"{made}</cp:coreProperties>")


def _word(text: str, mark: str) -> str:
    said = f"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{mark}</w:t></w:r></w:p>"
    return text.replace(_BODY, _BODY + said, 1)


def _sheet(text: str, mark: str) -> str:
    made = f"<headerFooter><oddHeader>&amp;C{mark}</oddHeader></headerFooter>"
    if _HEAD.search(text):
        return _HEAD.sub(lambda _found: made, text, count=1)
    places: list[Any] = list(_PAGE.finditer(text))
    if not places:
        return text
    at = places[-1].end()
    return text[:at] + made + text[at:]
