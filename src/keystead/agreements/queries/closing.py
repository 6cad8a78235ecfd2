"""The sales that accruals of many agreements are made from, read together."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from keystead.agreements import models
from keystead.agreements.queries.batch import One, ones_of
from keystead.agreements.queries.evaluation import KEYS, one_unit, with_gross
from keystead.agreements.queries.expected import FORECAST_KEYS, Sales, months_of
from keystead.agreements.queries.readings import partner_volumes_of
from keystead.kernel.errors import KeysteadError
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM
from keystead.ledger.queries import current_commit
from keystead.metrics.queries import sums as ledger_sums


def sales_of_many(agreement_ids: Iterable[int], through: date) -> dict[int, Sales]:
    """Return the sales of agreements up to a day and their forecast, as ``sales_of`` gives each.

    One reading of the ledger for all of the same days and currency. Those that cannot be read
    together (no days yet, a rate missing, mixed units) are left out. No rights are checked here.
    """
    rows = models.Agreement.objects.filter(pk__in=tuple(agreement_ids)).order_by("id")
    ones = ones_of(rows, through, current_commit())
    alike: dict[tuple[str, Period, Period], list[One]] = defaultdict(list)
    for one in ones:
        agreement, days = one.basis.agreement, one.basis.days
        if days is not None:
            alike[agreement.currency, days, months_of(agreement.valid)].append(one)
    found: dict[int, Sales] = {}
    partner = partner_volumes_of(one.id for one in ones)
    for (currency, days, months), members in alike.items():
        try:
            sold = _read("sell_in", KEYS, days, currency, members)
            ahead = _read("forecast", FORECAST_KEYS, months, currency, members)
        except KeysteadError:
            continue
        for one in members:
            if any(said.product is not None for said in partner[one.id]):
                continue  # what was agreed by product is added to the sales of that one alone
            sales = _sales(one, sold, ahead)
            if sales is not None:
                found[one.id] = sales
    return found


@dataclasses.dataclass(frozen=True)
class _Rows:
    """Rows of a dataset, by the account they stand under."""

    table: pa.Table
    spans: Mapping[int, tuple[int, int]]

    def of(self, accounts: Iterable[int]) -> pa.Table:
        held = [self.spans[one] for one in sorted(accounts) if one in self.spans]
        parts = [self.table.slice(start, count) for start, count in held]
        return pa.concat_tables(parts) if parts else self.table.slice(0, 0)


def _read(
    dataset: str, keys: tuple[str, ...], period: Period, currency: str, members: list[One]
) -> _Rows:
    accounts = frozenset().union(*(one.basis.accounts for one in members))
    table = ledger_sums(
        actor=SYSTEM, dataset=dataset, period=period, keys=keys, accounts=accounts,
        currency=currency, commit=members[0].basis.commit,
    ).sort_by("account_id")  # fmt: skip
    counted = pc.value_counts(table["account_id"].combine_chunks())
    spans, start = {}, 0
    for one in counted.to_pylist():
        spans[one["values"]] = (start, one["counts"])
        start += one["counts"]
    return _Rows(table, spans)


def _sales(one: One, sold: _Rows, ahead: _Rows) -> Sales | None:
    actual = sold.of(one.basis.accounts)
    try:
        one_unit(one.versions, actual)
    except KeysteadError:
        return None
    forecast = ahead.of(one.basis.accounts)
    return Sales(
        one.basis, one.shown, one.whole, with_gross(actual),
        forecast if forecast.num_rows else None,
    )  # fmt: skip
