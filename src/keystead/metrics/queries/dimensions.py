"""Accounts and products as the compiler joins them, and their names for people."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keystead.accounts.queries import account_dimension
from keystead.catalog.queries import product_dimension

Places = Mapping[str, Mapping[Any, frozenset[int]]]
Names = Mapping[int, tuple[str, str]]


@dataclasses.dataclass(frozen=True)
class Dimensions:
    """``accounts`` and ``products`` are the tables ``account_dim`` and ``product_dim``."""

    accounts: pa.Table
    products: pa.Table
    account_names: Names
    product_names: Names
    heads: Mapping[int, int]  # account -> the account it lives on in
    product_heads: Mapping[int, int]

    @cached_property
    def marks(self) -> Mapping[str, str]:
        """Return what names the content of each of ``tables``; names of people's are not in it."""
        return {name: mark_of(table) for name, table in self.tables.items()}

    @cached_property
    def plain(self) -> frozenset[str]:
        """Return those of account and product of which none was merged into another."""
        kinds = (("account", self.heads), ("product", self.product_heads))
        return frozenset(
            name for name, heads in kinds if all(one == head for one, head in heads.items())
        )

    @cached_property
    def tables(self) -> dict[str, pa.Table]:
        return {"account_dim": self.accounts, "product_dim": self.products}

    @cached_property
    def _account_places(self) -> Places:
        return _places(self.accounts, "account_id")

    @cached_property
    def _product_places(self) -> Places:
        return _places(self.products, "product_id")

    def account_ids(self, dimension: str, values: Iterable[Any]) -> frozenset[int]:
        """Return the accounts' own ids, merged ones included, that have one of the values."""
        return _ids(self._account_places, dimension, values)

    def product_ids(self, dimension: str, values: Iterable[Any]) -> frozenset[int]:
        return _ids(self._product_places, dimension, values)

    def names(self, dimension: str) -> Names:
        return self.product_names if dimension == "product" else self.account_names


_lock = Lock()
_kept: tuple[pa.Table, pa.Table, Dimensions] | None = None


def dimensions() -> Dimensions:
    """Return the dimension tables; built again only when accounts or products changed."""
    global _kept  # noqa: PLW0603
    accounts, products = account_dimension(), product_dimension()
    with _lock:
        if _kept is None or _kept[0] is not accounts or _kept[1] is not products:
            _kept = (accounts, products, _build(accounts, products))
        return _kept[2]


def mark_of(table: pa.Table) -> str:
    """Return a digest of a table: the same digest means the same columns and rows."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table.combine_chunks())
    return hashlib.blake2b(sink.getvalue(), digest_size=16).hexdigest()


def _build(accounts: pa.Table, products: pa.Table) -> Dimensions:
    columns = {
        "account_id": accounts["account_id"],
        "account": accounts["canonical_id"],
        "parent": pc.fill_null(accounts["parent_id"], 0),
        "root": pc.fill_null(accounts["root_id"], 0),
    }
    for name in ("kind", "segment", "territory", "channel", "country"):
        columns[name] = pc.fill_null(accounts[name], "")
    goods = {
        "product_id": products["product_id"],
        "product": products["canonical_id"],
        "brand": pc.fill_null(products["brand"], ""),
        "category": pc.fill_null(products["category"], ""),
        "product_kind": pc.fill_null(products["kind"], ""),
    }
    none = {"product_id": [0], "product": [0], "brand": [""], "category": [""],
            "product_kind": [""]}  # fmt: skip
    with_none = pa.table(goods)
    with_none = pa.concat_tables([with_none, pa.table(none, schema=with_none.schema)])
    named: dict[int, tuple[str, str]] = {}
    for prefix in ("root", "parent", "canonical"):
        code = "code" if prefix == "canonical" else f"{prefix}_code"
        name = "name" if prefix == "canonical" else f"{prefix}_name"
        ids = accounts[f"{prefix}_id"].to_pylist()
        texts = zip(accounts[code].to_pylist(), accounts[name].to_pylist(), strict=True)
        named.update((one, text) for one, text in zip(ids, texts, strict=True) if one)
    labels = zip(products["sku"].to_pylist(), products["name"].to_pylist(), strict=True)
    of_products = dict(zip(products["canonical_id"].to_pylist(), labels, strict=True))
    heads = dict(
        zip(accounts["account_id"].to_pylist(), accounts["canonical_id"].to_pylist(), strict=True)
    )
    goods_heads = dict(
        zip(products["product_id"].to_pylist(), products["canonical_id"].to_pylist(), strict=True)
    )
    return Dimensions(pa.table(columns), with_none, named, of_products, heads, goods_heads)


def _places(table: pa.Table, own: str) -> Places:
    """Return for each dimension which of the table's own ids have a value."""
    ids = table[own].to_pylist()
    found: dict[str, dict[Any, set[int]]] = {}
    for name in table.column_names:
        found[name] = defaultdict(set)
        for value, one in zip(table[name].to_pylist(), ids, strict=True):
            found[name][value].add(one)
    return {
        name: {value: frozenset(some) for value, some in values.items()}
        for name, values in found.items()
    }


def _ids(places: Places, dimension: str, values: Iterable[Any]) -> frozenset[int]:
    known = places[dimension]
    some = [known[value] for value in values if value in known]
    return some[0] if len(some) == 1 else frozenset().union(*some)
