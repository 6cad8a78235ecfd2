"""The checked rows, kept from the check until the post, so that a file is not checked twice.

What a person saw is posted as it was checked, as long as nothing it depends on has changed since;
else the rows are checked again. The kept rows are a shortcut: without them the outcome is the same.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from keystead.kit.access import Actor
from keystead.ledger.rules.check import Checked
from keystead.ledger.services.desk import staging
from keystead.ledger.services.desk.work import Work
from keystead.ledger.types.desk import RowState

FILE = "ready.arrow"
_STAMP, _ACTOR = b"keystead.stamp", b"keystead.actor"


def keep(folder: Path, checked: Checked, stamp: str, actor: Actor) -> None:
    """Write the rows that are ready into the folder of a check."""
    rows = checked.rows(RowState.READY)
    marks = {_STAMP: stamp.encode(), _ACTOR: str(actor.user_id).encode()}
    schema = rows.schema.with_metadata(marks)
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_file(str(folder / FILE), schema, options=options) as writer:
        writer.write_table(rows)


def forget(batch_id: int) -> None:
    """Remove the kept rows: they are posted."""
    (staging.folder_of(batch_id) / staging.CHECKED / FILE).unlink(missing_ok=True)


def rows(actor: Actor, work: Work) -> pa.Table | None:
    """Return the kept rows of a batch; None = the rows must be checked again."""
    place = staging.folder_of(work.batch.pk) / staging.CHECKED / FILE
    stamp = work.desk.stamp
    if not stamp or work.stamp() != stamp:
        return None
    try:
        with pa.ipc.open_file(str(place)) as reader:
            marks = reader.schema.metadata or {}
            if (marks.get(_STAMP), marks.get(_ACTOR)) != (
                stamp.encode(), str(actor.user_id).encode(),
            ):  # fmt: skip
                return None
            return reader.read_all()
    except (OSError, pa.ArrowInvalid):
        return None  # cleaned away, or cut off
