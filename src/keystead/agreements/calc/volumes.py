"""Qualifying lines, already added up by the ledger's engine: which of them count, summed.

Amounts are kept as whole ten-thousandths (facts have four decimals), so that sums are exact and
the order of lines can never change a cent.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keystead.agreements.calc.naming import NOTHING_NAMED, Named
from keystead.agreements.types import Condition, Scope, Selection, TransactionPoint
from keystead.kernel.errors import Invalid

PLACES: Final = 4
NUMBERS: Final = ("value", "gross_value", "quantity")
TEXTS: Final = ("channel", "brand", "category", "point")
Cell = tuple[date, int | None, int | None]  # month, product, account
_NO_ID: Final = -1


@dataclasses.dataclass(frozen=True, slots=True)
class Sums:
    """What some lines add up to: net value, value before returns and discounts, units, lines."""

    value: Decimal = Decimal(0)
    gross_value: Decimal = Decimal(0)
    quantity: Decimal = Decimal(0)
    lines: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.value + other.value,
            self.gross_value + other.gross_value,
            self.quantity + other.quantity,
            self.lines + other.lines,
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Counting:
    """Which lines count at all: the point they must have reached, returns, paid ones only."""

    point: TransactionPoint = TransactionPoint.INVOICED
    returns_count: bool = True
    paid_only: bool = False

    @classmethod
    def of(cls, condition: Condition) -> Counting:
        return cls(condition.transaction_point, condition.returns_count, condition.paid_only)


class Volumes:
    """Aggregated lines: one per account, product and month, and whatever else is told apart.

    ``from_arrow`` reads columns ``account_id``, ``month`` (first day), ``quantity``, ``value``
    and, where a term asks for them, ``product_id``, ``gross_value`` (default: the value),
    ``is_return``, ``paid``, ``point`` (default: all are invoiced), ``channel``, ``ship_to``,
    ``brand``, ``category``, ``lines``, ``agreed`` (rows of ``calc.partner``). A delivery address is
    the account a line stands under, that one alone; an account in a scope is it with all below. A
    term that asks for a column that is not there raises Invalid (``column_missing``): it is never
    taken as "all" or as "none".
    """

    def __init__(
        self,
        columns: Mapping[str, Any],
        words: Mapping[str, Mapping[str, int]],
        named: Named,
    ) -> None:
        self._columns = columns
        self._words = words
        self._named = named
        self._spans = _spans(columns["account_id"])
        self._kept: dict[Any, dict[date, Sums]] = {}
        self._marks: dict[Any, Any] = {}
        if "product_id" in columns:
            self._products, self._product_codes = np.unique(
                columns["product_id"], return_inverse=True
            )

    @classmethod
    def from_arrow(cls, table: pa.Table, named: Named = NOTHING_NAMED) -> Volumes:
        """Return the volumes of a table; raises Invalid for inexact or too large numbers."""
        order = np.argsort(_ids(table["account_id"]), kind="stable")
        table = table.take(pa.array(order)).combine_chunks()
        columns: dict[str, Any] = {"account_id": _ids(table["account_id"]), "place": order}
        columns["month"] = _months(table["month"])
        names = set(table.column_names)
        for name in ("product_id", "ship_to"):
            if name in names:
                columns[name] = _ids(table[name])
        for name in NUMBERS:
            if name in names:
                columns[name] = _ten_thousandths(table[name], name)
        columns.setdefault("gross_value", columns["value"])
        for name in ("is_return", "paid", "agreed"):
            if name in names:
                columns[name] = pc.fill_null(table[name], False).to_numpy(zero_copy_only=False)
        count = table["lines"] if "lines" in names else pa.array([1] * table.num_rows, pa.int64())
        columns["lines"] = np.asarray(count, dtype=np.int64)
        words: dict[str, Mapping[str, int]] = {}
        for name in TEXTS:
            if name in names:
                columns[name], words[name] = _codes(table[name])
        return cls(columns, words, named)

    def under(self, named: Named) -> Volumes:
        """Return the same lines, with other meanings of the names in scopes."""
        found = copy(self)
        found._named, found._kept = named, {}
        return found

    def months(
        self, accounts: frozenset[int], scopes: Sequence[Scope], counting: Counting
    ) -> Mapping[date, Sums]:
        """Return what counts, per month, for the accounts within all the scopes."""
        key = (accounts, tuple(scopes), counting)
        if key not in self._kept:
            rows = self._rows(accounts, scopes, counting)
            self._kept[key] = self._by_month(rows)
        return self._kept[key]

    def agreed(
        self, accounts: frozenset[int], scopes: Sequence[Scope], counting: Counting
    ) -> Mapping[date, Sums]:
        """Return what agreed volumes add to ours per month, of that which counts."""
        if "agreed" not in self._columns:
            return {}
        rows = self._rows(accounts, scopes, counting)
        return self._by_month(rows[self._columns["agreed"][rows]])

    def cells(
        self, accounts: frozenset[int], scopes: Sequence[Scope], counting: Counting
    ) -> dict[Cell, Sums]:
        """Return what counts, per month, product and account, to bring amounts down to them."""
        found: dict[Cell, Sums] = {}
        products = self._columns.get("product_id")
        for row in self._rows(accounts, scopes, counting):
            product = _NO_ID if products is None else int(products[row])
            account = int(self._columns["account_id"][row])
            month = _date(int(self._columns["month"][row]))
            cell = (month, None if product == _NO_ID else product, account)
            found[cell] = found.get(cell, Sums()) + self._sum(row)
        return found

    def places(
        self, accounts: frozenset[int], scopes: Sequence[Scope], counting: Counting
    ) -> tuple[int, ...]:
        """Return the rows of the table that count, by their place in it."""
        rows = self._columns["place"][self._rows(accounts, scopes, counting)]
        return tuple(sorted(rows.tolist()))

    def _by_month(self, rows: Any) -> dict[date, Sums]:
        if not len(rows):
            return {}
        months = self._columns["month"][rows]
        order = np.argsort(months, kind="stable")
        rows, months = rows[order], months[order]
        starts = np.flatnonzero(np.concatenate(([True], months[1:] != months[:-1])))
        value, gross, quantity, lines = (
            np.add.reduceat(self._columns[name][rows], starts).tolist()
            for name in (*NUMBERS, "lines")
        )
        return {
            _date(month): Sums(_exact(value[i]), _exact(gross[i]), _exact(quantity[i]), lines[i])
            for i, month in enumerate(months[starts].tolist())
        }

    def _sum(self, row: int) -> Sums:
        value, gross, quantity = (_exact(int(self._columns[name][row])) for name in NUMBERS)
        return Sums(value, gross, quantity, int(self._columns["lines"][row]))

    def _rows(self, accounts: frozenset[int], scopes: Sequence[Scope], counting: Counting) -> Any:
        for scope in scopes:
            if scope.include.accounts:
                accounts = accounts & self._named.accounts(scope.include.accounts)
        spans = [self._spans[found] for found in sorted(accounts) if found in self._spans]
        if not spans:
            return np.empty(0, dtype=np.int64)
        rows = np.arange(*spans[0])
        if len(spans) > 1:
            rows = np.concatenate([np.arange(start, end) for start, end in spans])
        keep = self._counted(rows, counting)
        for scope in scopes:
            if not scope.include.is_empty:
                keep &= self._within(rows, scope.include)
            if not scope.exclude.is_empty:
                keep &= ~(self._within(rows, scope.exclude) & self._of_accounts(rows, scope))
        return rows if keep.all() else rows[keep]

    def _counted(self, rows: Any, counting: Counting) -> Any:
        keep = np.ones(len(rows), dtype=bool)
        if "point" in self._columns:
            code = self._words["point"].get(counting.point.value, _NO_ID)
            keep &= self._columns["point"][rows] == code
        elif counting.point is not TransactionPoint.INVOICED:
            raise _missing("point")
        if counting.paid_only:
            keep &= self._column("paid")[rows]
        if not counting.returns_count:
            keep &= ~self._column("is_return")[rows]
        return keep

    def _within(self, rows: Any, chosen: Selection) -> Any:
        keep = np.ones(len(rows), dtype=bool)
        if chosen.ship_tos:
            place = "ship_to" if "ship_to" in self._columns else "account_id"
            wanted = [self._named.address(one) for one in chosen.ship_tos]
            keep &= np.isin(self._columns[place][rows], wanted)
        if chosen.products or chosen.groups:
            keep &= self._products_named(rows, chosen)
        for name, texts in (
            ("channel", chosen.channels),
            ("brand", chosen.brands),
            ("category", chosen.categories),
        ):
            if texts:
                keep &= self._texts(name, texts)[self._column(name)[rows]]
        return keep

    def _products_named(self, rows: Any, chosen: Selection) -> Any:
        """Which rows are about a product named, or one that was in a group named in that month."""
        self._column("product_id")
        codes, months = self._product_codes[rows], self._columns["month"][rows]
        keep = self._marked(self._named.products(chosen.products))[codes]
        for group in chosen.groups:
            for span in self._named.spans(group):
                inside = self._marked(span.products)[codes]
                if span.first is not None:
                    inside &= months >= _month(span.first)
                if span.until is not None:
                    inside &= months < _month(span.until)
                keep |= inside
        return keep

    def _marked(self, products: frozenset[int]) -> Any:
        """A mark per product code: whether it is among the products."""
        if products not in self._marks:
            self._marks[products] = np.isin(self._products, sorted(products))
        return self._marks[products]

    def _texts(self, name: str, texts: tuple[str, ...]) -> Any:
        """A mark per code of a column: whether it is one of the texts; the last says "no text"."""
        self._column(name)
        key = (name, texts)
        if key not in self._marks:
            words = self._words[name]
            marks = np.zeros(len(words) + 1, dtype=bool)
            marks[[words[text] for text in texts if text in words]] = True
            self._marks[key] = marks
        return self._marks[key]

    def _of_accounts(self, rows: Any, scope: Scope) -> Any:
        if not scope.exclude.accounts:
            return np.ones(len(rows), dtype=bool)
        outside = sorted(self._named.accounts(scope.exclude.accounts))
        return np.isin(self._columns["account_id"][rows], outside)

    def _column(self, name: str) -> Any:
        if name not in self._columns:
            raise _missing(name)
        return self._columns[name]


def _missing(name: str) -> Invalid:
    return Invalid(
        f"The terms tell lines apart by {name}, which these sales do not say.",
        code="column_missing",
        column=name,
    )


def _spans(accounts: Any) -> dict[int, tuple[int, int]]:
    found, starts = np.unique(accounts, return_index=True)
    ends = [*starts[1:].tolist(), len(accounts)][: len(found)]
    return {
        int(account): (int(start), int(end))
        for account, start, end in zip(found, starts, ends, strict=True)
    }


def _ids(column: Any) -> Any:
    whole = pc.fill_null(column.cast(pa.int64()), _NO_ID)
    return np.asarray(whole, dtype=np.int64)


def _months(column: Any) -> Any:
    years, months = pc.year(column), pc.month(column)
    return np.asarray(years, dtype=np.int64) * 12 + np.asarray(months, dtype=np.int64) - 1


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _date(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _codes(column: Any) -> tuple[Any, dict[str, int]]:
    coded = pc.dictionary_encode(column.combine_chunks())
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    codes = np.asarray(pc.fill_null(coded.indices, _NO_ID), dtype=np.int64)
    return codes, {str(word): place for place, word in enumerate(coded.dictionary.to_pylist())}


def _ten_thousandths(column: Any, name: str) -> Any:
    """The decimals as whole numbers, straight from Arrow's buffer (16 bytes, low word first)."""
    if not (pa.types.is_decimal(column.type) or pa.types.is_integer(column.type)):
        raise Invalid(f"{name} must be exact decimals.", code="not_exact")
    try:
        exact = column.cast(pa.decimal128(38, PLACES))
    except pa.ArrowInvalid as error:
        raise Invalid(f"{name} has more than four decimals.", code="not_exact") from error
    whole = pc.fill_null(exact, Decimal(0)).combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], whole.type)
    if not len(whole):
        return np.empty(0, dtype=np.int64)
    words = np.frombuffer(whole.buffers()[1], dtype=np.int64).reshape(-1, 2)
    words = words[whole.offset : whole.offset + len(whole)]
    low, high = words[:, 0], words[:, 1]
    if (high != low >> 63).any() or int(np.abs(low).max()) * len(low) >= 2**63:
        # Too large to be added up in 64 bits: slower, and still exact.
        return np.array([int(item.scaleb(PLACES)) for item in whole.to_pylist()], dtype=object)
    return low.copy()


def _exact(units: int) -> Decimal:
    return Decimal(units).scaleb(-PLACES)
