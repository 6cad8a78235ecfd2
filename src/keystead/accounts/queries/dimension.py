"""Accounts as Arrow tables: for the metric compiler and for matching codes in files.

No rights are checked here: the compiler puts the scope in, the import desk matches for all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pyarrow as pa
from django.db import connection
from django.db.models import Count, Max, Sum
from django.utils import timezone

from keystead.accounts import models
from keystead.accounts.queries.tree import current_parents
from keystead.accounts.rules import ascend
from keystead.accounts.types import Scheme
from keystead.kit.access import once
from keystead.kit.models import Compiled, aggregated

Stamp = tuple[object, ...]

DIMENSION = pa.schema(
    [
        ("account_id", pa.int64()),
        ("canonical_id", pa.int64()),
        ("code", pa.string()),
        ("name", pa.string()),
        ("kind", pa.string()),
        ("segment", pa.string()),
        ("territory", pa.string()),
        ("channel", pa.string()),
        ("country", pa.string()),
        ("parent_id", pa.int64()),
        ("parent_code", pa.string()),
        ("parent_name", pa.string()),
        ("root_id", pa.int64()),
        ("root_code", pa.string()),
        ("root_name", pa.string()),
    ]
)
KEYS = pa.schema(
    [
        ("account_id", pa.int64()),
        ("scheme", pa.string()),
        ("value", pa.string()),
        ("source", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)

CURRENCIES = pa.schema([("account_id", pa.int64()), ("currency", pa.string())])

_kept: dict[str, tuple[Stamp, pa.Table]] = {}


def account_dimension() -> pa.Table:
    """Return one row per account, merged ones included; columns as in ``DIMENSION``.

    ``account_id`` is the account's own id. All other columns tell of the account it was merged
    into (itself, if not merged), so that grouping by any of them counts each account once.
    ``parent`` is the account above in the tree today (null at the top), ``root`` the topmost one
    (itself at the top). Kept in memory until an account or a membership changes or the day does.
    """
    return once("account_dimension", _current_dimension)


def _current_dimension() -> pa.Table:
    day = timezone.localdate()
    stamp = (day, *_stamp(models.Account), *_stamp(models.AccountMembership))
    return _from_memory("dimension", stamp, lambda: _dimension(day))


def account_keys() -> pa.Table:
    """Return everything an account is called; columns as in ``KEYS``.

    One row for each code (scheme ``own_code``), name (``name``) and identifier, of every account,
    merged ones included: ``account_id`` is the account's own id, so that undoing a merge gives
    each its rows back; ``canonical_id`` of the dimension says where it counts. Half-open dates.
    """
    stamp = (*_stamp(models.Account), *_stamp(models.AccountIdentifier))
    return _from_memory("keys", stamp, _keys)


def account_currencies() -> pa.Table:
    """Return one row per account, merged ones included; columns as in ``CURRENCIES``.

    The currency is that of the account it was merged into; "" = the account says none.
    """
    return _from_memory("currencies", _stamp(models.Account), _currencies)


def _from_memory(name: str, stamp: Stamp, build: Callable[[], pa.Table]) -> pa.Table:
    key = f"{name} {connection.settings_dict['NAME']}"
    held = _kept.get(key)
    if held is None or held[0] != stamp:
        held = (stamp, build())
        _kept[key] = held
    return held[1]


def _stamp(
    model: type[models.Account | models.AccountMembership | models.AccountIdentifier],
) -> Stamp:
    # Counting versions as well as times: two writers may commit in another order than they began.
    (found,) = _stamps.rows(model)
    return found


_stamps = Compiled(
    lambda model: aggregated(
        model.objects.all(), n=Count("id"), versions=Sum("version"), at=Max("changed_at")
    )
)


def _dimension(day: date) -> pa.Table:
    parents = current_parents(day)
    fields = ("id", "canonical_id", *DIMENSION.names[2:9])
    rows = list(models.Account.objects.order_by("id").values_list(*fields))
    by_id = {row[0]: row for row in rows}
    columns: list[list[object]] = [[] for _ in DIMENSION]
    for row in rows:
        head = by_id[row[1] or row[0]]
        path = ascend(head[0], parents)
        parent = by_id[path[1]] if len(path) > 1 else (None,) * 4
        root = by_id[path[-1]]
        values = (row[0], head[0], *head[2:9], parent[0], parent[2], parent[3], root[0], root[2],
                  root[3])  # fmt: skip
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    arrays = [
        pa.array(column, field.type) for column, field in zip(columns, DIMENSION, strict=True)
    ]
    return pa.table(arrays, schema=DIMENSION)


def _keys() -> pa.Table:
    rows: list[tuple[object, ...]] = []
    for pk, code, name in models.Account.objects.order_by("id").values_list("id", "code", "name"):
        rows.append((pk, Scheme.OWN_CODE.value, code, "", None, None))
        rows.append((pk, "name", name, "", None, None))
    rows += models.AccountIdentifier.objects.order_by("id").values_list(
        "account_id", "scheme", "value", "source", "valid_from", "valid_to"
    )
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(KEYS)
    arrays = [
        pa.array(list(column), field.type) for column, field in zip(columns, KEYS, strict=True)
    ]
    return pa.table(arrays, schema=KEYS)


def _currencies() -> pa.Table:
    rows = list(models.Account.objects.order_by("id").values_list("id", "canonical_id", "currency"))
    own = {pk: currency for pk, _head, currency in rows}
    ids = pa.array([pk for pk, _head, _currency in rows], pa.int64())
    texts = pa.array([own[head or pk] for pk, head, _currency in rows], pa.string())
    return pa.table([ids, texts], schema=CURRENCIES)
