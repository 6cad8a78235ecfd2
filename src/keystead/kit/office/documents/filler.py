"""The child that fills templates: ``python -m keystead.kit.office.documents.filler``; no Django."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from keystead.kit.files.child import in_cage
from keystead.kit.files.types import ReadOptions
from keystead.kit.office.paper import Block, Paper
from keystead.kit.office.templates import TemplateProblem
from keystead.kit.office.word import faults, fill, opened

MOST_FAULTS = 20


@dataclasses.dataclass(frozen=True)
class Filling:
    """What one document is filled with: words and blocks by placeholder, title and language."""

    words: Mapping[str, str]
    blocks: Mapping[str, Sequence[Block]]
    paper: Paper


def work(job: dict[str, Any], out: Path, options: ReadOptions) -> dict[str, Any]:
    """Return what is wrong with a template; where nothing is, leave ``<n>.docx`` for each filling.

    The fillings come from our own parent process in a file that nobody else writes.
    """
    template = Path(job["path"]).read_bytes()
    try:
        made = opened(template)
    except TemplateProblem as error:
        return {"refused": error.code, "faults": []}
    words, blocks = frozenset(job["words"]), frozenset(job["blocks"])
    found = [dataclasses.asdict(one) for one in faults(made, words, blocks)][:MOST_FAULTS]
    if found or not job["fillings"]:
        return {"faults": found}
    fillings = pickle.loads(Path(job["fillings"]).read_bytes())  # noqa: S301  # nosec B301 - our parent's own
    for number, one in enumerate(fillings):
        content = fill(template, one.words, one.blocks, paper=one.paper)
        (out / f"{number}.docx").write_bytes(content)
    return {"faults": []}


if __name__ == "__main__":
    in_cage(work)
