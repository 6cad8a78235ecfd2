"""What a person may do next in a cycle, and for whom they speak."""

from __future__ import annotations

from typing import Final

from keystead.forecasting.rules.cycles import layers_of
from keystead.forecasting.types.cycle import PARTIES, Cycle, CycleState, Layer
from keystead.kit.access import Actor

STEPS: Final = (
    "submit", "sign", "object", "run", "review", "lock", "withdraw", "return", "assume",
    "reopen", "calendar", "cancel", "explain",
)  # fmt: skip


def parties_of(actor: Actor, *, signing: bool = False) -> tuple[Layer, ...]:
    """Return the parties the actor speaks for; for account managers only their head signs."""
    own = PARTIES if actor.system else layers_of(actor.roles)
    found = tuple(one for one in own if one in PARTIES)
    if signing and not (actor.system or actor.scope_of("forecast", "a")):
        return tuple(one for one in found if one is not Layer.ACCOUNT_MANAGER)
    return found


def steps_of(actor: Actor, cycle: Cycle) -> tuple[str, ...]:
    """Return the steps the actor may go from where the cycle stands, the next one first."""
    runs, ran = actor.can("forecasting.run"), cycle.run_id is not None
    early = cycle.state in (CycleState.OPEN, CycleState.SUBMITTED)
    review = cycle.state is CycleState.REVIEW
    free = review and cycle.lock_request is None
    leads = runs or bool(actor.scope_of("forecast", "a"))
    allowed = {
        "submit": early and ran and bool(parties_of(actor)),
        "sign": free and bool(parties_of(actor, signing=True)),
        "object": free and bool(parties_of(actor, signing=True)),
        "run": early and runs,
        "review": early and runs and ran,
        "lock": free and actor.can("forecasting.lock"),
        "withdraw": cycle.lock_request is not None and actor.can("forecasting.lock"),
        "return": (early or free) and ran and leads,
        "assume": cycle.editable and actor.can("forecasting.edit"),
        "explain": cycle.editable and actor.can("forecasting.edit"),
        "reopen": free and runs,
        "calendar": cycle.editable and runs,
        "cancel": cycle.editable and runs,
    }
    found = [name for name in STEPS if allowed[name]]
    if runs and early and not ran:
        found.sort(key=lambda name: name != "run")
    return tuple(found)
