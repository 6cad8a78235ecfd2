"""Word templates of the house: added once they can be filled, withdrawn, never deleted.

A room that writes papers keeps its own shelf of them; what is done with one is the same everywhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.files.kept import keep, kept
from keystead.kit.office.documents.faults import look_over, refused
from keystead.kit.office.documents.filling import LIMITS
from keystead.kit.quota import spend_upload


@dataclasses.dataclass(frozen=True)
class Shelf:
    """The templates of one sort: their rows, their folder, what one may name.

    ``action`` begins the verbs of the trail, ``subject`` is what it calls one.
    """

    rows: Any  # the model: name, sha256, size_bytes, withdrawn_at, withdrawn_by, version
    area: str
    action: str
    subject: str
    words: Mapping[str, Any]
    blocks: Mapping[str, Any]
    largest: int = LIMITS.file_bytes


@dataclasses.dataclass(frozen=True)
class Template:
    """A template that papers may be written with; no ``language``: for all of them."""

    id: int
    name: str
    language: str
    size_bytes: int
    added_at: datetime
    added_by: str
    version: int


def templates_on(shelf: Shelf) -> tuple[Template, ...]:
    """Return the templates that are in use, the latest first. No rights are checked here."""
    rows = _in_use(shelf).select_related("created_by").order_by("-id")
    return tuple(
        Template(
            row.pk, row.name, getattr(row, "language", ""), row.size_bytes, row.created_at,
            str(row.created_by or ""), row.version,
        )
        for row in rows
    )  # fmt: skip


def template_on(shelf: Shelf, template_id: int) -> bytes:
    """Return a template in use; NotFound otherwise. No rights are checked here."""
    row = _in_use(shelf).filter(pk=template_id).first()
    if row is None:
        raise _missing()
    return kept(shelf.area, row.sha256)


def add_to(shelf: Shelf, *, actor: Actor, content: bytes, name: str, **more: Any) -> int:
    """Keep a template under a name and return its id; needs ``reference.edit``.

    It is parsed in the capped child first. Raises Invalid that names each placeholder that is
    wrong with its place, for a file that is no Word document or brings code, and for a name that
    is taken. ``more``: further fields of the row. One audit row.
    """
    actor.require("reference.edit")
    plain = " ".join(name.split())[:120]
    if not plain:
        raise refused(_("Give the template a name."), "name_missing", "name")
    if len(content) > shelf.largest:
        raise refused(_("The template is too large."), "template_large", "file")
    taken = _in_use(shelf).filter(name__iexact=plain)
    if taken.exists():
        raise _taken()
    look_over(content, words=shelf.words, blocks=shelf.blocks)
    with transaction.atomic():
        if taken.all().exists():  # somebody was quicker
            raise _taken()
        spend_upload(actor=actor, size_bytes=len(content))
        row = shelf.rows(
            name=plain, sha256=keep(shelf.area, content), size_bytes=len(content), **more
        )
        try:
            with transaction.atomic():
                row.save_checked(actor)
        except IntegrityError as error:
            raise _taken() from error
        audit.record(
            actor=actor, action=f"{shelf.action}.add", subject=(shelf.subject, row.pk),
            new=row.snapshot(),
        )  # fmt: skip
    return int(row.pk)


def withdraw_from(
    shelf: Shelf, *, actor: Actor, template_id: int, expected_version: int | None = None
) -> None:
    """Take a template out of use; papers written with it stay as they are. One audit row.

    Needs ``reference.edit``; NotFound for one that is not in use, Conflict for a stale version.
    """
    actor.require("reference.edit")
    with transaction.atomic():
        row = _in_use(shelf).select_for_update().filter(pk=template_id).first()
        if row is None:
            raise _missing()
        old = row.snapshot()
        row.withdrawn_at, row.withdrawn_by_id = timezone.now(), actor.user_id
        row.save_checked(actor, expected_version)
        audit.record(
            actor=actor, action=f"{shelf.action}.withdraw", subject=(shelf.subject, row.pk),
            old=old, new=row.snapshot(),
        )  # fmt: skip


def _in_use(shelf: Shelf) -> Any:
    return shelf.rows.objects.filter(withdrawn_at=None)


def _missing() -> NotFound:
    return NotFound(_("There is no such template."), code="template_not_found")


def _taken() -> Exception:
    return refused(_("There is a template of this name already."), "name_taken", "name")
