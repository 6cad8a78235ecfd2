"""Which dimensions a dataset can be cut by, beyond accounts, products and time."""

from __future__ import annotations

from typing import Final

from keystead.kernel.errors import Invalid
from keystead.ledger.types import dataset_def

ACCOUNT_DIMENSIONS: Final = (
    "account parent root kind segment territory channel country".split()
)  # fmt: skip
PRODUCT_DIMENSIONS: Final = "product brand category product_kind".split()
TIME_DIMENSIONS: Final = "year quarter month week date".split()  # the coarsest first
ID_DIMENSIONS: Final = ("account", "parent", "root", "product")
BATCH_DIMENSION: Final = "source"

# Dimension -> column of the facts. "category" of the market is a column of its own: its rows
# speak of categories, not of products.
FACT_COLUMNS: Final[dict[str, dict[str, str]]] = {
    "sell_in": {"sales_channel": "channel"},
    "flow": {"sales_channel": "channel", "buyer": "buyer"},
    "off_take": {"outlet": "outlet", "basis": "basis"},
    "stock": {"outlet": "location"},
    "listing": {"outlet": "outlet", "status": "status"},
    "shelf_price": {"shop": "shop", "item": "item"},
    "expense": {"expense_category": "category", "campaign": "campaign", "status": "status"},
    "cost": {},
    "target": {},
    "market": {"category": "category"},
    "forecast": {"sales_channel": "channel"},
    "forecast_week": {},
    "accrual": {
        "agreement": "agreement",
        "condition": "condition",
        "accrual_kind": "kind",
        "condition_family": "family",
        "treatment": "treatment",
    },
    "usage": {
        "platform": "platform",
        "title": "title",
        "data_type": "data_type",
        "access_type": "access_type",
        "usage_report": "report",
        "isbn": "isbn",
        "print_issn": "print_issn",
        "online_issn": "online_issn",
    },
    "entitlement": {
        "platform": "platform",
        "title": "title",
        "access_type": "access_type",
        "isbn": "isbn",
        "print_issn": "print_issn",
        "online_issn": "online_issn",
        "package": "package",
    },
}


def fact_column(dataset: str, dimension: str) -> str | None:
    """Return the fact column behind a dimension, or None where a joined table gives it.

    >>> fact_column("stock", "outlet"), fact_column("sell_in", "brand")
    ('location', None)
    """
    return FACT_COLUMNS[dataset].get(dimension)


def has_dimension(dataset: str, dimension: str) -> bool:
    """Say whether rows of the dataset can be cut by the dimension.

    >>> has_dimension("sell_in", "brand"), has_dimension("sell_in", "shop")
    (True, False)
    """
    known = (*ACCOUNT_DIMENSIONS, *PRODUCT_DIMENSIONS, *TIME_DIMENSIONS, BATCH_DIMENSION)
    return dimension in known or dimension in FACT_COLUMNS[dataset]


def require_dimension(dataset: str, dimension: str, metric: str) -> None:
    """Raise Invalid when the dataset behind the metric does not know the dimension."""
    if not has_dimension(dataset, dimension):
        label = dataset_def(dataset).label
        raise Invalid(
            f"{metric} cannot be cut by {dimension}: {label} has no such column.",
            code="dimension_unknown",
            hint="Leave that dimension out, or choose another metric.",
            metric=metric,
            dimension=dimension,
        )
