"""Working days that managers have for each account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from keystead.kernel.periods import Period


def manager_days(team: Iterable[Mapping[str, Any]], period: Period) -> dict[int, Decimal]:
    """Return the working days per account: a manager's day is shared by the accounts they own.

    ``team``: rows with ``account_id``, ``user_id``, ``role`` and half-open ``valid_from``,
    ``valid_to``; only owners count. Monday to Friday; public holidays are not known here.

    >>> from datetime import date
    >>> rows = [{"account_id": a, "user_id": 7, "role": "owner", "valid_from": date(2026, 1, 1),
    ...          "valid_to": None} for a in (1, 2)]
    >>> manager_days(rows, Period.parse("2026-01"))[1]
    Decimal('11.0')
    """
    owners = [row for row in team if row["role"] == "owner"]
    found: dict[int, Decimal] = defaultdict(Decimal)
    day = period.start
    while day < period.end:
        if day.weekday() < 5:
            owned: dict[int, set[int]] = defaultdict(set)
            for row in owners:
                start, end = row["valid_from"], row["valid_to"]
                if (start is None or start <= day) and (end is None or day < end):
                    owned[row["user_id"]].add(row["account_id"])
            for accounts in owned.values():
                for account in accounts:
                    found[account] += Decimal(1) / len(accounts)
        day += timedelta(days=1)
    return dict(found)
