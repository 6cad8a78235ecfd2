"""The history of demand, from the ledger: net units by account, product and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pyarrow as pa
from django.utils import timezone

from keystead.catalog.queries import product_dimension
from keystead.forecasting.calc.demand import delisted, stock_out
from keystead.forecasting.queries.senders import without_repeats
from keystead.forecasting.queries.weeks import Weekly, by_week
from keystead.forecasting.types.cycle import DemandKind, Key
from keystead.forecasting.types.demand import Bools, Demand, DemandProblem, Floats
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kernel.quantity import Quantity
from keystead.kit.access import Actor
from keystead.ledger.queries import current_commit, senders
from keystead.metrics.queries import sums
from keystead.reference.queries import convert

LAST_DAY = date(9999, 12, 31)
FIRST_DAY = date(1, 1, 1)
PRICE_PLACES = Decimal("0.000001")
KEYS = ("account_id", "product_id", "month", "currency", "unit", "is_return")
Cells = dict[Key, dict[date, list[Decimal]]]  # units, value, units that came back


def demand_history(
    actor: Actor,
    *,
    kind: DemandKind,
    cut_off: date,
    accounts: frozenset[int] | None = None,
    commit: int | None = None,
    rhythm: Rhythm = Rhythm.MONTH,
    today: date | None = None,
) -> Demand:
    """Return the demand of at most ten years up to a day, on accounts the actor may see.

    By month, or by week from facts that know their day (``queries.weeks``). ``today``: the day on
    which it is looked at, for the weeks that were not over then.

    Returns are netted in the month they came back. A month without any row of anybody, one in
    which an empty shelf hid demand, and one off the list are masked. Rows in another unit are
    converted; rows dated after today or more than ten years back are left out; months that a second
    sender repeats count once; a series that never moved is no series. All of it is reported as
    problems.
    """
    seen = current_commit() if commit is None else commit
    last = rhythm.start(cut_off)
    span = Period(rhythm.step(last, 1 - rhythm.most_history), rhythm.step(last, 1))
    weekly = None
    if rhythm is Rhythm.WEEK:
        weekly, problems = _told_by_week(
            actor, kind, span, accounts, seen, (cut_off, today or timezone.localdate())
        )
        table = weekly.table
    else:
        table, problems = _told(actor, kind, span, accounts, seen)
    units = _units()
    cells, currencies = _cells(table, units, problems)
    later = Period(max(timezone.localdate(), cut_off) + timedelta(days=1), LAST_DAY)
    problems += _outside(actor, kind, "future_dated", later, accounts, seen)
    problems += _outside(actor, kind, "too_old", Period(FIRST_DAY, span.start), accounts, seen)
    moving = {key for key, months in cells.items() if any(held[0] for held in months.values())}
    keys = tuple(sorted(moving))
    problems += [
        DemandProblem("all_zeros", key, min(cells[key]), len(cells[key]))
        for key in sorted(cells.keys() - moving)
    ]
    first = min((month for key in keys for month in cells[key]), default=last)
    months = rhythm.periods(first, rhythm.between(first, last) + 1)
    quantity, value, returns = (_matrix(cells, keys, months, at) for at in range(3))
    masks = _masks(actor, keys, months, quantity, accounts, seen, rhythm)
    if weekly is not None and keys:
        masks |= weekly.masks(keys, months)
    known = np.any(list(masks.values()), axis=0) if masks else None
    masked = quantity.copy()
    if known is not None:
        masked[known] = np.nan
    return Demand(
        kind, keys, months, masked, returns, masks,
        tuple(_price(quantity[at], value[at], rhythm.season) for at in range(len(keys))),
        tuple(currencies.get(key, "") for key in keys),
        tuple(units.get(key.product_id, ("", None))[0] for key in keys),
        _price_months(quantity, value), tuple(problems), seen, rhythm,
    )  # fmt: skip


def _told(
    actor: Actor, kind: DemandKind, span: Period, accounts: frozenset[int] | None, commit: int
) -> tuple[pa.Table, list[DemandProblem]]:
    """Return the rows of the ledger; with several senders, what they repeat is taken out."""
    sender_of = senders(kind.value, commit=commit)
    several = len(set(sender_of.values())) > 1
    keys = (*KEYS, "batch_id") if several else KEYS
    table = sums(
        actor=actor, dataset=kind.value, period=span, keys=keys, accounts=accounts, commit=commit
    )
    return without_repeats(table, sender_of) if several else (table, [])


def _told_by_week(
    actor: Actor,
    kind: DemandKind,
    span: Period,
    accounts: frozenset[int] | None,
    commit: int,
    days: tuple[date, date],
) -> tuple[Weekly, list[DemandProblem]]:
    """Return the rows by week; read to the end of the month, so that its days can be judged.

    ``days``: the cut-off, and the day on which it is looked at.
    """
    sender_of = senders(kind.value, commit=commit)
    several = len(set(sender_of.values())) > 1
    end = max(span.end, add_months(month_start(span.last), 1))
    table = sums(
        actor=actor, dataset=kind.value, period=Period(span.start, end), accounts=accounts,
        keys=(*KEYS, "date", "batch_id") if several else (*KEYS, "date"), commit=commit,
    )  # fmt: skip
    table, problems = without_repeats(table, sender_of) if several else (table, [])
    weekly = by_week(table, sender_of, *days)
    return weekly, [*problems, *weekly.problems]


def _cells(
    table: pa.Table, units: Mapping[int, tuple[str, Any]], problems: list[DemandProblem]
) -> tuple[Cells, dict[Key, str]]:
    cells: Cells = defaultdict(lambda: defaultdict(lambda: [Decimal(0)] * 3))
    worth: dict[Key, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    strange: dict[tuple[Key, str], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in table.to_pylist():
        if row["product_id"] is None:
            place = Key(row["account_id"] or 0, 0)
            problems.append(DemandProblem("no_product", place, row["month"], row["lines"]))
            continue
        key = Key(row["account_id"], row["product_id"])
        quantity = _converted(row["quantity"], row["unit"], units.get(key.product_id))
        if quantity is None:
            strange[key, row["unit"] or ""][row["month"]] += row["lines"]
            continue
        held = cells[key][row["month"]]
        value = row["value"] or Decimal(0)
        cells[key][row["month"]] = [
            held[0] + quantity,
            held[1] + value,
            held[2] - (quantity if row["is_return"] else 0),
        ]
        worth[key][row["currency"] or ""] += abs(value)
    problems += [
        DemandProblem("unit_unknown", key, month, count, unit)
        for (key, unit), months in strange.items()
        for month, count in months.items()
    ]
    problems += [
        DemandProblem("two_currencies", key, None, len(held), ", ".join(sorted(held)))
        for key, held in worth.items()
        if len([one for one in held.values() if one]) > 1
    ]
    # Two currencies are never added: then the series has no price of its own.
    alone = {
        key: next(iter(held))
        for key, held in worth.items()
        if len([one for one in held.values() if one]) <= 1
    }
    return cells, alone


def _converted(quantity: Decimal | None, unit: str | None, known: Any) -> Decimal | None:
    wanted, size = known or ("", None)
    if quantity is None:
        return Decimal(0)
    if not unit or not wanted or unit == wanted:
        return quantity
    try:
        return convert(Quantity(quantity, unit), wanted, size).value
    except Invalid:
        return None


def _units() -> dict[int, tuple[str, Decimal | None]]:
    table = product_dimension()
    columns = [table[name].to_pylist() for name in ("product_id", "unit", "pack_size")]
    return {pk: (unit or "", size) for pk, unit, size in zip(*columns, strict=True)}


def _outside(
    actor: Actor,
    kind: DemandKind,
    code: str,
    span: Period,
    accounts: frozenset[int] | None,
    commit: int,
) -> list[DemandProblem]:
    """Rows of days that are no history, whatever wrote them."""
    table = sums(
        actor=actor, dataset=kind.value, period=span, keys=("account_id", "product_id", "month"),
        accounts=accounts, commit=commit,
    )  # fmt: skip
    return [
        DemandProblem(
            code, Key(row["account_id"] or 0, row["product_id"] or 0), row["month"],
            row["lines"], f"{row['quantity']:f}",
        )
        for row in table.to_pylist()
    ]  # fmt: skip


def _matrix(cells: Cells, keys: Sequence[Key], months: Sequence[date], part: int) -> Floats:
    column = {month: at for at, month in enumerate(months)}
    found = np.zeros((len(keys), len(months)))
    for place, key in enumerate(keys):
        for month, held in cells[key].items():
            found[place, column[month]] = float(held[part])
    return found


def _masks(
    actor: Actor,
    keys: Sequence[Key],
    months: Sequence[date],
    quantity: Floats,
    accounts: frozenset[int] | None,
    commit: int,
    rhythm: Rhythm,
) -> dict[str, Bools]:
    if not keys:
        return {}
    span = Period(months[0], rhythm.step(months[-1], 1))

    def asked(dataset: str, *names: str) -> pa.Table:
        return sums(
            actor=actor, dataset=dataset, period=span, keys=names, accounts=accounts, commit=commit
        )

    empty = ~np.any(quantity != 0, axis=0)
    no_data = np.repeat(empty[None, :], len(keys), axis=0)
    shelf, off = np.zeros_like(no_data), np.zeros_like(no_data)
    closing = closing_stock(actor, months, accounts, commit, rhythm)
    changes = _changes(asked("listing", "account_id", "product_id", "status", "date"))
    for place, key in enumerate(keys):
        if key in closing:
            shelf[place] = stock_out(quantity[place], closing[key])
        if key in changes:
            off[place] = delisted(months, changes[key], quantity[place], rhythm)
    return {"no_data": no_data, "stock_out": shelf, "delisted": off}


def closing_stock(
    actor: Actor,
    months: Sequence[date],
    accounts: frozenset[int] | None,
    commit: int,
    rhythm: Rhythm = Rhythm.MONTH,
) -> dict[Key, Floats]:
    """Return the stock at the last count of each period by series, nan where none was."""
    span = Period(months[0], rhythm.step(months[-1], 1))
    keys = ("account_id", "product_id", "date")
    table = sums(
        actor=actor, dataset="stock", period=span, keys=keys, accounts=accounts, commit=commit
    )
    return _closing(table, {month: at for at, month in enumerate(months)}, rhythm)


def _closing(table: pa.Table, column: Mapping[date, int], rhythm: Rhythm) -> dict[Key, Floats]:
    """The stock at the last count of each period, all places together; nan where none was."""
    newest: dict[tuple[Key, date], tuple[date, Decimal]] = {}
    for row in table.to_pylist():
        if row["product_id"] is None or row["quantity"] is None:
            continue
        at = Key(row["account_id"], row["product_id"]), rhythm.start(row["date"])
        if at not in newest or newest[at][0] < row["date"]:
            newest[at] = row["date"], row["quantity"]
    found: dict[Key, Floats] = {}
    for (key, month), (_day, held) in newest.items():
        line = found.setdefault(key, np.full(len(column), np.nan))
        line[column[month]] = float(held)
    return found


def _changes(table: pa.Table) -> dict[Key, list[tuple[date, str]]]:
    """Listing by day; several outlets count as listed while one of them lists it."""
    days: dict[tuple[Key, date], set[str]] = defaultdict(set)
    for row in table.to_pylist():
        if row["product_id"] is not None:
            days[Key(row["account_id"], row["product_id"]), row["date"]].add(row["status"])
    found: dict[Key, list[tuple[date, str]]] = defaultdict(list)
    for (key, day), held in days.items():
        found[key].append((day, "listed" if "listed" in held else min(held)))
    return found


def _price(quantity: Floats, value: Floats, season: int) -> Decimal | None:
    """Net value per net unit of the last year, else of all there is; None without."""
    for part in (slice(-season, None), slice(None)):
        units, worth = quantity[part].sum(), value[part].sum()
        if units > 0 and worth > 0:
            with localcontext(prec=30):
                made = Decimal(repr(float(worth))) / Decimal(repr(float(units)))
                return made.quantize(PRICE_PLACES)
    return None


def _price_months(quantity: Floats, value: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((quantity > 0) & (value > 0), value / quantity, np.nan)
