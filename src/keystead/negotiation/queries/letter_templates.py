"""Letter templates of the house, and what is wrong with one in the reader's words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.kernel.errors import Invalid, NotFound, SourceProblem
from keystead.kit.access import Actor
from keystead.kit.files.kept import kept
from keystead.kit.office.documents.filling import Looked, look_at
from keystead.kit.office.word import Fault
from keystead.negotiation import models
from keystead.negotiation.queries.letters import BLOCKS, WORDS, shipped_letter

AREA: Final = "letter_templates"


@dataclasses.dataclass(frozen=True)
class LetterTemplate:
    """A template that letters may be written with; no ``language``: for all of them."""

    id: int
    name: str
    language: str
    size_bytes: int
    added_at: datetime
    added_by: str
    version: int


def letter_templates(actor: Actor) -> tuple[LetterTemplate, ...]:
    """Return the templates of the house that are in use, the latest first."""
    actor.require("negotiation.view")
    rows = models.LetterTemplateRow.objects.filter(withdrawn_at=None).select_related("created_by")
    return tuple(
        LetterTemplate(
            row.pk, row.name, row.language, row.size_bytes, row.created_at,
            str(row.created_by or ""), row.version,
        )
        for row in rows.order_by("-id")
    )  # fmt: skip


def letter_template(actor: Actor, template_id: int) -> bytes:
    """Return a template; 0 is the one that ships with Keystead."""
    actor.require("negotiation.view")
    if not template_id:
        return shipped_letter()
    row = models.LetterTemplateRow.objects.filter(pk=template_id, withdrawn_at=None).first()
    if row is None:
        raise NotFound(_("There is no such template."), code="template_not_found")
    return kept(AREA, row.sha256)


def look_over(content: bytes) -> None:
    """Raise Invalid (field ``file``) that names everything that is wrong with a template."""
    with unreadable("file"):
        looked = look_at(content, words=WORDS, blocks=BLOCKS)
    refuse_unready(looked, "file")


@contextmanager
def unreadable(field: str) -> Iterator[None]:
    """Turn a file that its reader could not take into a fault of the field it was sent in."""
    try:
        yield
    except SourceProblem as error:
        text = f"{error.message} {error.hint}".strip()
        raise Invalid(text, code=error.code, field=field, fields={field: text}) from error


def refuse_unready(looked: Looked, field: str) -> None:
    """Raise Invalid that names everything wrong with a template, each with its place."""
    if looked.ready:
        return
    if looked.refused:
        words = {
            "template_large": _("The template is too large."),
            "template_active": _(
                "The template brings macros, embedded objects or links to other files."
            ),
        }
        text = words.get(looked.refused, _("This is no Word document (.docx)."))
        raise Invalid(text, code=looked.refused, field=field, fields={field: text})
    lines = [_said(one) for one in looked.faults]
    first = looked.faults[0]
    raise Invalid(
        " ".join(lines), code=first.code, field=field, fields={field: " ".join(lines)},
        placeholder=first.name, faults=lines,
    )  # fmt: skip


def _said(one: Fault) -> str:
    told = {"name": one.name, "near": one.near}
    words = {
        "template_unknown": _("There is no placeholder {{ %(name)s }}."),
        "template_block": _("{{ %(name)s }} stands alone in a paragraph of the text."),
        "template_broken": _("A placeholder is not written as {{ name }}: %(name)s"),
    }
    text = f"{_place(one)}: {words[one.code] % told}"
    if one.near:
        text += " " + _("Did you mean {{ %(near)s }}?") % told
    return text


def _place(one: Fault) -> str:
    if one.place == "table":
        table, row, cell = one.numbers
        told = {"table": table, "row": row, "cell": cell}
        return _("Table %(table)s, row %(row)s, cell %(cell)s") % told
    if one.place == "text":
        return _("Paragraph %(number)s (“%(around)s”)") % {
            "number": one.numbers[0], "around": one.around,
        }  # fmt: skip
    words = {
        "header": pgettext("document", "Header"),
        "footer": pgettext("document", "Footer"),
        "box": _("Text box"),
    }
    return f"{words[one.place]} (“{one.around}”)"
