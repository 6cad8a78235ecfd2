"""COUNTER reports and title lists that are dropped on the import desk."""

from __future__ import annotations

from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _

from keystead.connectors.counter.services.intake import receive_report, take_run
from keystead.connectors.counter.services.sniffing import looks_like_kbart, looks_like_report
from keystead.connectors.counter.types.harvest import Run, RunState
from keystead.kit.access import Actor
from keystead.ledger.services.desk import takes_files
from keystead.ledger.types import Handed

_GOOD = frozenset({RunState.LOADED, RunState.SAME, RunState.NO_USAGE})


@takes_files
def take(actor: Actor, path: Path, name: str, now: bool) -> Handed | None:
    """Take a COUNTER report in: it is read, checked and loaded, nobody is asked for columns."""
    if looks_like_kbart(path):
        return Handed(
            reverse("counter:add_titles"),
            _("This is a KBART title list. Say whose it is, and bring it in here."),
            good=False,
        )
    if not looks_like_report(path):
        return None
    run = receive_report(actor=actor, path=path, name=name, start=not now)
    page = reverse("counter:report", args=[run.id])
    if not now:
        return Handed(page, _("This is a COUNTER report. It is being read and loaded."))
    return _told(take_run(actor=actor, run_id=run.id), page)


def _told(run: Run, page: str) -> Handed:
    what = f"{run.report_id} {run.release}".strip()
    said = {"what": what, "rows": run.rows, "why": run.why, "batch": run.batch_id}
    if run.state == RunState.LOADED:
        return Handed(page, _("%(what)s: %(rows)s rows loaded as import %(batch)s.") % said)
    return Handed(page, _("%(what)s: %(why)s") % said, good=run.state in _GOOD)
