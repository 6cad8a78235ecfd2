"""Sell-in, off-take, returns, growth and mix."""

from __future__ import annotations

from keystead.metrics.calc.definitions.words import (
    BY_PRODUCT,
    BY_PRODUCT_DAY,
    GENERAL,
    OF_PRODUCTS,
    YEAR_TO_DATE,
    gettext_noop,
)
from keystead.metrics.types import (
    Additivity,
    Aggregate,
    Direction,
    Formula,
    Input,
    Measure,
    MetricDef,
    Unit,
)

VENDOR_FIELDS = "Amazon vendor sales report, fields orderedUnits, shippedUnits, customerReturns"

SALES = (
    MetricDef(
        id="sell_in",
        label=gettext_noop("Sell-in"),
        description=gettext_noop("What we invoice to the account, net of returns."),
        formula=gettext_noop(
            "Sum of the value of all invoice lines, credit notes included as negative lines."
        ),
        unit=Unit.MONEY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("sell_in"),
        source=GENERAL,
        example=gettext_noop("Invoices of 1,000 and 500 and a credit note of -200 give 1,300."),
    ),
    MetricDef(
        id="sell_in_units",
        label=gettext_noop("Sell-in units"),
        description=gettext_noop("Units we invoice to the account, net of returns."),
        formula=gettext_noop(
            "Sum of the quantity of all invoice lines, returns included as negative lines."
        ),
        unit=Unit.QUANTITY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("sell_in", "quantity", Measure.QUANTITY),
        source=GENERAL,
        example=gettext_noop("100 packs invoiced and 10 taken back give 90 packs."),
    ),
    MetricDef(
        id="sell_in_gross",
        label=gettext_noop("Gross sell-in"),
        description=gettext_noop("What we invoice to the account before returns."),
        formula=gettext_noop("Sum of the value of invoice lines that are not returns."),
        unit=Unit.MONEY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("sell_in", where="not is_return", zero_when_none=True),
        source=GENERAL,
        example=gettext_noop("Invoices of 1,000 and 500 and a credit note of -200 give 1,500."),
    ),
    MetricDef(
        id="returns",
        label=gettext_noop("Returns"),
        description=gettext_noop("Credit notes and goods taken back; a negative amount."),
        formula=gettext_noop("Sum of the value of invoice lines that are returns."),
        unit=Unit.MONEY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("sell_in", where="is_return", zero_when_none=True),
        source=GENERAL,
        example=gettext_noop("Credit notes of 200 and 50 give -250."),
    ),
    MetricDef(
        id="net_sales",
        label=gettext_noop("Net sales"),
        description=gettext_noop("Gross sell-in less returns, both shown apart in the proof."),
        formula=gettext_noop("Gross sell-in plus returns, which are negative."),
        unit=Unit.MONEY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Formula(
            (
                ("gross", Input("sell_in_gross", gettext_noop("Gross sell-in"))),
                ("returned", Input("returns", gettext_noop("Returns"))),
            ),
            "gross + returned",
        ),
        source=GENERAL,
        example=gettext_noop("Gross sell-in of 1,500 and returns of -200 give 1,300."),
    ),
    MetricDef(
        id="sell_in_to_date",
        label=gettext_noop("Sell-in, year to date"),
        description=gettext_noop(
            "Sell-in from the start of the fiscal year to the end of the period."
        ),
        formula=gettext_noop(
            "Sum of sell-in from the first day of the fiscal year to the last day of the period."
        ),
        unit=Unit.MONEY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.SEMI_ADDITIVE,
        compute=Aggregate("sell_in", window=YEAR_TO_DATE),
        source=GENERAL,
        example=gettext_noop("January 100, February 120: the figure of February is 220."),
    ),
    MetricDef(
        id="net_sales_to_date",
        label=gettext_noop("Net sales, year to date"),
        description=gettext_noop(
            "Net sales from the start of the fiscal year to the end of the period."
        ),
        formula=gettext_noop("Gross sell-in plus returns, from the first day of the fiscal year."),
        unit=Unit.MONEY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.SEMI_ADDITIVE,
        compute=Formula(
            (
                (
                    "gross",
                    Input("sell_in_gross", gettext_noop("Gross sell-in"), window=YEAR_TO_DATE),
                ),
                ("returned", Input("returns", gettext_noop("Returns"), window=YEAR_TO_DATE)),
            ),
            "gross + returned",
        ),
        source=GENERAL,
        example=gettext_noop("January 100, February 120: the figure of February is 220."),
    ),
    MetricDef(
        id="off_take",
        label=gettext_noop("Off-take"),
        description=gettext_noop("What the account sells to its own buyers, at their prices."),
        formula=gettext_noop(
            "Sum of the value of the account's sales, returns included as negative lines."
        ),
        unit=Unit.MONEY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("off_take"),
        source=VENDOR_FIELDS,
        example=gettext_noop("Sales of 800 and 700 and a refund of -100 give 1,400."),
    ),
    MetricDef(
        id="off_take_units",
        label=gettext_noop("Off-take units"),
        description=gettext_noop("Units the account sells to its own buyers."),
        formula=gettext_noop(
            "Sum of the quantity of the account's sales, returns included as negative lines."
        ),
        unit=Unit.QUANTITY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("off_take", "quantity", Measure.QUANTITY),
        source=VENDOR_FIELDS,
        example=gettext_noop("80 packs sold and 2 given back make 78 packs."),
    ),
    MetricDef(
        id="sell_in_growth",
        label=gettext_noop("Sell-in growth"),
        description=gettext_noop("Change of sell-in against the same days of last year."),
        formula=gettext_noop(
            "(sell-in - sell-in of the same days last year) / sell-in of the same days last "
            "year x 100"
        ),
        unit=Unit.PERCENT,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("now", Input("sell_in", gettext_noop("Sell-in"))),
                ("before", Input("sell_in", gettext_noop("Sell-in, last year"), years=-1)),
            ),
            "now - before",
            "before",
            100,
        ),
        source=GENERAL,
        example=gettext_noop("1,100 after 1,000 is a growth of 10 %."),
    ),
    MetricDef(
        id="off_take_growth",
        label=gettext_noop("Off-take growth"),
        description=gettext_noop("Change of off-take units against the same days of last year."),
        formula=gettext_noop(
            "(units - units of the same days last year) / units of the same days last year x 100"
        ),
        unit=Unit.PERCENT,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("now", Input("off_take_units", gettext_noop("Off-take units"))),
                (
                    "before",
                    Input("off_take_units", gettext_noop("Off-take units, last year"), years=-1),
                ),
            ),
            "now - before",
            "before",
            100,
        ),
        source=GENERAL,
        example=gettext_noop("90 packs after 100 is a growth of -10 %."),
    ),
    MetricDef(
        id="product_mix",
        label=gettext_noop("Product mix"),
        description=gettext_noop(
            "Share of a product, brand or category in the sell-in of the account."
        ),
        formula=gettext_noop("sell-in of the product / sell-in of all products x 100"),
        unit=Unit.PERCENT,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("part", Input("sell_in", gettext_noop("Sell-in"))),
                (
                    "whole",
                    Input(
                        "sell_in", gettext_noop("Sell-in of all products"), total_over=OF_PRODUCTS
                    ),
                ),
            ),
            "part",
            "whole",
            100,
        ),
        source=GENERAL,
        example=gettext_noop("300 of 1,200 is a share of 25 %."),
        direction=Direction.NEUTRAL,
    ),
)
