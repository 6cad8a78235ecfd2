"""Customer stock, how long it lasts, and what flows through distributors."""

from __future__ import annotations

from keystead.metrics.calc.definitions.words import (
    BY_PRODUCT,
    BY_PRODUCT_DAY,
    GENERAL,
    QUARTER_BACK,
    gettext_noop,
)
from keystead.metrics.types import (
    Additivity,
    Aggregate,
    Clock,
    Direction,
    Fold,
    Formula,
    Input,
    Measure,
    MetricDef,
    Series,
    Unit,
)

IDENTITY = (
    "opening + coalesce(received, 0) - coalesce(returned, 0) - coalesce(sold, 0)"
    " + coalesce(customer_returned, 0) + coalesce(adjusted, 0) - quantity"
)

STOCK = (
    MetricDef(
        id="stock_units",
        label=gettext_noop("Customer stock"),
        description=gettext_noop("Units the account holds at its last count in the period."),
        formula=gettext_noop(
            "Sum of the closing stock on the last day each account and location reported in "
            "the period."
        ),
        unit=Unit.QUANTITY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.SEMI_ADDITIVE,
        compute=Aggregate("stock", "quantity", Measure.QUANTITY, Fold.LAST),
        source=GENERAL,
        example=gettext_noop("Counts of 120 on 10 June and 90 on 24 June: June has 90."),
        direction=Direction.NEUTRAL,
        topic="stock",
    ),
    MetricDef(
        id="stock_days",
        label=gettext_noop("Stock days"),
        description=gettext_noop(
            "How long the stock lasts at the off-take of the last three months."
        ),
        formula=gettext_noop(
            "closing stock / (off-take units of the three months that end with the period / "
            "their days)"
        ),
        unit=Unit.DAYS,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("closing", Input("stock_units", gettext_noop("Customer stock"))),
                (
                    "sold",
                    Input(
                        "off_take_units",
                        gettext_noop("Off-take units, three months"),
                        window=QUARTER_BACK,
                    ),
                ),
            ),
            "closing * trailing_days",
            "sold",
            clocks=(Clock.TRAILING_DAYS,),
        ),
        source="Days of inventory (DOI), general supply-chain usage",
        example=gettext_noop("300 packs, 900 sold in 90 days: 30 days."),
        direction=Direction.NEUTRAL,
        topic="stock",
    ),
    MetricDef(
        id="stock_days_forward",
        label=gettext_noop("Stock days, forward"),
        description=gettext_noop(
            "How long the stock lasts if the next months sell like the same months last year."
        ),
        formula=gettext_noop(
            "Days until the closing stock is used up by the off-take of the same months last "
            "year; months without a last year take the average of the last three months."
        ),
        unit=Unit.DAYS,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Series(
            "forward_stock_days",
            (
                ("closing", Input("stock_units", gettext_noop("Customer stock"))),
                (
                    "sold",
                    Input("off_take_units", gettext_noop("Off-take units by month"), steps=12),
                ),
            ),
        ),
        source="Forward days of cover, general supply-chain usage",
        example=gettext_noop(
            "300 packs before two months that sold 150 each last year: about 61 days."
        ),
        direction=Direction.NEUTRAL,
        topic="stock",
    ),
    MetricDef(
        id="sell_through",
        label=gettext_noop("Sell-through"),
        description=gettext_noop("Units a distributor ships to the next tier, net of returns."),
        formula=gettext_noop(
            "Sum of the quantity of all delivery lines, returns included as negative lines."
        ),
        unit=Unit.QUANTITY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("flow", "quantity", Measure.QUANTITY),
        source="ASC X12 867, product transfer and resale report",
        example=gettext_noop("Deliveries of 60 and 40 packs and 5 back make 95 packs."),
        topic="stock",
    ),
    MetricDef(
        id="sell_through_rate",
        label=gettext_noop("Sell-through rate"),
        description=gettext_noop("Share of what was there or came in that was sold."),
        formula=gettext_noop(
            "units sold / (opening stock of the first report + units received) x 100"
        ),
        unit=Unit.PERCENT,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("sold", Input("stock_sold", gettext_noop("Units sold"))),
                ("opening", Input("stock_opening", gettext_noop("Opening stock"))),
                ("received", Input("stock_received", gettext_noop("Units received"))),
            ),
            "sold",
            "opening + coalesce(received, 0)",
            100,
        ),
        source="Amazon vendor inventory report, field sellThroughRate",
        example=gettext_noop("80 sold of 60 in stock and 40 received: 80 %."),
        topic="stock",
    ),
    MetricDef(
        id="stock_gap",
        label=gettext_noop("Stock identity gap"),
        description=gettext_noop("Units that the account's own stock report cannot explain."),
        formula=gettext_noop(
            "opening + received - returned - sold + returned by customers + adjusted - "
            "closing, over all reports that state an opening stock"
        ),
        unit=Unit.QUANTITY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("stock", IDENTITY, Measure.QUANTITY, where="opening is not null"),
        source="Chinese stock-flow report layout (进销存)",
        example=gettext_noop("Opening 100, received 50, sold 60, closing 85: a gap of 5."),
        direction=Direction.NEUTRAL,
        topic="stock",
    ),
    MetricDef(
        id="stock_opening",
        label=gettext_noop("Opening stock"),
        description=gettext_noop("Opening stock of the first report in the period."),
        formula=gettext_noop(
            "Sum of the opening stock on the first day each account and location reported in "
            "the period."
        ),
        unit=Unit.QUANTITY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.SEMI_ADDITIVE,
        compute=Aggregate("stock", "opening", Measure.QUANTITY, Fold.FIRST, "opening is not null"),
        source=GENERAL,
        example=gettext_noop(
            "Reports open with 100 on 5 May and 80 on 5 June: the half-year opens with 100."
        ),
        direction=Direction.NEUTRAL,
        topic="stock",
    ),
    MetricDef(
        id="stock_received",
        label=gettext_noop("Units received"),
        description=gettext_noop("Units received, as the account's stock reports state."),
        formula=gettext_noop("Sum of units received over all stock reports of the period."),
        unit=Unit.QUANTITY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("stock", "received", Measure.QUANTITY),
        source=GENERAL,
        example=gettext_noop("40 received in May and 60 in June make 100."),
        direction=Direction.NEUTRAL,
        topic="stock",
    ),
    MetricDef(
        id="stock_sold",
        label=gettext_noop("Units sold out of stock"),
        description=gettext_noop("Units sold, as the account's stock reports state."),
        formula=gettext_noop("Sum of units sold over all stock reports of the period."),
        unit=Unit.QUANTITY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("stock", "sold", Measure.QUANTITY),
        source=GENERAL,
        example=gettext_noop("30 sold in May and 50 in June make 80."),
        topic="stock",
    ),
)
