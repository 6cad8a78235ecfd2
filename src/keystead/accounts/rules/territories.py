"""The tree of territories on a day: what lies below, what lies above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def codes_below(parents: Mapping[str, str], roots: Iterable[str]) -> frozenset[str]:
    """Return the roots and every territory below them.

    ``parents``: code to the code above it (empty at the top), in one spelling. A cycle ends.

    >>> sorted(codes_below({"cn": "", "cn-e": "cn", "sh": "cn-e", "fr": ""}, ["cn"]))
    ['cn', 'cn-e', 'sh']
    """
    found = {code for code in roots if code in parents}
    edge = set(found)
    while edge:
        edge = {code for code, parent in parents.items() if parent in edge} - found
        found |= edge
    return frozenset(found)


def codes_above(parents: Mapping[str, str], code: str) -> tuple[str, ...]:
    """Return the territory and those above it, from the nearest; a cycle ends.

    >>> codes_above({"cn": "", "cn-e": "cn", "sh": "cn-e"}, "sh")
    ('sh', 'cn-e', 'cn')
    """
    found: list[str] = []
    while code and code in parents and code not in found:
        found.append(code)
        code = parents[code]
    return tuple(found)
