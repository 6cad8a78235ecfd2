"""The words of an agreement in the reader's language: kinds, states, families, measures."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keystead.metrics.calc.definitions import ALL

KINDS: Final = {
    "annual": _("Annual agreement"),
    "framework": _("Framework agreement"),
    "promotion": _("Promotion agreement"),
    "tender": _("Tender"),
    "data": _("Data agreement"),
    "service": _("Service agreement"),
    "licence": _("Licence"),
}
STATES: Final = {
    "draft": pgettext_lazy("agreement", "draft"),
    "in_review": pgettext_lazy("agreement", "in review"),
    "approved": pgettext_lazy("agreement", "approved"),
    "offered": pgettext_lazy("agreement", "offered"),
    "signed": pgettext_lazy("agreement", "signed"),
    "active": pgettext_lazy("agreement", "active"),
    "expiring": pgettext_lazy("agreement", "expiring"),
    "renewed": pgettext_lazy("agreement", "renewed"),
    "expired": pgettext_lazy("agreement", "expired"),
    "terminated": pgettext_lazy("agreement", "terminated"),
}
TONES: Final = {
    "in_review": "warn",
    "expiring": "warn",
    "active": "good",
    "signed": "good",
    "terminated": "bad",
}
FAMILIES: Final = {
    "contract_price": _("Contract price"),
    "tender_price": _("Tender price"),
    "price_protection": _("Price protection"),
    "invoice_discount": _("Invoice discount"),
    "logistics_discount": _("Logistics discount"),
    "promotion_price": _("Promotion price"),
    "free_goods": _("Free goods"),
    "volume_rebate": _("Volume rebate"),
    "growth_rebate": _("Growth rebate"),
    "mix_rebate": _("Range rebate"),
    "target_bonus": _("Target bonus"),
    "listing_fee": _("Listing fee"),
    "placement_fee": _("Placement fee"),
    "data_fee": _("Data fee"),
    "logistics_fee": _("Logistics fee"),
    "display_fee": _("Display fee"),
    "event_fee": _("Event fee"),
    "fund": _("Marketing fund"),
    "early_payment": _("Early payment discount"),
    "extended_terms": _("Longer payment term"),
}
TIMINGS: Final = {
    "on_invoice": _("on the invoice"),
    "off_invoice": _("after the invoice"),
    "lump": _("as a sum of its own"),
}
MEASURES: Final = {
    "net_value": _("net sales"),
    "gross_value": _("gross sales"),
    "quantity": _("units"),
    "growth_pct": _("growth in percent"),
    "growth_value": _("growth in money"),
    "share_pct": _("share of the focus range"),
    "targets_reached": _("number of targets reached"),
    "metric": _("a metric"),
    "none": _("nothing: a fixed sum"),
}
PERIODS: Final = {
    "month": _("each month"),
    "quarter": _("each quarter"),
    "half": _("each half-year"),
    "year": _("each year"),
    "contract": _("the whole agreement"),
}
RATE_KINDS: Final = {
    "percent": _("percent"),
    "per_unit": _("money per unit"),
    "fixed": _("a fixed sum"),
    "free_goods": _("free goods"),
}
METHODS: Final = {
    "all_units": _("the rate of the tier reached, on everything"),
    "incremental": _("each rate on the part inside its own tier"),
    "additive": _("every tier reached, on everything"),
    "additive_capped": _("every tier reached, up to its upper end"),
    "linear": _("a rate between the tiers, in a straight line"),
}
BOUNDARIES: Final = {
    "gte": _("the bound itself belongs to the tier"),
    "gt": _("only what is above the bound belongs to the tier"),
}
POINTS: Final = {
    "ordered": _("ordered"),
    "delivered": _("delivered"),
    "invoiced": _("invoiced"),
    "paid": _("paid"),
}
NEGATIVES: Final = {
    "recover": _("too much paid is asked back"),
    "carry_forward": _("too much paid is held against later payments"),
    "floor_zero": _("what was paid stays paid"),
}
MODES: Final = {
    "additive": _("added up"),
    "cascade": _("one after the other, each on what is left"),
    "best_of": _("only the best one"),
    "first_match": _("only the first one that pays"),
}
GATE_KINDS: Final = {
    "flag": _("yes or no"),
    "number": _("a number"),
    "share": _("the share of a focus range"),
}
GATES: Final = {
    "data_on_time": _("data delivered on time"),
    "no_overdue_debt": _("no overdue debt"),
    "licence_valid": _("licence valid"),
    "no_diversion": _("no diversion of goods"),
}
PARTIALS: Final = {
    "floor": _("left out"),
    "half_up": _("rounded"),
    "ceiling": _("counted as a full one"),
    "prorated": _("in proportion"),
}
ANCHORS: Final = {
    "calendar": _("with the calendar"),
    "agreement": _("with the first day of the agreement"),
}
BASES: Final = {
    "list": _("the list price"),
    "running": _("what is left after the discounts before"),
}
BASELINES: Final = {
    "read": _("sell-in a year before, read at signing"),
    "typed": _("amounts typed here"),
}
TRUTH: Final = {
    True: pgettext_lazy("truth", "yes"),
    False: pgettext_lazy("truth", "no"),
}


def metric_name(metric_id: str) -> str:
    """Return what a metric is called, in the reader's language; an unknown one by its id."""
    found = next((one for one in ALL if one.id == metric_id), None)
    return gettext(found.label) if found else metric_id
