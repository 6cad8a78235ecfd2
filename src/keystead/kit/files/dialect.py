"""Which sign parts the fields: each candidate is tried with quotes respected, on a sample."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
from collections import Counter
from collections.abc import Iterator

CANDIDATES = (",", ";", "\t", "|")
_RECORDS = 400


@dataclasses.dataclass(frozen=True)
class Dialect:
    """The delimiter, the usual number of fields, and the rivals when a person must choose."""

    delimiter: str
    width: int
    asked: tuple[str, ...] = ()


def detect(sample: str, ending: str, *, quoting: bool = True, forced: str = "") -> Dialect:
    """Return the dialect of a sample of whole lines.

    A candidate scores by the share of records that have its usual number of fields (two or
    more). None at all means one column, which is what the file then has.
    """
    if forced:
        return Dialect(forced, _usual_width(list(_fields(sample, forced, quoting)))[0])
    scores: dict[str, tuple[float, int]] = {}
    for candidate in CANDIDATES:
        if candidate not in sample:
            continue
        width, share = _usual_width(list(_fields(sample, candidate, quoting)))
        if width > 1:
            scores[candidate] = (share, width)
    if not scores:
        return Dialect("\t" if ending in ("tsv", "tab") else ",", 1)
    if ending in ("tsv", "tab") and "\t" in scores:
        return Dialect("\t", scores["\t"][1])
    best, asked = _choose(scores, sample, quoting)
    return Dialect(best, scores[best][1], asked)


def _choose(
    scores: dict[str, tuple[float, int]], sample: str, quoting: bool
) -> tuple[str, tuple[str, ...]]:
    """Return the best candidate, and all even ones when counting cannot tell them apart."""
    ranked = sorted(scores, key=lambda one: (scores[one][0] > 0.5, _worth(scores[one])))[::-1]
    best = ranked[0]
    semicolon = scores.get(";", (0.0, 0))
    # "1,5;2,5": the comma may part as evenly as the semicolon, but it cuts numbers in two.
    if best == "," and semicolon[0] > 0.95 and _cuts_numbers(sample, quoting):
        return ";", ()
    first = next((record for record in _fields(sample, best, quoting) if len(record) > 1), [])
    head = best.join(first)
    even = tuple(
        one
        for one in ranked
        if scores[one][0] > 0.95
        and _worth(scores[one]) >= 0.6 * _worth(scores[best])
        # A sign that only the values hold, as in "Doe, John", does not part the names above.
        and head.count(one) == scores[one][1] - 1
    )
    if len(even) > 1 and "," in even and _cuts_numbers(sample, quoting):
        even = tuple(one for one in even if one != ",")
    return even[0] if even else best, even if len(even) > 1 else ()


def _worth(score: tuple[float, int]) -> float:
    share, width = score
    return share * share * min(width, 12)


def _fields(sample: str, delimiter: str, quoting: bool) -> Iterator[list[str]]:
    reader = csv.reader(
        io.StringIO(sample, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE,
    )
    try:
        for at, record in enumerate(reader):
            if at >= _RECORDS:
                return
            yield record
    except csv.Error:
        return


def _usual_width(records: list[list[str]]) -> tuple[int, float]:
    """Return the commonest number of fields among filled records, and its share.

    A report often begins with a block of notes of one field each; they do not count against a
    delimiter that parts all the rest.
    """
    filled = [record for record in records if any(field.strip() for field in record)]
    if not filled:
        return 1, 0.0
    start = 0
    while start < len(filled) - 1 and start < 30 and len(filled[start]) == 1:
        start += 1
    counted = Counter(len(record) for record in filled[start:])
    width, times = max(counted.items(), key=lambda item: (item[1], item[0]))
    return width, times / (len(filled) - start)


def _cuts_numbers(sample: str, quoting: bool) -> bool:
    """Say whether a comma stands inside numbers that a semicolon parts from their neighbours."""
    for record in _fields(sample, ",", quoting):
        for left, right in itertools.pairwise(record):
            if left[-1:].isdigit() and right[:1].isdigit() and (";" in left or ";" in right):
                return True
    return False
