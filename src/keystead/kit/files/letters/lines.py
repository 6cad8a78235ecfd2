"""Content lines of vCard (RFC 2425, 6350) and iCalendar (RFC 5545): unfolded, with parameters."""

from __future__ import annotations

import binascii
import codecs
import dataclasses
import quopri
import re
from collections.abc import Iterator

KEPT = 16_000  # signs of a line that are looked at: pictures are longer, and are not wanted
_NAME = re.compile(r"(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):")
_PARAMETER = re.compile(r";([A-Za-z0-9-]+)(?:=((?:\"[^\"]*\"|[^;\"])*))?")
_ESCAPED = re.compile(r"\\(.)", re.S)
_PARTS = re.compile(r"(?<!\\)(?:\\\\)*;")


@dataclasses.dataclass(frozen=True)
class Line:
    """One property: the number of its first line in the file, its name, parameters and value."""

    number: int
    name: str
    parameters: dict[str, str]
    value: str

    @property
    def kinds(self) -> set[str]:
        """Return the words of TYPE (and, before version 3, of parameters without a name)."""
        return set(self.parameters.get("TYPE", "").casefold().replace('"', "").split(","))

    @property
    def text(self) -> str:
        """Return the value with its escapes resolved."""
        return plain(self.value)

    @property
    def parts(self) -> list[str]:
        """Return the parts of a structured value."""
        found, at = [], 0
        for cut in _PARTS.finditer(self.value):
            found.append(plain(self.value[at : cut.end() - 1]))
            at = cut.end()
        return [*found, plain(self.value[at:])]


def plain(value: str) -> str:
    r"""Return a value with its escapes resolved.

    >>> plain(r"Dupont\, H\;\n")
    'Dupont, H;\n'
    """
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def decoded(content: bytes) -> str:
    """Return the bytes as text: by their mark, else UTF-8, else Chinese, else Western."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(name, "replace")
    return guessed(content)


def guessed(content: bytes, named: str = "") -> str:
    """Return bytes without a mark as text: as named where that works, else as it reads best."""
    for name in (named, "utf-8", "gb18030"):
        try:
            if name:
                found = content.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
        if name and (name != "gb18030" or _chinese(found)):
            return found
    return content.decode("cp1252", "replace")


def lines_of(content: bytes) -> Iterator[Line]:
    """Yield the properties of a file in order; what is no property is left out."""
    for number, raw in _unfolded(decoded(content)):
        found = _NAME.match(raw)
        if found is None:
            continue
        parameters: dict[str, str] = {}
        for one in _PARAMETER.finditer(found[2]):
            key, value = (one[1].upper(), one[2]) if one[2] is not None else ("TYPE", one[1])
            if key == "TYPE" and value.upper() == "QUOTED-PRINTABLE":
                key = "ENCODING"
            value = value.replace('"', "")
            parameters[key] = f"{parameters[key]},{value}" if key in parameters else value
        value = raw[found.end() :]
        if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
            value = _printable(value, parameters.get("CHARSET", ""))
        yield Line(number, found[1].upper(), parameters, value)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield logical lines with the number of their first; beyond the limit the rest is dropped."""
    parts: list[str] = []
    size, first, soft = 0, 1, False
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if parts and (soft or line[:1] in (" ", "\t")):
            more = line if soft else line[1:]
        else:
            if parts:
                yield first, "".join(parts)[:KEPT]
            parts, size, first, more = [], 0, number, line
        printable = soft or "QUOTED-PRINTABLE" in line[:200].upper()
        soft = printable and more.endswith("=")
        more = more[:-1] if soft else more
        if size < KEPT:
            parts.append(more[:KEPT])
            size += len(more)
    if parts:
        yield first, "".join(parts)[:KEPT]


def _printable(value: str, charset: str) -> str:
    try:
        content = quopri.decodestring(value.encode("utf-8", "replace"))
    except (ValueError, binascii.Error):
        return value
    return guessed(content, charset)


def _chinese(text: str) -> bool:
    """Say whether the letters beyond ASCII are Chinese and no others: else the guess was wrong."""
    foreign = [one for one in text if ord(one) > 127]
    wanted = sum(
        "\u4e00" <= one <= "\u9fff" or "\u3000" <= one <= "\u303f" or "\uff00" <= one <= "\uffef"
        for one in foreign
    )
    return bool(foreign) and wanted == len(foreign)
