"""What differs between two versions of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keystead.planning.types.plans import Difference

GROUPS = ("claims", "objectives", "initiatives")
UNTOLD = frozenset({"id", "key", "figure"})


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what differs between the contents of two versions, group by group.

    Contents are what ``queries.versions.content_of`` makes: ``head`` and lists of lines that
    carry their ``id``. A line that moved to another place is no difference; figures are not
    compared, they have proofs of their own.

    >>> difference({"head": {"headline": "a"}}, {"head": {"headline": "b"}})[0].after
    'b'
    """
    found = list(_fields("head", "", before.get("head", {}), after.get("head", {})))
    for group in GROUPS:
        old = {one["id"]: one for one in before.get(group, ())}
        new = {one["id"]: one for one in after.get(group, ())}
        for key, line in new.items():
            if key not in old:
                found.append(_whole(group, line, "", _title(line)))
            else:
                found += _fields(_kind(group, line), _title(line), old[key], line)
        gone = [line for key, line in old.items() if key not in new]
        found += [_whole(group, line, _title(line), "") for line in gone]
    return tuple(found)


def _whole(group: str, line: Mapping[str, Any], before: str, after: str) -> Difference:
    kind = _kind(group, line)
    return Difference(kind=kind, title=_title(line), field="", before=before, after=after)


def _fields(
    kind: str, title: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Sequence[Difference]:
    return [
        Difference(kind=kind, title=title, field=name, before=_text(old.get(name)),
                   after=_text(new.get(name)))
        for name in dict.fromkeys([*new, *old])
        if name not in UNTOLD and old.get(name) != new.get(name)
    ]  # fmt: skip


def _kind(group: str, line: Mapping[str, Any]) -> str:
    return str(line.get("kind") or group.removesuffix("s"))


def _title(line: Mapping[str, Any]) -> str:
    return str(line.get("title") or line.get("text") or "")


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name} = {_text(one)}" for name, one in sorted(value.items()))
    if isinstance(value, list | tuple):
        return ", ".join(_text(one) for one in value)
    return "" if value is None else str(value)
