"""Proofs of figures that stand in a record: then from the trail, now from the record.

``renewal:17~target~t482~h1f2e3d``: record, figure, and the row of the trail up to which the record
counts. The trail holds each change of a record in full and chained by hashes, so that what it said
then is known exactly, and that it was not touched can be proved.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from keystead.kernel.errors import NotFound
from keystead.kernel.standing import Standing, Worth
from keystead.kit.audit import states_then, trail_seq
from keystead.kit.provers import named, parts_of

State = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Kept:
    """A record that the actor may read: what it is called, whose it is, what it says now.

    ``state`` is what the room's services tell the trail; ``more`` what never changes once it is
    there, such as an outcome.
    """

    key: int
    state: State
    label: str
    account_id: int
    at: str
    detail: str = ""
    more: State = dataclasses.field(default_factory=dict)


# The figure of a record in a state and its unit, as of a row of the trail (None: now); None where
# there is no such figure.
Read: TypeAlias = Callable[[Kept, State, str, "int | None"], "tuple[Worth, str] | None"]


def record_proof(kind: str, key: int, figure: str, seq: int | None = None) -> str:
    """Return the proof id of a figure of a record as of now (or of a row of the trail)."""
    return named(kind, key, figure, f"t{trail_seq() if seq is None else seq}")


def record_standings(
    kind: str,
    ids: Iterable[str],
    look: Callable[[frozenset[int]], Iterable[Kept]],
    read: Read,
    words: Mapping[str, str],
    *,
    subject: str = "",
) -> dict[str, Standing]:
    """Return the standings of ids of one kind of record.

    ``look`` gives the records that the actor may read, ``words`` what the figures are called,
    ``subject`` what the trail calls such a record where that is not the kind. One question to the
    trail per moment, whatever the number of ids.
    """
    wanted: dict[int, list[tuple[str, int, str]]] = {}
    for one in ids:
        try:
            number, figure, moment = parts_of(one, 3)
            wanted.setdefault(int(moment[1:]), []).append((one, int(number), figure))
        except (NotFound, ValueError):
            continue
    keys = frozenset(key for asked in wanted.values() for _one, key, _figure in asked)
    records = {record.key: record for record in look(keys)}
    found: dict[str, Standing] = {}
    for seq, asked in wanted.items():
        here = {str(key): records[key].state for _one, key, _figure in asked if key in records}
        then = states_then(subject or kind, here, seq)
        for one, key, figure in asked:
            if str(key) in then and figure in words:
                before = read(records[key], then[str(key)], figure, seq)
                now = read(records[key], records[key].state, figure, None)
                if before is not None:
                    found[one] = _told(one, records[key], words[figure], before, now)
    return found


def _told(
    proof_id: str,
    record: Kept,
    word: str,
    before: tuple[Worth, str],
    now: tuple[Worth, str] | None,
) -> Standing:
    worth, unit = before
    today = now[0] if now else Worth(None, "", "no_data")
    changed = (worth.value, worth.measure) != (today.value, today.measure)
    return Standing(
        proof_id=proof_id,
        label=word,
        detail=" · ".join(filter(None, (record.label, record.detail))),
        then=worth,
        now=today,
        unit=unit,
        account_ids=frozenset({record.account_id}),
        because=("changed",) if changed else (),
        at=record.at,
        at_label=record.label,
    )


def amount_of(state: State, name: str, currency: str = "currency") -> Worth:
    """Return an amount of a state with its currency; empty where none was entered."""
    value = state.get(name)
    if value in (None, ""):
        return Worth(None, "", "no_data")
    return Worth(Decimal(str(value)), str(state.get(currency) or ""))


def percent_of(state: State, name: str) -> Worth:
    """Return a percentage of a state."""
    value = state.get(name)
    return Worth(None, "", "no_data") if value in (None, "") else Worth(Decimal(str(value)))
