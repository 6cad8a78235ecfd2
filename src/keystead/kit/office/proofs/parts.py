"""The parts of an office file that came back, opened with limits: it is somebody else's file."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from keystead.kernel.errors import Invalid

MOST_PARTS: Final = 6_000
MOST_BYTES: Final = 300_000_000
MOST_XML: Final = 60_000_000  # of one part
_RELATIONS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Unreadable(Invalid):
    """A file in which figures cannot be looked for."""


def unreadable() -> Unreadable:
    sentence = "This file cannot be read; figures are looked for in .pptx, .xlsx and .docx files."
    return Unreadable(sentence, code="file_unreadable", field="file", sentence=sentence)


class Parts:
    """The parts of one file by name, each parsed when it is asked for."""

    def __init__(self, content: bytes, *, most: int = MOST_BYTES) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            held = self._archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
            raise unreadable() from error
        if len(held) > MOST_PARTS or sum(part.file_size for part in held) > most:
            raise unreadable()
        self._names = {part.filename: part.file_size for part in held}
        self._parsed: dict[str, Any] = {}
        self._related: dict[str, dict[str, tuple[str, str]]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def names(self) -> list[str]:
        return sorted(self._names)

    def raw(self, name: str) -> bytes:
        """Return a part as it is; raises Unreadable when it is not there or too large."""
        if self._names.get(name, MOST_XML + 1) > MOST_XML:
            raise unreadable()
        try:
            return self._archive.read(name)
        except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError, EOFError) as error:
            raise unreadable() from error

    def xml(self, name: str) -> Any:
        """Return the root of a part; entities are never expanded."""
        if name not in self._parsed:
            text = self.raw(name)
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise unreadable()
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            try:
                self._parsed[name] = etree.fromstring(text, parser)
            except etree.XMLSyntaxError as error:
                raise unreadable() from error
        return self._parsed[name]

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return what a part points at inside the file: id to (kind, name of the part)."""
        if name not in self._related:
            folder, base = posixpath.split(name)
            listed = posixpath.join(folder, "_rels", f"{base}.rels")
            found = {}
            if listed in self:
                for one in self.xml(listed).iter(_RELATIONS):
                    if one.get("TargetMode") != "External":
                        target = one.get("Target") or ""
                        whole = target[1:] if target.startswith("/") else posixpath.normpath(
                            posixpath.join(folder, target)
                        )  # fmt: skip
                        kind = (one.get("Type") or "").rsplit("/", 1)[-1]
                        found[one.get("Id") or ""] = (kind, whole)
            self._related[name] = found
        return self._related[name]

    def related(self, name: str, kind: str) -> Iterator[str]:
        """Give the parts of a kind that a part points at."""
        for given, target in self.relations(name).values():
            if given == kind and target in self:
                yield target
