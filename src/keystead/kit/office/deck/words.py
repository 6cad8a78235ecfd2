"""The few words that a document says by itself, in its own language."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext

from keystead.kit.office.slides import Content, Deck, Slide, Table, TableColumn


def no_figures(language: str) -> str:
    """Return what stands where there is nothing to show."""
    with translation.override(language):
        return gettext("There are no figures for this yet.")


def facts_slide(deck: Deck) -> Slide | None:
    """Return the fact sheet of a deck as a slide."""
    facts = deck.facts
    contents: list[Content] = []
    if facts.pairs:
        contents.append(Table((TableColumn("", share=0.3), TableColumn("", share=0.7)),
                              tuple((name, text) for name, text in facts.pairs)))  # fmt: skip
    with translation.override(deck.language):
        title = facts.title or gettext("Fact sheet")
        heads = (gettext("Metric"), gettext("How it is worked out"), gettext("Version"))
    if facts.metrics:
        shares = zip(heads, (0.25, 0.6, 0.15), strict=True)
        columns = tuple(TableColumn(label, share=share) for label, share in shares)
        contents.append(Table(columns, tuple(facts.metrics)))
    return Slide(key="facts", title=(title,), contents=tuple(contents)) if contents else None
