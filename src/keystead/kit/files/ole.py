"""Names of the streams in an OLE container (.xls, encrypted workbooks), read without trust."""

from __future__ import annotations

import struct
from pathlib import Path

from keystead.kit.files.types import Refused

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFE  # and anything above: no sector
_ENTRY = 128


def stream_names(path: Path) -> frozenset[str]:
    """Return the names in the directory; raises Refused for a truncated or looping container."""
    with path.open("rb") as file:
        header = file.read(512)
        if len(header) < 512:
            raise Refused("truncated", format="XLS")
        shift = struct.unpack_from("<H", header, 30)[0]
        if shift not in (9, 12):
            raise Refused("damaged", format="XLS")
        size = 1 << shift
        sectors = max(0, (path.stat().st_size - 512) // size + 1)

        def sector(number: int) -> bytes:
            if number >= sectors:
                raise Refused("truncated", format="XLS")
            file.seek((number + 1) * size)
            return file.read(size)

        fat_sectors = [n for n in struct.unpack_from("<109I", header, 76) if n < _END]
        names: set[str] = set()
        number, seen = struct.unpack_from("<I", header, 48)[0], set[int]()
        while number < _END:
            if number in seen or len(seen) > 10_000:
                raise Refused("damaged", format="XLS")
            seen.add(number)
            names |= _names(sector(number))
            which, place = divmod(number, size // 4)
            if which >= len(fat_sectors):  # beyond 7 MB of FAT the directory never lies
                break
            table = sector(fat_sectors[which])
            if len(table) < (place + 1) * 4:
                raise Refused("truncated", format="XLS")
            number = struct.unpack_from("<I", table, place * 4)[0]
        return frozenset(names)


def _names(block: bytes) -> set[str]:
    found = set()
    for start in range(0, len(block) - _ENTRY + 1, _ENTRY):
        length = struct.unpack_from("<H", block, start + 64)[0]
        if 2 <= length <= 64:
            raw = block[start : start + length - 2]
            found.add(raw.decode("utf-16-le", errors="replace").strip("\x01\x05"))
    return found
