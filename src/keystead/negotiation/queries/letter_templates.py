"""Letter templates of the house."""

from __future__ import annotations

from typing import Final

from keystead.kit.access import Actor
from keystead.kit.office.documents.shelf import Shelf, Template, template_on, templates_on
from keystead.negotiation import models
from keystead.negotiation.queries.letters import BLOCKS, WORDS, shipped_letter

LARGEST: Final = 2 * 1024 * 1024
SHELF: Final = Shelf(
    models.LetterTemplateRow, "letter_templates", "negotiation.letters.template",
    "letter_template", WORDS, BLOCKS, LARGEST,
)  # fmt: skip


def letter_templates(actor: Actor) -> tuple[Template, ...]:
    """Return the templates of the house that are in use, the latest first."""
    actor.require("negotiation.view")
    return templates_on(SHELF)


def letter_template(actor: Actor, template_id: int) -> bytes:
    """Return a template; 0 is the one that ships with Keystead."""
    actor.require("negotiation.view")
    return template_on(SHELF, template_id) if template_id else shipped_letter()
