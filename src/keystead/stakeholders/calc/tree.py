"""The tree of who reports to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def would_circle(bosses: Mapping[int, int], person: int, boss: int) -> bool:
    """Say whether a person would come to report to themselves, through however many.

    >>> would_circle({2: 1, 3: 2}, 1, 3), would_circle({2: 1}, 3, 2)
    (True, False)
    """
    seen: set[int] = set()
    at: int | None = boss
    while at is not None and at not in seen:
        if at == person:
            return True
        seen.add(at)
        at = bosses.get(at)
    return False


def in_order(people: Iterable[int], bosses: Mapping[int, int]) -> list[tuple[int, int]]:
    """Return (person, depth) with everybody under their boss, in the given order.

    A boss who is not among the people does not count; a circle is cut at its first person.

    >>> in_order([1, 2, 3, 4], {2: 1, 4: 2})
    [(1, 0), (2, 1), (4, 2), (3, 0)]
    """
    listed = list(people)
    known = set(listed)
    below: dict[int, list[int]] = {}
    tops = []
    for one in listed:
        boss = bosses.get(one)
        if boss is None or boss not in known or boss == one:
            tops.append(one)
        else:
            below.setdefault(boss, []).append(one)
    found: list[tuple[int, int]] = []
    seen: set[int] = set()
    for start in [*tops, *listed]:
        waiting = [(start, 0)]
        while waiting:
            one, depth = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            found.append((one, depth))
            waiting += [(child, depth + 1) for child in reversed(below.get(one, []))]
    return found
