"""The trail as a file for an inspector, with a sheet that says what it is and whether it holds."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead import __version__
from keystead.doors.web.trail import sentence
from keystead.governance.types.trail import TrailEntry, TrailFilter
from keystead.kit import audit
from keystead.kit.office.sheets import Column, Sheet, to_csv, workbook


@dataclasses.dataclass
class Seen:
    """What went through: counted while the rows are written, told on the fact sheet."""

    rows: int = 0
    first: TrailEntry | None = None
    last: TrailEntry | None = None

    def through(self, entries: Iterator[TrailEntry]) -> Iterator[TrailEntry]:
        """Pass the entries on, counting."""
        for entry in entries:
            self.rows += 1
            self.first = self.first or entry
            self.last = entry
            yield entry


def as_workbook(entries: Iterator[TrailEntry], facts: dict[str, Any]) -> bytes:
    """Return an Excel file: the rows, and the fact sheet."""
    seen = Seen()
    rows = list(seen.through(entries))
    sheets = [trail_sheet(iter(rows)), fact_sheet({**facts, **seen_facts(seen)})]
    return workbook(sheets, title=_("Audit trail"))


def as_archive(entries: Iterator[TrailEntry], facts: dict[str, Any]) -> bytes:
    """Return a ZIP of two CSV files: the rows, and the fact sheet."""
    seen = Seen()
    rows = to_csv(trail_sheet(seen.through(entries)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("trail.csv", rows)
        archive.writestr("fact-sheet.csv", to_csv(fact_sheet({**facts, **seen_facts(seen)})))
    return buffer.getvalue()


def trail_sheet(entries: Iterator[TrailEntry]) -> Sheet:
    """Return the sheet of rows; values before and after as JSON, each row with its hash."""
    columns = [
        Column(_("Row"), "integer"),
        Column(_("When (UTC)"), "datetime", number_format="yyyy-mm-dd hh:mm:ss", width=20),
        Column(_("Who")),
        Column(_("User number"), "integer"),
        Column(_("What was done")),
        Column(_("Action")),
        Column(_("Object")),
        Column(_("Object number")),
        Column(_("Account number"), "integer"),
        Column(_("Before")),
        Column(_("After")),
        Column(_("Why")),
        Column(_("From where")),
        Column(_("Hash")),
    ]
    return Sheet(_("Audit trail"), columns, (_cells(entry) for entry in entries))


def fact_sheet(facts: dict[str, Any]) -> Sheet:
    """Return the sheet that says what the rows are."""
    columns = [Column(_("Fact"), width=34), Column(pgettext("fact", "Value"), width=80)]
    return Sheet(_("Fact sheet"), columns, list(facts.items()))


def facts_for(
    actor_name: str, wanted: TrailFilter, verdict: audit.Verdict, proved_at: str = ""
) -> dict[str, Any]:
    """Return what is known before the rows are read: who, when, filter, verdict."""
    newest = verdict.newest
    return {
        _("Made by"): actor_name,
        _("Made at (UTC)"): timezone.now().strftime("%Y-%m-%d %H:%M:%S"),
        _("Keystead version"): __version__,
        _("Filter"): json.dumps(wanted.as_data(), ensure_ascii=False, sort_keys=True),
        _("Rows in the whole trail"): verdict.rows,
        _("Does the trail verify"): verdict_words(verdict),
        _("Proved"): _since(proved_at),
        _("Anchors outside the database"): verdict.anchors,
        _("Newest anchor"): f"{newest.at}, {newest.seq}, {newest.hash}" if newest else "–",
    }


def _since(proved_at: str) -> str:
    if not proved_at:
        return _("all of it just now")
    return _("all of it at %(at)s, and just now what came since") % {"at": proved_at}


def verdict_words(verdict: audit.Verdict) -> str:
    """Return the verdict in the reader's language; the reason of a break stays as it was found."""
    if verdict.broken is None:
        return _("Yes: every row, every link and every anchor")
    words = {"row": verdict.broken.seq, "reason": verdict.broken.reason}
    return _("No: first bad row %(row)s (%(reason)s)") % words


def seen_facts(seen: Seen) -> dict[str, Any]:
    """Return how many rows there are, the first and the last with their hashes."""
    return {
        _("Rows in this file"): seen.rows,
        _("First row"): f"{seen.first.id}, {seen.first.hash}" if seen.first else "–",
        _("Last row"): f"{seen.last.id}, {seen.last.hash}" if seen.last else "–",
    }


def _cells(entry: TrailEntry) -> list[Any]:
    return [
        entry.id, entry.at, entry.actor, entry.actor_id, sentence(entry.action), entry.action,
        entry.subject_type, entry.subject_id, entry.account_id, _json(entry.old),
        _json(entry.new), entry.why, entry.source, entry.hash,
    ]  # fmt: skip


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""
