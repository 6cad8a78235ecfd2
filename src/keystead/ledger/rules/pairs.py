"""The distinct codes and names of a file, and what each row of it means."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from keystead.ledger.rules.distinct import group_ids
from keystead.ledger.rules.fold import fold_code
from keystead.ledger.rules.matching import Known, Pair, alias_text, match, unclear_codes
from keystead.ledger.types.desk import Match, MatchState


@dataclasses.dataclass(frozen=True)
class Matched:
    """What the rows mean: ``target`` per row (null = not known), ``place`` per row = which of
    ``matches`` it belongs to. ``matches`` hold one entry per code, or per code and name where
    a code is unclear, or per name where there is no code; most rows first."""

    target: pa.Int64Array
    place: pa.Int32Array
    matches: tuple[Match, ...]
    unclear: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)


def match_rows(
    code: pa.ChunkedArray | None,
    name: pa.ChunkedArray | None,
    known: Known,
    aliases: Mapping[str, int],
    trusted: pa.BooleanArray | None = None,
) -> Matched:
    """Return what each row's code and name mean.

    ``code``, ``name``: text per row, null = blank; at least one is given. ``trusted``: rows
    that are asked when judging whether codes carry several names (rows that wait for another
    reason anyway are better left out); default all.
    """
    there = [column for column in (code, name) if column is not None]
    ids, count = group_ids(there)
    codes, names = _distinct(code, ids, count), _distinct(name, ids, count)
    pairs = _pairs(codes, names, _count(ids, count))
    judged = pairs
    if trusted is not None and not pc.all(trusted).as_py():
        judged = _pairs(codes, names, _count(ids.filter(trusted), count))
    unclear = unclear_codes([pair for pair in judged if pair.rows])
    found = match(pairs, known, aliases, unclear)
    matches, place_of_pair = _together(found, unclear)
    by_pair = pa.array(place_of_pair, pa.int32())
    targets = pa.array([one.target_id for one in matches], pa.int64())
    place = by_pair.take(ids)
    return Matched(targets.take(place), place, tuple(matches), unclear)


def text_of(one: Match, unclear: Mapping[str, Sequence[str]]) -> str:
    """Return the text under which a decision about a match is kept; "blank" for blank ones."""
    if not one.code.strip() and not one.name.strip():
        return "blank"
    return alias_text(one.code, one.name, whole=fold_code(one.code) in unclear)


def _distinct(column: pa.ChunkedArray | None, ids: pa.Int64Array, count: int) -> list[str]:
    if column is None:
        return [""] * count
    firsts = pc.index_in(pa.array(range(count), pa.int64()), ids)
    return [text or "" for text in column.take(firsts).to_pylist()]


def _count(ids: pa.Int64Array, count: int) -> list[int]:
    rows = [0] * count
    counted = pc.value_counts(ids)
    places, counts = counted.field("values").to_pylist(), counted.field("counts").to_pylist()
    for place, times in zip(places, counts, strict=True):
        rows[place] = times
    return rows


def _pairs(codes: list[str], names: list[str], rows: list[int]) -> list[Pair]:
    return [Pair(*entry) for entry in zip(codes, names, rows, strict=True)]


def _together(
    found: Sequence[Match], unclear: Mapping[str, Sequence[str]]
) -> tuple[list[Match], list[int]]:
    """Return one match per code (a clear one goes by its commonest name), and each pair's place."""
    groups: dict[tuple[str, str], list[int]] = {}
    for at, one in enumerate(found):
        code = fold_code(one.code)
        key = (code, "") if code and code not in unclear else (code, one.name.strip())
        groups.setdefault(key, []).append(at)
    merged: list[tuple[Match, list[int]]] = []
    for members in groups.values():
        entries = [found[at] for at in members]
        first = max(entries, key=lambda one: (one.rows, one.name))
        best = max(entries, key=lambda one: (_WORTH[one.state], one.rows))
        rows = sum(one.rows for one in entries)
        whole = dataclasses.replace(best, code=first.code, name=_name(entries, first), rows=rows)
        merged.append((whole, members))
    merged.sort(key=lambda item: (-item[0].rows, item[0].code, item[0].name))
    place_of_pair = [0] * len(found)
    for place, (_, members) in enumerate(merged):
        for at in members:
            place_of_pair[at] = place
    return [one for one, _ in merged], place_of_pair


def _name(entries: list[Match], first: Match) -> str:
    named = [one for one in entries if one.name.strip()]
    return max(named, key=lambda one: one.rows).name if named else first.name


_WORTH = {
    MatchState.ALIAS: 5,
    MatchState.MATCHED: 4,
    MatchState.PROPOSED: 3,
    MatchState.AMBIGUOUS: 2,
    MatchState.UNKNOWN: 1,
    MatchState.BLANK: 0,
}
