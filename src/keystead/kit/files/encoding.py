"""Which encoding a text file is in: mark, strict UTF-8, UTF-16/32 by NULs, GB18030, cp1252, ask.

Each candidate must decode the whole file strictly. Where two still stand, how the text reads
decides, and where that is not clear a person is asked: a wrong guess changes names silently.
"""

from __future__ import annotations

import codecs
import dataclasses
from collections.abc import Iterator
from pathlib import Path

from keystead.kit.files.types import Limits, Refused

_CHUNK = 1 << 20
_SAMPLE = 1 << 18
_MARKS = (  # the longer first: UTF-32 LE begins with the mark of UTF-16 LE
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
KNOWN = (
    *("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"),
    *("gb18030", "big5", "cp1252", "cp1250", "cp1251", "shift_jis", "euc_kr"),
)


@dataclasses.dataclass(frozen=True)
class Encoding:
    """The encoding settled on; ``asked`` holds the candidates when a person must choose."""

    name: str
    mark: int = 0  # bytes of the byte order mark
    asked: tuple[str, ...] = ()


@dataclasses.dataclass
class Scan:
    """What one pass over the bytes saw."""

    nuls: int = 0
    quotes: bool = False
    utf8: bool = True


def scan(path: Path, limits: Limits) -> Scan:
    """Return counts over the whole file; raises Refused for a line without an end."""
    seen = Scan()
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    since = 0
    for block in blocks(path):
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        first = min((at for at in (block.find(b"\n"), block.find(b"\r")) if at >= 0), default=-1)
        since = len(block) - last - 1 if last >= 0 else since + len(block)
        if max(since, first) > limits.line_bytes:
            raise Refused("line_too_long", limit=limits.line_bytes)
        if b"\0" in block:
            seen.nuls += block.count(b"\0")
        seen.quotes = seen.quotes or b'"' in block
        if seen.utf8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                seen.utf8 = False
    if seen.utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            seen.utf8 = False
    return seen


def detect(path: Path, seen: Scan, forced: str = "") -> Encoding:
    """Return the encoding of the file; raises Refused when none decodes it whole."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    mark, marked = next(
        ((len(mark), name) for mark, name in _MARKS if head.startswith(mark)), (0, "")
    )
    if forced:
        if forced not in KNOWN or not decodes(path, forced):
            raise Refused("wrong_encoding", encoding=forced)
        return Encoding(forced, mark if forced == marked else 0)
    if marked:
        if marked == "utf-8" and not seen.utf8:
            raise Refused("wrong_encoding", encoding="utf-8")
        if marked != "utf-8" and not decodes(path, marked):
            raise Refused("wrong_encoding", encoding=marked)
        return Encoding(marked, mark)
    if seen.nuls > 0.05 * max(1, path.stat().st_size):
        wide = _wide(head)
        if wide and decodes(path, wide):
            return Encoding(wide)
        if seen.nuls > 0.3 * path.stat().st_size:
            raise Refused("binary")
    if seen.utf8:
        return Encoding("utf-8")
    return _one_of_the_old(path)


def decodes(path: Path, encoding: str) -> bool:
    """Say whether the whole file decodes strictly."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for block in blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def preview(path: Path, encoding: str) -> str:
    """Return the first stretch with a foreign character as it reads in the encoding."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    first = next((at for at, byte in enumerate(head) if byte > 127), 0)
    start = max(head.rfind(b"\n", 0, first) + 1, first - 40)
    return head[start : first + 60].decode(encoding, "replace").splitlines()[0][:60]


def blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            yield block


def _wide(head: bytes) -> str:
    """Return the UTF-16/32 kind that the places of the NULs speak for, or ""."""
    count = len(head) // 4 or 1
    share = [head[at::4].count(0) / count for at in range(4)]
    if min(share[2], share[3]) > 0.9 and share[0] < 0.5:
        return "utf-32-le"
    if min(share[0], share[1]) > 0.9 and share[3] < 0.5:
        return "utf-32-be"
    even, odd = share[0] + share[2], share[1] + share[3]
    if odd > 2 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 2 * odd else ""


def _one_of_the_old(path: Path) -> Encoding:
    sample = b"".join(_lines_with_high_bytes(path))
    chinese = _reads_as_chinese(sample)
    western = _reads_as_western(sample)
    gb18030 = decodes(path, "gb18030")
    cp1252 = decodes(path, "cp1252")
    if gb18030 and chinese > 0.9 and western < 0.7 and not _reads_as_korean(sample):
        return Encoding("gb18030")
    if cp1252 and western > 0.9 and (chinese < 0.5 or not gb18030):
        return Encoding("cp1252")
    standing = [name for name in ("gb18030", "big5", "cp1252") if decodes(path, name)]
    standing += [
        name for name in ("cp1250", "cp1251", "shift_jis", "euc_kr") if decodes(path, name)
    ]
    if not standing:
        raise Refused("binary")
    likely = "gb18030" if gb18030 and chinese >= western else "cp1252"
    best = likely if likely in standing else standing[0]
    return Encoding(best, asked=tuple(dict.fromkeys([best, *standing])))


def _lines_with_high_bytes(path: Path) -> Iterator[bytes]:
    kept = 0
    for block in blocks(path):
        if block.isascii():
            continue
        for line in block.splitlines(keepends=True)[:-1] or [block]:
            if not line.isascii():
                kept += len(line)
                yield line
        if kept > _SAMPLE:
            return


def _reads_as_chinese(sample: bytes) -> float:
    """Return the share of two-byte signs in the common part of GB2312 (marks and level 1).

    Chinese text lies there almost whole, in pairs of two high bytes. Big5 text has a low second
    byte four times in ten; an accented Latin letter is followed by a plain one.
    """
    common, pairs, at = 0.0, 0, 0
    end = len(sample)
    while at < end - 1:
        lead, trail = sample[at], sample[at + 1]
        if lead < 0x81:
            at += 1
            continue
        if 0x30 <= trail <= 0x39:  # a sign of four bytes says nothing
            at += 4
            continue
        pairs += 1
        if trail >= 0xA1 and (0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xD7):
            common += 1
        elif trail >= 0xA1 and 0xD8 <= lead <= 0xF7:
            common += 0.6  # level 2: rarer characters, also real
        at += 2
    if pairs == 0:
        return 0.0
    return common / pairs if pairs > 2 else common / 3


def _reads_as_korean(sample: bytes) -> bool:
    """Say whether all signs lie in the quarter that Korean syllables fill in EUC-KR.

    Chinese text has half of its signs beyond it.
    """
    leads, at = [], 0
    while at < len(sample) - 1:
        if sample[at] < 0x81:
            at += 1
            continue
        leads.append(sample[at])
        at += 2
    signs = [lead for lead in leads if lead >= 0xB0]
    return len(signs) > 5 and sum(lead <= 0xC8 for lead in signs) > 0.95 * len(signs)


def _reads_as_western(sample: bytes) -> float:
    """Return the share of high bytes that stand where an accent or a typographic mark would.

    An accented letter has a plain letter, blank or separator next to it on at least one side,
    and rarely a second one; runs of them are another alphabet or another encoding.
    """
    fits = total = 0
    marks = frozenset(
        b"\x80\x82\x85\x91\x92\x93\x94\x95\x96\x97\x99\xa0\xa3\xab\xae\xb0\xb5\xb2\xb3\xbb"
    )
    for at, byte in enumerate(sample):
        if byte < 0x80:
            continue
        total += 1
        before = sample[at - 1] if at else 32
        after = sample[at + 1] if at + 1 < len(sample) else 32
        if byte in marks:
            fits += (before < 0x80) + (after < 0x80) > 0
        elif byte >= 0xC0 or byte in b"\x8a\x8c\x8e\x9a\x9c\x9e\x9f":
            fits += before < 0x80 and after < 0x80 and (_letter(before) or _letter(after))
    return fits / total if total else 0.0


def _letter(byte: int) -> bool:
    return 65 <= byte <= 90 or 97 <= byte <= 122
