"""The datasets, declared as data. To add one, see docs/how-to/add-a-dataset.md."""

from __future__ import annotations

import pyarrow as pa

from keystead.kernel.errors import NotFound
from keystead.ledger.types.choices import (
    ACCRUAL_BASIS,
    ACCRUAL_KIND,
    ACCRUAL_TREATMENT,
    BASIS,
    COST_KIND,
    EXPENSE_STATUS,
    LISTING_STATUS,
    TARGET_METRIC,
    gettext_noop,
)
from keystead.ledger.types.dataset_fields import (
    KEYS,
    LOOSE_KEYS,
    PRICE_OF_VALUE,
    SALE,
    VALUE_OF_PRICE,
    fields_of,
)
from keystead.ledger.types.fields import (
    Computation,
    DatasetDef,
    Mode,
)

DATASETS: tuple[DatasetDef, ...] = (
    DatasetDef(
        id="sell_in",
        label=gettext_noop("Sell-in"),
        description=gettext_noop("What we invoice to the account, credit notes included."),
        unit=gettext_noop("units and net value"),
        grain=gettext_noop("one row per invoice line"),
        fields=fields_of("sell_in", KEYS + SALE + "channel"),
        duplicate_key=("doc_no", "account", "product", "date", "quantity", "unit_price", "value"),
        measures=("quantity", "value"),
        sum_by=("currency", "unit", "is_return", "channel"),
        computations=(VALUE_OF_PRICE, PRICE_OF_VALUE),
        control_totals=("quantity", "value"),
    ),
    DatasetDef(
        id="flow",
        label=gettext_noop("Distributor flow"),
        description=gettext_noop("What a distributor ships to the next tier."),
        unit=gettext_noop("units and value"),
        grain=gettext_noop("one row per delivery line"),
        fields=fields_of(
            "flow",
            KEYS + SALE + "channel buyer buyer_tier",
            account={"label": gettext_noop("Distributor code")},
            account_name={"label": gettext_noop("Distributor name")},
            buyer_tier={"arrow": pa.int32()},
        ),
        duplicate_key=("doc_no", "account", "product", "buyer", "date", "quantity", "value"),
        measures=("quantity", "value"),
        sum_by=("currency", "unit", "is_return", "channel", "buyer_tier"),
        computations=(VALUE_OF_PRICE, PRICE_OF_VALUE),
        control_totals=("quantity", "value"),
    ),
    DatasetDef(
        id="off_take",
        label=gettext_noop("Off-take"),
        description=gettext_noop("What the account sells to its own buyers."),
        unit=gettext_noop("units and consumer value"),
        grain=gettext_noop("one row per sale, or per product and day"),
        fields=fields_of(
            "off_take",
            KEYS + "doc_no outlet quantity! unit! unit_price value! currency! is_return! basis!",
            basis={"choices": BASIS},
            unit_price={"column": ""},
        ),
        duplicate_key=("doc_no", "account", "outlet", "product", "date", "quantity", "value"),
        measures=("quantity", "value"),
        sum_by=("currency", "unit", "is_return", "basis"),
        computations=(VALUE_OF_PRICE,),
        control_totals=("quantity", "value"),
    ),
    DatasetDef(
        id="stock",
        label=gettext_noop("Stock"),
        description=gettext_noop("What the account holds at a date, with the movements if sent."),
        unit=gettext_noop("units"),
        grain=gettext_noop("one row per product, location and date"),
        fields=fields_of(
            "stock",
            KEYS + "location quantity! unit! value currency "
            "opening received returned sold customer_returned adjusted",
            quantity={"label": gettext_noop("Closing stock")},
        ),
        duplicate_key=("account", "product", "location", "date"),
        measures=(
            "quantity", "value", "opening", "received", "returned", "sold", "customer_returned",
            "adjusted",
        ),
        sum_by=("date", "currency", "unit"),
        control_totals=("quantity",),
    ),
    DatasetDef(
        id="listing",
        label=gettext_noop("Listings"),
        description=gettext_noop("Whether a product is on the account's range at a date."),
        unit=gettext_noop("state"),
        grain=gettext_noop("one row per product, outlet and date"),
        fields=fields_of(
            "listing", KEYS + "outlet status!", status={"choices": LISTING_STATUS}
        ),
        duplicate_key=("account", "product", "outlet", "date"),
        measures=(),
        sum_by=("status",),
        restate=Mode.APPEND,
    ),
    DatasetDef(
        id="shelf_price",
        label=gettext_noop("Shelf prices"),
        description=gettext_noop("Prices seen on the shelf or on a shop's page."),
        unit=gettext_noop("money per item"),
        grain=gettext_noop("one row per item, shop and day"),
        fields=fields_of(
            "shelf_price",
            LOOSE_KEYS + "shop item! price! regular_price currency! sales_count comment_count "
            "in_stock",
        ),
        duplicate_key=("account", "shop", "item", "date", "price"),
        measures=(),
        sum_by=("currency", "shop"),
        restate=Mode.APPEND,
    ),
    DatasetDef(
        id="expense",
        label=gettext_noop("Expenses"),
        description=gettext_noop("Money planned, committed or spent for an account."),
        unit=gettext_noop("value"),
        grain=gettext_noop("one row per expense line and status"),
        fields=fields_of(
            "expense",
            LOOSE_KEYS + "category! campaign status! value! currency! doc_no",
            status={"choices": EXPENSE_STATUS},
        ),
        duplicate_key=("doc_no", "account", "product", "category", "campaign", "status", "date",
                       "value"),
        measures=("value",),
        sum_by=("currency", "category", "campaign", "status"),
        control_totals=("value",),
    ),
    DatasetDef(
        id="cost",
        label=gettext_noop("Costs"),
        description=gettext_noop("Unit costs, or amounts, of goods and logistics."),
        unit=gettext_noop("value, or value per unit"),
        grain=gettext_noop("one row per product, kind and date"),
        fields=fields_of(
            "cost",
            LOOSE_KEYS + "kind! unit_cost value quantity currency!",
            kind={"choices": COST_KIND},
        ),
        duplicate_key=("account", "product", "kind", "date"),
        measures=("value", "quantity"),
        sum_by=("currency", "kind"),
        computations=(Computation("value", "multiply", "quantity", "unit_cost"),),
        control_totals=("value",),
    ),
    DatasetDef(
        id="target",
        label=gettext_noop("Targets"),
        description=gettext_noop("What the account should reach in a month, by metric."),
        unit=gettext_noop("value or units"),
        grain=gettext_noop("one row per metric, product and month"),
        fields=fields_of(
            "target",
            LOOSE_KEYS + "metric! value quantity unit currency",
            metric={"choices": TARGET_METRIC},
        ),
        duplicate_key=("account", "product", "metric", "date"),
        measures=("value", "quantity"),
        sum_by=("metric", "currency", "unit"),
        control_totals=("value", "quantity"),
    ),
    DatasetDef(
        id="market",
        label=gettext_noop("Market"),
        description=gettext_noop("Sales of a category, ours and those of competitors."),
        unit=gettext_noop("units and value"),
        grain=gettext_noop("one row per category, company and month"),
        fields=fields_of(
            "market", LOOSE_KEYS + "category! company! is_own! quantity value currency"
        ),
        duplicate_key=("account", "product", "category", "company", "date"),
        measures=("quantity", "value"),
        sum_by=("currency", "category", "company", "is_own"),
        control_totals=("value", "quantity"),
    ),
    DatasetDef(
        id="forecast",
        label=gettext_noop("Forecast"),
        description=gettext_noop("What we expect to invoice to the account, as agreed."),
        unit=gettext_noop("units and net value"),
        grain=gettext_noop("one row per product and month"),
        fields=fields_of(
            "forecast",
            LOOSE_KEYS + "quantity unit value! low high currency! channel",
            low={"later": True},
            high={"later": True},
        ),
        duplicate_key=("account", "product", "date", "channel"),
        measures=("quantity", "value"),
        bounds=("low", "high"),
        sum_by=("currency", "unit", "channel"),
        control_totals=("value", "quantity"),
        guessed=False,
    ),
    DatasetDef(
        id="forecast_week",
        label=gettext_noop("Forecast by week"),
        description=gettext_noop(
            "What we expect to invoice to the account in each week, as agreed; beside the forecast "
            "by month, never added to it."
        ),
        unit=gettext_noop("units and net value"),
        grain=gettext_noop("one row per product and week, dated by its Monday"),
        fields=fields_of("forecast_week", LOOSE_KEYS + "quantity unit value! low high currency!"),
        duplicate_key=("account", "product", "date"),
        measures=("quantity", "value"),
        bounds=("low", "high"),
        sum_by=("currency", "unit"),
        control_totals=("value", "quantity"),
        guessed=False,
    ),
    DatasetDef(
        id="accrual",
        label=gettext_noop("Accruals"),
        description=gettext_noop(
            "What agreements accrue, release, settle and write off; only they post it."
        ),
        unit=gettext_noop("value"),
        grain=gettext_noop("one row per entry, product, account and month"),
        fields=fields_of(
            "accrual",
            LOOSE_KEYS + "agreement! condition! kind! basis! value! currency! family treatment",
            kind={"choices": ACCRUAL_KIND, "label": gettext_noop("Kind of entry")},
            basis={"choices": ACCRUAL_BASIS},
            family={"later": True},
            treatment={"choices": ACCRUAL_TREATMENT, "later": True},
        ),
        duplicate_key=("agreement", "condition", "account", "product", "date", "kind", "value"),
        measures=("value",),
        sum_by=("currency", "agreement", "condition", "kind", "basis", "family", "treatment"),
        control_totals=("value",),
        restate=Mode.APPEND,
        from_files=False,
    ),
    DatasetDef(
        id="usage",
        label=gettext_noop("Usage"),
        description=gettext_noop(
            "How often content is used, as COUNTER counts it; only its connector posts it."
        ),
        unit=gettext_noop("counts"),
        grain=gettext_noop("one row per metric, title, attributes and month"),
        fields=fields_of(
            "usage",
            LOOSE_KEYS + "platform publisher title doi proprietary_id isbn print_issn online_issn "
            "data_type yop is_backfile metric_type! access_type access_method family! report! "
            "release! quantity!",
            yop={"arrow": pa.int32()},
            family={"label": gettext_noop("Full report")},
        ),
        duplicate_key=("account", "platform", "title", "doi", "proprietary_id", "data_type", "yop",
                       "access_type", "access_method", "metric_type", "report", "release", "date"),
        measures=("quantity",),
        sum_by=("platform", "data_type", "is_backfile", "metric_type", "access_type",
                "access_method", "family", "report", "release"),
        control_totals=("quantity",),
        from_files=False,
    ),
    DatasetDef(
        id="entitlement",
        label=gettext_noop("Entitlements"),
        description=gettext_noop(
            "Which titles an account may read, as its title lists say; only they post it."
        ),
        unit=gettext_noop("titles"),
        grain=gettext_noop("one row per title, package and month"),
        fields=fields_of(
            "entitlement",
            LOOSE_KEYS + "platform title! proprietary_id isbn print_issn online_issn package! "
            "access_type quantity!",
        ),
        duplicate_key=("account", "package", "title", "proprietary_id", "isbn", "print_issn",
                       "online_issn", "access_type", "date"),
        measures=("quantity",),
        sum_by=("platform", "package", "access_type"),
        control_totals=("quantity",),
        from_files=False,
    ),
)  # fmt: skip
IMPORTED: tuple[DatasetDef, ...] = tuple(one for one in DATASETS if one.from_files)
GUESSED: tuple[DatasetDef, ...] = tuple(one for one in IMPORTED if one.guessed)
_BY_ID = {dataset.id: dataset for dataset in DATASETS}


def imported(dataset: str) -> DatasetDef:
    """Return the declaration of a dataset that people import; NotFound names those there are.

    >>> imported("sell_in").id
    'sell_in'
    """
    found = _BY_ID.get(dataset)
    if found is None or not found.from_files:
        known = ", ".join(sorted(one.id for one in IMPORTED))
        raise NotFound(f"There is no import called {dataset}.", hint=f"Known: {known}.")
    return found


def dataset_def(dataset: str) -> DatasetDef:
    """Return the declaration of a dataset; NotFound names the known ones.

    >>> dataset_def("sell_in").schema.field("value").type
    Decimal128Type(decimal128(18, 4))
    """
    found = _BY_ID.get(dataset)
    if found is None:
        raise NotFound(
            f"There is no dataset called {dataset}.", hint=f"Known: {', '.join(sorted(_BY_ID))}."
        )
    return found
