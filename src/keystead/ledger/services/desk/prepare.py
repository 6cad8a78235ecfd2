"""Carries a batch as far as it goes without a person: read, recognise, map, match, check."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict, Invalid, KeysteadError
from keystead.kit.access import Actor
from keystead.kit.testing import faults
from keystead.ledger.services.desk import checking
from keystead.ledger.services.desk.planning import plan
from keystead.ledger.services.desk.reading import read
from keystead.ledger.services.desk.receiving import same_file
from keystead.ledger.services.desk.work import Work, work_on
from keystead.ledger.types import BatchState

Progress = Callable[[int, int, str], None]
READING, PLANNING, CHECKING, DONE = "reading", "planning", "checking", "done"
_ROUNDS = 5


def prepare(*, actor: Actor, batch_id: int, progress: Progress | None = None) -> None:
    """Bring a batch up to date with its file and its decisions.

    Needs ``ledger.import``. Every step may run again at any time: after a kill the job starts
    over and finds what is done. Stops at a question; a file that cannot be read fails the batch
    and raises SourceProblem. Writes the work folder, the desk's row, and the batch's state,
    counts and totals. Nothing is posted here.
    """
    actor.require("ledger.import")
    tell = progress or _silent
    for _round in range(_ROUNDS):
        work = work_on(actor, batch_id)
        if not (work.is_open or work.is_posted):
            return
        if not _step(actor, work, tell):
            return
        if work_on(actor, batch_id).stamp() == work.desk.stamp:  # nothing was said meanwhile
            return


def _step(actor: Actor, work: Work, tell: Progress) -> bool:
    tell(0, 0, READING)
    try:
        if not read(actor, work, tell):
            return False
        if not work.is_posted:
            tell(0, 0, PLANNING)
            if not plan(actor, work):
                return False
            if _is_repeat(actor, work):
                return False
        faults.reach("import.after_plan")
        tell(0, 0, CHECKING)
        result = checking.run_check(actor, work)
        with transaction.atomic():
            checking.write(actor, work, result)
    except Conflict:
        return True  # somebody decided something meanwhile: begin again with it
    except Invalid as error:
        _note(actor, work, error)
        return False
    tell(1, 1, DONE)
    return True


def _note(actor: Actor, work: Work, error: KeysteadError) -> None:
    """A decision that cannot be carried out is shown on the batch; it stays open."""
    work.batch.refresh_from_db(fields=["version"])
    work.batch.problem = error.as_dict()
    if not work.is_posted:
        work.batch.state = BatchState.MAPPING
    work.batch.save_checked(actor)


def _is_repeat(actor: Actor, work: Work) -> bool:
    """Close the batch when the same file is there already for this dataset and source."""
    batch = work.batch
    first = same_file(actor, work.desk.upload_sha256, batch.dataset, batch.source)
    if first is None or first == batch.pk or first > batch.pk:
        return False
    batch.state = BatchState.CANCELLED
    batch.problem = Invalid(
        _("This file is here already, as import %(number)s. It has one effect only.")
        % {"number": first},
        code="same_file",
        hint=_("Open that import."),
        batch_id=first,
    ).as_dict()
    batch.save_checked(actor)
    return True


def _silent(_done: int, _total: int, _note: str) -> None:
    pass
