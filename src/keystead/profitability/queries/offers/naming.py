"""What scopes of offers may name: the groups of a product, the accounts above an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from keystead.accounts.queries import families_below
from keystead.catalog.queries import group_spans
from keystead.catalog.types import GroupSpan
from keystead.kernel.periods import Period, month_start


def groups_at(day: date) -> dict[int, frozenset[str]]:
    """Return the product groups of each product in the month of a day."""
    found: dict[int, set[str]] = defaultdict(set)
    month = month_start(day)
    for code, spans in group_spans().items():
        for span in spans:
            if _holds(span, month):
                for product in span.products:
                    found[product].add(code)
    return {product: frozenset(codes) for product, codes in found.items()}


def shifting_in(term: Period) -> frozenset[str]:
    """Return the groups that change within a term."""
    first = month_start(term.start)
    return frozenset(
        code
        for code, spans in group_spans().items()
        if any(
            edge is not None and first < edge < term.end
            for span in spans
            for edge in (span.first, span.until)
        )
    )


def above_of(account_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return, of these accounts, those above each of them."""
    known = set(account_ids)
    found: dict[int, set[int]] = defaultdict(set)
    for top, family in families_below(known).items():
        for one in family & known - {top}:
            found[one].add(top)
    return {one: frozenset(tops) for one, tops in found.items()}


def _holds(span: GroupSpan, month: date) -> bool:
    return (span.first is None or span.first <= month) and (
        span.until is None or month < span.until
    )
