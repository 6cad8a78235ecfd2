"""What the form of a condition shows: its steps, and what each family needs; the rest is "more"."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.agreements.forms.selections import FIELDS
from keystead.agreements.types import SERVICES, Family, Measure, RateKind, Timing

F, M = Family, Measure
SCOPE: Final = tuple(f"in_{field}" for field in FIELDS)
WITHOUT: Final = tuple(f"out_{field}" for field in FIELDS)
FOCUS: Final = tuple(f"focus_{field}" for field in FIELDS)
STOCK: Final = (
    "report_days", "include_in_transit", "less_off_take", "sell_in_days", "cap_days_of_stock",
    "off_take_days",
)  # fmt: skip

# A step: its name, its title, its controls in order; a group of rows stands under its name.
STEPS: Final[tuple[tuple[str, Any, tuple[str, ...]], ...]] = (
    (
        "what",
        pgettext_lazy("condition", "What it is"),
        ("label", "family", "timing", "valid_from", "valid_to", "note"),
    ),
    (
        "measured",
        _("What is measured"),
        (
            "tier_measure", "tier_period", "tier_metric", "baseline_source", "baseline_months",
            "targets", *FOCUS, "tier_uom", "anchor", "reset", "baseline", "baseline_measure",
        ),
    ),
    (
        "tiers",
        _("Rates and tiers"),
        (
            "rate_kind", "benefit_measure", "method", "ramp", "tiers", "free", "per", "partial",
            "goods_product", *STOCK, "payment_terms",
            "boundary", "benefit_on_focus", "benefit_metric", "benefit_uom",
        ),
    ),
    (
        "when",
        _("When it is paid"),
        (
            "settle_every", "payout_lag_days", "grace_days", "transaction_point", "returns_count",
            "paid_only", "negative_policy",
        ),
    ),
    (
        "limits",
        _("Limits and gates"),
        ("cap_amount", "cap_pct", "floor_amount", "floor_cumulative", "gates"),
    ),
    ("scope", _("For which sales"), (*SCOPE, *WITHOUT)),
    (
        "stacking",
        _("Together with others"),
        ("sequence", "discount_base", "stack_group", "stack_mode", "priority", "reduce_by"),
    ),
    (
        "proof",
        _("Proof and booking"),
        (
            "deliverable", "proof", "fair_value_note", "due_from", "due_to", "gl_code", "fund",
            "payee", "currency",
        ),
    ),
    ("examples", _("Worked examples"), ("examples",)),
)  # fmt: skip

# Choices that change what the form shows.
SHAPING: Final = (
    "family", "timing", "tier_measure", "benefit_measure", "rate_kind", "baseline_source", "ramp",
)  # fmt: skip
ON_INVOICE: Final = (F.INVOICE_DISCOUNT, F.LOGISTICS_DISCOUNT, F.PROMOTION_PRICE)
PRICES: Final = (F.CONTRACT_PRICE, F.TENDER_PRICE)
TERMS: Final = (F.EARLY_PAYMENT, F.EXTENDED_TERMS)
UNRATED: Final = (*PRICES, *TERMS, F.PRICE_PROTECTION, F.FREE_GOODS)
SERVICE_FIELDS: Final = ("deliverable", "proof", "fair_value_note", "due_from", "due_to")


@dataclasses.dataclass(frozen=True)
class Shape:
    """The choices that decide what is needed."""

    family: Family = F.VOLUME_REBATE
    timing: Timing = Timing.OFF_INVOICE
    tier_measure: Measure = M.NET_VALUE
    benefit_measure: Measure = M.NET_VALUE
    rate_kind: RateKind = RateKind.PERCENT
    baseline_typed: bool = False
    ramp: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Shape:
        """Return the shape behind values as typed; a word that is none counts as the default."""
        found: dict[str, Any] = {}
        kinds: dict[str, Any] = {
            "family": Family, "timing": Timing, "tier_measure": Measure,
            "benefit_measure": Measure, "rate_kind": RateKind,
        }  # fmt: skip
        for name, kind in kinds.items():
            if given.get(name) in {one.value for one in kind}:
                found[name] = kind(given[name])
        found["baseline_typed"] = given.get("baseline_source") == "typed"
        found["ramp"] = bool(given.get("ramp"))
        return cls(**found)


def defaults_of(family: Family) -> dict[str, Any]:
    """Return what a family usually is: the choices that change when the family does."""
    found: dict[str, Any] = {
        "timing": "off_invoice", "tier_measure": "net_value", "tier_period": "year",
        "benefit_measure": "net_value", "rate_kind": "percent",
    }  # fmt: skip
    if family in (*ON_INVOICE, *PRICES):
        found["timing"] = "on_invoice"
    elif family in SERVICES:
        found |= {"timing": "lump", "tier_measure": "none", "rate_kind": "fixed"}
    elif family is F.GROWTH_REBATE:
        found |= {"tier_measure": "growth_pct", "tier_period": "quarter"}
    elif family is F.MIX_REBATE:
        found |= {"tier_measure": "share_pct", "tier_period": "quarter"}
    elif family is F.TARGET_BONUS:
        found |= {"tier_measure": "targets_reached", "rate_kind": "fixed"}
    elif family is F.PRICE_PROTECTION:
        found |= {"tier_measure": "none", "tier_period": "quarter"}
    elif family is F.FREE_GOODS:
        found |= {"rate_kind": "free_goods", "tier_measure": "quantity"}
        found["benefit_measure"] = "quantity"
    return found


def needed(shape: Shape) -> frozenset[str]:
    """Return the controls and rows that a condition of this shape needs."""
    found = {"label", "family"}
    if shape.family in PRICES:
        return frozenset(found | {"valid_from", "valid_to", "in_brands", "in_products"})
    if shape.family in TERMS:
        return frozenset(found | {"payment_terms", "gl_code"})
    if shape.family is F.PRICE_PROTECTION:
        return frozenset(found | {*STOCK, "tier_period", "cap_amount", "in_products", "in_brands"})
    found |= {"timing", "in_brands", "in_products", "in_categories", "examples"}
    if shape.family is F.FREE_GOODS or shape.rate_kind is RateKind.FREE_GOODS:
        return frozenset(found | {"free", "per", "partial", "goods_product", "tier_period"})
    found |= {"tiers", "rate_kind", "gl_code"}
    if shape.timing is Timing.ON_INVOICE:
        return frozenset(found | {"sequence", "discount_base", "valid_from", "valid_to"})
    return frozenset(found | _earned(shape))


def _earned(shape: Shape) -> set[str]:
    found = {"tier_measure", "tier_period", "settle_every"}
    found |= _measured(shape)
    if shape.rate_kind is not RateKind.FIXED:
        found |= {"benefit_measure"}
    if shape.tier_measure is not M.NONE:
        found |= {"method", "ramp", "cap_amount", "floor_amount", "gates"}
        found |= {"returns_count", "reduce_by", "negative_policy"}
    if shape.benefit_measure is M.METRIC and shape.rate_kind is not RateKind.FIXED:
        found.add("benefit_metric")
    if shape.family in SERVICES or shape.timing is Timing.LUMP:
        found |= set(SERVICE_FIELDS)
    if shape.family is F.FUND:
        found |= {"fund", *SERVICE_FIELDS[:2]}
    return found


def _measured(shape: Shape) -> set[str]:
    """Return what the measures ask for: a metric, a baseline, a focus range, targets, a unit."""
    found: set[str] = set()
    measures = (shape.tier_measure, shape.benefit_measure)
    if shape.tier_measure is M.METRIC:
        found.add("tier_metric")
    if M.GROWTH_PCT in measures or M.GROWTH_VALUE in measures:
        found.add("baseline_source")
        if shape.baseline_typed:
            found |= {"baseline_months", "baseline_measure"}
    if shape.tier_measure is M.SHARE_PCT:
        found |= {"focus_brands", "focus_products", "focus_categories", "benefit_on_focus"}
    if shape.tier_measure is M.TARGETS_REACHED:
        found.add("targets")
    if shape.tier_measure is M.QUANTITY:
        found.add("tier_uom")
    return found


def example_columns(shape: Shape) -> frozenset[str]:
    """Return the columns of a worked example that the measures ask for."""
    found = {"name", "tier_measure", "expected"}
    if M.GROWTH_PCT in (shape.tier_measure, shape.benefit_measure) or M.GROWTH_VALUE in (
        shape.tier_measure, shape.benefit_measure,
    ):  # fmt: skip
        found.add("baseline")
    if shape.tier_measure is M.SHARE_PCT:
        found.add("focus_measure")
    if shape.tier_measure is M.TARGETS_REACHED:
        found.add("targets_reached")
    if shape.tier_measure is not shape.benefit_measure and shape.rate_kind is not RateKind.FIXED:
        found.add("benefit_measure")
    return frozenset(found)
