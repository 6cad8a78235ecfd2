"""Words of the value story, and problems of its numbers as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keystead.kernel.errors import KeysteadError
from keystead.negotiation.types.value import Basis, Hidden, LineKind

KINDS: Final[Mapping[LineKind, Promise]] = {
    LineKind.REFERENCE: pgettext_lazy("value", "Reference: the next best alternative"),
    LineKind.PLUS: pgettext_lazy("value", "Plus: better with us"),
    LineKind.MINUS: pgettext_lazy("value", "Minus: worse with us"),
}
BASES: Final[Mapping[Basis, Promise]] = {
    Basis.EQUAL: pgettext_lazy("value", "the same for each title"),
    Basis.LIST_PRICE: pgettext_lazy("value", "by list price"),
    Basis.USAGE: pgettext_lazy("value", "by use"),
}
HIDDEN: Final[Mapping[Hidden, Promise]] = {
    Hidden.FEW: gettext_lazy("Fewer than five peers of the same kind and country have figures."),
    Hidden.DOMINATED: gettext_lazy("One peer is more than half of the group: it could be read."),
    Hidden.OWN: gettext_lazy("The account has no fee or no use of its own in these months."),
}


def problem(error: KeysteadError) -> str:
    """Return a fault of a line's numbers in the reader's language."""
    name = {"name": str(error.data.get("name", ""))}
    told: Mapping[str, Any] = {
        "value_inputs": _("A line needs one input at least."),
        "value_large": _("A line comes to more than can be."),
        "value_range": _("%(name)s: the range must hold the value, and nothing is below zero.")
        % name,
        "value_zero": _("%(name)s: nothing is divided by zero.") % name,
    }
    return str(told.get(error.code, error.message))
