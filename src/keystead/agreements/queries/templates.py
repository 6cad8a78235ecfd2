"""A company's own contract templates, and what one may name."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.models.documents import AREA
from keystead.agreements.queries.contract_paper import BLOCKS, WORDS, shipped_template
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.kit.files.kept import kept


@dataclasses.dataclass(frozen=True)
class Template:
    """A template that contracts may be written with."""

    id: int
    name: str
    size_bytes: int
    added_at: datetime
    added_by: str
    version: int


def templates(actor: Actor) -> tuple[Template, ...]:
    """Return the company's templates that hold, the latest first."""
    actor.require("agreements.view")
    rows = models.ContractTemplate.objects.filter(withdrawn_at=None).select_related("created_by")
    return tuple(
        Template(
            row.pk, row.name, row.size_bytes, row.created_at, str(row.created_by or ""), row.version
        )
        for row in rows.order_by("-id")
    )


def template_bytes(actor: Actor, template_id: int) -> bytes:
    """Return a template; 0 is the one that ships with Keystead."""
    actor.require("agreements.view")
    if not template_id:
        return shipped_template()
    row = models.ContractTemplate.objects.filter(pk=template_id, withdrawn_at=None).first()
    if row is None:
        raise NotFound(_("There is no such template."), code="template_not_found")
    return kept(AREA, row.sha256)


def placeholders() -> tuple[tuple[str, str, bool], ...]:
    """Return what a template may name: placeholder, what stands there, whether it is a block."""
    found = [(name, str(text), False) for name, text in WORDS.items()]
    return tuple(found + [(name, str(text), True) for name, text in BLOCKS.items()])
