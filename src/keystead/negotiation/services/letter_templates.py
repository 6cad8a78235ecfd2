"""Letter templates of the house: added once they can be filled, withdrawn, never deleted."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from keystead.kit.access import Actor
from keystead.kit.office.documents.faults import refused
from keystead.kit.office.documents.shelf import add_to, withdraw_from
from keystead.negotiation.queries.letter_templates import SHELF


def add_letter_template(*, actor: Actor, content: bytes, name: str, language: str = "") -> int:
    """Keep a template under a name and return its id; needs ``reference.edit``.

    Raises as ``shelf.add_to``, and Invalid for a language that no letter is written in.
    """
    actor.require("reference.edit")
    if language and language not in {code for code, _name in settings.LANGUAGES}:
        raise refused(_("Letters are not written in this language."), "language", "language")
    return add_to(SHELF, actor=actor, content=content, name=name, language=language)


def withdraw_letter_template(
    *, actor: Actor, template_id: int, expected_version: int | None = None
) -> None:
    """Take a template out of use; letters written with it stay as they are. One audit row."""
    withdraw_from(SHELF, actor=actor, template_id=template_id, expected_version=expected_version)
