"""The whitespace grid of an account: its sites by brands or products, from ledger and people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.accounts.queries import account_for, accounts_for, descendants
from keystead.accounts.types import Account
from keystead.catalog.queries import products
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor
from keystead.metrics.queries import data_until, evaluate
from keystead.metrics.types import Evaluation
from keystead.planning import models
from keystead.planning.calc.whitespace import cell_of, together
from keystead.planning.queries.door import visible
from keystead.planning.queries.said import as_said
from keystead.planning.types.whitespace import Cell, Column, Grid, Said, Site

METRIC = "sell_in"
MOST_SITES, MOST_COLUMNS = 300, 60
BY = ("brand", "product")


def grid_of(
    actor: Actor,
    account_id: int,
    *,
    by: str = "brand",
    unowned: bool = False,
    today: date | None = None,
) -> Grid:
    """Return the grid: what each site bought in the last twelve months, and what is open.

    Rows are the accounts below, or the account itself where there are none. Columns are what was
    bought anywhere below, what somebody said something of, and the brands (or products) in use.
    ``unowned``: only sites and columns with room that nobody looks after. Needs
    ``planning.view``; money only with ``metrics.view``. NotFound for a foreign account.
    """
    actor.require("planning.view")
    account = account_for(actor, account_id)
    by = by if by in BY else "brand"
    span = _year(today or timezone.localdate())
    sites = _sites(actor, account)
    ids = [one.id for one in sites]
    currency = account.currency or "EUR"
    bought, seen = _bought(actor, ids, by, span, currency)
    said = _said(actor, ids, by)
    columns, left = _columns(
        actor, by, {key for _site, key in bought}, {key for _site, key in said}
    )
    cells: dict[tuple[int, str], Cell] = {}
    for site in sites:
        for column in columns:
            key = (site.id, column.key)
            proof = ""
            if seen is not None and key in bought:
                proof = seen.figure(METRIC, **{"account": site.id, by: _dim(column, by)}).proof_id
            cells[key] = cell_of(
                site.id, column.key, bought.get(key), said.get(key), currency, proof
            )
    if unowned:
        held = {key for key, one in cells.items() if one.unowned}
        sites = tuple(one for one in sites if any(key[0] == one.id for key in held))
        columns = tuple(one for one in columns if any(key[1] == one.key for key in held))
    return _added_up(account, span, by, sites, columns, cells, currency, left)


def cell_for(actor: Actor, account_id: int, column: str) -> tuple[Column, Said | None]:
    """Return a column by its key, and what is stored of it at a site; NotFound when foreign."""
    actor.require("planning.view")
    account = account_for(actor, account_id)
    found = column_of(actor, column)
    by = "product" if found.product_id is not None else "brand"
    return found, _said(actor, [account.id], by).get((account.id, column))


def column_of(actor: Actor, key: str) -> Column:
    """Return the column of a key: ``b:Acu`` for a brand, ``p:17`` for a product."""
    kind, _mark, value = key.partition(":")
    if kind == "p" and value.isdecimal():
        for one in products(actor):
            if one.id == int(value):
                return _of_product(one)
    return _of_brand(value or key)


def _year(today: date) -> Period:
    """The last twelve whole months that have data."""
    last = min(data_until() or today, today)
    end = month_start(last + timedelta(days=1))
    return Period(add_months(end, -12), end)


def _sites(actor: Actor, account: Account) -> tuple[Site, ...]:
    below = descendants(account.id, actor=actor)
    named = [one for one in accounts_for(actor) if one.id in below] if below else [account]
    listed = sorted(named, key=lambda one: (one.name, one.id))[:MOST_SITES]
    return tuple(Site(one.id, one.code, one.name, one.kind.value) for one in listed)


def _bought(
    actor: Actor, ids: list[int], by: str, span: Period, currency: str
) -> tuple[dict[tuple[int, str], Decimal], Evaluation | None]:
    if not actor.can("metrics.view") or not ids:
        return {}, None
    seen = evaluate(
        actor=actor, metrics=[METRIC], by=("account", by), period=span,
        filters={"account": ids}, currency=currency,
    )  # fmt: skip
    found = {}
    rows = zip(*(seen.table.column(name).to_pylist() for name in ("account", by, METRIC)),
               strict=True)  # fmt: skip
    for account_id, value, amount in rows:
        if value not in (None, "", 0) and amount:
            found[account_id, f"p:{value}" if by == "product" else f"b:{value}"] = Decimal(amount)
    return found, seen


def _said(actor: Actor, ids: Iterable[int], by: str) -> dict[tuple[int, str], Said]:
    rows = models.CellRow.objects.select_related("owner", "account")
    rows = visible(rows, actor).filter(product__isnull=by == "brand")
    wanted = set(ids)
    found = {}
    for row in rows.order_by("id"):
        site = row.account.canonical_id or row.account_id
        if site in wanted:
            key = f"b:{row.brand}" if by == "brand" else f"p:{row.product_id}"
            found[site, key] = as_said(row)
    return found


def _columns(
    actor: Actor, by: str, bought: set[str], said: set[str]
) -> tuple[tuple[Column, ...], int]:
    listed = products(actor)
    known = {one.id: one for one in listed}
    if by == "brand":
        brands = {f"b:{one.brand}" for one in listed if one.brand and one.status.value == "active"}
        keys = sorted(bought | said) + sorted(brands - bought - said)
        made = [_of_brand(key.removeprefix("b:")) for key in keys]
    else:
        active = {f"p:{one.id}" for one in listed if one.status.value == "active"}
        keys = [key for key in (*sorted(bought | said), *sorted(active - bought - said))
                if int(key[2:]) in known]  # fmt: skip
        made = [_of_product(known[int(key[2:])]) for key in keys]
    return tuple(made[:MOST_COLUMNS]), max(len(made) - MOST_COLUMNS, 0)


def _of_brand(brand: str) -> Column:
    return Column(key=f"b:{brand}", label=brand, brand=brand)


def _of_product(product: Any) -> Column:
    return Column(key=f"p:{product.id}", label=product.name, product_id=product.id)


def _dim(column: Column, by: str) -> Any:
    return column.brand if by == "brand" else column.product_id


def _added_up(
    account: Account,
    span: Period,
    by: str,
    sites: tuple[Site, ...],
    columns: tuple[Column, ...],
    cells: dict[tuple[int, str], Cell],
    currency: str,
    left_out: int,
) -> Grid:
    shown = {(s.id, c.key): cells[s.id, c.key] for s in sites for c in columns}
    return Grid(
        account_id=account.id, account_code=account.code, account_name=account.name,
        currency=currency, period=str(span), by=by, sites=sites, columns=columns, cells=shown,
        rows={s.id: together(shown[s.id, c.key] for c in columns) for s in sites},
        totals={c.key: together(shown[s.id, c.key] for s in sites) for c in columns},
        total=together(shown.values()), left_out=left_out,
    )  # fmt: skip
