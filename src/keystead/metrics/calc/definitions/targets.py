"""Targets, attainment and run rate."""

from __future__ import annotations

from keystead.metrics.calc.definitions.words import (
    BY_ACCOUNT,
    BY_MONTH,
    BY_PRODUCT,
    BY_PRODUCT_DAY,
    GENERAL,
    WHOLE_YEAR,
    YEAR_TO_DATE,
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
    Unit,
)

TARGETS = (
    MetricDef(
        id="sell_in_forecast",
        label=gettext_noop("Sell-in forecast"),
        description=gettext_noop("What we expect to invoice to the account, as agreed."),
        formula=gettext_noop("Sum of the value of the forecast rows of the period."),
        unit=Unit.MONEY,
        grain=BY_MONTH,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("forecast", month_share=True),
        source=GENERAL,
        example=gettext_noop("Forecasts of 500 for May and 600 for June make 1,100."),
        direction=Direction.NEUTRAL,
        topic="targets",
    ),
    MetricDef(
        id="sell_in_forecast_week",
        label=gettext_noop("Sell-in forecast by week"),
        description=gettext_noop(
            "What we expect to invoice in the weeks of the period, as agreed in cycles by week."
        ),
        formula=gettext_noop("Sum of the value of the weeks whose Monday lies in the period."),
        unit=Unit.MONEY,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("forecast_week"),
        source=GENERAL,
        example=gettext_noop(
            "Forecasts of 100 for the weeks from 26 January and 2 February make 100 for February."
        ),
        direction=Direction.NEUTRAL,
        topic="targets",
    ),
    MetricDef(
        id="target",
        label=gettext_noop("Target"),
        description=gettext_noop("Sell-in target of the period."),
        formula=gettext_noop(
            "Sum of the monthly sell-in targets; a month that is partly inside counts by its days."
        ),
        unit=Unit.MONEY,
        grain=BY_MONTH,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("target", where="metric = 'sell_in'", month_share=True),
        source=GENERAL,
        example=gettext_noop(
            "Targets of 300 for May and 300 for June give 450 for 1 May to 15 June."
        ),
        direction=Direction.NEUTRAL,
        topic="targets",
    ),
    MetricDef(
        id="target_units",
        label=gettext_noop("Target units"),
        description=gettext_noop("Target of sell-in units of the period."),
        formula=gettext_noop(
            "Sum of the monthly unit targets; a month that is partly inside counts by its days."
        ),
        unit=Unit.QUANTITY,
        grain=BY_MONTH,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate(
            "target",
            "quantity",
            Measure.QUANTITY,
            where="metric = 'sell_in_units'",
            month_share=True,
        ),
        source=GENERAL,
        example=gettext_noop(
            "Targets of 30 packs for May and 30 for June give 45 for 1 May to 15 June."
        ),
        direction=Direction.NEUTRAL,
        topic="targets",
    ),
    MetricDef(
        id="target_year",
        label=gettext_noop("Target of the year"),
        description=gettext_noop("Sell-in target of the fiscal year in which the period ends."),
        formula=gettext_noop("Sum of the monthly sell-in targets of the whole fiscal year."),
        unit=Unit.MONEY,
        grain=BY_MONTH,
        additivity=Additivity.SEMI_ADDITIVE,
        compute=Aggregate(
            "target", where="metric = 'sell_in'", month_share=True, window=WHOLE_YEAR
        ),
        source=GENERAL,
        example=gettext_noop("Twelve targets of 100 give 1,200 in every month of the year."),
        direction=Direction.NEUTRAL,
        topic="targets",
    ),
    MetricDef(
        id="target_attainment",
        label=gettext_noop("Target attainment"),
        description=gettext_noop("How much of the target of the period was reached."),
        formula=gettext_noop("sell-in / target x 100"),
        unit=Unit.PERCENT,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("actual", Input("sell_in", gettext_noop("Sell-in"))),
                ("target", Input("target", gettext_noop("Target"))),
            ),
            "actual",
            "target",
            100,
        ),
        source=GENERAL,
        example=gettext_noop("970 against a target of 1,000 is 97 %."),
        topic="targets",
    ),
    MetricDef(
        id="target_gap",
        label=gettext_noop("Difference to target"),
        description=gettext_noop("Sell-in above or below the target of the period."),
        formula=gettext_noop("sell-in - target"),
        unit=Unit.MONEY,
        grain=BY_PRODUCT,
        additivity=Additivity.ADDITIVE,
        compute=Formula(
            (
                ("actual", Input("sell_in", gettext_noop("Sell-in"))),
                ("target", Input("target", gettext_noop("Target"))),
            ),
            "actual - target",
        ),
        source=GENERAL,
        example=gettext_noop("970 against a target of 1,000 is -30."),
        topic="targets",
    ),
    MetricDef(
        id="run_rate",
        label=gettext_noop("Run rate"),
        description=gettext_noop("Sell-in per month since the start of the fiscal year."),
        formula=gettext_noop(
            "sell-in of the year to date / months elapsed; the last month counts by its days"
        ),
        unit=Unit.MONEY,
        per="month",
        grain=BY_ACCOUNT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                (
                    "to_date",
                    Input("sell_in", gettext_noop("Sell-in, year to date"), window=YEAR_TO_DATE),
                ),
            ),
            "to_date",
            "months_elapsed",
            clocks=(Clock.MONTHS_ELAPSED,),
        ),
        source=GENERAL,
        example=gettext_noop("550 by 15 June, after 5.5 months, is 100 per month."),
        topic="targets",
    ),
    MetricDef(
        id="months_remaining",
        label=gettext_noop("Months remaining"),
        description=gettext_noop("Months left in the fiscal year after the period."),
        formula=gettext_noop(
            "12 - months elapsed; the month in which the period ends counts by its days"
        ),
        unit=Unit.MONTHS,
        grain=BY_ACCOUNT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                (
                    "lines",
                    Input("invoice_lines", gettext_noop("Invoice lines"), window=YEAR_TO_DATE),
                ),
            ),
            "months_remaining + 0 * lines",
            clocks=(Clock.MONTHS_REMAINING,),
        ),
        source=GENERAL,
        example=gettext_noop("After 15 June 6.5 months remain."),
        direction=Direction.NEUTRAL,
        topic="targets",
    ),
    MetricDef(
        id="required_run_rate",
        label=gettext_noop("Required run rate"),
        description=gettext_noop(
            "Sell-in per month that is needed to reach the target of the year."
        ),
        formula=gettext_noop(
            "(target of the year - sell-in of the year to date) / months remaining"
        ),
        unit=Unit.MONEY,
        per="month",
        grain=BY_ACCOUNT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("year", Input("target", gettext_noop("Target of the year"), window=WHOLE_YEAR)),
                (
                    "to_date",
                    Input("sell_in", gettext_noop("Sell-in, year to date"), window=YEAR_TO_DATE),
                ),
            ),
            "year - to_date",
            "months_remaining",
            clocks=(Clock.MONTHS_REMAINING,),
        ),
        source=GENERAL,
        example=gettext_noop("A target of 1,200, 550 reached, 6.5 months left: 100 per month."),
        direction=Direction.DOWN,
        topic="targets",
    ),
    MetricDef(
        id="invoice_lines",
        label=gettext_noop("Invoice lines"),
        description=gettext_noop("How many invoice lines there are, returns included."),
        formula=gettext_noop("Number of invoice lines."),
        unit=Unit.COUNT,
        grain=BY_PRODUCT_DAY,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("sell_in", "1", Measure.COUNT, Fold.SUM),
        source=GENERAL,
        example=gettext_noop("Two invoices of three lines each have 6 lines."),
        direction=Direction.NEUTRAL,
    ),
)
