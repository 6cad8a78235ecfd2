"""The cells of the table of terms: what may be chosen, how a condition is shown, numbers typed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import pgettext

from keystead.agreements.types import (
    SERVICES,
    Condition,
    Every,
    Family,
    Measure,
    Method,
    RateKind,
    Scope,
    Selection,
    Service,
    Tier,
    Timing,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact
from keystead.kernel.ids import slug
from keystead.profitability.types.offers import OfferCase, PriceMove

MOST_TIERS, SPARE, MOST_MOVES = 8, 1, 6
COMMITMENT: Final = "commitment"
LAST_YEAR: Final = "last-year"
DISCOUNTS: Final = (Family.INVOICE_DISCOUNT, Family.LOGISTICS_DISCOUNT, Family.PROMOTION_PRICE)
ADDED: Final = (
    Family.VOLUME_REBATE,
    Family.GROWTH_REBATE,
    Family.INVOICE_DISCOUNT,
    Family.TARGET_BONUS,
    Family.LISTING_FEE,
    Family.DATA_FEE,
    Family.DISPLAY_FEE,
)
MEASURES: Final = ("net_value", "quantity", "growth_pct", "growth_value")
PAID_ON: Final = ("net_value", "growth_value", "quantity")
KINDS: Final = ("percent", "per_unit", "fixed")
METHODS: Final = ("incremental", "all_units", "linear")
PERIODS: Final = ("month", "quarter", "half", "year", "contract")
CHOICES: Final[Mapping[str, tuple[tuple[str, Any], ...]]] = {
    "measure": tuple((one, Measure(one)) for one in MEASURES),
    "paid_on": tuple((one, Measure(one)) for one in PAID_ON),
    "kind": tuple((one, RateKind(one)) for one in KINDS),
    "method": tuple((one, Method(one)) for one in METHODS),
    "period": tuple((one, Every(one)) for one in PERIODS),
}


def shape(condition: Condition) -> str:
    """Return how the table shows a condition: discount, tiers, fee, or kept as it is."""
    simple = condition.rate_kind is not RateKind.FREE_GOODS and not any(
        tier.valid for tier in condition.tiers
    )
    if condition.timing is Timing.ON_INVOICE:
        return "discount" if simple and len(condition.tiers) <= 1 else "kept"
    if condition.timing is Timing.LUMP and condition.tier_measure is Measure.NONE:
        return "fee" if len(condition.tiers) <= 1 else "kept"
    fits = condition.tier_measure.value in MEASURES and condition.method.value in METHODS
    fits = fits and condition.benefit_measure.value in PAID_ON
    return "tiers" if simple and fits and len(condition.tiers) <= MOST_TIERS else "kept"


def begun(family: Family, key: str, case: OfferCase) -> Condition:
    """Return a new condition of a family, ready to be filled."""
    first = Condition(key, family, method=Method.INCREMENTAL, tiers=(Tier(Decimal(0), Decimal(0)),))
    if family in DISCOUNTS:
        return dataclasses.replace(first, timing=Timing.ON_INVOICE)
    if family in SERVICES:
        return dataclasses.replace(
            first,
            timing=Timing.LUMP,
            tier_measure=Measure.NONE,
            benefit_measure=Measure.NONE,
            rate_kind=RateKind.FIXED,
            method=Method.ALL_UNITS,
            service=Service(due=case.span),
        )
    if family is Family.GROWTH_REBATE:
        return dataclasses.replace(
            first, tier_measure=Measure.GROWTH_PCT, baseline=LAST_YEAR, method=Method.ALL_UNITS
        )
    if family is Family.TARGET_BONUS:
        return dataclasses.replace(first, rate_kind=RateKind.FIXED, method=Method.ALL_UNITS)
    return first


@dataclasses.dataclass(frozen=True)
class Line:
    """One tier row as typed."""

    place: int
    lower: str
    rate: str


@dataclasses.dataclass(frozen=True)
class Block:
    """One condition of the table: its shape, its words, and the values of its fields."""

    key: str
    shape: str
    family: str
    family_words: str
    name: str
    values: Mapping[str, str]
    lines: tuple[Line, ...] = ()
    told: str = ""


def number_of(text: str) -> Decimal | None:
    """Return a typed or pasted number; None where it is none.

    Spaces group digits. Of a point and a comma the later one is the decimal sign; a single comma
    is one unless exactly three digits follow it.

    >>> [str(number_of(text)) for text in ("1,234.5", "1 234,5", "1,234", "2,5", "x")]
    ['1234.5', '1234.5', '1234', '2.5', 'None']
    """
    bare = "".join(text.split()).replace("\u00a0", "").replace("\u202f", "")
    if "," in bare and "." in bare:
        last = max(bare.rfind(","), bare.rfind("."))
        bare = bare[:last].replace(",", "").replace(".", "") + "." + bare[last + 1 :]
    elif bare.count(",") == 1 and len(bare) - bare.rfind(",") != 4:
        bare = bare.replace(",", ".")
    else:
        bare = bare.replace(",", "")
    try:
        return exact(Decimal(bare)) if bare else None
    except (InvalidOperation, Invalid):
        return None


def free_key(family: str, taken: Sequence[str]) -> str:
    """Return a key for a new condition that no other has."""
    base, place = slug(family)[:24], 1
    key = base
    while key in taken:
        place += 1
        key = f"{base}-{place}"
    return key


def plain(value: Decimal | None) -> str:
    """Return a number as it is typed into a field; empty for none."""
    return "" if value is None else f"{value.normalize():f}" if value else "0"


def scope_word(scope: Scope) -> str:
    """Return the choice that stands for a scope."""
    if scope == Scope():
        return ""
    brands = scope.include.brands
    if scope == Scope(Selection(brands=brands)) and len(brands) == 1:
        return f"brand:{brands[0]}"
    return "as-is"


def scope_label(word: str) -> str:
    """Return the words of a scope that the table cannot say itself."""
    return pgettext("scope", "as in the agreement") if word == "as-is" else ""


def move_word(move: PriceMove) -> str:
    """Return the choice that stands for what a price move is about."""
    if move.product is not None:
        return f"product:{move.product}"
    if move.brand:
        return f"brand:{move.brand}"
    return f"category:{move.category}" if move.category else "all"


def move_of(what: str, change: Decimal | None, price: Decimal | None) -> PriceMove:
    """Return the price move of a choice."""
    kind, _sign, name = what.partition(":")
    if kind == "product" and name.isdecimal():
        return PriceMove(product=int(name), change_pct=change, new_price=price)
    if kind == "brand":
        return PriceMove(brand=name, change_pct=change)
    if kind == "category":
        return PriceMove(category=name, change_pct=change)
    return PriceMove(change_pct=change)
