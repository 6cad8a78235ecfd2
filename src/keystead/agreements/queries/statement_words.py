"""What a statement says in words, the same on every paper."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keystead.agreements.queries.sentences import name_of
from keystead.agreements.types import StatedRow, Statement
from keystead.kit.ui import formats


def head_of(statement: Statement) -> list[tuple[str, str]]:
    """Return who it is between, of what, until when: label and text."""
    agreement, locale = statement.agreement, get_language() or "en"
    valid = agreement.valid
    pairs = [
        (_("Customer"), agreement.customer_entity or statement.customer),
        (_("Supplier"), agreement.maker_entity),
        (_("Agreement"), " ".join(filter(None, [agreement.number, agreement.title]))),
        (_("In effect"), formats.period(valid.start, valid.end, locale=locale)),
        (_("Sales up to"), formats.day(statement.as_of, locale=locale, year=True)),
        (_("Currency"), statement.currency),
        (_("Settlement"), statement.number),
        (_("Checksum of the inputs"), statement.run.inputs_hash[:16]),
    ]
    return [(label, text) for label, text in pairs if text]


def row_name(row: StatedRow) -> str:
    """Return what a row is about."""
    if row.condition is not None:
        return name_of(row.condition)
    if not row.key:
        return _("Limits over the whole agreement")
    return _("%(key)s (settled before, no longer due)") % {"key": row.key}
