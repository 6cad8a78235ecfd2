"""How coarsely sales may be added up so that no term can tell: for many agreements at once.

Products that no scope tells apart count as one, under the first of them; a column that no term
reads is dropped. What is added up this way gives each term exactly the sums of the lines.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from keystead.agreements.calc.evaluate import counts_sales
from keystead.agreements.calc.naming import Named
from keystead.agreements.types import AgreementVersion, Measure, Scope, Selection

APART: Final = ("is_return", "channel", "unit")


@dataclasses.dataclass(frozen=True)
class Needs:
    """What terms tell apart: sets of products (by what they are named), and columns."""

    sets: frozenset[tuple[str, frozenset[Any]]] = frozenset()
    columns: frozenset[str] = frozenset()

    def __or__(self, other: Needs) -> Needs:
        return Needs(self.sets | other.sets, self.columns | other.columns)


def needs_of(version: AgreementVersion, scopes: Iterable[Scope], named: Named) -> Needs:
    """Return what a version tells apart; ``scopes`` are all that it speaks of.

    A group counts by months: its products of each span are a set of their own.
    """
    sets: set[tuple[str, frozenset[Any]]] = set()
    columns: set[str] = set()
    for scope in scopes:
        for chosen in (scope.include, scope.exclude):
            sets |= _sets(chosen, named)
            if chosen.channels:
                columns.add("channel")
    for condition in version.conditions:
        if not counts_sales(condition):
            continue
        if not condition.returns_count:
            columns.add("is_return")
        if Measure.QUANTITY in (condition.tier_measure, condition.benefit_measure):
            columns.add("unit")
    return Needs(frozenset(sets), frozenset(columns))


def _sets(chosen: Selection, named: Named) -> set[tuple[str, frozenset[Any]]]:
    told: dict[str, Iterable[Any]] = {
        "product_id": named.products(chosen.products),
        "brand": chosen.brands,
        "category": chosen.categories,
    }
    found = {(name, frozenset(values)) for name, values in told.items() if values}
    for group in chosen.groups:
        found |= {("product_id", span.products) for span in named.spans(group)}
    return found


@dataclasses.dataclass(frozen=True)
class Standing:
    """The two tables that the ledger's engine adds up by (``metrics.queries.standing_sums``)."""

    standing: pa.Table
    named: pa.Table


def standing_of(needs: Mapping[int, Needs], products: pa.Table) -> Standing:
    """Return how the sales of accounts are added up, each by what is needed of it.

    ``products``: ``product_id``, ``brand``, ``category`` of those that live on.
    """
    profiles: dict[Needs, int] = {}
    for need in needs.values():
        profiles.setdefault(need, len(profiles))
    columns: dict[str, Any] = {
        "account_id": pa.array(list(needs), pa.int64()),
        "profile": pa.array([profiles[need] for need in needs.values()], pa.int32()),
    }
    for name in APART:
        told = [name in need.columns for need in needs.values()]
        columns[f"by_{name}"] = pa.array(told, pa.bool_())
    return Standing(pa.table(columns), _named(profiles, products))


def _named(profiles: Mapping[Needs, int], products: pa.Table) -> pa.Table:
    marks = _Marks(products)
    found: list[tuple[Any, Any, Any]] = []
    for need, profile in profiles.items():
        if not need.sets:
            continue
        places, heads = _alike([marks.of(*one) for one in sorted(need.sets, key=str)])
        number = np.full(len(places), profile, dtype=np.int32)
        found.append((number, marks.ids[places], marks.ids[heads]))
    kinds = {"profile": np.int32, "product_id": np.int64, "stands_for": np.int64}
    return pa.table(
        {
            name: np.concatenate([one[place] for one in found] or [np.empty(0, kind)])
            for place, (name, kind) in enumerate(kinds.items())
        }
    )


class _Marks:
    """Which products belong to a set, as a mark per product; each set is looked up once."""

    def __init__(self, products: pa.Table) -> None:
        self.ids = np.asarray(products["product_id"].to_numpy(), dtype=np.int64)
        self._columns: dict[str, Any] = {"product_id": self.ids}
        self._words: dict[str, dict[str, int]] = {}
        for name in ("brand", "category"):
            texts = products[name].to_pylist()
            words = {text: place for place, text in enumerate(dict.fromkeys(texts))}
            self._words[name] = words
            self._columns[name] = np.array([words[text] for text in texts], dtype=np.int64)
        self._kept: dict[tuple[str, frozenset[Any]], Any] = {}

    def of(self, name: str, values: frozenset[Any]) -> Any:
        if (name, values) not in self._kept:
            words = self._words.get(name)
            codes = values if words is None else {words[one] for one in values if one in words}
            self._kept[name, values] = np.isin(self._columns[name], sorted(codes))
        return self._kept[name, values]


def _alike(marks: Sequence[Any]) -> tuple[Any, Any]:
    """Return the places of products that some set names, and of the first one alike to each."""
    told = np.stack(marks)
    places = np.flatnonzero(told.any(axis=0))
    packed = np.ascontiguousarray(np.packbits(told[:, places], axis=0).T)
    alike = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _values, first, same = np.unique(alike, return_index=True, return_inverse=True)
    return places, places[first[same]]
