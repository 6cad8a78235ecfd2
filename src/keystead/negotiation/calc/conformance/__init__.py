"""Worked examples of the field onto the functions of this room: kind -> adapter.

``keystead conformance`` calls them, and names every field of an input that they did not read. An
adapter never sees the expected value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from keystead.negotiation.calc.conformance import fees, prices

CONFORMANCE: Final[dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]] = {
    **fees.KINDS,
    **prices.KINDS,
}
