"""The workbook of a cycle: open cells, live totals, and inside it the state that it shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.queries.workbook_pages import written
from keystead.forecasting.rules.cycles import layer_to_write
from keystead.forecasting.types.cycle import Key, Layer
from keystead.forecasting.types.table import CycleTable
from keystead.forecasting.types.workbook import BookStamp
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.kit.office.bulk import MAX_ROWS

Cells = Mapping[tuple[Key, date], Decimal]


def forecast_book(
    actor: Actor,
    cycle_id: int,
    *,
    layer: Layer | None = None,
    accounts: Iterable[int] | None = None,
    now: datetime | None = None,
) -> bytes:
    """Return the workbook of a cycle for the line the reader writes, on accounts they may read.

    Rows are grouped by account and brand under live subtotals; only months that are not frozen,
    reasons and notes can be typed in. Ids, the state at export and its hash are inside, hidden.
    Raises Invalid where the cycle has no numbers yet or more rows than a workbook takes.
    """
    writes = layer_to_write(actor.roles, layer, system=actor.system)
    table = cycle_table(actor, cycle_id, accounts=accounts)
    if not table.series or table.cycle.run_id is None:
        raise Invalid(
            _("There is nothing in this cycle to write into a workbook yet."),
            code="book_empty", hint=_("Wait for the statistical forecast."),
        )  # fmt: skip
    if len(table.series) > MAX_ROWS // 2:
        raise Invalid(
            _("This is more than a workbook takes."), code="book_large",
            hint=_("Choose fewer accounts."),
        )  # fmt: skip
    moment = now or timezone.now()
    stamp = BookStamp(
        table.cycle.id, table.cycle.run_id, table.stamp, writes.value,
        base_hash(cells_of(table, writes)), actor.username, moment.isoformat(timespec="seconds"),
    )  # fmt: skip
    return written(table, writes, stamp, moment.date())


def cells_of(table: CycleTable, layer: Layer) -> dict[tuple[Key, date], Decimal]:
    """Return what a layer says by series and month, at four decimals."""
    return {
        (one.key, period): table.quantity(layer, row, column)
        for row, one in enumerate(table.series)
        for column, period in enumerate(table.periods)
    }


def base_hash(cells: Cells) -> str:
    """Return the hash of a state: the same cells with the same values, the same hash."""
    digest = hashlib.sha256()
    for (key, period), value in sorted(cells.items(), key=lambda item: (item[0][0], item[0][1])):
        line = f"{key.account_id}:{key.product_id}:{period.isoformat()}:{value.normalize():f}\n"
        digest.update(line.encode())
    return digest.hexdigest()
