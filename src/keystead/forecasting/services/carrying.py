"""What a new run finds of before: overrides that still apply, and series that are gone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count

from keystead.forecasting import models
from keystead.forecasting.queries.cycles import as_cycle
from keystead.forecasting.queries.table import live_lines, table_of
from keystead.forecasting.services.overriding import shown_of, splits_of, write
from keystead.forecasting.types.cycle import (
    CycleState,
    Key,
    Layer,
    Node,
    OverrideEntry,
    OverrideKind,
    Reason,
)
from keystead.kit.access import SYSTEM

Problems = list[dict[str, Any]]


def carry_over(row: models.CycleRow) -> tuple[int, Problems]:
    """Write the overrides of the last locked cycle that still apply into this one, once.

    Those with a day of expiry in the months that this cycle forecasts, for these months, in their
    order, layer and words, by their author. Call inside the transaction that stores the run.
    Returns how many, and those whose place has no line any more.
    """
    if models.OverrideRow.objects.filter(cycle=row).exclude(carried_from=None).exists():
        return 0, []
    before = (
        models.CycleRow.objects.filter(
            kind=row.kind,
            rhythm=row.rhythm,
            name=row.name,
            month__lt=row.month,
            state=CycleState.LOCKED.value,
        )
        .order_by("-month", "-id")
        .first()
    )
    if before is None:
        return 0, []
    made, lost = 0, []
    for old in _still_good(before, row.month):
        periods = _months(row, old)
        if not periods:
            continue
        if _carried(row, old, periods):
            made += 1
        else:
            lost.append(_problem("carry_lost", old.account_id, old.product_id, periods[0]))
    return made, lost


def vanished(row: models.CycleRow, keys: Collection[Key]) -> Problems:
    """Return the series of the run that counted so far which the new one does not have.

    ``count``: the changed cells that stand on each. They stay stored, and count again once a
    later run has the series.
    """
    if row.run_id is None:
        return []
    old = models.RunSeries.objects.filter(run_id=row.run_id).order_by("account_id", "product_id")
    gone = [
        Key(*one) for one in old.values_list("account_id", "product_id") if Key(*one) not in keys
    ]
    if not gone:
        return []
    cells = {
        Key(one["account_id"], one["product_id"]): one["cells"]
        for one in live_lines(row.pk)
        .order_by()
        .values("account_id", "product_id")
        .annotate(cells=Count("id"))
    }
    return [
        _problem("vanished", one.account_id, one.product_id, None, cells.get(one, 0))
        for one in gone
    ]


def _still_good(before: models.CycleRow, month: date) -> list[models.OverrideRow]:
    void = models.OverrideRow.objects.filter(cycle=before).exclude(supersedes=None)
    rows = models.OverrideRow.objects.filter(cycle=before, expires__gte=month)
    rows = rows.exclude(kind=OverrideKind.WITHDRAW.value).exclude(layer=Layer.AGREED.value)
    return list(rows.exclude(pk__in=void.values("supersedes_id")).order_by("id"))


def _months(row: models.CycleRow, old: models.OverrideRow) -> tuple[date, ...]:
    cycle = as_cycle(row)
    there = set(cycle.periods) - cycle.frozen
    months = (date.fromisoformat(one) for one in old.periods)
    return tuple(one for one in months if one in there and old.expires and one <= old.expires)


def _carried(row: models.CycleRow, old: models.OverrideRow, periods: tuple[date, ...]) -> bool:
    table = table_of(row)
    node = Node(old.account_id, old.product_id, old.brand)
    rows = table.rows_of(node)
    if not rows:
        return False
    amounts = [Decimal(one) for one in old.amounts]
    by_month = dict(zip(old.periods, amounts, strict=True)) if len(amounts) > 1 else {}
    entry = OverrideEntry(
        node=node, periods=periods, kind=OverrideKind(old.kind), amount=amounts[0],
        amounts=tuple(by_month[one.isoformat()] for one in periods) if by_month else (),
        reason=Reason(old.reason), note=old.note, evidence=old.evidence, expires=old.expires,
        layer=Layer(old.layer),
    )  # fmt: skip
    splits, mix = splits_of(row, table, Layer(old.layer), rows, entry)
    write(SYSTEM, row, entry, shown_of(Layer(old.layer), splits, mix), carried_from=old)
    return True


def _problem(
    code: str, account: int | None, product: int | None, month: date | None, count: int = 1
) -> dict[str, Any]:
    return {
        "code": code, "account_id": account, "product_id": product,
        "month": month.isoformat() if month else None, "count": count, "detail": "",
    }  # fmt: skip
