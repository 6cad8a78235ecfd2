"""The trail in words: what was done, to what, from what to what."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import pgettext

from keystead.accounts.queries import accounts_for
from keystead.agreements.queries.trail import version_changes
from keystead.catalog.queries import product_dimension
from keystead.doors.web.trail_words import ACTIONS, FIELDS, HIDDEN
from keystead.governance.queries.people import names_of
from keystead.governance.types.trail import TrailEntry
from keystead.kit.access import Actor

LONGEST = 160
KINDS = {"product": "product", "successor": "product", "account": "account", "member": "account",
         "group": "account", "merged_into": "account", "user": "person", "owner": "person",
         "manager": "person"}  # fmt: skip
Names = dict[str, dict[int, str]]


@dataclasses.dataclass(frozen=True)
class Change:
    """One value that changed."""

    name: str
    old: str
    new: str


@dataclasses.dataclass(frozen=True)
class Line:
    """One entry of the trail as a person reads it."""

    at: datetime
    who: str
    what: str
    subject: str
    changes: tuple[Change, ...]
    why: str
    source: str


def lines(actor: Actor, entries: Sequence[TrailEntry], *, of: int | None = None) -> list[Line]:
    """Return the entries in the reader's language; ``of`` is the account whose page this is."""
    names = names_for(actor, entries)
    return [
        Line(
            at=entry.at,
            who=entry.actor,
            what=sentence(entry.action),
            subject=f"{entry.subject_type} {entry.subject_id}",
            changes=changes(entry, names, of=of),
            why=entry.why,
            source=entry.source,
        )
        for entry in entries
    ]


def changes(
    entry: TrailEntry, names: Names | None = None, *, of: int | None = None
) -> tuple[Change, ...]:
    """Return the values before and after, the empty ones and those of no use left out."""
    known = names or {}

    def told(field: str, value: Any) -> str:
        called = known.get(KINDS.get(field, ""), {})
        name = called.get(value) if isinstance(value, int) else None
        return _plain(value) if name is None else name

    fields = [*entry.old, *(name for name in entry.new if name not in entry.old)]
    found = []
    if entry.subject_type == "agreement":
        fields = [name for name in fields if not name.startswith(("version ", "terms "))]
        versions = version_changes(entry.old, entry.new)
        found += [Change(one.place, one.old, one.new) for one in versions]
    for field in fields:
        before, after = entry.old.get(field), entry.new.get(field)
        if field in HIDDEN or (field == "account" and of is not None and after == of):
            continue
        old, new = told(field, before), told(field, after)
        if old != new:
            found.append(Change(str(FIELDS.get(field, field.replace("_", " "))), old, new))
    return tuple(found)


def sentence(action: str) -> str:
    """Return an action id in words; an unknown one stays as it is.

    >>> sentence("something.else")
    'something.else'
    """
    if action.startswith("ledger.decide_"):
        action = "ledger.decide"
    return str(ACTIONS.get(action, action))


def names_for(actor: Actor, entries: Iterable[TrailEntry]) -> Names:
    """Return what the ids in the entries are called: products, people, and accounts of the actor.

    A foreign account keeps its number: its name is not the actor's to see.
    """
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        for values in (entry.old, entry.new):
            for field, value in values.items():
                if field in KINDS and isinstance(value, int):
                    wanted.setdefault(KINDS[field], set()).add(value)
    found: dict[str, dict[int, str]] = {}
    if "product" in wanted:
        table = product_dimension().select(["product_id", "name"])
        found["product"] = dict(zip(*(c.to_pylist() for c in table.columns), strict=True))
    if "account" in wanted:
        found["account"] = {one.id: one.name for one in accounts_for(actor)}
    if "person" in wanted:
        found["person"] = names_of(wanted["person"])
    return found


def _plain(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return pgettext("a truth value", "yes") if value else pgettext("a truth value", "no")
    if isinstance(value, list | tuple):
        text = ", ".join(_plain(item) for item in value)
    elif isinstance(value, dict):
        text = ", ".join(f"{name} {_plain(item)}" for name, item in value.items())
    else:
        text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
