"""What series are called: accounts and products by their id."""

from __future__ import annotations

from dataclasses import dataclass

from keystead.accounts.queries import account_dimension
from keystead.catalog.queries import product_dimension


@dataclass(frozen=True, slots=True)
class AccountName:
    """An account, and the one above it."""

    code: str
    name: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class ProductName:
    """A product as lines show it."""

    sku: str
    name: str
    brand: str


def account_names() -> dict[int, AccountName]:
    """Return every account by its id. Names of accounts nobody asked for stay in this room."""
    table = account_dimension().select(["account_id", "code", "name", "parent_id"])
    return {
        row["account_id"]: AccountName(row["code"], row["name"], row["parent_id"])
        for row in table.to_pylist()
    }


def product_names() -> dict[int, ProductName]:
    """Return every product by its id."""
    table = product_dimension().select(["product_id", "sku", "name", "brand"])
    return {
        row["product_id"]: ProductName(row["sku"], row["name"], row["brand"] or "")
        for row in table.to_pylist()
    }
