"""Which columns the calculation of a statement has, by what its conditions need."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.agreements.calc.stacking import in_order
from keystead.agreements.queries.statement_book import columns as formulas
from keystead.agreements.queries.statement_book.columns import Spot, gated
from keystead.agreements.queries.statement_book.plan import PLAIN, Earned, Part, Plan, sums_of
from keystead.agreements.queries.statement_book.terms import Block
from keystead.agreements.types import Condition, Measure, RateKind, StackMode


def columns_of(plan: Plan) -> list[tuple[str, str, str]]:
    """Return the columns that this statement needs: name, label, look."""
    used = _used(plan)
    return [one for one in _all_columns(plan.statement.currency) if one[0] in used]


def _all_columns(currency: str) -> list[tuple[str, str, str]]:
    money = {"currency": currency}
    return [
        ("name", _("Condition"), "text"),
        ("from", pgettext("statement", "From"), "date"),
        ("to", pgettext("statement", "To"), "date"),
        ("first", _("First month"), "date"),
        ("last", _("Last month"), "date"),
        ("lines", pgettext("statement", "Lines"), "integer"),
        ("agreed_value", _("Agreed beside the lines (%(currency)s)") % money, "money_input"),
        ("agreed_gross", _("Agreed gross beside the lines (%(currency)s)") % money, "money_input"),
        ("agreed_quantity", _("Agreed units beside the lines"), "number_input"),
        ("value", _("Net sales (%(currency)s)") % money, "money"),
        ("gross", _("Sales before returns (%(currency)s)") % money, "money"),
        ("quantity", _("Units"), "number"),
        ("focus_value", _("Focus range (%(currency)s)") % money, "money"),
        ("focus_gross", _("Focus range before returns (%(currency)s)") % money, "money"),
        ("focus_quantity", _("Units of the focus range"), "number"),
        ("baseline", _("Baseline"), "number_input"),
        ("tier_measure", _("Measured for the tier"), "exact"),
        ("tier", pgettext("statement", "Tier"), "integer"),
        ("lower", _("Tier from"), "number"),
        ("rate", pgettext("statement", "Rate"), "exact"),
        ("benefit", _("Paid on"), "exact"),
        ("reduction", _("Taken off first"), "exact"),
        ("base", _("Paid on, after that"), "exact"),
        ("raw", _("Amount by the tiers"), "exact"),
        ("free_units", _("Free units"), "number"),
        ("gate", _("Share let through (1 = all)"), "number_input"),
        ("cap", _("At most (%(currency)s)") % money, "money_input"),
        ("cap_pct", _("At most (per cent of what it is paid on)"), "number_input"),
        ("capped", _("After the limits"), "exact"),
        ("floor", _("At least (%(currency)s)") % money, "money_input"),
        ("applies", _("Guarantee holds (1 = yes)"), "flag_input"),
        ("excess", _("Over the guarantee so far"), "exact"),
        ("top_up", _("Topped up"), "exact"),
        ("exact", _("Before rounding"), "exact"),
        ("entitlement", _("Earned (%(currency)s)") % money, "money"),
        ("issued", _("As issued (%(currency)s)") % money, "money"),
        ("difference", _("Difference"), "money"),
        ("remark", _("Remark"), "text"),
    ]


def _used(plan: Plan) -> set[str]:
    used = {"name", "from", "to", "first", "last", "lines", "value", "tier_measure", "tier",
            "lower", "rate", "benefit", "base", "raw", "capped", "exact", "entitlement", "issued",
            "difference", "remark"}  # fmt: skip
    for part, found in plan.rows():
        condition = found.condition
        measures = {condition.tier_measure, condition.benefit_measure, found.compared}
        used |= {PLAIN[one] for one in measures if one in PLAIN}
        if condition.benefit_on_focus and condition.benefit_measure in PLAIN:
            used.add(f"focus_{PLAIN[condition.benefit_measure]}")
        if condition.tier_measure is Measure.SHARE_PCT:
            used.add("focus_value")
        if condition.tier_measure is Measure.TARGETS_REACHED and not formulas.apart(found):
            used |= {PLAIN[one.measure] for one in condition.targets}
        if {condition.tier_measure, condition.benefit_measure} & set(formulas.GROWTH):
            used.add("baseline")
        if condition.rate_kind is RateKind.FREE_GOODS:
            used |= {"free_units", "quantity"}
        used |= {"reduction"} if found.line.reduction or condition.reduce_by else set()
        used |= {"gate"} if gated(found) else set()
        if condition.cap is not None:
            used |= {"cap"} if condition.cap.amount is not None else set()
            used |= {"cap_pct"} if condition.cap.pct_of_base is not None else set()
        used |= {"floor", "applies", "excess", "top_up"} if condition.floor else set()
        spot = spot_of(plan, part, found)
        used |= {f"agreed_{name}" for name in spot.extra}
    if any(members for members in groups_of(plan)):
        used.add("reduction")
    return used


def groups_of(plan: Plan) -> list[tuple[Condition, ...]]:
    """The cascades: each condition of one takes off what those before it gave."""
    found = []
    for version in {e.version: e.row.version for _p, e in plan.rows() if e.row.version}.values():
        known = [c for c in version.conditions if any(p.key == c.key for p in plan.parts)]
        found += [
            members
            for members in in_order(known)
            if len(members) > 1 and any(m.stack_mode is StackMode.CASCADE for m in members)
        ]
    return found


def spot_of(plan: Plan, part: Part, found: Earned, **more: Any) -> Spot:
    focus = sums_of(plan.lines, found, focus=True) if part.focused else sums_of((), found)
    return Spot(
        part,
        found,
        sums_of(plan.lines, found),
        focus,
        more.get("block") or Block("", "", "", 0),
        more.get("cell") or str,
    )
