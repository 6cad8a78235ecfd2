"""Names of methods, figures and bounds, and what stands against a split, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from keystead.accounts.queries import label_of
from keystead.accounts.types import MeasureKind
from keystead.kit.ui import formats
from keystead.negotiation.queries.figures import SPEND, USE, WEIGHT
from keystead.negotiation.types.fees import EQUAL, Bound, OnOptOut
from keystead.negotiation.types.plans import HEADS, Answer, Compared, FeePlan, PlanState

METHODS: Final[Mapping[str, Promise]] = {
    "equal": gettext_lazy("The same for all"),
    "proportional": gettext_lazy("By a figure"),
    "mix": gettext_lazy("A weighted mix of figures"),
    "bands": gettext_lazy("By bands of a figure"),
    "fixed_plus": gettext_lazy("A fixed fee, the rest by a figure"),
    "savings_share": gettext_lazy("Price alone less a share of the saving"),
    "bids": gettext_lazy("Bids: nobody above the own one"),
    "contested_garment": gettext_lazy("Contested garment (Talmud)"),
    "shapley": gettext_lazy("Shapley value of joining"),
    "manual": gettext_lazy("Each fee by hand"),
}
PLAN_STATES: Final[Mapping[PlanState, Promise]] = {
    PlanState.DRAFT: pgettext_lazy("split of a fee", "Draft"),
    PlanState.AGREED: pgettext_lazy("split of a fee", "Agreed"),
}
ANSWERS: Final[Mapping[Answer, Promise]] = {
    Answer.OPEN: gettext_lazy("no answer yet"),
    Answer.IN: gettext_lazy("takes part"),
    Answer.OUT: gettext_lazy("stays out"),
}
BOUNDS: Final[Mapping[Bound, Promise]] = {
    Bound.FLOOR: pgettext_lazy("what holds a fee", "floor"),
    Bound.CAP: pgettext_lazy("what holds a fee", "cap"),
    Bound.COLLAR_DOWN: gettext_lazy("most that it may fall"),
    Bound.COLLAR_UP: gettext_lazy("most that it may rise"),
    Bound.CEILING: gettext_lazy("own bid, claim or price alone"),
    Bound.MANUAL: pgettext_lazy("what holds a fee", "by hand"),
}
OPT_OUTS: Final[Mapping[OnOptOut, Promise]] = {
    OnOptOut.TOTAL_STAYS: gettext_lazy("the total stays, the others pay more"),
    OnOptOut.FEE_LEAVES: gettext_lazy("its fee leaves the total"),
}
_FIGURES: Final[Mapping[str, Promise]] = {
    USE: gettext_lazy("Use (unique requests, 12 months)"),
    SPEND: gettext_lazy("Spend (12 months)"),
    WEIGHT: gettext_lazy("Weight in the consortium"),
    HEADS: gettext_lazy("Members (one each)"),
    EQUAL: gettext_lazy("The same for all"),
    "fee": gettext_lazy("Fee of the agreed split"),
    "bid": gettext_lazy("Bid"),
    "claim": pgettext_lazy("figure", "Claim"),
    "alone": gettext_lazy("Price alone"),
}
_KINDS: Final = {one.value for one in MeasureKind}


def figure_word(name: str) -> str:
    """Return the name of a figure; one of the company's own as it was typed."""
    if name in _FIGURES:
        return str(_FIGURES[name])
    return str(label_of(MeasureKind(name))) if name in _KINDS else name


def method_word(plan: FeePlan) -> str:
    """Return the method with the figure it goes by."""
    method = plan.rules.method
    word = str(METHODS.get(str(method.get("kind")), method.get("kind")))
    named = method.get("measure") or method.get("rest", {}).get("measure")
    if method.get("parts"):
        named = ", ".join(
            f"{figure_word(name)} {_number(Decimal(part) * 100)} %"
            for name, part in method["parts"].items()
        )
        return f"{word}: {named}"
    return f"{word}: {figure_word(str(named))}" if named else word


def span(plan: FeePlan) -> str:
    """Return the first and the last day of a split."""
    language = get_language() or "en"
    first = formats.day(plan.period.start, locale=language)
    return f"{first} – {formats.day(plan.period.last, locale=language)}"


def compared_word(one: Compared, own: str) -> str:
    """Return the name of a method in a comparison."""
    if one.key == "own":
        return str(METHODS.get(own, own))
    if one.key == "last_year":
        return _("As last year")
    if one.key == EQUAL:
        return str(METHODS["equal"])
    return figure_word(one.measure)


def problem(code: str, data: Mapping[str, Any], message: str, currency: str) -> tuple[str, str]:
    """Return what stands against a split, and what would mend it, in the reader's language."""
    told = {
        "member": data.get("member", ""),
        "figure": figure_word(str(data.get("measure", ""))),
    }
    if code == "infeasible":
        return _infeasible(data, currency)
    words = {
        "no_measure": (
            _("%(member)s has no figure “%(figure)s”."),
            _("Type it in the table of members, or choose another figure."),
        ),
        "no_weights": (
            _("No member has a figure above zero to share by."),
            _("Choose another figure."),
        ),
        "weights": (_("The weights of the mix do not add up to 100 %%."), ""),
        "bands": (_("Write bands, each beginning at another value."), ""),
        "no_band": (_("%(member)s lies below the first band."), _("Let the first begin at 0.")),
        "bounds": (
            _("The limits of %(member)s contradict each other."),
            _("Loosen floor, cap or collar, or set this fee by hand."),
        ),
        "no_fee": (
            _("%(member)s has no fee by hand."),
            _("Type it in the table of members, or choose another method."),
        ),
        "no_reason": (_("A fee by hand needs a reason."), ""),
        "no_members": (_("Nobody takes part."), _("Let at least one member take part.")),
        "not_quantised": (
            _("An amount is finer than the smallest unit of the currency."), "",
        ),
        "steps": (_("A discount lies between 0 and 100 %%."), ""),
    }  # fmt: skip
    if code not in words:
        return _(message), ""
    text, hint = words[code]
    return text % told, hint


def _infeasible(data: Mapping[str, Any], currency: str) -> tuple[str, str]:
    least, most = data.get("feasible_from"), data.get("feasible_to")
    total = _amount(data.get("total"), currency)
    text = _("A total of %(total)s cannot be shared within these limits.") % {"total": total}
    words = {"least": _amount(least, currency), "most": _amount(most, currency)}
    if most is None:
        return text, _("It works from %(least)s on.") % words
    if least == most:
        return text, _("It works for %(least)s alone.") % words
    return text, _("It works from %(least)s to %(most)s.") % words


def _amount(text: Any, currency: str) -> str:
    if text is None:
        return ""
    return formats.money(Decimal(str(text)), currency, locale=get_language() or "en", full=True)


def _number(value: Decimal) -> str:
    return formats.number(value, locale=get_language() or "en")
