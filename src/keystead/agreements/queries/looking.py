"""What the rules say of terms that are being written, before anything is stored."""

from __future__ import annotations

from datetime import date
from typing import Final

from keystead.agreements.rules.checking import Known, check
from keystead.agreements.types import AgreementVersion, Finding
from keystead.metrics.calc.definitions import ALL

RESALE: Final = frozenset(metric.id for metric in ALL if metric.resale_price)


def drafted(version: AgreementVersion, key: str, today: date) -> tuple[Finding, ...]:
    """Return what is wrong with one condition of a draft, or must be looked at.

    A baseline that is only named is read at signing: that is no fault.
    """
    condition = version.condition(key)
    named = (
        condition is not None
        and condition.baseline
        and version.baseline(condition.baseline) is None
    )
    return tuple(
        one
        for one in check(version, Known(today=today, resale_price_metrics=RESALE))
        if one.condition == key and not (named and one.code == "baseline_required")
    )
