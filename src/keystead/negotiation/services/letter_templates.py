"""Letter templates of the house: added once they can be filled, withdrawn, never deleted."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.files.kept import keep
from keystead.kit.quota import spend_upload
from keystead.negotiation import models
from keystead.negotiation.queries.letter_templates import AREA, look_over

LARGEST: Final = 2 * 1024 * 1024


def add_letter_template(*, actor: Actor, content: bytes, name: str, language: str = "") -> int:
    """Keep a template under a name and return its id; needs ``reference.edit``.

    It is parsed in the capped child first. Raises Invalid that names each placeholder that is
    wrong with its place, for a file that is no Word document or brings code, and for a name that
    is taken. One audit row.
    """
    actor.require("reference.edit")
    plain = " ".join(name.split())[:120]
    if not plain:
        raise _refused(_("Give the template a name."), "name_missing", "name")
    if language and language not in {code for code, _name in settings.LANGUAGES}:
        raise _refused(_("Letters are not written in this language."), "language", "language")
    if len(content) > LARGEST:
        raise _refused(_("The template is too large."), "template_large", "file")
    taken = models.LetterTemplateRow.objects.filter(withdrawn_at=None, name__iexact=plain)
    if taken.exists():
        raise _refused(_("There is a template of this name already."), "name_taken", "name")
    look_over(content)
    with transaction.atomic():
        spend_upload(actor=actor, size_bytes=len(content))
        row = models.LetterTemplateRow(
            name=plain, language=language, sha256=keep(AREA, content), size_bytes=len(content)
        )
        try:
            with transaction.atomic():
                row.save_checked(actor)
        except IntegrityError as error:  # somebody was quicker
            text = _("There is a template of this name already.")
            raise _refused(text, "name_taken", "name") from error
        audit.record(
            actor=actor, action="negotiation.letters.template.add",
            subject=("letter_template", row.pk), new=row.snapshot(),
        )  # fmt: skip
    return row.pk


def withdraw_letter_template(
    *, actor: Actor, template_id: int, expected_version: int | None = None
) -> None:
    """Take a template out of use; letters written with it stay as they are. One audit row."""
    actor.require("reference.edit")
    with transaction.atomic():
        rows = models.LetterTemplateRow.objects.select_for_update().filter(withdrawn_at=None)
        row = rows.filter(pk=template_id).first()
        if row is None:
            raise NotFound(_("There is no such template."), code="template_not_found")
        old = row.snapshot()
        row.withdrawn_at, row.withdrawn_by_id = timezone.now(), actor.user_id
        row.save_checked(actor, expected_version)
        audit.record(
            actor=actor, action="negotiation.letters.template.withdraw",
            subject=("letter_template", row.pk), old=old, new=row.snapshot(),
        )  # fmt: skip


def _refused(text: str, code: str, field: str) -> Invalid:
    return Invalid(text, code=code, field=field, fields={field: text})
