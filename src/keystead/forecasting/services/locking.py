"""The lock: asked for, approved by a second person, then agreed numbers are facts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pyarrow as pa
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.forecasting import models
from keystead.forecasting.queries.cycles import as_cycle, newest_override, stored_signs
from keystead.forecasting.queries.gaps import gaps_of_row
from keystead.forecasting.queries.overlap import source_of
from keystead.forecasting.queries.selling_in import Planned, has_sell_in_cycle, planned_sell_in
from keystead.forecasting.queries.table import table_of
from keystead.forecasting.rules.cycles import lock_problems
from keystead.forecasting.services.loading import keep, row_to_write, step
from keystead.forecasting.types.cycle import (
    HUMAN,
    STACK,
    Cycle,
    CycleState,
    DemandKind,
    ForecastLocked,
    Key,
    Layer,
)
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.table import CycleTable, Floats, Series, exactly
from keystead.governance.queries.approvals import request as approval_request
from keystead.governance.services import approvals
from keystead.governance.types.approvals import Ask, Change, Facts, RequestState, SubjectKind
from keystead.kernel.errors import Conflict
from keystead.kernel.exact import round_half_up
from keystead.kernel.periods import month_start
from keystead.kit import outbox
from keystead.kit.access import SYSTEM, Actor
from keystead.ledger.services import post_facts
from keystead.ledger.types import MONEY, Mode

DATASETS = {Rhythm.MONTH: "forecast", Rhythm.WEEK: "forecast_week"}
MONEY_PLACES = 4
Fact = tuple[object, ...]
Ranges = tuple[tuple[Decimal, Decimal] | None, ...]  # by month: low and high, as parts


def lock(*, actor: Actor, cycle_id: int, expected_version: int | None = None) -> Cycle:
    """Ask for the lock of a cycle as it stands; needs ``forecasting.lock``.

    A director or finance approves, never who asked nor who wrote an override in it; then the
    numbers are frozen and posted. Until the answer nothing changes. Writes the request, one
    audit row here and one there. Raises Conflict with ``problems`` where a signature is missing
    or a gap is not explained.
    """
    with transaction.atomic():
        row = row_to_write(actor, cycle_id, "forecasting.lock")
        if row.lock_request is not None:
            raise Conflict(_("The lock of this cycle waits for an approval."), code="lock_asked")
        signs = stored_signs(models.SignOffRow.objects.filter(cycle=row))
        stamp = newest_override(row.pk)
        problems = lock_problems(as_cycle(row), signs, gaps_of_row(row), stamp)
        if problems:
            raise Conflict(
                _("This cycle cannot be locked yet."), code="not_ready",
                hint=_("See what is missing on the page of the cycle."),
                problems=[list(one) for one in problems],
            )  # fmt: skip
        old = row.snapshot()
        table = table_of(row)
        row.content_hash = content_of(table)
        asked = approvals.request_approval(actor=actor, ask=_ask(row, table))
        row.lock_request = asked.id
        keep(actor, row, "lock.ask", old, expected=expected_version)
    return as_cycle(row)


def take_back_lock(*, actor: Actor, cycle_id: int, why: str = "") -> Cycle:
    """Withdraw the request, so that numbers can be changed again; only who asked."""
    with transaction.atomic():
        row = row_to_write(actor, cycle_id, "forecasting.lock")
        if row.lock_request is None:
            raise Conflict(_("Nobody asked for the lock of this cycle."), code="not_asked")
        approvals.withdraw(actor=actor, request_id=row.lock_request, why=why)
        old = row.snapshot()
        row.lock_request, row.content_hash = None, ""
        keep(actor, row, "lock.take_back", old, why=why)
    return as_cycle(row)


def take_decision(*, request_id: int) -> None:
    """Lock or give back as the request was answered; idempotent, only for what was asked.

    Who wrote an override of the cycle cannot have approved it: it goes back to the review.
    """
    request = approval_request(request_id)
    if request.kind is not SubjectKind.FORECAST_LOCK or request.state not in (
        RequestState.APPROVED,
        RequestState.RETURNED,
    ):
        return
    with transaction.atomic():
        rows = models.CycleRow.objects.select_for_update().filter(lock_request=request_id)
        row = rows.filter(state=CycleState.REVIEW.value).first()
        if row is None or row.content_hash != request.content_hash:
            return
        old = row.snapshot()
        why = request.decisions[-1].reason if request.decisions else ""
        approved = request.state is RequestState.APPROVED
        if approved and {one.user_id for one in request.decisions} & authors_of(row):
            approved, why = False, "Approved by somebody who wrote it: a second person is needed."
        if not approved:
            row.lock_request, row.content_hash = None, ""
            keep(SYSTEM, row, "lock.return", old, why=why)
            return
        freeze(row)
        keep(SYSTEM, row, "lock", old, why=why)


def freeze(row: models.CycleRow) -> None:
    """Write every human layer and post the agreed one; call inside a locking transaction.

    Months are posted to the dataset that deck and accruals read, weeks to one of their own (the
    Monday as the date), so that both rhythms of one demand are never added up.
    """
    table = table_of(row)
    now = timezone.now()
    rows = _versions(row, table, now)
    models.ForecastVersion.objects.bulk_create(rows, batch_size=500)
    batch_id = _post(row, table.periods, [*_weeks_before(row), *_facts(row, table)])
    step(row, CycleState.LOCKED)
    row.locked_at, row.lock_request, row.batch_id = now, None, batch_id
    outbox.publish(
        ForecastLocked(
            cycle_id=row.pk, batch_id=batch_id,
            account_ids=tuple(sorted({one.key.account_id for one in table.series})),
        )
    )  # fmt: skip


def authors_of(row: models.CycleRow) -> set[int]:
    """Return who wrote an override that counts in the cycle."""
    rows = models.OverrideRow.objects.filter(cycle=row).exclude(by=None)
    return set(rows.values_list("by_id", flat=True))


def content_of(table: CycleTable) -> str:
    """Return the hash of all that is approved: which series, and every number of every layer."""
    made = hashlib.sha256()
    for one in table.series:
        made.update(f"{one.key.account_id}:{one.key.product_id}:{one.price};".encode())
    for layer in STACK if table.series else ():
        whole = np.rint(table.layers[layer] * 10**MONEY_PLACES).astype(np.int64)
        made.update(layer.value.encode())
        made.update(np.ascontiguousarray(whole).tobytes())
    return made.hexdigest()


def _ask(row: models.CycleRow, table: CycleTable) -> Ask:
    cycle = as_cycle(row)
    changes = tuple(
        Change(layer.value, f"{table.total(below):,.0f}", f"{table.total(layer):,.0f}")
        for below, layer in pairwise(STACK)
    )
    return Ask(
        kind=SubjectKind.FORECAST_LOCK, subject_id=str(row.pk),
        title=_("Forecast %(cycle)s") % {"cycle": cycle.name}, content_hash=row.content_hash,
        facts=Facts(), changes=changes,
        evidence={"cycle": cycle.name, "series": len(table.series), "run": row.run_id},
    )  # fmt: skip


def _versions(
    row: models.CycleRow, table: CycleTable, at: datetime
) -> list[models.ForecastVersion]:
    found: list[models.ForecastVersion] = []
    run_id = row.run_id or 0
    below = Layer.STATISTICAL
    for layer in HUMAN:
        own = table.layers[layer] != table.layers[below]
        places: Iterable[tuple[int, int]] = (
            np.ndindex(own.shape) if layer is Layer.AGREED else zip(*np.nonzero(own), strict=True)
        )
        for place, column in places:
            one = table.series[place]
            found.append(
                models.ForecastVersion(
                    cycle=row, run_id=run_id, account_id=one.key.account_id,
                    product_id=one.key.product_id, period=table.periods[column],
                    horizon=int(column) + 1, layer=layer.value,
                    qty=table.quantity(layer, place, column),
                    value=_money(table.value(layer, place, column)), currency=one.currency,
                    recipe=one.recipe, at=at,
                )
            )  # fmt: skip
        below = layer
    return found


def _post(row: models.CycleRow, months: tuple[date, ...], facts: list[Fact]) -> int | None:
    if not facts:
        return None
    columns = list(zip(*facts, strict=True))
    kinds = [pa.int64(), pa.int64(), pa.date32(), MONEY, pa.string(), MONEY, pa.string()]
    kinds += [MONEY, MONEY]
    names = ["account_id", "product_id", "date", "quantity", "unit", "value", "currency"]
    names += ["low", "high"]
    batch = post_facts(
        actor=SYSTEM, dataset=DATASETS[Rhythm(row.rhythm)], source=source_of(row.accounts),
        lineage=f"forecast:{row.pk}", mode=Mode.REPLACE,
        months=sorted({month_start(period) for period in months}),
        table=pa.table(
            [pa.array(list(held), kind) for held, kind in zip(columns, kinds, strict=True)],
            names=names,
        ),
    )  # fmt: skip
    return batch.id


def _weeks_before(row: models.CycleRow) -> Iterator[Fact]:
    """What was agreed before for the weeks of the first month that lie before a cycle by week.

    A post replaces whole months, so the month would lose them; the lock that spoke last of a week
    counts. Months are whole periods: a cycle by month has none.
    """
    first = month_start(row.month)
    weeks = {
        week for at in range(1, 6)
        if (week := row.month - timedelta(weeks=at)) >= first and row.rhythm == Rhythm.WEEK.value
    }  # fmt: skip
    locked = models.CycleRow.objects.filter(
        rhythm=row.rhythm, state=CycleState.LOCKED.value, month__lt=row.month
    ).exclude(batch=None)
    for before in locked.order_by("-locked_at") if weeks else ():
        said = weeks & set(as_cycle(before).periods)
        if said and sorted(before.accounts) == sorted(row.accounts):
            yield from (fact for fact in _facts(before, table_of(before)) if fact[2] in said)
            weeks -= said


def _facts(row: models.CycleRow, table: CycleTable) -> Iterator[Fact]:
    """What is agreed as sell-in; what has no price cannot stand in money.

    An off-take cycle gives the sell-in that serves its off-take and keeps the usual stock cover,
    unless sell-in of that month has a cycle of its own. The range of each is that of the
    statistical forecast (80 %), in proportion to what was agreed.
    """
    ranges = ranges_of(table)
    if row.kind == DemandKind.SELL_IN.value:
        agreed = table.layers[Layer.AGREED]
        for place, one in enumerate(table.series):
            yield from _lines(one, table.periods, agreed[place], ranges.get(one.key))
    elif not has_sell_in_cycle(row):
        for planned in planned_sell_in(SYSTEM, table):
            made = planned.sell_in
            yield from _lines(planned, table.periods, made, ranges.get(planned.key))


def _lines(
    one: Series | Planned, months: tuple[date, ...], line: Floats, around: Ranges | None
) -> Iterator[Fact]:
    if one.price is None or not one.currency:
        return
    for place, (period, amount) in enumerate(zip(months, line, strict=True)):
        quantity = exactly(float(amount))
        if quantity:
            value = quantity * one.price
            parts = around[place] if around else None
            low, high = sorted(value * part for part in parts) if parts else (None, None)
            yield (
                one.key.account_id, one.key.product_id, period, quantity, one.unit,
                _money(value), one.currency, _money(low), _money(high),
            )  # fmt: skip


def ranges_of(table: CycleTable) -> dict[Key, Ranges]:
    """Return for each series and month lo80 and hi80 as parts of the statistical forecast.

    None where it says nothing (zero), or where no range was told.
    """
    middle = table.layers[Layer.STATISTICAL] if table.series else np.zeros((0, 0))
    low, high = (table.bands[name] for name in ("lo80", "hi80")) if table.series else (middle,) * 2
    return {
        one.key: tuple(
            (exactly(low[row, at] / said), exactly(high[row, at] / said))
            if said > 0 and high[row, at] > low[row, at]
            else None
            for at, said in enumerate(middle[row].tolist())
        )
        for row, one in enumerate(table.series)
    }


def _money(value: Decimal | None) -> Decimal | None:
    return None if value is None else round_half_up(value, MONEY_PLACES)
