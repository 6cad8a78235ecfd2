"""Distribution, listings and the market around the account."""

from __future__ import annotations

from keystead.metrics.calc.definitions.words import (
    BY_CATEGORY,
    BY_PRODUCT,
    EVER,
    GENERAL,
    NIELSEN,
    OF_PRODUCTS,
    gettext_noop,
)
from keystead.metrics.types import (
    Additivity,
    Aggregate,
    Column,
    Direction,
    Fold,
    Formula,
    Input,
    Measure,
    MetricDef,
    Observations,
    Series,
    Unit,
)

PER_OUTLET = ("account", "outlet")
LISTINGS = Observations(
    "listing",
    (
        Column("account", "account"),
        Column("product", "product"),
        Column("outlet", "outlet"),
        Column("status", "status"),
    ),
    gettext_noop("Listing reports"),
    window=EVER,
    detail="status",
)

RANGE = (
    MetricDef(
        id="outlets_selling",
        label=gettext_noop("Outlets that sold"),
        description=gettext_noop("Outlets with at least one sale of the product in the period."),
        formula=gettext_noop("Number of different outlets with a positive off-take line."),
        unit=Unit.COUNT,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Aggregate(
            "off_take", "1", Measure.COUNT, Fold.DISTINCT, "quantity > 0", distinct=PER_OUTLET
        ),
        source=NIELSEN,
        example=gettext_noop("Sales in shops A, B and again A: 2 outlets."),
        topic="range",
    ),
    MetricDef(
        id="numeric_distribution",
        label=gettext_noop("Numeric distribution"),
        description=gettext_noop("Share of the account's outlets that sold the product."),
        formula=gettext_noop("outlets that sold the product / outlets that sold anything x 100"),
        unit=Unit.PERCENT,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("sold", Input("outlets_selling", gettext_noop("Outlets that sold the product"))),
                (
                    "all_outlets",
                    Input(
                        "outlets_selling",
                        gettext_noop("All outlets that sold"),
                        total_over=OF_PRODUCTS,
                    ),
                ),
            ),
            "sold",
            "all_outlets",
            100,
        ),
        source=NIELSEN,
        example=gettext_noop("60 of 80 outlets sold it: 75 %."),
        topic="range",
    ),
    MetricDef(
        id="weighted_distribution",
        label=gettext_noop("Weighted distribution"),
        description=gettext_noop(
            "Share of the account's turnover that is made by outlets which sold the product."
        ),
        formula=gettext_noop(
            "turnover of the outlets that sold the product / turnover of all outlets x 100"
        ),
        unit=Unit.PERCENT,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Series(
            "weighted_distribution",
            (
                ("sold", Input("off_take_units", gettext_noop("Off-take units by outlet"))),
                (
                    "turnover",
                    Input("off_take", gettext_noop("Turnover by outlet"), total_over=OF_PRODUCTS),
                ),
            ),
            along=(("sold", PER_OUTLET), ("turnover", PER_OUTLET)),
        ),
        source=NIELSEN,
        example=gettext_noop("Shops with 900 of 1,000 turnover sold it: 90 %."),
        topic="range",
    ),
    MetricDef(
        id="listing_continuity",
        label=gettext_noop("Listing continuity"),
        description=gettext_noop(
            "Months that the range has been listed without a gap, up to the end of the period."
        ),
        formula=gettext_noop(
            "Whole months since the product was last off the list; of several products the "
            "shortest. A product counts if it was listed at some time in the last twelve "
            "months, and is on the list while one outlet lists it."
        ),
        unit=Unit.MONTHS,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Series("listing_continuity", observations=LISTINGS),
        source=GENERAL,
        example=gettext_noop("Back on the list since 3 March, seen on 30 June: 3 months."),
        topic="range",
    ),
    MetricDef(
        id="listing_coverage",
        label=gettext_noop("Listing coverage"),
        description=gettext_noop(
            "Share of the agreed products that are listed at the end of the period."
        ),
        formula=gettext_noop(
            "agreed products that are listed / agreed products x 100; where nothing is "
            "agreed, all products that the account's listing reports name count"
        ),
        unit=Unit.PERCENT,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Series("listing_coverage", observations=LISTINGS, extras=("agreed",)),
        source=GENERAL,
        example=gettext_noop("18 of 20 agreed products are listed: 90 %."),
        topic="range",
    ),
    MetricDef(
        id="skus_sold",
        label=gettext_noop("SKUs sold in"),
        description=gettext_noop("Different products we invoiced to the account."),
        formula=gettext_noop("Number of different products with a positive invoice line."),
        unit=Unit.COUNT,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Aggregate(
            "sell_in",
            "1",
            Measure.COUNT,
            Fold.DISTINCT,
            "quantity > 0 and product_id is not null",
            distinct=("product",),
        ),
        source=GENERAL,
        example=gettext_noop("Strips, lancets and strips again: 2 SKUs."),
        topic="range",
    ),
)

MARKET = (
    MetricDef(
        id="market_size",
        label=gettext_noop("Market"),
        description=gettext_noop("Sales of all companies in the category."),
        formula=gettext_noop("Sum of the market value of all companies."),
        unit=Unit.MONEY,
        grain=BY_CATEGORY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("market"),
        source=GENERAL,
        example=gettext_noop("Our 200 and competitors' 800 make a market of 1,000."),
        direction=Direction.NEUTRAL,
        topic="market",
    ),
    MetricDef(
        id="market_own",
        label=gettext_noop("Own sales in the market"),
        description=gettext_noop("Our sales as the market source counts them."),
        formula=gettext_noop("Sum of the market value of our own rows."),
        unit=Unit.MONEY,
        grain=BY_CATEGORY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("market", where="is_own", zero_when_none=True),
        source=GENERAL,
        example=gettext_noop("Our rows of 150 and 50 make 200."),
        topic="market",
    ),
    MetricDef(
        id="market_share",
        label=gettext_noop("Market share"),
        description=gettext_noop("Our share of the category, on the basis of one source."),
        formula=gettext_noop("own sales in the market / market x 100"),
        unit=Unit.PERCENT,
        grain=BY_CATEGORY,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("own", Input("market_own", gettext_noop("Own sales in the market"))),
                ("market", Input("market_size", gettext_noop("Market"))),
            ),
            "own",
            "market",
            100,
        ),
        source="Farris et al., Marketing Metrics",
        example=gettext_noop("200 of 1,000 is a share of 20 %."),
        topic="market",
    ),
    MetricDef(
        id="evolution_index",
        label=gettext_noop("Evolution index"),
        description=gettext_noop(
            "Our growth against that of the market; above 100 we grow faster."
        ),
        formula=gettext_noop(
            "(1 + own growth) / (1 + market growth) x 100, against the same days last year"
        ),
        unit=Unit.INDEX,
        grain=BY_CATEGORY,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("own", Input("market_own", gettext_noop("Own sales in the market"))),
                ("own_before", Input("market_own", gettext_noop("Own sales, last year"), years=-1)),
                ("market", Input("market_size", gettext_noop("Market"))),
                (
                    "market_before",
                    Input("market_size", gettext_noop("Market, last year"), years=-1),
                ),
            ),
            "own * market_before",
            "own_before * market",
            100,
        ),
        source="Evolution index as used in IQVIA market reports",
        example=gettext_noop("Own growth 10 %, market growth 4 %: 105.8."),
        topic="market",
    ),
)
