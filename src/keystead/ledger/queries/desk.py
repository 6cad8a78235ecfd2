"""What the import desk shows of one batch: columns, questions, codes, problems, totals."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keystead.kernel.errors import NotFound
from keystead.kit import jobs
from keystead.kit.access import Actor
from keystead.kit.files import duck
from keystead.kit.files.types import SourceFile
from keystead.ledger import models
from keystead.ledger.models.folder import home
from keystead.ledger.queries.imports import batch as batch_of
from keystead.ledger.queries.imports import own_batches, visible_batches
from keystead.ledger.queries.known import proposals_for
from keystead.ledger.types import Batch
from keystead.ledger.types.desk import Proposal

PAGE = 50
OPEN_CODES = ("proposed", "ambiguous", "unknown", "blank")


@dataclasses.dataclass(frozen=True)
class DeskView:
    """A batch with the desk's work on it, as plain values."""

    batch: Batch
    file: SourceFile | None
    options: dict[str, Any]
    mapping: dict[str, Any]
    decisions: dict[str, Any]
    guesses: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    outcome: dict[str, Any]
    job: dict[str, Any] | None

    @property
    def is_busy(self) -> bool:
        return self.job is not None and self.job["state"] in {"waiting", "running"}

    @property
    def dropped(self) -> list[str]:
        return list(self.options.get("dropped", []))


@dataclasses.dataclass(frozen=True)
class CodeLine:
    """One code or name of a file and what it means, for the list of codes to confirm."""

    code: str
    name: str
    rows: int
    state: str
    target_id: int | None
    note: str
    text: str
    proposals: tuple[Proposal, ...] = ()


@dataclasses.dataclass(frozen=True)
class ProblemLine:
    """One row with one problem, and where it stands."""

    sheet: str
    row: int
    kind: str
    field: str
    column: str
    text: str
    state: str


def desk_of(actor: Actor, batch_id: int) -> DeskView:
    """Return the work on a batch; NotFound when it is missing, foreign, or came from no file.

    Who sees only some of its accounts gets no outcome: it adds up rows of others.
    """
    found = batch_of(actor, batch_id)
    row = visible_batches(actor).get(pk=batch_id)
    desk = models.DeskWork.objects.filter(pk=batch_id).first()
    if desk is None:
        raise NotFound("There is no such import.")
    whole = own_batches(actor).filter(pk=batch_id).exists()
    return DeskView(
        batch=found,
        file=SourceFile.from_dict(row.report) if row.report else None,
        options=row.options,
        mapping=row.mapping,
        decisions=desk.decisions,
        guesses=desk.guesses,
        questions=desk.questions,
        outcome=desk.outcome if whole else {},
        job=jobs.status(row.job_id) if row.job_id else None,
    )


def has_desk(actor: Actor, batch_id: int) -> bool:
    """Say whether a visible batch came from a file."""
    mine = visible_batches(actor).filter(pk=batch_id).exists()
    return mine and models.DeskWork.objects.filter(pk=batch_id).exists()


def code_lines(
    actor: Actor,
    batch_id: int,
    kind: str,
    *,
    states: Sequence[str] = (),
    offset: int = 0,
    limit: int = PAGE,
    proposals: bool = False,
) -> tuple[tuple[CodeLine, ...], int]:
    """Return one page of the codes of a batch, most rows first, and how many there are.

    ``states``: values of ``MatchState``; "open" stands for all that nobody has settled.
    ``proposals``: with the best guesses of those that are open.
    """
    place = _checked(actor, batch_id) / "matches.json"
    if not place.is_file():
        return (), 0
    lines = [CodeLine(*entry) for entry in json.loads(place.read_text("utf-8")).get(kind, [])]
    accepted = {one for state in states for one in (OPEN_CODES if state == "open" else [state])}
    wanted = [line for line in lines if not accepted or line.state in accepted]
    page = wanted[offset : offset + limit]
    if proposals:
        page = _with_proposals(actor, batch_id, kind, page)
    return tuple(page), len(wanted)


def _with_proposals(actor: Actor, batch_id: int, kind: str, page: list[CodeLine]) -> list[CodeLine]:
    source = batch_of(actor, batch_id).source
    asked = [line for line in page if line.target_id is None]
    guesses = proposals_for(actor, kind, source, [(line.code, line.name) for line in asked])
    found = {line.text: best for line, best in zip(asked, guesses, strict=True)}
    return [dataclasses.replace(line, proposals=found.get(line.text, ())) for line in page]


def problem_lines(
    actor: Actor,
    batch_id: int,
    *,
    kind: str = "",
    field: str = "",
    offset: int = 0,
    limit: int = PAGE,
) -> tuple[tuple[ProblemLine, ...], int]:
    """Return one page of the problem rows of a batch, in file order, and how many there are."""
    place = _checked(actor, batch_id) / "problems.parquet"
    if not place.is_file():
        return (), 0
    where, values = ["true"], [str(place)]
    for name, value in (("kind", kind), ("field", field)):
        if value:
            where.append(f"{name} = ?")
            values.append(value)
    text = f"from read_parquet(?) where {' and '.join(where)}"
    with duck.session() as session:
        count = session.rows(f"select count(*) {text}", values)[0][0]
        rows = session.rows(
            f'select sheet, source_row, kind, field, "column", text, state {text} '
            f"order by sheet, source_row limit {int(limit)} offset {int(offset)}",
            values,
        )
    lines = tuple(
        ProblemLine(sheet or "", row, kind, field, column or "", text or "", state)
        for sheet, row, kind, field, column, text, state in rows
    )
    return lines, int(count)


def _checked(actor: Actor, batch_id: int) -> Path:
    if not own_batches(actor).filter(pk=batch_id).exists():
        raise NotFound("There is no such import.")
    return home().locate(f"staging/{batch_id}/checked")
