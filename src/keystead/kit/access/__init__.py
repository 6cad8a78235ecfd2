"""Who acts, what they may do, and how a page or endpoint says so."""

from keystead.kit.access.actor import (
    SYSTEM,
    Actor,
    actor_again,
    actor_for,
    actor_of,
    local_actor,
)
from keystead.kit.access.once import once, remembers
from keystead.kit.access.policy import admit, policy, policy_of

__all__ = [
    "SYSTEM",
    "Actor",
    "actor_again",
    "actor_for",
    "actor_of",
    "admit",
    "local_actor",
    "once",
    "policy",
    "policy_of",
    "remembers",
]
