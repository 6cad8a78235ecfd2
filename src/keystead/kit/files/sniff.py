"""What a file really is, by its first bytes and its table of contents; the name comes second.

Runs in the calling process, so it opens little: the head of the file, and for a zip container
its directory once that is known to be small. Contents are looked at by the child.
"""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path, PurePath

from keystead.kit.files import ole
from keystead.kit.files.types import Limits, Refused

DELIMITED = "csv"
_TEXT_NAMES = frozenset({"csv", "tsv", "tab", "txt"})
_BOOK_NAMES = frozenset({"xlsx", "xls", "xlsb", "ods", "xltx"})
_MACRO_NAMES = frozenset({"xlsm", "xltm", "xlam", "xla", "xlw"})
_PARQUET_NAMES = frozenset({"parquet", "pq"})
NAMES = ("csv", "tsv", "txt", "xlsx", "xls", "xlsb", "ods", "parquet")

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "foreign_picture"),
    (b"\xff\xd8\xff", "foreign_picture"),
    (b"GIF8", "foreign_picture"),
    (b"%PDF", "foreign_pdf"),
    (b"\x1f\x8b", "foreign_archive"),
    (b"7z\xbc\xaf\x27\x1c", "foreign_archive"),
    (b"Rar!\x1a\x07", "foreign_archive"),
    (b"BZh", "foreign_archive"),
    (b"\xfd7zXZ\x00", "foreign_archive"),
    (b"\x28\xb5\x2f\xfd", "foreign_archive"),
    (b"\x7fELF", "foreign_program"),
    (b"SQLite format 3\x00", "foreign_database"),
    (b"{\\rtf", "foreign_document"),
)
_HTML = re.compile(
    rb"(?:<!--.*?-->|<\?xml[^>]*\?>|\s)*<(?:!doctype\s+html|html|head|body|table|meta)", re.S
)
# A declaration, a comment, or an element that holds another; "<TICKER>,<DATE>" is a CSV header.
_XML = re.compile(
    rb"\s*<(?:\?\w|!--|!doctype|!entity|[a-z_][\w:.-]*(?:\s[^<>]*)?>\s*(?:<|[^,;\t|<]*</))"
)
_JSON = re.compile(rb'\s*(?:\{\s*(?:"|\})|\[\s*(?:\{\s*"|\[\s*["\d\[]|"[^"]*"\s*[,\]]|\]))')
_MACRO_PARTS = re.compile(r"vbaproject[^/]*\.bin$|(^|/)macrosheets/|^basic/|^scripts/", re.I)
_DIRECTORY_BYTES = 2 * 1024 * 1024


def format_of(path: Path, name: str, limits: Limits) -> tuple[str, bool]:
    """Return the format (csv, xlsx, xlsb, xls, ods, parquet) and whether the name says another.

    Raises Refused with the reason when the file is none of them, is not what its name says,
    or is a container that must not be opened.
    """
    size = path.stat().st_size
    if size == 0:
        raise Refused("empty")
    if size > limits.file_bytes:
        raise Refused("too_big", size=size, limit=limits.file_bytes)
    ending = PurePath(name).suffix.lstrip(".").lower()
    found = _content(path, limits)
    if ending in _MACRO_NAMES:
        raise Refused("macros")
    if found == DELIMITED:
        if ending in _TEXT_NAMES:
            return found, False
        if ending in _BOOK_NAMES:
            raise Refused("text_named_workbook", ending=ending)
        if ending in _PARQUET_NAMES:
            raise Refused("damaged", format="Parquet")
        raise Refused("unsupported", ending=ending or "?", known=", ".join(NAMES))
    expected = _PARQUET_NAMES if found == "parquet" else _BOOK_NAMES
    if ending not in expected:
        raise Refused("named_otherwise", ending=ending or "?", format=found)
    same = {"pq": "parquet", "xltx": "xlsx"}.get(ending, ending) == found
    return found, not same


def _content(path: Path, limits: Limits) -> str:
    with path.open("rb") as file:
        head = file.read(8192)
    for signature, code in _SIGNATURES:
        if head.startswith(signature):
            raise Refused(code)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _package(path, limits)
    if head.startswith(ole.MAGIC):
        return _compound(path)
    if head.startswith(b"MZ") and b"\0" in head[:64]:
        raise Refused("foreign_program")
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe")
    text = text.removeprefix(b"\xfe\xff").lower()
    if _HTML.match(text):
        raise Refused("foreign_html")
    if _XML.match(text):
        raise Refused("foreign_xml")
    if _JSON.match(text):
        raise Refused("foreign_json")
    return DELIMITED


def _compound(path: Path) -> str:
    names = ole.stream_names(path)
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        raise Refused("encrypted")
    if names & {"_VBA_PROJECT_CUR", "VBA", "_VBA_PROJECT", "Macros"}:
        raise Refused("macros")
    if names & {"Workbook", "Book", "WORKBOOK", "BOOK"}:
        return "xls"
    raise Refused("foreign_document")


def _package(path: Path, limits: Limits) -> str:
    _small_directory(path, limits)
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            _safe_entries(entries, limits)
            names = {entry.filename for entry in entries}
            kinds = _read_part(package, "[Content_Types].xml")
            if any(_MACRO_PARTS.search(name) for name in names) or re.search(
                rb"macroEnabled|vbaProject", kinds
            ):
                raise Refused("macros")
            if "mimetype" in names:
                return _open_document(package, names)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, struct.error) as error:
        raise Refused("damaged", format="Excel") from error
    lowered = {name.lower() for name in names}
    for part, found in (("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "xlsb")):
        if part in lowered:
            return found
    if any(name.startswith(("word/", "ppt/")) for name in lowered):
        raise Refused("foreign_document")
    if any(name.endswith(".iwa") or name == "index.zip" for name in lowered):
        raise Refused("foreign_numbers")
    raise Refused("foreign_archive")


def _small_directory(path: Path, limits: Limits) -> None:
    """Refuse a container whose directory alone would cost memory; the count may lie, so both."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise Refused("truncated", format="Excel")
    entries, directory = struct.unpack_from("<HI", tail, at + 10)
    if entries > limits.packed_entries or directory > _DIRECTORY_BYTES:
        raise Refused("packed_entries", limit=limits.packed_entries)


def _safe_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.packed_entries:
        raise Refused("packed_entries", limit=limits.packed_entries)
    total = 0
    for entry in entries:
        # ZipInfo cuts a name at its first NUL and turns backslashes; look at it as it was.
        name = entry.orig_filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name or "\0" in name:
            raise Refused("unsafe_names", entry=name[:80])
        if entry.flag_bits & 0x1:
            raise Refused("encrypted")
        total += entry.file_size
        swollen = entry.file_size > limits.unpacked_ratio * max(1, entry.compress_size)
        if total > limits.unpacked_bytes or (swollen and entry.file_size > 4_000_000):
            raise Refused("zip_bomb", size=total)
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise Refused("damaged", format="Excel")


def _open_document(package: zipfile.ZipFile, names: set[str]) -> str:
    kind = _read_part(package, "mimetype")
    if not kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise Refused("foreign_document")
    if b"encryption-data" in _read_part(package, "META-INF/manifest.xml"):
        raise Refused("encrypted")
    if "content.xml" not in names:
        raise Refused("damaged", format="ODS")
    return "ods"


def _read_part(package: zipfile.ZipFile, name: str) -> bytes:
    try:
        with package.open(name) as part:
            return part.read(1_000_000)
    except KeyError:
        return b""
