"""A company's own contract templates: added once they can be filled, withdrawn, never deleted."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.models.documents import AREA
from keystead.agreements.queries.contract_paper import BLOCKS, WORDS
from keystead.agreements.rules.documents import LARGEST
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.files.kept import keep
from keystead.kit.office.word import TemplateProblem, check, opened
from keystead.kit.quota import spend_upload


def add_template(*, actor: Actor, content: bytes, name: str) -> int:
    """Keep a template under a name and return its id; needs ``reference.edit``.

    It is looked through first. Raises Invalid that names the placeholder that is wrong, for a
    file that is no Word document, brings macros or links out, or for a name that is taken. One
    audit row.
    """
    actor.require("reference.edit")
    plain = " ".join(name.split())[:120]
    if not plain:
        raise _refused(_("Give the template a name."), "name_missing", "name")
    if len(content) > LARGEST:
        most = {"size": LARGEST // 1024 // 1024}
        raise _refused(_("The file is larger than %(size)s MB.") % most, "file_large", "file")
    check_template(content)
    with transaction.atomic():
        rows = models.ContractTemplate.objects.select_for_update().filter(withdrawn_at=None)
        if rows.filter(name__iexact=plain).exists():
            raise _refused(_("There is a template of this name already."), "name_taken", "name")
        spend_upload(actor=actor, size_bytes=len(content))
        row = models.ContractTemplate(
            name=plain, sha256=keep(AREA, content), size_bytes=len(content)
        )
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="agreement.template.add",
            subject=("contract_template", row.pk),
            new=row.snapshot(),
        )
    return row.pk


def withdraw_template(
    *, actor: Actor, template_id: int, expected_version: int | None = None
) -> None:
    """Take a template out of use; papers written with it stay as they are. One audit row."""
    actor.require("reference.edit")
    with transaction.atomic():
        rows = models.ContractTemplate.objects.select_for_update().filter(withdrawn_at=None)
        row = rows.filter(pk=template_id).first()
        if row is None:
            raise NotFound(_("There is no such template."), code="template_not_found")
        old = row.snapshot()
        row.withdrawn_at, row.withdrawn_by_id = timezone.now(), actor.user_id
        row.save_checked(actor, expected_version)
        audit.record(
            actor=actor,
            action="agreement.template.withdraw",
            subject=("contract_template", row.pk),
            old=old,
            new=row.snapshot(),
        )


def check_template(content: bytes) -> frozenset[str]:
    """Return the placeholders of a template, or raise Invalid in the reader's language."""
    try:
        return check(opened(content), frozenset(WORDS), frozenset(BLOCKS))
    except TemplateProblem as error:
        told = {"name": error.data.get("placeholder", "")}
        words = {
            "template_unknown": _("There is no placeholder {{ %(name)s }}."),
            "template_block": _("{{ %(name)s }} stands alone in a paragraph of the text."),
            "template_broken": _("A placeholder is not written as {{ name }}: %(name)s"),
            "template_unreadable": _("This is no Word document (.docx)."),
            "template_large": _("The template is too large."),
            "template_active": _(
                "The template brings macros, embedded objects or links to other files."
            ),
        }
        text = words.get(error.code, error.message)
        near = error.data.get("near")
        hint = _("Did you mean {{ %(name)s }}?") % {"name": near} if near else ""
        problem = _refused(text % told if told["name"] else text, error.code, "file", hint)
        problem.data["placeholder"] = told["name"]
        raise problem from error


def _refused(text: str, code: str, field: str, hint: str = "") -> Invalid:
    return Invalid(text, code=code, hint=hint, field=field, fields={field: text})
