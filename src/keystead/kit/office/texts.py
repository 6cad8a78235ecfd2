"""Every text of a document with its place, also where a reader would not look.

Slides with notes, tables, charts and their workbooks, alternative texts, comments, hidden slides;
papers with headers, comments, tracked changes; sheets, hidden ones too, with comments and names;
properties of all of them; mails with their attachments' names; JSON and plain text.

The parts of an Office file are walked as XML, whatever a program shows of them: a part that nobody
thought of is read too, under its own name.
"""

from __future__ import annotations

import dataclasses
import email
import email.policy
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any, Final

from lxml import etree

from keystead.kernel.errors import Invalid
from keystead.kit.office.places import stable

FORMATS: Final = ("pptx", "docx", "xlsx", "txt", "html", "eml", "json")
MOST_UNPACKED: Final = 400_000_000
MOST_TEXTS: Final = 200_000
LONGEST: Final = 100_000


@dataclasses.dataclass(frozen=True)
class Text:
    """A piece of text: where it stands, for people; ``kind`` text, note, comment, alternative,
    property, hidden, change, data or name."""

    place: str
    text: str
    kind: str = "text"


def texts(content: bytes, format: str) -> tuple[Text, ...]:
    """Return every text of a document; Invalid for one that is damaged, hostile or too large."""
    try:
        found = list(_READERS[format](content))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, OSError, KeyError, ValueError) as error:
        raise Invalid("This file cannot be read.", code="document") from error
    if len(found) > MOST_TEXTS:
        raise Invalid("This file holds too many texts.", code="document")
    return tuple(found)


def _office(content: bytes) -> Iterator[Text]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = package.infolist()
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise Invalid("This file is too large unpacked.", code="document")
        hidden = _hidden(package)
        for entry in sorted(entries, key=lambda one: _order(one.filename)):
            name = entry.filename
            if name.endswith("/") or name.startswith("[Content_Types]"):
                continue
            if name.endswith("sharedStrings.xml"):
                yield from _strings(package, name)
            elif name.endswith((".xml", ".vml")):
                yield from _part(package.read(entry), name, hidden)
            elif name.endswith(".rels"):
                yield from _links(package.read(entry), name)
            elif name.lower().endswith((".xlsx", ".docx", ".pptx", ".xlsm")):
                for text in _office(package.read(entry)):
                    yield dataclasses.replace(text, place=f"{_place(name)}, {text.place}")


def _xml(content: bytes) -> Any:
    if b"<!DOCTYPE" in content[:2000] or b"<!ENTITY" in content:
        raise ValueError("declares entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(content, parser)


def _part(content: bytes, name: str, hidden: frozenset[str]) -> Iterator[Text]:
    """Yield the texts of one part: paragraphs whole, then what stands in attributes."""
    root = _xml(content)
    place, kind = _place(name), _kind(name, hidden)
    spreadsheet = "/worksheets/" in name or name.startswith("xl/worksheets")
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        word = etree.QName(element).localname
        if word in ("p", "si") or (word == "comment" and "xl/" in name):
            said = "".join(_said(element))
            if said.strip():
                yield Text(place, said.strip()[:LONGEST], _changed(element, kind))
        elif word in ("v", "f", "definedName", "t") and not _within(element, ("p", "si")):
            said = (element.text or "").strip()
            if said and not (spreadsheet and word == "v" and _shared(element)):
                yield Text(_cell(element, place), said[:LONGEST], "data" if word == "v" else kind)
        elif not len(element) and word not in ("t", "instrText", "delText"):
            said = (element.text or "").strip()
            if said and not _within(element, ("p", "si")):
                yield Text(place, said[:LONGEST], kind)
        yield from _attributes(element, word, place, name)


def _strings(package: zipfile.ZipFile, name: str) -> Iterator[Text]:
    """Yield the shared texts of a workbook, each at the first cell that shows it."""
    shown: dict[str, str] = {}
    for part in package.namelist():
        if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", part):
            for cell in _xml(package.read(part)).iter("{*}c"):
                if cell.get("t") == "s":
                    shown.setdefault(cell.findtext("{*}v") or "", f"{_place(part)}!{cell.get('r')}")
    for at, item in enumerate(_xml(package.read(name)).iter("{*}si")):
        said = "".join(_said(item)).strip()
        if said:
            yield Text(shown.get(str(at), _place(name)), said[:LONGEST])


def _said(element: Any) -> Iterator[str]:
    for inner in element.iter():
        if not isinstance(inner.tag, str):
            continue
        word = etree.QName(inner).localname
        if word in ("t", "delText", "instrText"):
            yield inner.text or ""
        elif word in ("br", "tab", "cr"):
            yield " "


def _attributes(element: Any, word: str, place: str, name: str) -> Iterator[Text]:
    if word in ("cNvPr", "docPr"):
        for key in ("descr", "title", "name"):
            said = (element.get(key) or "").strip()
            if said:
                yield Text(place, said[:LONGEST], "alternative")
    elif word in ("sheet", "cmAuthor", "person", "table", "tableColumn", "author", "definedName"):
        for key in ("name", "displayName"):
            said = (element.get(key) or "").strip()
            if said:
                yield Text(place, said[:LONGEST], "name")
    elif word in ("ins", "del", "comment") and "word/" in name:
        for key, value in element.attrib.items():
            if key.endswith("}author"):
                yield Text(place, value, "name")


def _links(content: bytes, name: str) -> Iterator[Text]:
    for link in _xml(content):
        if link.get("TargetMode") == "External":
            yield Text(_place(name), link.get("Target", ""), "link")


def _changed(element: Any, kind: str) -> str:
    if any(etree.QName(one).localname == "delText" for one in element.iter()
           if isinstance(one.tag, str)):  # fmt: skip
        return "change"
    return kind


def _within(element: Any, words: Iterable[str]) -> bool:
    return any(
        isinstance(one.tag, str) and etree.QName(one).localname in words
        for one in element.iterancestors()
    )


def _shared(element: Any) -> bool:
    """Say whether a cell only points to a shared text, which is read where it stands."""
    parent = element.getparent()
    return parent is not None and parent.get("t") == "s"


def _cell(element: Any, place: str) -> str:
    parent = element.getparent()
    at = parent.get("r") if parent is not None else None
    return f"{place}!{at}" if at else place


def _hidden(package: zipfile.ZipFile) -> frozenset[str]:
    """Return the parts that are slides nobody sees when the deck is shown."""
    found = set()
    for name in package.namelist():
        if re.fullmatch(r"ppt/slides/slide\d+\.xml", name) and b'show="0"' in package.read(name):
            found.add(name)
    return frozenset(found)


_PLACES: Final = (
    (re.compile(r"ppt/slides/slide(\d+)\.xml"), "slide"),
    (re.compile(r"ppt/notesSlides/notesSlide(\d+)\.xml"), "notes"),
    (re.compile(r"ppt/comments/.*?(\d*)\.xml"), "comment"),
    (re.compile(r"ppt/charts/chart(\d+)\.xml"), "chart"),
    (re.compile(r"ppt/embeddings/.*?(\d*)\.xlsx"), "chart_workbook"),
    (re.compile(r"ppt/slideMasters/slideMaster(\d+)\.xml"), "master"),
    (re.compile(r"ppt/slideLayouts/slideLayout(\d+)\.xml"), "layout"),
    (re.compile(r"word/document\.xml"), "document"),
    (re.compile(r"word/header(\d+)\.xml"), "header"),
    (re.compile(r"word/footer(\d+)\.xml"), "footer"),
    (re.compile(r"word/comments\.xml"), "comments"),
    (re.compile(r"word/footnotes\.xml"), "footnotes"),
    (re.compile(r"xl/worksheets/sheet(\d+)\.xml"), "sheet"),
    (re.compile(r"xl/sharedStrings\.xml"), "cells"),
    (re.compile(r"xl/workbook\.xml"), "names"),
    (re.compile(r"xl/(?:threadedComments|comments).*?(\d*)\.xml"), "comment"),
    (re.compile(r"docProps/.*\.xml"), "properties"),
)


def _place(name: str) -> str:
    bare = name.replace("_rels/", "").removesuffix(".rels")
    for pattern, kind in _PLACES:
        found = pattern.fullmatch(bare)
        if found:
            return stable(kind, *found.groups())
    return bare


def _kind(name: str, hidden: frozenset[str]) -> str:
    if name in hidden:
        return "hidden"
    if "notesSlide" in name:
        return "note"
    if "omment" in name:
        return "comment"
    return "property" if name.startswith("docProps/") else "text"


def _order(name: str) -> tuple[str, int, str]:
    number = re.search(r"(\d+)\.\w+$", name)
    return (name.rpartition("/")[0], int(number[1]) if number else 0, name)


def _plain(content: bytes) -> Iterator[Text]:
    for number, line in enumerate(_decoded(content).splitlines(), start=1):
        if line.strip():
            yield Text(stable("line", number), line.strip()[:LONGEST])


def _decoded(content: bytes) -> str:
    for coding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(coding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


class _Page(HTMLParser):
    """Texts and spoken attributes of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Text] = []

    def _add(self, said: str, kind: str = "text") -> None:
        self.found.append(Text(stable("line", self.getpos()[0]), said[:LONGEST], kind))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._add(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key in ("alt", "title", "content", "value", "href") and value and value.strip():
                self._add(value.strip(), "link" if key == "href" else "alternative")

    def handle_comment(self, data: str) -> None:
        if data.strip():
            self._add(data.strip(), "comment")


def _html(content: bytes) -> Iterator[Text]:
    page = _Page()
    page.feed(_decoded(content))
    page.close()
    yield from page.found


def _mail(content: bytes) -> Iterator[Text]:
    message = email.message_from_bytes(content, policy=email.policy.default)
    for key in ("Subject", "From", "To", "Cc", "Bcc", "Reply-To"):
        for value in message.get_all(key, []):
            yield Text(stable(key.lower().replace("-", "_")), str(value)[:LONGEST], "property")
    for number, part in enumerate(message.walk(), start=1):
        if part.is_multipart():
            continue
        name = part.get_filename() or ""
        if name:
            yield Text(stable("attachment", name), name, "name")
        body = part.get_payload(decode=True)
        if not isinstance(body, bytes):
            continue
        ending = name.rpartition(".")[2].lower() if name else part.get_content_subtype()
        format = {"plain": "txt", "html": "html", "csv": "txt"}.get(ending, ending)
        if format in _READERS and format != "eml":
            place = stable("attachment", name) if name else stable("part", number)
            for text in texts(body, format):
                yield dataclasses.replace(text, place=f"{place}, {text.place}")


def _json(content: bytes) -> Iterator[Text]:
    yield from _branch(json.loads(_decoded(content)), "$", 0)


def _branch(value: Any, place: str, depth: int) -> Iterator[Text]:
    if depth > 60:
        raise ValueError("too deep")
    if isinstance(value, dict):
        for key, inner in value.items():
            yield Text(place, str(key)[:LONGEST], "name")
            yield from _branch(inner, f"{place}.{key}", depth + 1)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _branch(inner, f"{place}[{at}]", depth + 1)
    elif value is not None and str(value).strip():
        yield Text(place, str(value)[:LONGEST], "text" if isinstance(value, str) else "data")


_READERS: Final[dict[str, Any]] = {
    "pptx": _office, "docx": _office, "xlsx": _office, "txt": _plain, "html": _html,
    "eml": _mail, "json": _json,
}  # fmt: skip
