"""The actor: the one who asks, as an immutable value that every service takes first."""

from __future__ import annotations

import dataclasses
import os
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import NotAllowed, NotFound
from keystead.kit.access.matrix import scope_in
from keystead.kit.access.rules import BREAK_GLASS, GLASS_OBJECTS, capabilities_of
from keystead.kit.models import ApiToken, BreakGlass, User

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class Actor:
    """Who acts. ``reports`` are ids of the users below; ``token_scope`` narrows an API token.

    ``token_id`` says that a program acts with that token, narrowed or not.

    ``glass_until`` is set while an administrator has broken the glass: until then they may also
    read business data.
    """

    user_id: int | None
    username: str
    name: str
    roles: frozenset[str] = frozenset()
    language: str = "en"
    reports: frozenset[int] = frozenset()
    token_scope: frozenset[str] | None = None
    token_id: int | None = None
    system: bool = False
    glass_until: datetime | None = None

    def can(self, capability: str) -> bool:
        """Say whether a role (and the token, if any) allows the capability."""
        if self.system:
            return True
        if self.token_scope is not None and capability not in self.token_scope:
            return False
        if capability in capabilities_of(self.roles):
            return True
        return capability in BREAK_GLASS and self.broke_glass

    def scope_of(self, name: str, right: str = "r") -> str:
        """Return the rows of an object of the matrix on which the actor holds a right.

        ``A`` all, ``T`` team and teams below, ``O`` own or shared, ``own`` own acts, empty none.
        """
        if self.system or (right == "r" and name in GLASS_OBJECTS and self.broke_glass):
            return "A"
        return scope_in(self.roles, name, right)

    @property
    def broke_glass(self) -> bool:
        return self.glass_until is not None and timezone.now() < self.glass_until

    def require(self, capability: str) -> None:
        """Raise NotAllowed when the capability is missing."""
        if not self.can(capability):
            raise NotAllowed(
                "Your role does not allow this.",
                hint="Ask your administrator for a role that does.",
                capability=capability,
            )

    @property
    def sees_all_accounts(self) -> bool:
        return self.scope_of("profile") == "A"


SYSTEM = Actor(user_id=None, username="system", name="Keystead", system=True)


def actor_for(
    user: User, token_scope: Iterable[str] | None = None, *, token_id: int | None = None
) -> Actor:
    """Return the actor of a stored user with everybody who reports to them, at any depth.

    A user whose access has ended keeps the name and no role: a job that still runs for them may
    do nothing more. A token never sees through broken glass.
    """
    roles = frozenset(user.roles) if user.is_active else frozenset()
    in_person = token_scope is None and token_id is None
    return Actor(
        user_id=user.pk,
        username=user.username,
        name=str(user),
        roles=roles,
        language=user.language,
        reports=_below(user.pk) if "director" in roles else frozenset(),
        token_scope=None if token_scope is None else frozenset(token_scope),
        token_id=token_id,
        glass_until=_glass_until(user.pk) if "admin" in roles and in_person else None,
    )


def actor_again(user_id: int, token_id: int | None = None) -> Actor:
    """Return a person (by a token) with the rights of this moment, for work that began earlier.

    Raises NotAllowed when the access of the person, or the token, has ended since.
    """
    user = User.objects.get(pk=user_id)
    if not user.is_active:
        raise NotAllowed(
            _("The access of %(name)s has ended.") % {"name": user}, code="access_ended"
        )
    if token_id is None:
        return actor_for(user)
    live = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    token = ApiToken.objects.filter(live, pk=token_id, user=user, revoked_at=None).first()
    if token is None:
        raise NotAllowed(
            _("The token with which this was started has ended."),
            code="token_ended",
            hint=_("Start it again with a token that holds."),
        )
    return actor_for(user, token.capabilities or None, token_id=token.pk)


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor behind a request (cached on it); anonymous has no roles."""
    cached = getattr(request, "_keystead_actor", None)
    if cached is None:
        user = request.user
        cached = (
            actor_for(user) if isinstance(user, User) else Actor(None, "anonymous", "Anonymous")
        )
        request._keystead_actor = cached  # type: ignore[attr-defined]
    return cached


def local_actor(username: str | None = None) -> Actor:
    """Return the actor of the command line: ``username``, KEYSTEAD_USER, or the only/first user.

    Who can open the home folder owns its data; the trail still says who it was.
    """
    wanted = username or os.environ.get("KEYSTEAD_USER", "")
    users = User.objects.filter(is_active=True).order_by("pk")
    user = users.filter(username=wanted).first() if wanted else users.first()
    if user is None and wanted:
        raise NotFound(f"There is no user called {wanted}.", hint="See `keystead user list`.")
    return actor_for(user) if user else SYSTEM


def _glass_until(user_id: int) -> datetime | None:
    rows = BreakGlass.objects.filter(user_id=user_id, closed_at=None, ends_at__gt=timezone.now())
    return rows.values_list("ends_at", flat=True).first()


def _below(user_id: int) -> frozenset[int]:
    pairs = list(User.objects.exclude(manager=None).values_list("pk", "manager_id"))
    found: set[int] = set()
    edge = {user_id}
    while edge:
        edge = {pk for pk, manager in pairs if manager in edge} - found - {user_id}
        found |= edge
    return frozenset(found)
