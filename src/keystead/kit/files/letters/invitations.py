"""Invitations: the events of an iCalendar file (RFC 5545)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from keystead.kit.files.letters.lines import Line, lines_of
from keystead.kit.files.types import Refused

OTHERS = 200
EVENTS, LINES = 50, 20_000
_TIME = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


def read_invitation(content: bytes) -> dict[str, Any]:
    """Return what the first event of the file says; see ``reader`` for the shape.

    ``events`` counts them all; ``more`` holds the further ones that have a day, 50 in all. An
    unknown time zone leaves the time as it stands. Raises Refused when no event has a day.
    """
    events: list[list[Line]] = []
    inside, count, kept = 0, 0, 0
    for line in lines_of(content):
        word = line.value.strip().upper()
        if line.name == "BEGIN":
            inside += inside > 0 or word == "VEVENT"
            if inside == 1 and word == "VEVENT":
                count += 1
                if count <= EVENTS:
                    events.append([])
        elif line.name == "END":
            inside -= inside > 0
        elif inside == 1 and count <= EVENTS and len(events[-1]) < 2000 and kept < LINES:
            events[-1].append(line)
            kept += 1
    told = [found for event in events if (found := _event(event)) is not None]
    if not told:
        raise Refused("damaged", format="iCalendar")
    return {**told[0], "events": count, "more": told[1:]}


def _event(event: list[Line]) -> dict[str, Any] | None:
    first: dict[str, Line] = {}
    for line in event:
        first.setdefault(line.name, line)
    when = _when(first["DTSTART"]) if "DTSTART" in first else ""
    if not when:
        return None
    return {
        "kind": "invitation",
        "when": when,
        "cancelled": "STATUS" in first and first["STATUS"].value.strip().upper() == "CANCELLED",
        "subject": first["SUMMARY"].text if "SUMMARY" in first else "",
        "text": first["DESCRIPTION"].text if "DESCRIPTION" in first else "",
        "id": first["UID"].text.strip() if "UID" in first else "",
        "sender": _who(first["ORGANIZER"]) if "ORGANIZER" in first else None,
        "others": [_who(line) for line in event if line.name == "ATTENDEE"][:OTHERS],
        "attachments": [_attached(line) for line in event if line.name == "ATTACH"][:50],
    }


def _when(line: Line) -> str:
    """Return the beginning in ISO form: a day, a time of no place, or a time with its offset."""
    found = _TIME.fullmatch(line.value.strip())
    if found is None:
        return ""
    try:
        day = datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007 - a day
        if found[2] is None:
            return day.isoformat()
        time = datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S")  # noqa: DTZ007 - below
    except ValueError:
        return ""
    if found[3]:
        return time.replace(tzinfo=UTC).isoformat()
    try:
        zone = ZoneInfo(line.parameters["TZID"])
        return time.replace(tzinfo=zone).isoformat()
    except (KeyError, ValueError, OSError, ZoneInfoNotFoundError):
        return time.isoformat()


def _who(line: Line) -> dict[str, str]:
    address = line.value.strip()
    mail = address[7:] if address[:7].casefold() == "mailto:" else line.parameters.get("EMAIL", "")
    return {"name": line.parameters.get("CN", "")[:160].strip(), "email": mail[:254].strip()}


def _attached(line: Line) -> str:
    named = line.parameters.get("FILENAME") or line.parameters.get("X-FILENAME")
    if named or "VALUE" in line.parameters or "ENCODING" in line.parameters:
        return (named or "?")[:120]
    return line.value.split("?")[0].rstrip("/").rsplit("/", 1)[-1][:120]
