"""Which roles are covered, by whom of us, and what hangs on a single thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from keystead.stakeholders.types import (
    Alarm,
    AlarmKind,
    Coverage,
    CoverageState,
    RoleKind,
    Touch,
)

ACTIVE_DAYS = 180
LEAST = 4  # fewer interactions say nothing about a single thread
S = CoverageState


def coverage(
    wanted: Sequence[RoleKind],
    held: Mapping[RoleKind, Iterable[int]],
    touches: Mapping[int, Sequence[Touch]],
    on: date,
) -> tuple[Coverage, ...]:
    """Return each wanted role with how it is covered on a day.

    ``held``: role to people who hold it and still work there; ``touches``: by person.

    >>> role, day = RoleKind.LEGAL, date(2026, 6, 30)
    >>> coverage([role], {}, {}, day)[0].state.value
    'missing'
    >>> coverage([role], {role: [7]}, {}, day)[0].state.value
    'silent'
    """
    found = []
    for role in wanted:
        people = tuple(held.get(role, ()))
        recent = [
            one
            for person in people
            for one in touches.get(person, ())
            if 0 <= (on - one.on).days <= ACTIVE_DAYS
        ]
        ours = frozenset[int]().union(*(one.colleagues for one in recent))
        found.append(
            Coverage(role, _state(people, bool(recent), ours), people, tuple(sorted(ours)))
        )
    return tuple(found)


def _state(people: tuple[int, ...], spoke: bool, ours: frozenset[int]) -> CoverageState:
    if not people:
        return S.MISSING
    if not spoke:
        return S.SILENT
    return S.SINGLE if len(people) == 1 and len(ours) < 2 else S.COVERED


def alarms(
    touches: Mapping[int, Sequence[Touch]],
    held: Mapping[RoleKind, Iterable[int]],
    champions_gone: Iterable[int],
    on: date,
) -> tuple[Alarm, ...]:
    """Return what hangs on one person: theirs, ours, a champion who left, nobody who decides.

    A contact or colleague alarms with more than half of all participations of a year, of at
    least four; a colleague only when there is more than one contact to speak with.

    >>> from keystead.stakeholders.types import Initiator, TouchKind
    >>> met = Touch(date(2026, 6, 1), TouchKind.CALL, Initiator.US, frozenset({1}))
    >>> found = alarms({7: [met] * 3, 8: [met]}, {RoleKind.ECONOMIC_BUYER: [8]}, [],
    ...                date(2026, 6, 30))
    >>> [(one.kind.value, one.share) for one in found]
    [('one_contact', 0.75), ('one_colleague', 1.0)]
    """
    theirs: Counter[int] = Counter()
    ours: Counter[int] = Counter()
    for person, some in touches.items():
        for one in some:
            if 0 <= (on - one.on).days < 365:
                theirs[person] += 1
                ours.update(one.colleagues)
    found = [Alarm(AlarmKind.CHAMPION_LEFT, person_id=one) for one in champions_gone]
    if not any(held.get(RoleKind.ECONOMIC_BUYER, ())):
        found.append(Alarm(AlarmKind.NO_DECIDER))
    if top := _most(theirs):
        found.append(Alarm(AlarmKind.ONE_CONTACT, person_id=top[0], share=top[1]))
    if len(theirs) > 1 and (top := _most(ours)):
        found.append(Alarm(AlarmKind.ONE_COLLEAGUE, colleague_id=top[0], share=top[1]))
    return tuple(found)


def _most(counted: Counter[int]) -> tuple[int, float] | None:
    total = counted.total()
    if total < LEAST:
        return None
    key, number = counted.most_common(1)[0]
    return (key, number / total) if 2 * number > total else None
