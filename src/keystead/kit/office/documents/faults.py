"""What is wrong with a Word template of the house, in the reader's words, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.kernel.errors import Invalid, SourceProblem
from keystead.kit.office.documents.filling import Looked, look_at
from keystead.kit.office.word import Fault


def look_over(content: bytes, *, words: Iterable[str], blocks: Iterable[str]) -> None:
    """Raise Invalid (field ``file``) that names everything that is wrong with a template."""
    with unreadable("file"):
        looked = look_at(content, words=words, blocks=blocks)
    refuse_unready(looked, "file")


@contextmanager
def unreadable(field: str) -> Iterator[None]:
    """Turn a file that its reader could not take into a fault of the field it was sent in."""
    try:
        yield
    except SourceProblem as error:
        raise refused(f"{error.message} {error.hint}".strip(), error.code, field) from error


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
        raise refused(text, looked.refused, field)
    lines = [_said(one) for one in looked.faults]
    first = looked.faults[0]
    problem = refused(" ".join(lines), first.code, field)
    problem.data |= {"placeholder": first.name, "faults": lines}
    raise problem


def refused(text: str, code: str, field: str) -> Invalid:
    """Return the refusal of what was sent in one field of a form."""
    return Invalid(text, code=code, field=field, fields={field: text})


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
