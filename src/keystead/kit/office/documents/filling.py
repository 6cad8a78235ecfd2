"""Word templates of a company, looked at and filled in the capped child process."""

from __future__ import annotations

import dataclasses
import pickle
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from keystead.kit.files import messages
from keystead.kit.files.caged import run
from keystead.kit.files.types import Limits, Refused
from keystead.kit.office.documents.filler import Filling
from keystead.kit.office.word import Fault

__all__ = ["Filling", "Looked", "fill_all", "look_at"]

LIMITS = Limits(
    file_bytes=25 * 1024 * 1024, memory_bytes=1024 * 1024 * 1024, cpu_seconds=60, wall_seconds=90
)
_CHILD = "keystead.kit.office.documents.filler"


@dataclasses.dataclass(frozen=True)
class Looked:
    """What is wrong with a template: ``refused`` is a code when it is no template at all."""

    refused: str = ""
    faults: tuple[Fault, ...] = ()

    @property
    def ready(self) -> bool:
        return not self.refused and not self.faults


def look_at(content: bytes, *, words: Iterable[str], blocks: Iterable[str]) -> Looked:
    """Return what is wrong with a template; raises SourceProblem where it cannot be parsed."""
    return _run(content, words, blocks, ())[0]


def fill_all(content: bytes, fillings: Sequence[Filling]) -> tuple[Looked, tuple[bytes, ...]]:
    """Return a document for each filling, made in one child; none where something is wrong.

    All fillings name the same placeholders. Raises SourceProblem where it cannot be parsed.
    """
    if not fillings:
        return Looked(), ()
    return _run(content, fillings[0].words, fillings[0].blocks, fillings)


def _run(
    content: bytes, words: Iterable[str], blocks: Iterable[str], fillings: Sequence[Filling]
) -> tuple[Looked, tuple[bytes, ...]]:
    name = "template.docx"
    try:
        if len(content) > LIMITS.file_bytes:
            raise Refused("too_big", size=len(content), limit=LIMITS.file_bytes)
        with tempfile.TemporaryDirectory(prefix="keystead-") as folder:
            path, given = Path(folder) / name, Path(folder) / "fillings"
            path.write_bytes(content)
            if fillings:
                given.write_bytes(pickle.dumps(list(fillings)))
            job: dict[str, Any] = {
                "path": str(path), "name": name, "words": sorted(words), "blocks": sorted(blocks),
                "fillings": str(given) if fillings else "",
            }  # fmt: skip
            found = run(_CHILD, job, Path(folder), LIMITS)
            faults = tuple(
                Fault(**{**one, "numbers": tuple(one["numbers"])}) for one in found["faults"]
            )
            looked = Looked(found.get("refused", ""), faults)
            made = () if not looked.ready else tuple(
                (Path(folder) / f"{number}.docx").read_bytes() for number in range(len(fillings))
            )  # fmt: skip
    except Refused as refused:
        raise messages.refusal(refused.code, refused.values, name) from refused
    return looked, made
