"""Sums and lines of a dataset for a room that calculates with them: terms, allocation keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.ledger.types import dataset_def
from keystead.metrics.calc.compiler import (
    NAMED,
    STANDING,
    compile_lines,
    compile_standing,
    compile_sums,
)
from keystead.metrics.queries.asking import rates_for
from keystead.metrics.queries.dimensions import Dimensions
from keystead.metrics.queries.reading import Reading, reading
from keystead.metrics.types import Query

PLACES = 4
MONEY = pa.decimal128(38, PLACES)
PRODUCT_COLUMNS = ("brand", "category")


def sums(
    *,
    actor: Actor,
    dataset: str,
    period: Period,
    keys: Sequence[str],
    accounts: frozenset[int] | None = None,
    currency: str = "",
    commit: int | None = None,
) -> pa.Table:
    """Return the measures of a dataset added up by some of its columns, in one pass.

    Columns: ``keys``, the measures, ``lines``. Merged accounts and products stand under those
    they live on in; with ``product_id`` among the keys, ``brand`` and ``category`` are added.
    ``currency``: amounts in another one are converted at the rate of their month (``month`` and
    ``currency`` must be keys), and rounded half-up to four decimals. Only accounts within the
    actor's scope count. Raises Invalid (``no_rate``) where a rate is missing.
    """
    actor.require("metrics.view")
    within = reading(actor, commit)
    query = _query(within, dataset, period, accounts)
    found = within.store.fold(lambda sources: compile_sums(query, dataset, keys, sources), dataset)
    found = _placed(found, within.dims)
    measures = tuple(name for name in dataset_def(dataset).measures if name != "quantity")
    return _converted(found, currency, measures, period) if currency else found


def lines(
    *,
    actor: Actor,
    dataset: str,
    period: Period,
    accounts: frozenset[int] | None = None,
    currency: str = "",
    commit: int | None = None,
) -> pa.Table:
    """Return the rows of a dataset, as ``sums`` adds them up, in the order of their days.

    Bounds of an amount (``low``, ``high`` of a forecast) are converted with it.
    """
    actor.require("metrics.view")
    within = reading(actor, commit)
    query = _query(within, dataset, period, accounts)
    found = within.store.fold(lambda sources: compile_lines(query, dataset, sources), dataset)
    found = _placed(found, within.dims)
    definition = dataset_def(dataset)
    measures = tuple(name for name in definition.measures if name != "quantity")
    measures += definition.bounds
    return _converted(found, currency, measures, period) if currency else found


def standing_sums(
    *,
    actor: Actor,
    dataset: str,
    period: Period,
    standing: pa.Table,
    named: pa.Table,
    apart: Sequence[str],
    commit: int | None = None,
) -> pa.Table:
    """Return the measures of a dataset for many accounts, each as coarsely as it allows.

    ``standing``: ``account_id``, ``profile`` and ``by_<column>`` for each of ``apart``; accounts
    that are not there do not count. ``named``: ``profile``, ``product_id``, ``stands_for``. Columns
    as ``sums`` gives them, with ``gross_value`` (without returns); amounts stay in their own
    currency. Merged accounts and products count as those they live on in.
    """
    actor.require("metrics.view")
    within = reading(actor, commit)
    dims = within.dims
    tables = {
        STANDING: _each(standing, "account_id", dims.heads).rename_columns({"head": "stands"}),
        NAMED: _each(named, "product_id", dims.product_heads).drop_columns("head"),
    }
    query = _query(within, dataset, period, None)
    found = within.store.fold(
        lambda sources: compile_standing(query, dataset, apart, sources), dataset, tables
    )
    return _placed(found, dims)


def _each(table: pa.Table, name: str, heads: Mapping[int, int]) -> pa.Table:
    """Return the table with a row for each one that was merged into one named there."""
    table = table.append_column("head", table[name])
    merged = {one: head for one, head in heads.items() if one != head}
    if not merged:
        return table
    old = pa.table(
        {
            name: pa.array(list(merged.values()), pa.int64()),
            "old": pa.array(list(merged), pa.int64()),
        }
    )
    more = table.join(old, name, join_type="inner")
    place = more.column_names.index(name)
    more = more.set_column(place, name, more["old"]).select(table.column_names)
    return pa.concat_tables([table, more])


def _query(within: Reading, dataset: str, period: Period, accounts: frozenset[int] | None) -> Query:
    scope, dims = within.scope, within.dims
    allowed = None if scope.everything else frozenset(scope.account_ids)
    if accounts is not None:
        heads = {dims.heads.get(one, one) for one in accounts}
        if not heads <= dims.heads.keys():
            raise NotFound(_("There is no such account."), code="account_not_found")
        wanted = dims.account_ids("account", heads)
        allowed = wanted if allowed is None else allowed & wanted
    return Query((dataset,), (), period, allowed)


def _placed(table: pa.Table, dims: Dimensions) -> pa.Table:
    """Return the rows under the accounts and products that live on, with what products are."""
    for name, heads in (("account_id", dims.heads), ("product_id", dims.product_heads)):
        moved = {one: head for one, head in heads.items() if one != head}
        if name in table.column_names and moved:
            table = _moved(table, name, moved)
    if "product_id" not in table.column_names:
        return table
    keys = pc.fill_null(table["product_id"], 0)
    places = pc.index_in(keys, value_set=dims.products["product_id"].combine_chunks())
    for name in PRODUCT_COLUMNS:
        table = table.append_column(name, pc.take(dims.products[name], places))
    return table


def _moved(table: pa.Table, name: str, heads: Mapping[int, int]) -> pa.Table:
    old, new = pa.array(list(heads), pa.int64()), pa.array(list(heads.values()), pa.int64())
    ids = table[name].cast(pa.int64()).combine_chunks()
    found = pc.take(new, pc.index_in(ids, value_set=old))
    place = table.column_names.index(name)
    return table.set_column(place, name, pc.coalesce(found, ids))


def _converted(table: pa.Table, currency: str, measures: Sequence[str], period: Period) -> pa.Table:
    """Return the amounts in one currency; the others are multiplied row by row, exactly."""
    foreign = pc.fill_null(pc.not_equal(table["currency"], currency), False)
    if not pc.any(foreign).as_py():
        return table
    rates = {
        (row["currency"], row["month"]): row["rate"]
        for row in rates_for(currency, period.last, None).to_pylist()
    }
    codes, months = table["currency"].to_pylist(), table["month"].to_pylist()
    for name in measures:
        amounts = [
            _exchanged(amount, code, month, currency, rates)
            for amount, code, month in zip(table[name].to_pylist(), codes, months, strict=True)
        ]
        table = table.set_column(table.column_names.index(name), name, pa.array(amounts, MONEY))
    place = table.column_names.index("currency")
    same = pa.array([currency if code else code for code in codes], pa.string())
    return table.set_column(place, "currency", same)


def _exchanged(
    amount: Decimal | None,
    code: str | None,
    month: date,
    currency: str,
    rates: Mapping[tuple[str, date], Decimal],
) -> Decimal | None:
    if amount is None or code in (None, "", currency):
        return amount
    rate = rates.get((str(code), month))
    if rate is None:
        raise Invalid(
            _("There is no rate from %(from)s to %(to)s for %(month)s.")
            % {"from": code, "to": currency, "month": f"{month:%Y-%m}"},
            code="no_rate",
            hint=_("Add the rate under reference data, then calculate again."),
        )
    with localcontext(prec=60):
        return round_half_up(amount * rate, PLACES)
