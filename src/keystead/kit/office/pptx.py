"""PowerPoint of a deck: native text, tables and charts in our own master or in a company's.

Nothing overflows: text is measured, shrunk within limits, then goes on over the next slide. Each
figure that has a proof carries it: in a part of the file (``carried`` reads it back), in the
notes of its slide, in the workbook of its chart, and as a link where the deck has one. The same
contents always give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from pptx import Presentation

from keystead.kit.office.deck import own
from keystead.kit.office.deck.parts import keep_slides, proof_part, properties
from keystead.kit.office.deck.write import SlideWriter, shown_slides
from keystead.kit.office.slides import Deck, Part
from keystead.kit.office.templates import SLIDES, guard, problem, still

__all__ = ["opened", "presentation"]

_MOST: Final = 150_000_000
_MAIN: Final = "application/vnd.openxmlformats-officedocument.presentationml.{}.main+xml"


def presentation(
    deck: Deck,
    *,
    template: bytes | None = None,
    inside: bool = False,
    layouts: Mapping[str, str] | None = None,
    tokens: Mapping[str, Part] | None = None,
) -> bytes:
    """Return a deck as PowerPoint.

    ``template`` is a company's own presentation or template; ``layouts`` names its layouts for
    the kinds of slide (title, section, content, two) where their own names do not tell;
    ``tokens`` is what stands for ``{{ name }}`` in its slides, besides title, date and footer.
    ``inside`` writes slides too that the customer is never shown.

    Raises TemplateProblem for a template that is refused or has an unknown placeholder, Invalid
    for a layout that is not there.
    """
    made = opened(template if template is not None else own.template())
    words: dict[str, Part] = {
        "title": deck.title, "date": deck.made_on.isoformat(), "footer": deck.footer,
        **(tokens or {}),
    }  # fmt: skip
    writer = SlideWriter(made, deck, layouts or {})
    kept = keep_slides(made, words)
    kept.fill(made, words, writer)
    for slide in shown_slides(deck, inside=inside, covered=kept.covered):
        writer.write(slide)
    kept.order(made)
    proof_part(made, deck, writer)
    properties(made, deck)
    buffer = io.BytesIO()
    made.save(buffer)
    return still(buffer)


def opened(template: bytes) -> Any:
    """Return the presentation of a template, looked at before it is unpacked.

    Raises TemplateProblem for what is none, brings code, or reaches outside.
    """
    guard(template, SLIDES, most=_MOST)
    try:
        return Presentation(io.BytesIO(_as_presentation(template)))
    except Exception as error:  # whatever the library says of a file that is none
        raise problem(SLIDES, "template_unreadable") from error


def _as_presentation(template: bytes) -> bytes:
    """Return a template (.potx) as the presentation that it makes."""
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        types = archive.read("[Content_Types].xml").decode()
        changed = re.sub(re.escape(_MAIN.format("template")), _MAIN.format("presentation"), types)
        if changed == types:
            return template
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
            for part in archive.infolist():
                held = archive.read(part.filename)
                target.writestr(
                    part.filename, changed if part.filename == "[Content_Types].xml" else held
                )
    return buffer.getvalue()
