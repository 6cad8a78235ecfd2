"""The account tree: parent links over time, and how they stay a tree."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from keystead.accounts.types import Span

ALWAYS = Span()


@dataclasses.dataclass(frozen=True)
class Edge:
    """``member`` hangs under ``group`` during ``span``; ids are those of merged-into accounts."""

    member: int
    group: int
    span: Span = ALWAYS


def cycle_through(node: int, edges: Iterable[Edge]) -> tuple[int, ...] | None:
    """Return the ids of a cycle through ``node`` on some day, first = last = node, or None.

    Links only make a cycle when all of them hold on one common day. A link of an account to
    itself (left by a merge of a parent with its child) counts for nothing.

    >>> year = Span(date(2026, 1, 1), date(2027, 1, 1))
    >>> cycle_through(1, [Edge(1, 2, year), Edge(2, 1, year)])
    (1, 2, 1)
    >>> cycle_through(1, [Edge(1, 2, year), Edge(2, 1, Span(date(2027, 1, 1), None))]) is None
    True
    """
    above: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge.member != edge.group:
            above[edge.member].append(edge)
    waiting: list[tuple[int, Span, tuple[int, ...]]] = [(node, Span(), (node,))]
    seen: set[tuple[int, Span]] = set()
    while waiting:
        here, span, path = waiting.pop()
        for edge in above[here]:
            if not edge.span.overlaps(span):
                continue
            common = _intersection(edge.span, span)
            if edge.group == node:
                return (*path, node)
            if edge.group not in path and (edge.group, common) not in seen:
                seen.add((edge.group, common))
                waiting.append((edge.group, common, (*path, edge.group)))
    return None


def doubled_parent(edges: Iterable[Edge]) -> int | None:
    """Return a member that has two links on one day, or None.

    >>> year = Span(date(2026, 1, 1), date(2027, 1, 1))
    >>> doubled_parent([Edge(1, 2, year), Edge(1, 3, Span(date(2026, 12, 31), None))])
    1
    >>> doubled_parent([Edge(1, 2, year), Edge(1, 3, Span(date(2027, 1, 1), None))]) is None
    True
    """
    seen: dict[int, list[Span]] = defaultdict(list)
    for edge in edges:
        if any(edge.span.overlaps(other) for other in seen[edge.member]):
            return edge.member
        seen[edge.member].append(edge.span)
    return None


def roots_of(parents: Mapping[int, int]) -> dict[int, int]:
    """Return the topmost account above each member; ``parents`` maps a member to its parent.

    >>> roots_of({3: 2, 2: 1})
    {3: 1, 2: 1}
    """
    found: dict[int, int] = {}
    for member in parents:
        found[member] = ascend(member, parents)[-1]
    return found


def ascend(member: int, parents: Mapping[int, int]) -> tuple[int, ...]:
    """Return the account and everything above it, nearest first; stops where a loop would begin.

    >>> ascend(3, {3: 2, 2: 1})
    (3, 2, 1)
    """
    path = [member]
    while (above := parents.get(path[-1])) is not None and above not in path:
        path.append(above)
    return tuple(path)


def _intersection(one: Span, other: Span) -> Span:
    starts = [day for day in (one.valid_from, other.valid_from) if day is not None]
    ends = [day for day in (one.valid_to, other.valid_to) if day is not None]
    first: date | None = max(starts) if starts else None
    last: date | None = min(ends) if ends else None
    return Span(first, last)
