"""The parts of a presentation beside its new slides: kept samples, proofs, properties."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part as FilePart
from pptx.opc.packuri import PackURI
from pptx.oxml.ns import qn

from keystead.kit.office.deck import tokens, traces
from keystead.kit.office.deck.ink import plain
from keystead.kit.office.slides import Deck, Part

if TYPE_CHECKING:
    from keystead.kit.office.deck.write import SlideWriter


@dataclasses.dataclass
class Kept:
    """The slides of the template that stay: ``before`` the deck and behind it."""

    slides: list[Any]
    mark: Any = None  # the slide in whose place the deck goes
    covered: bool = False  # a kept slide already shows the title of the deck

    def fill(self, made: Any, words: Mapping[str, Part], writer: SlideWriter) -> None:
        """Fill the placeholders of the kept slides; their figures carry their proofs."""
        for slide in self.slides:
            writer.sample(slide, tokens.fill(slide, words))

    def order(self, made: Any) -> None:
        """Bring the deck to its mark, or behind what was kept."""
        if self.mark is None:
            _numbered(made)
            return
        listed = made.part._element.find(qn("p:sldIdLst"))
        place = list(listed).index(self.mark)
        count = sum(1 for _slide in self.slides)
        for entry in list(listed)[count + 1 :]:
            listed.remove(entry)
            listed.insert(place, entry)
            place += 1
        _drop(made, [self.mark])


def keep_slides(made: Any, words: Mapping[str, Part]) -> Kept:
    """Take out the samples of a template; those with placeholders stay.

    Raises TemplateProblem for a placeholder that is unknown or not closed.
    """
    listed = made.part._element.find(qn("p:sldIdLst"))
    entries = list(listed) if listed is not None else []
    slides = list(made.slides)
    used = [slide for slide in slides if tokens.has_tokens(slide)]
    tokens.check(used, words)
    kept, mark, gone = Kept([]), None, []
    for entry, slide in zip(entries, slides, strict=True):
        if slide not in used:
            gone.append(entry)
        elif mark is None and tokens.marks_place(slide):
            mark = entry
        else:
            kept.slides.append(slide)
    kept.mark = mark
    kept.covered = "title" in tokens.names(kept.slides)
    _drop(made, gone)
    return kept


def _drop(made: Any, entries: list[Any]) -> None:
    """Take slides out, with the lists and links that name them."""
    presentation = made.part._element
    listed = presentation.find(qn("p:sldIdLst"))
    gone = {}
    for entry in entries:
        relation = entry.get(qn("r:id"))
        gone[made.part.related_part(relation)] = entry
        listed.remove(entry)
        made.part.drop_rel(relation)
    if not gone:
        return
    _numbered(made)
    for name in ("p:custShowLst", "p:extLst"):  # shows and sections name slides by number
        for element in presentation.findall(qn(name)):
            presentation.remove(element)
    for slide in made.slides:
        for relation, target in list(slide.part.rels.items()):
            if not target.is_external and target.target_part in gone:
                for link in list(slide._element.iter(qn("a:hlinkClick"), qn("a:hlinkHover"))):
                    if link.get(qn("r:id")) == relation:
                        link.getparent().remove(link)
                slide.part.rels.pop(relation)


def _numbered(made: Any) -> None:
    """Name the parts of slides by their order: the library counts on it for the next name."""
    listed = made.part._element.find(qn("p:sldIdLst"))
    made.part.rename_slide_parts([entry.get(qn("r:id")) for entry in listed])


def proof_part(made: Any, deck: Deck, writer: SlideWriter) -> None:
    """Add the part that says where each figure stands and what proves it."""
    for relation, target in list(made.part.rels.items()):
        if target.reltype == RELATIONSHIP_TYPE.CUSTOM_XML and (
            traces.SPACE.encode() in target.target_part.blob[:300]
        ):
            made.part.rels.pop(relation)  # of the deck that served as the template
    listed = list(made.part._element.find(qn("p:sldIdLst")))
    slides = []
    for place, entry in enumerate(listed, start=1):
        shapes = writer.shapes.get(made.part.related_part(entry.get(qn("r:id"))), [])
        slides.append(traces.slide_entry(int(entry.get("id")), place, shapes))
    contents = {
        "language": deck.language, "made_on": deck.made_on.isoformat(), "slides": slides,
    }  # fmt: skip
    name = PackURI(made.part.package.next_partname("/customXml/item%d.xml"))
    part = FilePart(name, "application/xml", made.part.package, traces.part(contents))
    made.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def properties(made: Any, deck: Deck) -> None:
    """Say who wrote the file and when, with the date of the deck in place of the clock."""
    day = deck.made_on
    moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a date, no clock
    core = made.core_properties
    core.title = plain(deck.title)[:200]
    core.author = core.last_modified_by = "Keystead"
    core.created = core.modified = moment
    core.language, core.revision = deck.language, 1
