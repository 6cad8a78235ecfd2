"""Expenses, costs, productivity and concentration."""

from __future__ import annotations

from datetime import date

from keystead.metrics.calc.definitions.words import (
    BY_ACCOUNT,
    BY_EXPENSE,
    BY_PRODUCT,
    GENERAL,
    gettext_noop,
)
from keystead.metrics.types import (
    Additivity,
    Aggregate,
    Direction,
    Formula,
    Input,
    MetricDef,
    Revision,
    Series,
    Unit,
)

CONTRIBUTION_COSTS = (
    ("sales", Input("sell_in", gettext_noop("Sell-in"))),
    ("cost", Input("cost_of_goods", gettext_noop("Cost of goods"))),
    ("moved", Input("cost_logistics", gettext_noop("Logistics cost"))),
    ("served", Input("cost_to_serve", gettext_noop("Cost to serve"))),
)
SPEND = (
    MetricDef(
        id="expense_planned",
        label=gettext_noop("Planned expenses"),
        description=gettext_noop("Money planned for the account."),
        formula=gettext_noop("Sum of expense lines with status planned."),
        unit=Unit.MONEY,
        grain=BY_EXPENSE,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("expense", where="status = 'planned'", zero_when_none=True),
        source=GENERAL,
        example=gettext_noop("Plans of 300 and 200 make 500."),
        direction=Direction.NEUTRAL,
        topic="spend",
    ),
    MetricDef(
        id="expense_committed",
        label=gettext_noop("Committed expenses"),
        description=gettext_noop("Money promised to the account and not yet spent."),
        formula=gettext_noop("Sum of expense lines with status committed."),
        unit=Unit.MONEY,
        grain=BY_EXPENSE,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("expense", where="status = 'committed'", zero_when_none=True),
        source=GENERAL,
        example=gettext_noop("Signed orders of 120 and 80 make 200."),
        direction=Direction.NEUTRAL,
        topic="spend",
    ),
    MetricDef(
        id="expense_actual",
        label=gettext_noop("Actual expenses"),
        description=gettext_noop("Money spent for the account."),
        formula=gettext_noop("Sum of expense lines with status actual."),
        unit=Unit.MONEY,
        grain=BY_EXPENSE,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("expense", where="status = 'actual'", zero_when_none=True),
        source=GENERAL,
        example=gettext_noop("Payments of 90 and 60 make 150."),
        direction=Direction.DOWN,
        topic="spend",
    ),
    MetricDef(
        id="trade_rate",
        label=gettext_noop("Trade rate"),
        description=gettext_noop(
            "What we spend for the account, out of each hundred of gross sell-in."
        ),
        formula=gettext_noop("actual expenses / gross sell-in x 100"),
        unit=Unit.PERCENT,
        grain=BY_ACCOUNT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("spent", Input("expense_actual", gettext_noop("Actual expenses"))),
                ("gross", Input("sell_in_gross", gettext_noop("Gross sell-in"))),
            ),
            "spent",
            "gross",
            100,
        ),
        source=GENERAL,
        example=gettext_noop("150 spent on 1,500 of gross sell-in: 10 %."),
        direction=Direction.DOWN,
        topic="spend",
    ),
    MetricDef(
        id="cost_of_goods",
        label=gettext_noop("Cost of goods"),
        description=gettext_noop("Cost of the goods that were sold in."),
        formula=gettext_noop("Sum of cost rows of kind cost of goods that state a value."),
        unit=Unit.MONEY,
        grain=BY_PRODUCT,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("cost", where="kind = 'cogs'"),
        source=GENERAL,
        example=gettext_noop("Costs of 400 and 100 make 500."),
        direction=Direction.DOWN,
        needs="metrics.cost",
        topic="spend",
    ),
    MetricDef(
        id="gross_margin",
        label=gettext_noop("Gross margin"),
        description=gettext_noop("What sell-in leaves after the cost of goods."),
        formula=gettext_noop("sell-in - cost of goods"),
        unit=Unit.MONEY,
        grain=BY_PRODUCT,
        additivity=Additivity.ADDITIVE,
        compute=Formula(
            (
                ("sales", Input("sell_in", gettext_noop("Sell-in"))),
                ("cost", Input("cost_of_goods", gettext_noop("Cost of goods"))),
            ),
            "sales - cost",
        ),
        source=GENERAL,
        example=gettext_noop("Sell-in of 1,300 at a cost of 500 leaves 800."),
        needs="metrics.cost",
        topic="spend",
    ),
    MetricDef(
        id="gross_margin_rate",
        label=gettext_noop("Gross margin rate"),
        description=gettext_noop("Gross margin out of each hundred of sell-in."),
        formula=gettext_noop("(sell-in - cost of goods) / sell-in x 100"),
        unit=Unit.PERCENT,
        grain=BY_PRODUCT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("sales", Input("sell_in", gettext_noop("Sell-in"))),
                ("cost", Input("cost_of_goods", gettext_noop("Cost of goods"))),
            ),
            "sales - cost",
            "sales",
            100,
        ),
        source=GENERAL,
        example=gettext_noop("800 left of 1,300 is 61.5 %."),
        needs="metrics.cost",
        topic="spend",
    ),
    MetricDef(
        id="cost_logistics",
        label=gettext_noop("Logistics cost"),
        description=gettext_noop("What it costs to bring the goods to the account."),
        formula=gettext_noop("Sum of cost rows of kind logistics that state a value."),
        unit=Unit.MONEY,
        grain=BY_PRODUCT,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("cost", where="kind = 'logistics'", zero_when_none=True),
        source=GENERAL,
        example=gettext_noop("Freight of 40 and storage of 10 make 50."),
        direction=Direction.DOWN,
        needs="metrics.cost",
        topic="spend",
    ),
    MetricDef(
        id="cost_to_serve",
        label=gettext_noop("Cost to serve"),
        description=gettext_noop("Other cost of serving the account."),
        formula=gettext_noop("Sum of cost rows of kind other that state a value."),
        unit=Unit.MONEY,
        grain=BY_PRODUCT,
        additivity=Additivity.ADDITIVE,
        compute=Aggregate("cost", where="kind = 'other'", zero_when_none=True),
        source=GENERAL,
        example=gettext_noop("Order handling of 20 and training of 30 make 50."),
        direction=Direction.DOWN,
        needs="metrics.cost",
        topic="spend",
    ),
    MetricDef(
        id="contribution",
        label=gettext_noop("Contribution"),
        description=gettext_noop("What the account leaves after all costs and expenses."),
        formula=gettext_noop(
            "sell-in - cost of goods - logistics cost - cost to serve - rebates accrued - actual "
            "expenses; from the month of the account's first accrual on, expenses that are "
            "rebates pay what was accrued and are left out"
        ),
        unit=Unit.MONEY,
        grain=BY_ACCOUNT,
        additivity=Additivity.ADDITIVE,
        compute=Series(
            "contribution",
            (
                *CONTRIBUTION_COSTS,
                ("accrued", Input("rebate_accrued", gettext_noop("Rebates accrued"))),
                ("spent", Input("expense_actual", gettext_noop("Actual expenses"), monthly=True)),
            ),
            along=(("spent", ("account", "expense_category")),),
            extras=("accruing_since",),
        ),
        version=2,
        earlier=(
            Revision(
                1,
                date(2026, 11, 22),
                gettext_noop("Rebates count when they are accrued, and no longer when paid."),
                Formula(
                    (
                        *CONTRIBUTION_COSTS,
                        ("spent", Input("expense_actual", gettext_noop("Actual expenses"))),
                    ),
                    "sales - cost - moved - served - spent",
                ),
            ),
        ),
        source=GENERAL,
        example=gettext_noop(
            "Sell-in of 1,300, costs of 550, rebates accrued of 60 and other expenses of 90 "
            "leave 600."
        ),
        needs="metrics.cost",
        topic="spend",
    ),
)

PRODUCTIVITY = (
    MetricDef(
        id="productivity_per_day",
        label=gettext_noop("Sell-in per manager day"),
        description=gettext_noop("Sell-in for each working day its managers have for the account."),
        formula=gettext_noop(
            "sell-in / manager days; a manager's working days, Monday to Friday, are shared "
            "equally among the accounts they own on that day"
        ),
        unit=Unit.MONEY,
        per="day",
        grain=BY_ACCOUNT,
        additivity=Additivity.RATIO,
        compute=Series(
            "productivity_per_day",
            (("sales", Input("sell_in", gettext_noop("Sell-in"))),),
            along=(("sales", ("account",)),),
            extras=("manager_days",),
        ),
        source=GENERAL,
        example=gettext_noop(
            "Sell-in of 44,000, 22 working days shared by two accounts: 4,000 per day."
        ),
        topic="productivity",
    ),
    MetricDef(
        id="productivity_per_sku",
        label=gettext_noop("Sell-in per SKU"),
        description=gettext_noop("Sell-in for each product that was sold in."),
        formula=gettext_noop("sell-in / SKUs sold in"),
        unit=Unit.MONEY,
        per="sku",
        grain=BY_ACCOUNT,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("sales", Input("sell_in", gettext_noop("Sell-in"))),
                ("skus", Input("skus_sold", gettext_noop("SKUs sold in"))),
            ),
            "sales",
            "skus",
        ),
        source=GENERAL,
        example=gettext_noop("1,200 with 4 products is 300 each."),
        topic="productivity",
    ),
    MetricDef(
        id="concentration",
        label=gettext_noop("Concentration of products"),
        description=gettext_noop(
            "How far sell-in hangs on few products: 10,000 is one product alone."
        ),
        formula=gettext_noop(
            "sum of the squared shares of all products with positive sell-in, shares in "
            "percent (Herfindahl-Hirschman index)"
        ),
        unit=Unit.INDEX,
        grain=BY_ACCOUNT,
        additivity=Additivity.RATIO,
        compute=Series(
            "concentration",
            (("sales", Input("sell_in", gettext_noop("Sell-in by product"))),),
            along=(("sales", ("product",)),),
        ),
        source="Herfindahl-Hirschman index, as in the US Horizontal Merger Guidelines",
        example=gettext_noop("Two products with half each: 5,000."),
        direction=Direction.DOWN,
        topic="productivity",
    ),
    MetricDef(
        id="concentration_accounts",
        label=gettext_noop("Concentration of accounts"),
        description=gettext_noop(
            "How far sell-in hangs on few accounts: 10,000 is one account alone."
        ),
        formula=gettext_noop(
            "sum of the squared shares of all accounts with positive sell-in, shares in "
            "percent (Herfindahl-Hirschman index)"
        ),
        unit=Unit.INDEX,
        grain=BY_ACCOUNT,
        additivity=Additivity.RATIO,
        compute=Series(
            "concentration",
            (("sales", Input("sell_in", gettext_noop("Sell-in by account"))),),
            along=(("sales", ("account",)),),
        ),
        source="Herfindahl-Hirschman index, as in the US Horizontal Merger Guidelines",
        example=gettext_noop("Four accounts with a quarter each: 2,500."),
        direction=Direction.DOWN,
        topic="productivity",
    ),
    MetricDef(
        id="top_products_share",
        label=gettext_noop("Share of the five largest products"),
        description=gettext_noop("How much of the sell-in the five largest products make."),
        formula=gettext_noop(
            "sell-in of the five products with the highest sell-in / sell-in of all products "
            "with positive sell-in x 100"
        ),
        unit=Unit.PERCENT,
        grain=BY_ACCOUNT,
        additivity=Additivity.RATIO,
        compute=Series(
            "top_five_share",
            (("sales", Input("sell_in", gettext_noop("Sell-in by product"))),),
            along=(("sales", ("product",)),),
        ),
        source="Concentration ratio CR5",
        example=gettext_noop("Five products with 800 of 1,000: 80 %."),
        direction=Direction.NEUTRAL,
        topic="productivity",
    ),
)
