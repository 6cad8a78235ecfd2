"""Demand by week: only facts that know their day; what is no whole week is told, and unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keystead.forecasting.calc.weeks import cut_short, month_only, weeks_of
from keystead.forecasting.types.cycle import Key
from keystead.forecasting.types.demand import Bools, DemandProblem
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.periods import add_months, month_start

Place = tuple[int, str, date]  # account, sender, month
WEEK = timedelta(days=7)
MEASURES = ("quantity", "value", "lines")


@dataclass(frozen=True)
class Weekly:
    """Rows of the ledger by week, what was odd, and which weeks of a series or account say nothing.

    ``month_only`` is by series, ``not_whole`` by account.
    """

    table: pa.Table
    problems: tuple[DemandProblem, ...]
    month_only: Mapping[Key, frozenset[date]]
    not_whole: Mapping[int, frozenset[date]]

    def masks(self, keys: Iterable[Key], weeks: Iterable[date]) -> dict[str, Bools]:
        """Return the weeks that say nothing, by reason, series x weeks."""
        columns = tuple(weeks)
        of_key = [self.month_only.get(key, frozenset()) for key in keys]
        of_account = [self.not_whole.get(key.account_id, frozenset()) for key in keys]
        return {
            name: np.array([[week in one for week in columns] for one in held], dtype=np.bool_)
            for name, held in (("month_only", of_key), ("not_whole", of_account))
        }


def by_week(table: pa.Table, sender_of: Mapping[int, str], cut_off: date, today: date) -> Weekly:
    """Return the rows of days as rows of weeks, ``month`` being the Monday.

    ``table``: rows with ``date``, ``month`` and, where there are several senders, ``batch_id``;
    it may reach to the end of the month of the cut-off, so that the month can be judged. Rows
    that only know their month are taken out: never spread. A series with one of them in the last
    year is left out as a whole; of others the weeks of these months are unknown. The running week
    is no whole one, nor is one whose figures end days earlier than they use to.
    """
    senders = _senders(table, sender_of)
    coarse = _coarse(table, senders)
    problems: list[DemandProblem] = []
    kept, unknown = _without(table, senders, coarse, cut_off, problems)
    kept = kept.filter(pc.less_equal(kept["date"], pa.scalar(cut_off)))
    whole = min(cut_off, today - timedelta(days=1))
    short = _short(kept, _senders(kept, sender_of), (Rhythm.WEEK.start(cut_off), whole), problems)
    return Weekly(_added(kept), tuple(problems), unknown, short)


def _senders(table: pa.Table, sender_of: Mapping[int, str]) -> list[str]:
    if "batch_id" not in table.column_names:
        return [""] * table.num_rows
    return [sender_of.get(batch, "") for batch in table["batch_id"].to_pylist()]


def _coarse(table: pa.Table, senders: list[str]) -> frozenset[Place]:
    """The months of which a sender knows no days of an account."""
    named = table.select(["account_id", "month", "date"]).append_column(
        "sender", pa.array(senders, pa.string())
    )
    days: dict[tuple[int, str], dict[date, tuple[date, date]]] = defaultdict(dict)
    grouped = named.group_by(["account_id", "sender", "month"])
    for row in grouped.aggregate([("date", "min"), ("date", "max")]).to_pylist():
        span = row["date_min"], row["date_max"]
        days[row["account_id"] or 0, row["sender"]][row["month"]] = span
    return frozenset(
        (account, sender, month)
        for (account, sender), held in days.items()
        for month in month_only(held)
    )


def _without(
    table: pa.Table,
    senders: list[str],
    coarse: frozenset[Place],
    cut_off: date,
    problems: list[DemandProblem],
) -> tuple[pa.Table, dict[Key, frozenset[date]]]:
    """Take out what only knows its month; return the weeks of which a series then knows nothing."""
    if not coarse:
        return table, {}
    ids = [table[name].to_pylist() for name in ("account_id", "product_id", "month")]
    gone: dict[Key, set[date]] = defaultdict(set)
    fine = []
    for at, (account, product, month) in enumerate(zip(*ids, strict=True)):
        here = (account or 0, senders[at], month) in coarse
        if here and product is not None:
            gone[Key(account or 0, product)].add(month)
        fine.append(not here)
    year = add_months(month_start(cut_off), -11)
    lost = {key for key, months in gone.items() if max(months) >= year}
    for key, months in sorted(gone.items()):
        code = "month_only" if key in lost else "month_only_before"
        problems.append(DemandProblem(code, key, max(months), len(months)))
    kept = [
        right and Key(account or 0, product or 0) not in lost
        for right, account, product in zip(fine, ids[0], ids[1], strict=True)
    ]
    unknown = {
        key: frozenset(week for month in months for week in weeks_of(month))
        for key, months in gone.items()
        if key not in lost
    }
    return table.filter(pa.array(kept, pa.bool_())), unknown


def _short(
    table: pa.Table, senders: list[str], days: tuple[date, date], problems: list[DemandProblem]
) -> dict[int, frozenset[date]]:
    """The weeks of each account that are not over, or whose figures are not all there.

    ``days``: the last week, and the last day that is over. Figures are not all there where those
    of the account end early, or all that its sender tells of anybody.
    """
    last, whole = days
    newest: dict[int, dict[date, date]] = defaultdict(dict)
    told: dict[str, dict[date, date]] = defaultdict(dict)
    tells: dict[int, set[str]] = defaultdict(set)
    lines: dict[tuple[int, date], int] = defaultdict(int)
    named = table.select(["account_id", "date", "lines"]).append_column(
        "sender", pa.array(senders, pa.string())
    )
    grouped = named.group_by(["account_id", "date", "sender"]).aggregate([("lines", "sum")])
    for row in grouped.to_pylist():
        account, sender = row["account_id"] or 0, row["sender"]
        week = Rhythm.WEEK.start(row["date"])
        for held in (newest[account], told[sender]):
            held[week] = max(row["date"], held.get(week, date.min))
        tells[account].add(sender)
        lines[account, week] += row["lines_sum"]
    over = Rhythm.WEEK.start(whole + timedelta(days=1)) - WEEK  # the last week that is over
    running = {over + WEEK * step for step in range(1, (last - over).days // 7 + 1)}
    ended = min(last, over)
    early = {sender for sender, weeks in told.items() if cut_short(ended, weeks)}
    found: dict[int, frozenset[date]] = {}
    for account, weeks in sorted(newest.items()):
        odd = set(running)
        for week in sorted(running & weeks.keys()):
            count = lines[account, week]
            problems.append(DemandProblem("running_week", Key(account, 0), week, count))
        if early & tells[account] or cut_short(ended, weeks):
            odd.add(ended)
            count = lines.get((account, ended), 0)
            problems.append(DemandProblem("week_cut_short", Key(account, 0), ended, count))
        found[account] = frozenset(odd)
    return found


def _added(table: pa.Table) -> pa.Table:
    """The rows added up by week; ``month`` is the Monday."""
    days = table["date"].to_pylist()
    mondays = {day: Rhythm.WEEK.start(day) for day in set(days)}
    weeks = pa.array([mondays[day] for day in days], pa.date32())
    kept = [n for n in table.column_names if n not in ("date", "month", "batch_id", "brand",
                                                       "category", *MEASURES)]  # fmt: skip
    found = table.select([*kept, *MEASURES]).append_column("month", weeks)
    found = found.group_by([*kept, "month"]).aggregate([(name, "sum") for name in MEASURES])
    return found.rename_columns(
        [name.removesuffix("_sum") if name.removesuffix("_sum") in MEASURES else name
         for name in found.column_names]
    )  # fmt: skip
