"""Own words in a story: they may name figures, never type them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from keystead.kernel.errors import Invalid
from keystead.reviews.rules.storyline import storyline
from keystead.reviews.types.cycle import Edits
from keystead.reviews.types.marking import gettext_noop as _
from keystead.reviews.types.material import Material

# Numbers that are labels: a year, a quarter, a half, a size inside a name (B12, 2x50).
_LABEL: Final = re.compile(r"\b(?:19|20)\d{2}\b|\b[QqHhTtSs][1-4]\b|\b\w*[^\W\d_]\w*\b", re.UNICODE)
_NUMBER: Final = re.compile(r"\d")
PLACE: Final = re.compile(r"\{([a-z][a-z_]*)\}")
MOST_WORDS, MOST_PARTS = 600, 40


def loose_numbers(text: str, names: Iterable[str] = ()) -> bool:
    """Say whether a text types a number that no figure stands behind.

    Labels are no figures: years, quarters, sizes in names; ``names`` of products and people are
    left alone, and so are the places of figures in braces.

    >>> loose_numbers("{sell_in} in Q3 2026"), loose_numbers("up by 12%")
    (False, True)
    """
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    text = _LABEL.sub(" ", PLACE.sub(" ", text))
    return bool(_NUMBER.search(text))


def check_edits(edits: Edits, material: Material) -> None:
    """Raise Invalid where edits name a part that is not there, or own words type a figure.

    Names in the material may hold digits; figures of it stand in braces.
    """
    keys = frozenset(one.key for one in storyline(material, Edits()))
    figures = frozenset(name for name, fact in material.facts.items() if fact)
    names = {word for found in material.lists.values() for one in found
             for word in one.words.values() if len(word) > 1}  # fmt: skip
    unknown = [key for key in (*edits.order, *edits.left_out, *edits.own) if key not in keys]
    if unknown or len(edits.order) > MOST_PARTS:
        raise Invalid(_("There is no such part of the story."), code="part_unknown")
    known = (*names, material.account_name)
    for one in edits.own.values():
        texts = (one.title, one.text)
        if any(len(text) > MOST_WORDS for text in (*texts, one.notes)):
            raise _wrong(_("At most 600 characters."), "words_long")
        for text in texts:
            if loose_numbers(text, known):
                raise _wrong(
                    _("A number is a figure with a proof: name it in braces, such as {sell_in}."),
                    "words_number",
                )
            if any(name not in figures for name in PLACE.findall(text)):
                raise _wrong(_("There is no figure of this name."), "words_figure")


def _wrong(text: str, code: str) -> Invalid:
    return Invalid(text, code=code, fields={"text": text})
