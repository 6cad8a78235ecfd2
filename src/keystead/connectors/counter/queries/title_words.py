"""What a check of a title list found, in the reader's language."""

from __future__ import annotations

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keystead.connectors.counter.types import Finding

_LINE: Final = re.compile(r"line (\d+)(.*)")
# Rule -> what it says and what to do. A list of names after ": " stays as the file has it.
SAID: Final[dict[str, tuple[Promise, Promise]]] = {
    "no_list": (
        gettext_lazy("This is no KBART title list."),
        gettext_lazy("Its first line names the columns: publication_title, print_identifier ..."),
    ),
    "column_missing": (
        gettext_lazy("Columns of Phase II are missing"),
        gettext_lazy("They are taken as empty."),
    ),
    "column_unknown": (gettext_lazy("Not columns of Phase II"), gettext_lazy("They are left out.")),
    "empty": (gettext_lazy("The list holds no title."), gettext_lazy("Ask for it again.")),
    "twice": (
        gettext_lazy("The same title and coverage stands twice."),
        gettext_lazy("Leave one out."),
    ),
    "no_title": (gettext_lazy("A title has no name."), gettext_lazy("Name it.")),
    "date": (
        gettext_lazy("A date is not 2019, 2019-05 or 2019-05-31."),
        gettext_lazy("A spreadsheet turned it to a local form: send the column as text."),
    ),
    "coverage": (
        gettext_lazy("The coverage ends before it begins."),
        gettext_lazy("Correct its dates."),
    ),
    "embargo": (
        gettext_lazy("An embargo is not like R1Y or P6M."),
        gettext_lazy("R: only the last so much is open; P: all but the last so much."),
    ),
    "no_identifier": (
        gettext_lazy("A title has no identifier."),
        gettext_lazy("It can only be matched by hand."),
    ),
    "rounded": (
        gettext_lazy("A spreadsheet rounded an ISBN (9.78E+12)."),
        gettext_lazy("Send the column as text."),
    ),
    "identifier": (
        gettext_lazy("An identifier is neither ISSN nor ISBN."),
        gettext_lazy("It is looked up as it stands."),
    ),
    "publication_type": (
        gettext_lazy("A publication type is not serial or monograph."),
        gettext_lazy("Say which it is."),
    ),
    "access_type": (
        gettext_lazy("An access type is not F (free) or P (paid)."),
        gettext_lazy("Empty counts as paid."),
    ),
    "coverage_depth": (
        gettext_lazy("A coverage depth is none of fulltext, selected articles, abstracts."),
        gettext_lazy("It is kept as it stands."),
    ),
    "title_url": (
        gettext_lazy("An address is no address."),
        gettext_lazy("It is kept as it stands."),
    ),
    "encoding": (
        gettext_lazy("The file is not UTF-8."),
        gettext_lazy("It was read as Windows-1252: look at letters with accents."),
    ),
}
DIGITS: Final = (
    gettext_lazy("An ISSN has a wrong check digit."),
    gettext_lazy("An ISBN has a wrong check digit."),
)


def message_of(one: Finding) -> str:
    """Return what a finding says."""
    if one.rule == "check_digit":
        return str(DIGITS["ISBN" in one.message])
    text = str(SAID[one.rule][0]) if one.rule in SAID else one.message
    if not one.rule.startswith("column_"):
        return text
    names = one.message.partition(": ")[2].rstrip(".")
    return _("%(text)s: %(names)s.") % {"text": text, "names": names}


def hint_of(one: Finding) -> str:
    """Return what to do about a finding."""
    if one.rule == "check_digit":
        return _("It matches nothing.")
    return str(SAID[one.rule][1]) if one.rule in SAID else one.hint


def place_of(one: Finding) -> str:
    """Return where a finding is: the line, and the column as the file calls it."""
    found = _LINE.fullmatch(one.place)
    if found is None:
        return one.place
    return _("line %(number)s") % {"number": found[1]} + found[2]
