"""The words of the import desk for what the rules only name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keystead.ledger.types import DatasetDef

STATES = {
    "receiving": gettext_lazy("being read"),
    "mapping": gettext_lazy("has questions"),
    "matching": gettext_lazy("codes to confirm"),
    "checking": gettext_lazy("being checked"),
    "ready": gettext_lazy("ready to post"),
    "posted": gettext_lazy("posted"),
    "undone": gettext_lazy("undone"),
    "failed": gettext_lazy("failed"),
    "cancelled": gettext_lazy("cancelled"),
}
TONES = {
    "posted": "good",
    "ready": "accent",
    "mapping": "warn",
    "matching": "warn",
    "failed": "bad",
}
HOW = {
    "you": gettext_lazy("you said so"),
    "remembered": gettext_lazy("as last time"),
    "header": gettext_lazy("the header says so"),
    "similar": gettext_lazy("a similar header"),
    "content": gettext_lazy("the cells look like it"),
    "computed": gettext_lazy("computed"),
}
MATCHES = {
    "proposed": gettext_lazy("known by its name"),
    "ambiguous": gettext_lazy("means several things"),
    "unknown": gettext_lazy("unknown"),
    "blank": gettext_lazy("blank"),
    "create": gettext_lazy("will be created"),
    "matched": gettext_lazy("matched"),
    "alias": gettext_lazy("as you said before"),
}
PERSONAL = {
    "card_number": gettext_lazy("card number"),
    "id_number": gettext_lazy("identity number"),
    "phone": gettext_lazy("telephone number"),
    "email": gettext_lazy("e-mail address"),
    "person_name": gettext_lazy("name of a person"),
    "patient_name": gettext_lazy("name of a patient"),
    "diagnosis": gettext_lazy("diagnosis"),
}
MEASURES = {"value": gettext_lazy("Value"), "quantity": gettext_lazy("Quantity")}


def field_label(dataset: DatasetDef, name: str) -> str:
    """Return what a field is called in the reader's language."""
    found = next((field for field in dataset.fields if field.name == name), None)
    return _(found.label) if found else name


def question_text(question: dict[str, Any], dataset: DatasetDef | None) -> tuple[str, str]:
    """Return the question and what hangs on it, in plain words."""
    subject = question["subject"]
    label = field_label(dataset, subject) if dataset else subject
    texts = {
        "dataset": (_("What is this file?"), _("The columns do not say it clearly enough.")),
        "encoding": (
            _("Which letters are these?"),
            _("The file can be read in several ways. Choose the one that reads right."),
        ),
        "delimiter": (_("Which sign parts the columns?"), _("Choose the one that reads right.")),
        "decimal": (
            _("How are decimals written in “%(column)s”?") % {"column": subject},
            _("1,234 may be a thousand or a little more than one."),
        ),
        "date_order": (
            _("Which comes first in “%(column)s”, day or month?") % {"column": subject},
            _("All its dates can be read both ways."),
        ),
        "currency": (
            _("In which currency are the amounts?"),
            _("No column of the file says it. Type the three letters."),
        ),
        "mode": (
            _("Some of these months are there already, in part. Replace them or add to them?"),
            _("Replace when the sender sent the whole month again."),
        ),
        "field": (
            _("Where is “%(field)s”?") % {"field": label},
            _("It is needed. Choose its column, or say one value for the whole file."),
        ),
        "which": (
            _("Which column is “%(field)s”?") % {"field": label},
            _("Several columns of this file could be it. Choose the one that counts."),
        ),
        "means": (
            _("What does “%(column)s” say?") % {"column": subject},
            _("It can mean several things, and the figures depend on it."),
        ),
    }
    return texts.get(question["kind"], (question["id"], ""))


def option_label(kind: str, value: str) -> str:
    """Return an answer in words."""
    words = {
        ("decimal", "point"): _("point: 1,234.56"),
        ("decimal", "comma"): _("comma: 1.234,56"),
        ("date_order", "dmy"): _("day first"),
        ("date_order", "mdy"): _("month first"),
        ("delimiter", ","): _("comma"),
        ("delimiter", ";"): _("semicolon"),
        ("delimiter", "\t"): _("tabulator"),
        ("delimiter", "|"): _("bar"),
        ("mode", "replace"): _("replace"),
        ("mode", "append"): _("add"),
    }
    return words.get((kind, value), value)
