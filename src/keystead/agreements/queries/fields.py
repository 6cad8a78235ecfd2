"""The fields of terms in words: for what differs without changing a sentence, and for the trail."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any, Final

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.agreements.calc.written import written
from keystead.agreements.queries import words
from keystead.agreements.queries.sentences import scope_text
from keystead.agreements.types import Scope
from keystead.kernel.periods import Period
from keystead.kit.ui import formats

FIELDS: Final = {
    "label": _("Name"),
    "family": _("Kind of term"),
    "timing": _("Given"),
    "scope": _("For which sales"),
    "focus": _("Focus range"),
    "tier_measure": _("Tier measured on"),
    "tier_metric": _("Metric"),
    "tier_uom": _("Unit"),
    "tier_period": _("Counted for"),
    "anchor": _("Periods begin"),
    "reset": _("Each period counts for itself"),
    "settle_every": pgettext_lazy("interval", "Settled"),
    "benefit_measure": _("Paid on"),
    "benefit_metric": _("Metric it is paid on"),
    "benefit_uom": _("Unit it is paid on"),
    "benefit_on_focus": _("Paid on the focus range only"),
    "rate_kind": _("Rate is"),
    "method": _("Tiers pay"),
    "boundary": _("At the bound"),
    "tiers": _("Tiers"),
    "baseline": _("Baseline"),
    "baselines": _("Baselines"),
    "targets": _("Targets"),
    "free_goods": _("Free goods"),
    "price_protection": _("Price protection"),
    "payment_terms": _("Terms of payment"),
    "service": _("Service"),
    "transaction_point": _("A sale counts once"),
    "returns_count": _("Returns take away"),
    "paid_only": _("Only what the customer has paid"),
    "negative_policy": _("When too much was paid"),
    "cap": _("Cap"),
    "floor": _("Guarantee"),
    "gates": _("Gates"),
    "sequence": _("Place in the order"),
    "discount_base": _("Taken of"),
    "stack_group": _("Together with others"),
    "stack_mode": _("Inside the group"),
    "priority": _("Priority at equal rank"),
    "reduce_by": _("First taken off"),
    "valid": _("Valid"),
    "payout_lag_days": _("Paid after days"),
    "grace_days": _("Late lines count for days"),
    "currency": _("Currency"),
    "gl_code": _("Ledger account"),
    "fund": _("Fund"),
    "payee": _("Payee"),
    "examples": _("Worked examples"),
    "note": _("Note"),
    "prices": _("Prices"),
    "exclusive": _("Exclusive"),
    "share_of_wallet_pct": _("Share of purchases"),
    "clauses": _("Clauses"),
}
_WORDS: Final = (
    words.FAMILIES, words.TIMINGS, words.MEASURES, words.PERIODS, words.RATE_KINDS, words.METHODS,
    words.BOUNDARIES, words.POINTS, words.NEGATIVES, words.MODES, words.ANCHORS, words.BASES,
)  # fmt: skip


def field_text(value: Any) -> str:
    """Return the value of a field in words; nothing for none."""
    if value is None or value in ((), ""):
        return ""
    if isinstance(value, bool):
        return str(words.TRUTH[value])
    if isinstance(value, Period):
        return formats.period(value.start, value.end, locale=get_language() or "en")
    if isinstance(value, tuple):
        return "; ".join(field_text(one) for one in value)
    if isinstance(value, enum.Enum):
        return next((str(w[value.value]) for w in _WORDS if value.value in w), str(value.value))
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, Scope):
        return scope_text(value) or str(_("everything"))
    if dataclasses.is_dataclass(value):
        value = written(value)
    if isinstance(value, dict):
        return ", ".join(f"{FIELDS.get(name, name)} {_plain(one)}" for name, one in value.items())
    return "; ".join(_plain(one) for one in value) if isinstance(value, list) else str(value)
