"""Whose figures proof ids are, without working one of them out: for the guard of what leaves."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from keystead.kernel.errors import NotAllowed, NotFound
from keystead.kit import provers
from keystead.kit.access import Actor
from keystead.metrics.calc.derived import leaves
from keystead.metrics.queries.opening import open_key
from keystead.metrics.queries.reading import Reading, reading


@dataclasses.dataclass(frozen=True)
class Origin:
    """The accounts behind a figure (None: every account), and whether it is a resale price."""

    account_ids: frozenset[int] | None
    resale_price: bool = False


def origins(*, actor: Actor, proof_ids: Iterable[str]) -> dict[str, Origin]:
    """Return whose figures proof ids are; unknown, broken and foreign ones are left out alike."""
    actor.require("metrics.view")
    rests = {one: rest for one in dict.fromkeys(proof_ids) if (rest := _leaves(one))}
    every = dict.fromkeys(leaf for rest in rests.values() for leaf in rest)
    within = reading(actor)
    found = {
        one: origin
        for one in every
        if ":" not in one and (origin := _of_metric(actor, one, within)) is not None
    }
    asked = [one for one in every if ":" in one]
    found |= {
        one: Origin(accounts, resale)
        for one, (accounts, resale) in provers.origins_of(actor, asked).items()
    }
    return {
        one: _together([found[leaf] for leaf in rest])
        for one, rest in rests.items()
        if all(leaf in found for leaf in rest)
    }


def _leaves(proof_id: str) -> tuple[str, ...]:
    try:
        return leaves(proof_id)
    except NotFound:
        return ()


def _of_metric(actor: Actor, proof_id: str, within: Reading) -> Origin | None:
    try:
        opened = open_key(actor, proof_id, within)
    except (NotFound, NotAllowed):
        return None
    if opened.key.commit > within.store.commit:
        return None
    return Origin(opened.accounts, opened.metric.resale_price)


def _together(parts: list[Origin]) -> Origin:
    accounts: frozenset[int] | None = frozenset()
    for part in parts:
        every = accounts is None or part.account_ids is None
        accounts = None if every else (accounts or frozenset()) | (part.account_ids or frozenset())
    return Origin(accounts, any(part.resale_price for part in parts))
