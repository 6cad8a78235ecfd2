"""Steps of a trace, written the same way everywhere."""

from __future__ import annotations

from typing import Any

from keystead.agreements.types import TraceKind, TraceStep


def step(kind: TraceKind, **values: Any) -> TraceStep:
    """Return a step with its values, told as text; those that are None are left out.

    >>> from decimal import Decimal
    >>> step(TraceKind.RAW, amount=Decimal("1E+2")).values
    (('amount', '100'),)
    """
    return TraceStep(kind, tuple(values.items()))
