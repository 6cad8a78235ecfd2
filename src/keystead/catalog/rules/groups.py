"""Which months a change of a group's member touches, and which products a group holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from keystead.accounts.types import Span
from keystead.catalog.types import GroupSpan

Held = tuple[int | None, str, str, date | None, date | None]  # product, brand, category, days


def whole_months(span: Span) -> bool:
    """Return whether a span begins and ends with months.

    >>> whole_months(Span(date(2026, 1, 1), date(2026, 4, 1))), whole_months(Span(date(2026, 1, 2)))
    (True, False)
    """
    return all(day is None or day.day == 1 for day in (span.valid_from, span.valid_to))


def touches_past(before: Span | None, after: Span | None, month: date) -> bool:
    """Return whether a member's change alters months before ``month`` (its first day).

    >>> touches_past(None, Span(date(2026, 5, 1)), date(2026, 5, 1))
    False
    >>> touches_past(Span(), Span(None, date(2026, 6, 1)), date(2026, 5, 1))
    False
    >>> touches_past(Span(), None, date(2026, 5, 1))
    True
    """
    return _until(before, month) != _until(after, month)


def _until(span: Span | None, month: date) -> tuple[date, date] | None:
    """Return the part of a span before a month, None where there is none."""
    if span is None:
        return None
    first = span.valid_from or date.min
    last = min(span.valid_to or month, month)
    return (first, last) if first < last else None


def spans_of(
    members: Iterable[Held],
    brands: Mapping[str, frozenset[int]],
    categories: Mapping[str, frozenset[int]],
) -> tuple[GroupSpan, ...]:
    """Return what the members of a group stand for: products over months.

    ``members``: product, brand, category, first day, first day after it. A brand or a category
    stands for the products that have it now; what two members name in a month counts once.
    """
    held: dict[tuple[date | None, date | None], set[int]] = {}
    for product, brand, category, first, until in members:
        named = held.setdefault((first, until), set())
        if product is not None:
            named.add(product)
        named |= brands.get(brand, frozenset()) if brand else frozenset()
        named |= categories.get(category, frozenset()) if category else frozenset()
    return tuple(
        GroupSpan(frozenset(named), first, until) for (first, until), named in held.items()
    )
