"""Many single cells at once: a pasted block, a workbook; one look at the numbers, one trail row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.forecasting import models
from keystead.forecasting.queries.cycles import as_cycle
from keystead.forecasting.queries.table import table_of
from keystead.forecasting.rules.cycles import guard_rails, layer_to_write, require_editable
from keystead.forecasting.services.loading import require_accounts, tell
from keystead.forecasting.services.submitting import require_not_submitted
from keystead.forecasting.types.cycle import Key, Layer, OverrideKind, Reason
from keystead.forecasting.types.table import CycleTable
from keystead.forecasting.types.workbook import CellChange
from keystead.kernel.errors import Conflict
from keystead.kit.access import Actor

Cell = tuple[Key, date]


def opened(actor: Actor, row: models.CycleRow, layer: Layer | None) -> tuple[Layer, CycleTable]:
    """Return the line that is written and the numbers, once both may be written.

    Raises NotAllowed and Conflict as a single override does.
    """
    writes = layer_to_write(actor.roles, layer, system=actor.system)
    require_editable(as_cycle(row), writes)
    scope = scope_for(actor, name="forecast")
    return writes, table_of(row, None if scope.everything else frozenset(scope.account_ids))


def write_cells(
    *,
    actor: Actor,
    row: models.CycleRow,
    layer: Layer,
    changes: Sequence[CellChange[Cell]],
    words: Mapping[Key, tuple[Reason, str]],
    evidence: str,
    told: Mapping[str, Any],
    expires: date | None = None,
) -> list[int]:
    """Store each series' cells as one override of absolute values; return their ids.

    Call inside a transaction that locked the cycle, after ``opened``. ``words``: reason and note
    by series. Writes overrides, lines and one audit row with ``told``. Raises Conflict for a
    frozen month, NotAllowed where a series may not be written.
    """
    cycle = as_cycle(row)
    by_key: dict[Key, dict[date, CellChange[Cell]]] = {}
    for change in changes:
        by_key.setdefault(change.key[0], {})[change.key[1]] = change
    accounts = {key.account_id for key in by_key}
    require_accounts(actor, layer, accounts)
    require_not_submitted(row, layer, accounts)
    if frozen := {change.key[1] for change in changes} & cycle.frozen:
        raise Conflict(
            _("%(month)s is frozen in this cycle.") % {"month": cycle.rhythm.code(min(frozen))},
            code="period_frozen", hint=_("Change a later month."),
        )  # fmt: skip
    overrides: list[models.OverrideRow] = []
    for key, cells in sorted(by_key.items()):
        reason, note = words[key]
        override = _override(row, layer, key, cells, reason, note)
        override.evidence, override.expires = evidence[:400], expires
        override.by_id = actor.user_id
        overrides.append(override)
    made = [one.pk for one in models.OverrideRow.objects.bulk_create(overrides, batch_size=500)]
    write_lines(
        (pk, key, period, OverrideKind.ABSOLUTE, one.now, one.becomes, one.becomes)
        for pk, (key, cells) in zip(made, sorted(by_key.items()), strict=True)
        for period, one in sorted(cells.items())
    )
    new = {"layer": layer.value, "overrides": len(made), "cells": len(changes), **told}
    one_account = next(iter(accounts)) if len(accounts) == 1 else None
    tell(actor, row, "override_many", None, new, account_id=one_account)
    return made


def write_lines(
    lines: Iterable[tuple[int, Key, date, OverrideKind, Decimal, Decimal, Decimal]],
) -> None:
    """Store lines of overrides: override, series, month, kind, before, after, amount."""
    models.OverrideLine.objects.bulk_create(
        [
            models.OverrideLine(
                override_id=pk, account_id=key.account_id, product_id=key.product_id,
                period=period, kind=kind.value, before=before, after=after, amount=amount,
            )
            for pk, key, period, kind, before, after, amount in lines
        ],
        batch_size=500,
    )  # fmt: skip


def _override(
    row: models.CycleRow,
    layer: Layer,
    key: Key,
    cells: Mapping[date, CellChange[Cell]],
    reason: Reason,
    note: str,
) -> models.OverrideRow:
    before = sum((one.now for one in cells.values()), Decimal(0))
    after = sum((one.becomes for one in cells.values()), Decimal(0))
    periods = sorted(cells)
    return models.OverrideRow(
        cycle=row, layer=layer.value, account_id=key.account_id, product_id=key.product_id,
        periods=[period.isoformat() for period in periods], kind=OverrideKind.ABSOLUTE.value,
        amounts=[str(cells[period].becomes) for period in periods], reason=reason.value,
        note=note[:400], mix="", change=after - before, before=before,
        warnings=list(guard_rails(before, after)), at=timezone.now(),
    )  # fmt: skip
