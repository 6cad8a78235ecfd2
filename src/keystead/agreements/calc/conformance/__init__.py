"""Worked examples of the field, kind by kind: a few lines each onto what the product uses.

Every room that answers kinds has such a module with ``CONFORMANCE``: kind to a function from the
input (decimal strings) to the answer. ``keystead conformance`` puts them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from keystead.agreements.calc.conformance import pricing, settling, tiering

CONFORMANCE: Final[dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]] = {
    **tiering.KINDS,
    **settling.KINDS,
    **pricing.KINDS,
}
