"""Demand that two senders tell of: named, and counted once where it is the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pyarrow as pa

from keystead.forecasting.calc.senders import overlaps
from keystead.forecasting.types.cycle import Key
from keystead.forecasting.types.demand import DemandProblem

Sent = dict[Key, dict[str, dict[date, Decimal]]]


def without_repeats(
    table: pa.Table, sender_of: Mapping[int, str]
) -> tuple[pa.Table, list[DemandProblem]]:
    """Return the rows without those that a second sender repeats, and each overlap as a problem.

    ``table`` has ``account_id``, ``product_id``, ``month``, ``batch_id``, ``unit``, ``quantity``;
    ``sender_of`` names the source of each batch. The sender that came first counts.
    """
    rows = table.to_pylist()
    sent: Sent = defaultdict(lambda: defaultdict(lambda: defaultdict(Decimal)))
    for row in rows:
        if row["product_id"] is not None:
            key = Key(row["account_id"], row["product_id"])
            sender = sender_of.get(row["batch_id"], "")
            sent[key][sender][row["month"]] += row["quantity"] or Decimal(0)
    order = list(dict.fromkeys(sender_of[batch] for batch in sorted(sender_of)))
    repeated: set[tuple[Key, str, date]] = set()
    problems = []
    for key in sorted(key for key, senders in sent.items() if len(senders) > 1):
        for one in overlaps(sent[key], order):
            code = "same_twice" if one.left_out else "two_senders"
            names = f"{one.first}, {one.second}"
            problems.append(DemandProblem(code, key, one.months[0], len(one.months), names))
            if one.left_out:
                repeated |= {(key, one.second, month) for month in one.months}
    if not repeated:
        return table, problems
    kept = [
        at
        for at, row in enumerate(rows)
        if row["product_id"] is None
        or (
            Key(row["account_id"], row["product_id"]),
            sender_of.get(row["batch_id"], ""),
            row["month"],
        )
        not in repeated
    ]
    return table.take(pa.array(kept, pa.int64())), problems
