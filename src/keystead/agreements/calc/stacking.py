"""How conditions go together: their order, groups, and what reduces what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from keystead.agreements.types import Condition, StackMode
from keystead.kernel.errors import Invalid

ZERO = Decimal(0)


def rank(condition: Condition) -> tuple[int, int]:
    """Return the place in the order: ``sequence``, then ``priority`` (none is 0)."""
    return condition.sequence, condition.priority if condition.priority is not None else 0


def group_of(condition: Condition) -> str:
    """Return the unit that is worked out together: its stack group, or the condition alone."""
    return condition.stack_group or f"={condition.key}"


def in_order(conditions: Sequence[Condition]) -> tuple[tuple[Condition, ...], ...]:
    """Return the groups in the order they are worked out, each in its own order.

    A group comes after those that its conditions are reduced by. Raises Invalid for a cycle
    (``reduction_cycle``), an unknown name (``reduction_unknown``), or two conditions of equal
    rank where order counts (``equal_rank``): it is never guessed.
    """
    groups: dict[str, list[Condition]] = {}
    for condition in sorted(conditions, key=lambda found: (rank(found), found.key)):
        groups.setdefault(group_of(condition), []).append(condition)
    for members in groups.values():
        _refuse_equal_rank(members)
    where = {condition.key: group_of(condition) for condition in conditions}
    done: list[str] = []
    for name in groups:
        _visit(name, groups, where, done, ())
    return tuple(tuple(groups[name]) for name in done)


def _refuse_equal_rank(members: Sequence[Condition]) -> None:
    if all(member.stack_mode in (StackMode.ADDITIVE, StackMode.BEST_OF) for member in members):
        return
    for before, after in pairwise(members):
        if rank(before) == rank(after):
            raise Invalid(
                f"{before.key} and {after.key} have equal rank.",
                code="equal_rank",
                hint="Give one of them a priority.",
                first=before.key,
                second=after.key,
            )


def _visit(
    name: str,
    groups: Mapping[str, Sequence[Condition]],
    where: Mapping[str, str],
    done: list[str],
    path: tuple[str, ...],
) -> None:
    if name in done:
        return
    if name in path:
        raise Invalid("Conditions reduce each other in a circle.", code="reduction_cycle")
    for member in groups[name]:
        for key in member.reduce_by:
            if key not in where:
                raise Invalid(f"There is no condition {key}.", code="reduction_unknown", key=key)
            if where[key] != name:
                _visit(where[key], groups, where, done, (*path, name))
            elif key == member.key:
                raise Invalid("A condition cannot reduce itself.", code="reduction_cycle")
    done.append(name)


def reducers(condition: Condition, members: Sequence[Condition]) -> tuple[str, ...]:
    """Return the conditions whose amounts come off the base of one: those it names, and in a
    cascade those of its group that stand before it."""
    found = list(condition.reduce_by)
    if condition.stack_mode is StackMode.CASCADE and condition.stack_group:
        for member in members:
            if member.key == condition.key:
                break
            if member.key not in found:
                found.append(member.key)
    return tuple(found)


def reduced(
    condition: Condition, amounts: Mapping[str, Decimal], members: Sequence[Condition] = ()
) -> Decimal:
    """Return what comes off the base of a condition: the amounts of those that reduce it."""
    return sum((amounts.get(key, ZERO) for key in reducers(condition, members)), ZERO)


def winner(members: Sequence[tuple[Condition, Decimal]]) -> str | None:
    """Return the one condition of a group that is paid, or None where all are.

    ``best_of``: the highest amount, of equals the first in order; ``first_match``: the first
    that pays anything.

    >>> from keystead.agreements.types import Family
    >>> best = [Condition(k, Family.VOLUME_REBATE, stack_group="g", stack_mode=StackMode.BEST_OF)
    ...         for k in "ab"]
    >>> winner(list(zip(best, (Decimal(5), Decimal(7)))))
    'b'
    """
    modes = {condition.stack_mode for condition, _ in members}
    if StackMode.FIRST_MATCH in modes:
        return next((c.key for c, amount in members if amount > 0), members[0][0].key)
    if StackMode.BEST_OF in modes:
        return max(members, key=lambda pair: pair[1])[0].key
    return None
