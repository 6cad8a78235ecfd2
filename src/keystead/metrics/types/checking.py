"""What a check of a document finds: each figure in it against its proof."""

from __future__ import annotations

import dataclasses
from enum import StrEnum

from keystead.kernel.standing import Standing


class Verdict(StrEnum):
    """How a figure of a document stands, the worst last.

    ``changed``: it was right, and is another one now. ``edited``: the file no longer says what was
    written, or never said what its proof gives. ``unknown``: the proof cannot be opened.
    """

    EQUAL = "equal"
    CHANGED = "changed"
    EDITED = "edited"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class InFile:
    """A figure as it stands in a file: its place, what is read there, what was meant, its proof."""

    place: str
    text: str
    meant: str
    value: str
    proof: str
    measure: str = ""


@dataclasses.dataclass(frozen=True)
class CheckedFigure:
    """A figure with its verdict; ``standing`` None where the proof is unknown."""

    figure: InFile
    verdict: Verdict
    standing: Standing | None = None


@dataclasses.dataclass(frozen=True)
class CheckedFile:
    """A whole document. A file without any figure that carries a proof has none."""

    name: str
    sha256: str
    figures: tuple[CheckedFigure, ...]

    def count(self, verdict: Verdict) -> int:
        return sum(1 for one in self.figures if one.verdict is verdict)

    @property
    def worst(self) -> Verdict:
        """Return the verdict of the whole: the worst of its figures; unknown where it has none."""
        order = list(Verdict)
        found = [one.verdict for one in self.figures]
        return max(found, key=order.index) if found else Verdict.UNKNOWN
