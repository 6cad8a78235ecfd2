"""Shelf prices: index, dispersion, promotions. Measured, never used against a reseller."""

from __future__ import annotations

from keystead.metrics.calc.definitions.words import BY_LINE, GENERAL, gettext_noop
from keystead.metrics.types import (
    Additivity,
    Column,
    Direction,
    MetricDef,
    Observations,
    Series,
    Unit,
)

PRICES = Observations(
    "shelf_price",
    (
        Column("account", "account"),
        Column("product", "product"),
        Column("shop", "shop"),
        Column("item", "item"),
        Column("price", "price"),
        Column("regular", "regular_price"),
        Column("currency", "currency"),
    ),
    gettext_noop("Observed shelf prices"),
    where="price > 0",
    reference=True,
    amount="price",
)


def _price(
    id: str,
    label: str,
    description: str,
    formula: str,
    example: str,
    *,
    unit: Unit = Unit.PERCENT,
    direction: Direction = Direction.DOWN,
    additivity: Additivity = Additivity.RATIO,
) -> MetricDef:
    return MetricDef(
        id=id,
        label=label,
        description=description,
        formula=formula,
        unit=unit,
        grain=BY_LINE,
        additivity=additivity,
        compute=Series(id, observations=PRICES),
        source=GENERAL,
        example=example,
        direction=direction,
        resale_price=True,
        topic="prices",
    )


SHELF_PRICES = (
    _price(
        "price_index",
        gettext_noop("Price index"),
        gettext_noop("Level of the shelf prices against the regular prices."),
        gettext_noop(
            "sum of observed prices / sum of regular prices x 100; the regular price is the "
            "one observed beside it, else the most frequent price of the same item in the "
            "same shop over the period asked"
        ),
        gettext_noop("Prices of 90 and 100 against a regular 100: 95."),
        unit=Unit.INDEX,
        direction=Direction.NEUTRAL,
    ),
    _price(
        "price_dispersion",
        gettext_noop("Price dispersion"),
        gettext_noop("How far prices of the same product lie apart."),
        gettext_noop(
            "sample standard deviation / mean of the prices of a product x 100; over several "
            "products the average weighted by observations"
        ),
        gettext_noop("Prices of 90, 100 and 110: 10 %."),
    ),
    _price(
        "price_spread",
        gettext_noop("Price spread"),
        gettext_noop("Distance from the lowest to the highest price of the same product."),
        gettext_noop(
            "(highest - lowest) / mean of the prices of a product x 100; over several "
            "products the average weighted by observations"
        ),
        gettext_noop("Prices of 90, 100 and 110: 20 %."),
    ),
    _price(
        "price_modal_share",
        gettext_noop("Modal price share"),
        gettext_noop("Share of observations at the most frequent price of the product."),
        gettext_noop(
            "observations at the most frequent price of their product / observations x 100"
        ),
        gettext_noop("Prices of 99, 99, 99 and 89: 75 %."),
        direction=Direction.UP,
    ),
    _price(
        "promo_depth",
        gettext_noop("Promotion depth"),
        gettext_noop("Average discount of the observations on promotion."),
        gettext_noop(
            "average of (1 - price / regular price) x 100 over observations more than 5 % "
            "below the regular price"
        ),
        gettext_noop("Prices of 80 and 90 against a regular 100: 15 %."),
        direction=Direction.NEUTRAL,
    ),
    _price(
        "promo_frequency",
        gettext_noop("Promotion frequency"),
        gettext_noop("Share of observations on promotion."),
        gettext_noop("observations more than 5 % below the regular price / observations x 100"),
        gettext_noop("2 of 10 observations below 95 % of the regular price: 20 %."),
        direction=Direction.NEUTRAL,
    ),
    _price(
        "price_episodes",
        gettext_noop("Price episodes"),
        gettext_noop("Stretches of observations below the regular price."),
        gettext_noop(
            "number of unbroken runs of observations more than 5 % below the regular price, "
            "counted per item and shop"
        ),
        gettext_noop("100, 80, 80, 100, 90: 2 episodes."),
        unit=Unit.COUNT,
    ),
    _price(
        "price_under_peak",
        gettext_noop("Share below the highest price"),
        gettext_noop(
            "Share of observations below the highest price of the same item in the period asked."
        ),
        gettext_noop(
            "observations below the highest price of their item and shop over the period "
            "asked / observations x 100"
        ),
        gettext_noop("Ten days at 100 but two at 90: 20 %."),
        direction=Direction.NEUTRAL,
    ),
)
