"""What is kept for all reviews of the house: agendas, and the company's PowerPoint files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.files.kept import keep as keep_file
from keystead.reviews import models
from keystead.reviews.queries.stored import as_master, as_template, plain_agenda
from keystead.reviews.rules.cycle import check_agenda
from keystead.reviews.services.looking import checked_layouts
from keystead.reviews.types.cycle import AgendaItem, AgendaTemplate, Master, ReviewKind

AREA = "review_masters"
MOST_BYTES = 60_000_000


def keep_agenda(
    *,
    actor: Actor,
    name: str,
    kind: ReviewKind,
    items: tuple[AgendaItem, ...],
    template_id: int | None = None,
    expected_version: int | None = None,
) -> AgendaTemplate:
    """Keep an agenda for the next time, or change a kept one; needs ``reviews.edit``."""
    actor.require("reviews.edit")
    check_agenda(items)
    if not name.strip():
        text = _("An agenda has a name.")
        raise Invalid(text, code="name", fields={"name": text})
    row = models.AgendaTemplateRow()
    with _named_once(), transaction.atomic():
        if template_id is not None:
            row = _locked(models.AgendaTemplateRow, template_id, _("There is no such agenda."))
        old = None if template_id is None else row.snapshot()
        row.name, row.kind, row.items = name.strip()[:80], kind.value, plain_agenda(items)
        _keep(actor, row, "agenda", old, expected_version)
    return as_template(row)


def keep_master(*, actor: Actor, name: str, file_name: str, content: bytes) -> Master:
    """Keep a company's PowerPoint file; needs ``reviews.approve``. It is looked at first."""
    actor.require("reviews.approve")
    if len(content) > MOST_BYTES:
        text = _("The file is larger than 60 MB.")
        raise Invalid(text, code="template_large", fields={"file": text})
    layouts = checked_layouts(content)
    row = models.MasterRow(
        name=(name.strip() or file_name)[:80], file_name=file_name[:160],
        sha256=keep_file(AREA, content), size_bytes=len(content), layouts=list(layouts),
    )  # fmt: skip
    with _named_once(), transaction.atomic():
        _keep(actor, row, "master", None)
    return as_master(row)


def edit_master(
    *,
    actor: Actor,
    master_id: int,
    name: str,
    retired: bool,
    expected_version: int | None = None,
) -> Master:
    """Rename a company's PowerPoint file, or take it out of use; needs ``reviews.approve``."""
    actor.require("reviews.approve")
    with _named_once(), transaction.atomic():
        row = _locked(models.MasterRow, master_id, _("There is no such template."))
        old = row.snapshot()
        row.name, row.retired = (name.strip() or row.name)[:80], retired
        _keep(actor, row, "master", old, expected_version)
    return as_master(row)


@contextmanager
def _named_once() -> Iterator[None]:
    """Say that a name is taken instead of an error of the database."""
    try:
        yield
    except IntegrityError as error:
        text = _("This name is taken.")
        raise Invalid(text, code="name_taken", fields={"name": text}) from error


def _locked(model: Any, pk: int, missing: str) -> Any:
    row = model.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound(missing, code="kept_not_found")
    return row


def _keep(
    actor: Actor, row: Any, what: str, old: dict[str, Any] | None, expected: int | None = None
) -> None:
    row.save_checked(actor, expected)
    audit.record(
        actor=actor, action=f"review_{what}.{'set' if old is None else 'edit'}",
        subject=(f"review_{what}", row.pk), old=old, new=row.snapshot(),
    )  # fmt: skip
