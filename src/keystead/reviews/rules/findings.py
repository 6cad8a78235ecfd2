"""Wins, misses and asks: what a rule finds in the material, the weightiest first."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from keystead.reviews.types.material import Material, Record
from keystead.reviews.types.story import Saying

MOST: Final = 5
GROWN: Final = Decimal(10)  # per cent of off-take or usage on last year that is worth telling
WHOLE: Final = Decimal(100)
LONG_LISTED: Final = Decimal(12)  # months on the list without a gap
MUCH_STOCK: Final = Decimal(60)  # days
FEW_DAYS: Final = 92  # an agreement that ends within so many days of the period's end
ZERO: Final = Decimal(0)


def wins(material: Material) -> tuple[Saying, ...]:
    """Return what went well: at most five sentences, each with its figures."""
    return tuple(_wins(material))[:MOST]


def misses(material: Material) -> tuple[Saying, ...]:
    """Return what did not go well: at most five sentences, each with its figures."""
    return tuple(_misses(material))[:MOST]


def asks(material: Material) -> tuple[Saying, ...]:
    """Return what we ask the customer for: lists, papers, decisions; at most five."""
    return tuple(_asks(material))[:MOST]


def _wins(material: Material) -> Iterable[Saying]:
    reached = material.fact("target_attainment")
    if reached.value is not None and reached.value >= WHOLE:
        yield Saying("win_target", {"reached": reached})
    for one in _moved(material, up=True)[:2]:
        yield Saying("win_product", {"change": one.fact("change")}, {"name": one.words["name"]})
    growth = material.fact("off_take_growth")
    if growth.value is not None and growth.value >= GROWN:
        yield Saying("win_off_take", {"growth": growth})
    coverage = material.fact("listing_coverage")
    if coverage.value is not None and coverage.value >= WHOLE:
        yield Saying("win_range", {"coverage": coverage})
    months = material.fact("listing_continuity")
    if months.value is not None and months.value >= LONG_LISTED:
        yield Saying("win_continuity", {"months": months})
    now, old = material.fact("unique_requests"), material.fact("unique_requests_last_year")
    if now.value and old.value and now.value > old.value:
        yield Saying("win_usage", {"now": now, "before": old})
    for one in material.records("carried"):
        if one.words["state"] == "done":
            yield Saying("win_action", {}, {"text": one.words["text"]})


def _misses(material: Material) -> Iterable[Saying]:
    reached, gap = material.fact("target_attainment"), material.fact("target_gap")
    if reached.value is not None and reached.value < WHOLE:
        facts = {"reached": reached} | ({"gap": gap} if gap else {})
        yield Saying("miss_target" if gap else "miss_target_plain", facts)
    for one in _moved(material, up=False)[:2]:
        yield Saying("miss_product", {"change": one.fact("change")}, {"name": one.words["name"]})
    growth = material.fact("off_take_growth")
    if growth.value is not None and growth.value < ZERO:
        yield Saying("miss_off_take", {"growth": growth})
    coverage = material.fact("listing_coverage")
    if coverage.value is not None and coverage.value < WHOLE:
        yield Saying("miss_range", {"coverage": coverage})
    days = material.fact("stock_days")
    if days.value is not None and days.value > MUCH_STOCK:
        yield Saying("miss_stock", {"days": days})
    now, old = material.fact("unique_requests"), material.fact("unique_requests_last_year")
    if now.value and old.value and now.value < old.value:
        yield Saying("miss_usage", {"now": now, "before": old})
    for one in late(material):
        yield Saying("miss_action", {}, {"text": one.words["text"], "owner": one.words["owner"]})


def _asks(material: Material) -> Iterable[Saying]:
    off = [one for one in material.records("range") if not one.words["listed"]]
    for one in off[:2]:
        yield Saying("ask_list", {}, {"name": one.words["name"]})
    for one in material.records("claims")[:1]:
        if one.fact("amount"):
            yield Saying(
                "ask_claim", {"amount": one.fact("amount")}, {"number": one.words["number"]}
            )
    for one in material.records("agreements"):
        if (one.days["last"] - material.period.last).days <= FEW_DAYS:
            yield Saying("ask_renewal", {}, {"number": one.words["number"]})
    for one in late(material):
        if one.words["side"] == "theirs":
            yield Saying("ask_action", {}, {"text": one.words["text"]})
    gap = material.fact("target_gap")
    if gap.value is not None and gap.value < ZERO:
        yield Saying("ask_gap", {"gap": gap})


def late(material: Material) -> tuple[Record, ...]:
    """Return the actions that should have been done before the material was frozen."""
    today = material.frozen_at.date()
    return tuple(
        one
        for one in material.records("carried")
        if one.words["state"] == "open" and "due" in one.days and one.days["due"] < today
    )


def _moved(material: Material, *, up: bool) -> list[Record]:
    found = [one for one in material.records("movers") if one.fact("change").value]
    return [one for one in found if ((one.fact("change").value or ZERO) > 0) is up]
