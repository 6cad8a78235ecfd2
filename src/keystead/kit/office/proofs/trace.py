"""Where a figure went in a text that somebody edited: by what stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Final

LONGEST: Final = 3_000  # signs of a paragraph that are compared one by one
MOST: Final = 2_000  # paragraphs of a shape, rows of a table that are compared


def paired(before: Sequence[str], after: Sequence[str]) -> list[int | None]:
    """Return for each text of before which one of after it became, or None when it is gone.

    >>> paired(["a b", "c d", "e"], ["new", "a b", "c x d"])
    [1, 2, None]
    """
    found: list[int | None] = [None] * len(before)
    if list(before) == list(after):
        return list(range(len(before)))
    if max(len(before), len(after)) > MOST:
        places: dict[str, int] = {}
        for place, text in enumerate(after):
            places.setdefault(text, place)
        return [places.get(text) for text in before]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, begin, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            for offset in range(end - begin):
                found[begin + offset] = first + offset
        elif tag == "replace":
            _nearest(before, after, range(begin, end), list(range(first, last)), found)
    return found


def _nearest(
    before: Sequence[str],
    after: Sequence[str],
    lost: range,
    free: list[int],
    found: list[int | None],
) -> None:
    """Pair what was replaced in order, each with the next text that is like it."""
    for place in lost:
        best, like = None, 0.34
        for candidate in free[:40]:
            ratio = SequenceMatcher(
                None, before[place][:LONGEST], after[candidate][:LONGEST], autojunk=False
            ).ratio()
            if ratio > like:
                best, like = candidate, ratio
        if best is not None:
            found[place] = best
            free = [one for one in free if one > best]


def now(before: str, after: str, begin: int, end: int) -> str:
    """Return what stands now where ``before[begin:end]`` stood.

    >>> now("Sell-in is 1.24 m behind", "Sell-in is 1.30 m behind", 11, 17)
    '1.30 m'
    >>> now("We lost 5 % and 7 %", "We lost 7 %", 8, 11)
    ''
    """
    if before == after:
        return before[begin:end]
    figure = before[begin:end]
    head, tail = before[:begin], before[end:]
    if after.startswith(head) and after.endswith(tail) and len(after) >= len(head) + len(tail):
        return after[len(head) : len(after) - len(tail)]
    if figure and after.count(figure) == 1 and before.count(figure) == 1:
        return figure  # the sentence around it changed
    if len(before) > LONGEST or len(after) > LONGEST:
        return ""
    return _mapped(before, after, begin, end).strip()


def _mapped(before: str, after: str, begin: int, end: int) -> str:
    left, right, opcodes = _compared(before, after)
    starts = _starts(left)
    pieces: list[str] = []
    for tag, i1, i2, j1, j2 in opcodes:
        inside = [k for k in range(i1, i2) if starts[k] < end and starts[k] + len(left[k]) > begin]
        if not inside:
            continue
        if tag == "equal":
            pieces += [right[j1 + k - i1] for k in inside]
        elif tag == "replace":
            pieces += right[j1:j2]
    return "".join(pieces)


@lru_cache(maxsize=64)
def _compared(before: str, after: str) -> tuple[list[str], list[str], list[Any]]:
    left, right = _words(before), _words(after)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return left, right, matcher.get_opcodes()


def _words(text: str) -> list[str]:
    """Cut text into words, numbers and single signs."""
    found: list[str] = []
    for sign in text:
        joins = sign.isascii() and (sign.isalnum() or sign in ".,")
        if found and joins and found[-1][-1].isascii() and (found[-1][-1].isalnum() or
                                                           found[-1][-1] in ".,"):  # fmt: skip
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _starts(words: Sequence[str]) -> list[int]:
    found, at = [], 0
    for word in words:
        found.append(at)
        at += len(word)
    return found
