"""Which names belong to an account, and which to others: for the guard of what leaves.

The guard has to know every other account, also those its user may not see, or it could not keep
their names in. What it returns is for rules alone and is never shown.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict

from keystead.accounts import models
from keystead.accounts.queries.door import account_for
from keystead.accounts.queries.tree import current_parents
from keystead.accounts.types import Scheme
from keystead.kit.access import Actor


@dataclasses.dataclass(frozen=True)
class Named:
    """An account as it is called: its names, its codes and identifiers; merged ones included."""

    account_id: int
    names: tuple[str, ...]
    codes: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Outside:
    """What is the account's own (its group above it, all below it), and what is not."""

    own_ids: frozenset[int]
    own: tuple[Named, ...]
    others: tuple[Named, ...]


def names_outside(
    actor: Actor,
    account_id: int,
    *,
    consortium: bool = False,
    together: frozenset[int] = frozenset(),
) -> Outside:
    """Return whose names may stand in a document for an account; NotFound for a foreign one.

    Its own are the account, what it is part of, and all below it. ``consortium``: also the other
    members of the groups it is part of, for a document about all of them. ``together``: accounts
    that take part in what the document is about. Not for showing.
    """
    account = account_for(actor, account_id)
    rows = models.Account.objects.values_list("pk", "canonical_id", "code", "name")
    heads: dict[int, int] = {}
    names: dict[int, list[str]] = defaultdict(list)
    codes: dict[int, list[str]] = defaultdict(list)
    for pk, canonical, code, name in rows.order_by("pk"):
        head = heads[pk] = canonical or pk
        names[head].append(name)
        codes[head].append(code)
    rows_of = models.AccountIdentifier.objects.order_by("pk")
    for pk, scheme, value in rows_of.values_list("account_id", "scheme", "value"):
        kept = names if scheme == Scheme.ALIAS.value else codes
        kept[heads.get(pk, pk)].append(value)
    own = _own(account.id, consortium=consortium) | {heads.get(one, one) for one in together}
    known = {
        head: Named(head, tuple(dict.fromkeys(names[head])), tuple(dict.fromkeys(codes[head])))
        for head in names
    }
    ids = frozenset(pk for pk, head in heads.items() if head in own)
    return Outside(
        own_ids=ids,
        own=tuple(one for head, one in known.items() if head in own),
        others=tuple(one for head, one in known.items() if head not in own),
    )


def _own(account_id: int, *, consortium: bool) -> frozenset[int]:
    parents = current_parents()
    below: dict[int, set[int]] = defaultdict(set)
    for child, parent in parents.items():
        below[parent].add(child)
    own = {account_id}
    above = [account_id]
    while above[-1] in parents and parents[above[-1]] not in own:
        above.append(parents[above[-1]])
        own.add(above[-1])
    edge = set(above) if consortium else {account_id}
    while edge:
        edge = {child for one in edge for child in below[one]} - own
        own |= edge
    return frozenset(own)
