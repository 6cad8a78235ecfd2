"""The figures that a file carries, found again in the file as it is now.

``text`` of a figure that somebody edited differs from ``meant``; of one that is gone it is empty.
A figure of a chart is read from the chart's workbook, and what is drawn must agree with it.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from keystead.kit.office.proofs import book, deck, paper
from keystead.kit.office.proofs.parts import Parts, Unreadable
from keystead.kit.office.slides import Carried

__all__ = ["Kind", "Unreadable", "carried"]

Kind: TypeAlias = Literal["pptx", "xlsx", "docx"]


def carried(content: bytes, kind: Kind) -> tuple[Carried, ...]:
    """Return every figure with a proof that was written into a file, in the order of the file.

    Raises Unreadable for what is no such file, is too large unpacked, or declares entities. A
    file that carries no proofs gives nothing.
    """
    parts = Parts(content)
    match kind:
        case "pptx":
            return deck.figures(parts)
        case "xlsx":
            return book.figures(parts)
        case "docx":
            return paper.figures(parts)
