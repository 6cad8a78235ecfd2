"""Queries that are asked all day: their SQL is made once, and then only filled in.

Django builds the SQL of a queryset anew each time, which takes several milliseconds for one with
conditions within conditions, while the database answers it in a tenth of one. Take this for a
query on the way of nearly every request; the queryset stays the one place that says what it means.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection, models

_DAY = dt.timedelta(days=1)


class _Statement(NamedTuple):
    sql: str
    params: tuple[tuple[Any, tuple[str, int | None] | None], ...]
    compiler: Any
    converters: Mapping[int, Any]


class Compiled:
    """``Compiled(build).rows(*shape, **given)``: the rows of a ``values_list`` queryset.

    ``build(*shape, **given)`` makes the queryset. ``shape`` decides what the query looks like and
    is part of what it is remembered under, as is how many values a tuple in ``given`` has. The
    values of ``given`` (numbers, texts, dates, moments and tuples of them) are filled in; they
    may stand in conditions only, just as they are.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]]) -> None:
        self._build = build
        self._lock = Lock()
        self._known: dict[tuple[Any, ...], _Statement | None] = {}

    def rows(self, *shape: Any, **given: Any) -> list[tuple[Any, ...]]:
        """Return the rows, as the queryset would."""
        sizes = tuple(len(one) if isinstance(one, tuple) else -1 for one in given.values())
        key = (connection.vendor, shape, sizes)
        with self._lock:
            if key not in self._known:
                self._known[key] = _compile(self._build, shape, given)
            found = self._known[key]
        if found is None:
            return []
        params = [
            fixed if place is None else _written(_value(given, place))
            for fixed, place in found.params
        ]
        with connection.cursor() as cursor:
            cursor.execute(found.sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        if not found.converters:
            return rows
        return [tuple(row) for row in found.compiler.apply_converters(rows, found.converters)]


def aggregated(rows: models.QuerySet[Any], **what: Any) -> models.QuerySet[Any, Any]:
    """Return the queryset of one row that holds aggregates over all rows, as ``aggregate`` does."""
    found = rows.order_by().values_list()
    query: Any = found.query
    query.clear_select_clause()
    query.group_by = None
    for name, one in what.items():
        query.add_annotation(one, name, select=True)
    return found


def _compile(build: Any, shape: tuple[Any, ...], given: Mapping[str, Any]) -> _Statement | None:
    """Return the statement with places for the given values; None when it never finds a row."""
    places: dict[Any, tuple[str, int | None]] = {}
    stand_ins: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, tuple):
            marks = tuple(_stand_in(len(places) + at, one) for at, one in enumerate(value))
            places.update({_written(mark): (name, at) for at, mark in enumerate(marks)})
            stand_ins[name] = marks
        else:
            stand_ins[name] = mark = _stand_in(len(places), value)
            places[_written(mark)] = (name, None)
    query: Any = build(*shape, **stand_ins).query
    compiler = query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    columns = [column for column, _sql, _alias in compiler.select]
    filled = tuple((one, places.get(one)) for one in params)
    used = {place for _one, place in filled}
    missing = {place[0] for place in places.values() if place not in used}
    if missing:  # it was changed on its way, so it would be filled in wrongly for ever
        raise ValueError(f"cannot be filled in: {', '.join(sorted(missing))}")
    return _Statement(sql, filled, compiler, compiler.get_converters(columns))


def _value(given: Mapping[str, Any], place: tuple[str, int | None]) -> Any:
    name, at = place
    return given[name] if at is None else given[name][at]


def _stand_in(number: int, value: Any) -> Any:
    """Return a value of the same kind that nobody ever asks for."""
    if isinstance(value, str):
        return f"\x01{number}\x01"
    if isinstance(value, dt.datetime):
        return dt.datetime(9000, 1, 1, tzinfo=dt.UTC) + number * _DAY
    if isinstance(value, dt.date):
        return dt.date(9000, 1, 1) + number * _DAY
    if isinstance(value, int) and not isinstance(value, bool):
        return 7_000_000_000_000_000_000 + number
    raise TypeError(f"cannot be filled in: {type(value).__name__}")


def _written(value: Any) -> Any:
    """Return a value as the database driver takes it."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, dt.date):
        return connection.ops.adapt_datefield_value(value)
    return value
