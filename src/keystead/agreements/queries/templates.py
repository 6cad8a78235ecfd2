"""A company's own contract templates, and what one may name."""

from __future__ import annotations

from typing import Final

from keystead.agreements import models
from keystead.agreements.models.documents import AREA
from keystead.agreements.queries.contract_paper import BLOCKS, WORDS, shipped_template
from keystead.kit.access import Actor
from keystead.kit.office.documents.shelf import Shelf, Template, template_on, templates_on

SHELF: Final = Shelf(
    models.ContractTemplate, AREA, "agreement.template", "contract_template", WORDS, BLOCKS
)


def templates(actor: Actor) -> tuple[Template, ...]:
    """Return the company's templates that hold, the latest first."""
    actor.require("agreements.view")
    return templates_on(SHELF)


def template_bytes(actor: Actor, template_id: int) -> bytes:
    """Return a template; 0 is the one that ships with Keystead."""
    actor.require("agreements.view")
    return template_on(SHELF, template_id) if template_id else shipped_template()


def placeholders() -> tuple[tuple[str, str, bool], ...]:
    """Return what a template may name: placeholder, what stands there, whether it is a block."""
    found = [(name, str(text), False) for name, text in WORDS.items()]
    return tuple(found + [(name, str(text), True) for name, text in BLOCKS.items()])
