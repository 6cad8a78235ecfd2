"""Invitations: the first event of an iCalendar file (RFC 5545)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from keystead.kit.files.letters.lines import Line, lines_of
from keystead.kit.files.types import Refused

OTHERS = 200
_TIME = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


def read_invitation(content: bytes) -> dict[str, Any]:
    """Return what the first event of the file says; see ``reader`` for the shape.

    ``events`` counts them all. An unknown time zone leaves the time as it stands. Raises Refused
    when there is no event, or it has no day.
    """
    event: list[Line] = []
    inside, events = 0, 0
    for line in lines_of(content):
        word = line.value.strip().upper()
        if line.name == "BEGIN":
            inside += inside > 0 or word == "VEVENT"
            events += inside == 1 and word == "VEVENT"
        elif line.name == "END":
            inside -= inside > 0
        elif inside == 1 and events == 1 and len(event) < 2000:
            event.append(line)
    first: dict[str, Line] = {}
    for line in event:
        first.setdefault(line.name, line)
    when = _when(first["DTSTART"]) if "DTSTART" in first else ""
    if not when:
        raise Refused("damaged", format="iCalendar")
    return {
        "kind": "invitation",
        "when": when,
        "events": events,
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
