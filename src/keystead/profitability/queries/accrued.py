"""What agreements accrued, as items of a statement: rebates, and apart from them services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from keystead.agreements.queries.words import FAMILIES
from keystead.kernel.periods import Period
from keystead.metrics.calc.definitions import metric_def
from keystead.metrics.types import Evaluation
from keystead.profitability.queries.asks import ACCRUED
from keystead.profitability.rules import line_of_treatment
from keystead.profitability.types import Amount, Keys
from keystead.profitability.types.statements import FAMILY

Rows = list[dict[str, Any]]
Items = dict[Keys, Amount]  # by line and family


def items_by_month(
    found: Evaluation | None, days: Mapping[date, Period], *, proved: bool
) -> dict[date, Items]:
    """Return the accrued items of each month, as they count."""
    if found is None:
        return {}
    months: dict[date, Rows] = defaultdict(list)
    for row in found.table.to_pylist():
        months[row["month"]].append(row)
    made = {month: _items(found, rows, days[month], {"month": month}, proved=proved)
            for month, rows in months.items()}  # fmt: skip
    return {month: items for month, items in made.items() if items}


def items_of_period(found: Evaluation | None, *, proved: bool) -> Items:
    """Return the accrued items over the whole period, each with its proof."""
    if found is None:
        return {}
    return _items(found, found.table.to_pylist(), found.period, {}, proved=proved)


def family_words(category: str) -> str:
    """Return the kind of condition that a part of the accruals is of, where it is known."""
    family = category.removeprefix(FAMILY)
    return str(FAMILIES.get(family, family)) if family else _("Accrued by agreements")


def _items(
    found: Evaluation, rows: Rows, period: Period, cell: Mapping[str, Any], *, proved: bool
) -> Items:
    """Add up by line and family of the condition, each with a proof of its own.

    Together those of a line are proved by its treatments; where one line takes everything, by all
    accruals.
    """
    sums: dict[Keys, Decimal] = {}
    cuts: dict[Keys, list[Mapping[str, Any]]] = defaultdict(list)
    kinds: dict[str, dict[str | None, None]] = defaultdict(dict)
    for row in rows:
        if row[ACCRUED]:
            line, kind = line_of_treatment(row["treatment"]), row["treatment"]
            key = (line, FAMILY + (row["condition_family"] or ""))
            sums[key] = sums.get(key, Decimal(0)) - row[ACCRUED]
            cut = {"treatment": kind, "condition_family": row["condition_family"]}
            if cut not in cuts[key]:
                cuts[key].append(cut)
            kinds[line][kind] = None
    metric = metric_def(ACCRUED)

    def proofs(told: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        if not proved:
            return ("",)
        return tuple(found.prove(metric, {**cell, **cut}, period) for cut in told)

    shared = {
        line: proofs([{}] if len(kinds) == 1 else [{"treatment": kind} for kind in told])
        for line, told in kinds.items()
    }
    alone = len(sums) == 1
    return {
        key: Amount(value, shared[key[0]] if alone else proofs(cuts[key]), shared[key[0]])
        for key, value in sums.items()
    }
