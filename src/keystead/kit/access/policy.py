"""A page or endpoint declares its policy; the middleware refuses any that does not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

from keystead.kernel.errors import NotAllowed
from keystead.kit.access.actor import Actor
from keystead.kit.access.rules import CAPABILITIES, capabilities_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
F = TypeVar("F", bound=Callable[..., Any])


@dataclasses.dataclass(frozen=True)
class Policy:
    """Capabilities that a route needs, or ``public`` for sign-in and health."""

    capabilities: frozenset[str]
    public: bool = False


class _PolicyMaker:
    def __call__(self, *capabilities: str) -> Callable[[F], F]:
        unknown = set(capabilities) - CAPABILITIES
        if unknown or not capabilities:
            raise ValueError(f"unknown or no capability: {sorted(unknown)}")
        return self._mark(Policy(frozenset(capabilities)))

    def public(self, view: F) -> F:
        """Mark a view that anybody may open."""
        return self._mark(Policy(frozenset(), public=True))(view)

    @staticmethod
    def _mark(value: Policy) -> Callable[[F], F]:
        def mark(view: F) -> F:
            view.keystead_policy = value  # type: ignore[attr-defined]
            return view

        return mark


policy = _PolicyMaker()


def admit(actor: Actor, found: Policy, method: str) -> None:
    """Raise NotAllowed unless the actor may make a call of this method under the policy.

    Who only sees by broken glass reads, and changes nothing.
    """
    for capability in sorted(found.capabilities):
        actor.require(capability)
    if (
        actor.broke_glass
        and method not in SAFE
        and found.capabilities - capabilities_of(actor.roles)
    ):
        raise NotAllowed(
            "Broken glass lets you read, not change.",
            code="glass_reads",
            hint="Ask somebody whose role allows it.",
        )


def policy_of(view: Any) -> Policy | None:
    """Return the declared policy of a view or endpoint function, through its wrappers."""
    seen: set[int] = set()
    while view is not None and id(view) not in seen:
        seen.add(id(view))
        found = getattr(view, "keystead_policy", None)
        if found is None:
            found = getattr(getattr(view, "view_class", None), "keystead_policy", None)
        if isinstance(found, Policy):
            return found
        view = getattr(view, "__wrapped__", None)
    return None
