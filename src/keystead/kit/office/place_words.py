"""Places in a document in the language of who reads them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from keystead.kit.office.places import Part, parts_of

_WORDS: Final = {
    "slide": gettext_noop("slide %(name)s"),
    "notes": gettext_noop("speaker notes %(name)s"),
    "comment": gettext_noop("comment %(name)s"),
    "chart": gettext_noop("chart %(name)s"),
    "chart_workbook": gettext_noop("workbook of chart %(name)s"),
    "master": gettext_noop("slide master %(name)s"),
    "layout": gettext_noop("slide layout %(name)s"),
    "document": gettext_noop("text"),
    "header": gettext_noop("page header %(name)s"),
    "footer": gettext_noop("page footer %(name)s"),
    "comments": gettext_noop("comments"),
    "footnotes": gettext_noop("footnotes"),
    "sheet": gettext_noop("sheet %(name)s"),
    "cells": gettext_noop("cells"),
    "names": gettext_noop("names of the workbook"),
    "properties": gettext_noop("properties of the file"),
    "line": gettext_noop("line %(name)s"),
    "part": gettext_noop("part %(name)s"),
    "row": gettext_noop("row %(name)s"),
    "column": gettext_noop("column %(name)s"),
    "file_name": gettext_noop("name of the file"),
    "named_table": gettext_noop("table “%(name)s”"),
    "named_chart": gettext_noop("chart “%(name)s”"),
    "named_sheet": gettext_noop("sheet “%(name)s”"),
    "paragraph": gettext_noop("paragraph “%(name)s”"),
    "named": gettext_noop("“%(name)s”"),
    "cell": gettext_noop("cell %(name)s"),
    "attachment": gettext_noop("attachment %(name)s"),
    "subject": gettext_noop("subject line"),
    "from": gettext_noop("sender line"),
    "to": gettext_noop("receiver line"),
    "cc": gettext_noop("copy line"),
    "bcc": gettext_noop("hidden copy line"),
    "reply_to": gettext_noop("answer line"),
}


def place_words(place: str) -> str:
    """Return a place as it is told to people; "" stands for the whole document."""
    said = [_said(one) for one in parts_of(place)]
    return _(", ").join(said) if said else _("whole document")


def _said(one: Part) -> str:
    return (_(_WORDS[one.kind]) % {"name": one.name}).strip() if one.kind else one.name
