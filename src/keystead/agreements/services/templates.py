"""A company's own contract templates: added once they can be filled, withdrawn, never deleted."""

from __future__ import annotations

from keystead.agreements.queries.templates import SHELF
from keystead.kit.access import Actor
from keystead.kit.office.documents.shelf import add_to, withdraw_from


def add_template(*, actor: Actor, content: bytes, name: str) -> int:
    """Keep a template under a name and return its id; needs ``reference.edit``.

    Raises as ``shelf.add_to``. One audit row.
    """
    return add_to(SHELF, actor=actor, content=content, name=name)


def withdraw_template(
    *, actor: Actor, template_id: int, expected_version: int | None = None
) -> None:
    """Take a template out of use; papers written with it stay as they are. One audit row."""
    withdraw_from(SHELF, actor=actor, template_id=template_id, expected_version=expected_version)
