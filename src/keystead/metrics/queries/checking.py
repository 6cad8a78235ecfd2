"""Checks a document: every figure in it that carries a proof, against the proof."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from keystead.kit.access import Actor
from keystead.kit.office.documents.reader import read_document
from keystead.kit.office.slides import Carried
from keystead.metrics.calc.checking import verdict
from keystead.metrics.queries.standing import standings
from keystead.metrics.types.checking import CheckedFigure, CheckedFile, InFile


def check_document(*, actor: Actor, content: bytes, name: str) -> CheckedFile:
    """Return how each figure of a PowerPoint, Excel or Word file stands; nothing of it is kept.

    The file is read in a capped process of its own. Each proof is worked out once per state of the
    ledger, whatever the number of places it stands at. Raises SourceProblem for a file that is
    refused, NotAllowed without ``metrics.view``.
    """
    actor.require("metrics.view")
    found = read_document(content, name=name)
    return CheckedFile(found.name, found.sha256, check_figures(actor, found.figures))


def check_figures(actor: Actor, carried: Iterable[Carried]) -> tuple[CheckedFigure, ...]:
    """Return the verdict on each figure that was found in a file."""
    figures = [InFile(**dataclasses.asdict(one)) for one in carried]
    known = standings(actor=actor, proof_ids=[one.proof for one in figures])
    return tuple(
        CheckedFigure(one, verdict(one, known.get(one.proof)), known.get(one.proof))
        for one in figures
    )
