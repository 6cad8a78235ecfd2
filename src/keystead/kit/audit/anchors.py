"""The end of the trail, written down outside the database: what a cut or a roll-back cannot undo.

Each line of ``<home>/anchors/trail.jsonl`` (and of ``KEYSTEAD_ANCHOR_DIR``, best on another
machine) holds the place and the hash of the last row at a moment. A trail that no longer has that
row was cut, rolled back or written anew.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import os
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from keystead.kit.audit.chain import Break, trail_end, verify
from keystead.kit.models import AuditEntry

log = logging.getLogger("keystead.audit")
NAME = "trail.jsonl"
_AT_ONCE = 500


@dataclasses.dataclass(frozen=True, order=True)
class Anchor:
    """One line: the last row of the trail at a moment, and why it was written down."""

    seq: int
    hash: str
    at: str
    why: str = "daily"
    restart: bool = False


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Whether the trail proves itself, against its own hashes and against the anchors.

    ``unreadable`` counts lines of the anchor files that are no anchors; ``restarts`` are moments
    at which somebody declared that the trail goes on from an older state.
    """

    rows: int
    broken: Break | None
    anchors: int = 0
    newest: Anchor | None = None
    unreadable: int = 0
    restarts: tuple[Anchor, ...] = ()

    @property
    def ok(self) -> bool:
        return self.broken is None


def folders() -> list[Path]:
    """Return where anchors are kept: beside the data, and where the company wants them."""
    found = [Path(settings.KEYSTEAD_HOME) / "anchors"]
    if settings.KEYSTEAD_ANCHOR_DIR:
        found.append(Path(settings.KEYSTEAD_ANCHOR_DIR))
    return found


def anchor(why: str = "daily", *, restart: bool = False) -> Anchor:
    """Write down where the trail ends now, in every folder; mail it if an address is named.

    A folder that cannot be written is logged, and raised once the others have it.
    """
    seq, digest = trail_end()
    now = timezone.now().isoformat(timespec="seconds")
    made = Anchor(seq, digest, now, why, restart)
    trouble: OSError | None = None
    for folder in folders():
        try:
            _append(folder / NAME, made)
        except OSError as error:
            log.exception("the anchor of the trail could not be kept in %s", folder)
            trouble = error
    _mail(made)
    if trouble is not None:
        raise trouble
    return made


def _append(path: Path, made: Anchor) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(dataclasses.asdict(made), ensure_ascii=False).encode() + b"\n"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = b"\n" + line  # a line that a crash tore stays a line of its own
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)


def _mail(made: Anchor) -> None:
    if not (settings.KEYSTEAD_MAIL and settings.KEYSTEAD_ANCHOR_MAIL):
        return
    body = f"row {made.seq}\nhash {made.hash}\nat {made.at}\nwhy {made.why}\n"
    try:
        send_mail(f"Keystead trail at row {made.seq}", body, None, [settings.KEYSTEAD_ANCHOR_MAIL])
    except OSError:
        log.warning("the anchor of the trail could not be mailed", exc_info=True)


def prove(after: tuple[int, str] = (0, "")) -> Verdict:
    """Check the whole trail: its chain, then every anchor. The first bad row is named.

    ``after``: a row up to which the chain was proved before; the anchors are all looked at.
    """
    rows, broken = verify(after)
    counting: set[Anchor] = set()
    every: dict[Anchor, None] = {}
    unreadable = 0
    for folder in folders():
        found, spoilt = _read(folder / NAME)
        unreadable += spoilt
        every.update(dict.fromkeys(found))
        counting.update(_still_counting(found))
    if broken is None:
        broken = _compare(sorted(counting), rows)
    restarts = tuple(one for one in every if one.restart)
    newest = max(every, key=lambda one: (one.at, one.seq), default=None)
    return Verdict(rows, broken, len(every), newest, unreadable, restarts)


def _read(path: Path) -> tuple[list[Anchor], int]:
    """Return the anchors of a file in the order they were written, and unreadable lines."""
    found: list[Anchor] = []
    unreadable = 0
    for line in filter(None, path.read_bytes().splitlines() if path.exists() else []):
        try:
            found.append(Anchor(**json.loads(line)))
        except (ValueError, TypeError):
            unreadable += 1
    return found, unreadable


def _still_counting(found: list[Anchor]) -> list[Anchor]:
    """Leave out what a declared restart took back: earlier anchors of rows beyond its end."""
    kept: list[Anchor] = []
    for one in found:
        if one.restart:
            kept = [earlier for earlier in kept if earlier.seq <= one.seq]
        kept.append(one)
    return kept


def _compare(expected: list[Anchor], rows: int) -> Break | None:
    stored: dict[int, str] = {0: ""}
    wanted = [one.seq for one in expected]
    for start in range(0, len(wanted), _AT_ONCE):
        some = AuditEntry.objects.filter(pk__in=wanted[start : start + _AT_ONCE])
        stored.update(some.values_list("pk", "hash"))
    good = 0
    for one in expected:
        if one.seq > rows:
            first, last = rows + 1, one.seq
            reason = f"rows {first} to {last} are gone: they were there on {one.at}"
            return Break(first, reason + " (the tail was cut, or an older database put back)")
        if stored.get(one.seq) != one.hash:
            reason = f"rows {good + 1} to {one.seq} are not those that were there on {one.at}"
            return Break(good + 1, reason + " (written anew)")
        good = one.seq
    return None
