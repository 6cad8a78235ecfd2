"""What coming in and going out writes: devices, notices, ended sessions, and the trail of it."""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.doors.web.models import Device, Notice
from keystead.doors.web.sign_in.agents import agent_name
from keystead.governance.queries import approvals
from keystead.governance.types.approvals import ApprovalDecided
from keystead.governance.types.glass import GlassBroken
from keystead.kernel.errors import NotFound
from keystead.kit import audit
from keystead.kit.access import Actor, actor_for

ANYBODY = Actor(user_id=None, username="anonymous", name="Anonymous")
NEW_DEVICE = "new_device"


@dataclasses.dataclass(frozen=True)
class Visit:
    """One sign-in that is still open."""

    id: int
    agent: str
    address: str
    began: datetime
    seen: datetime
    here: bool


BROKEN_GLASS = "broken_glass"
APPROVAL_DECIDED = "approval_decided"


@dataclasses.dataclass(frozen=True)
class News:
    """A notice as a page shows it."""

    id: int
    kind: str
    at: datetime
    agent: str
    address: str
    who: str = ""
    reason: str = ""
    title: str = ""
    request: int | None = None
    approved: bool = False
    more: tuple[News, ...] = ()
    """Further notices told in the same breath."""


def _hash(mark: str) -> str:
    return hashlib.sha256(mark.encode()).hexdigest()


@transaction.atomic
def note_sign_in(
    *, user: Any, mark: str, agent: str, address: str, how: list[str], first_ever: bool
) -> tuple[str, bool]:
    """Note in the trail that somebody came in; return the mark of their browser and if it is new.

    A browser unknown to this person leaves a notice for them; not at the very first sign-in,
    where there is nothing to compare it with.
    """
    known = (
        Device.objects.filter(user=user, mark_hash=_hash(mark)) if mark else Device.objects.none()
    )
    fresh = not known.update(last_at=timezone.now(), agent=agent[:200])
    if fresh:
        mark = secrets.token_urlsafe(32)
        Device.objects.create(user=user, mark_hash=_hash(mark), agent=agent[:200])
    told = fresh and not first_ever
    if told:
        Notice.objects.create(
            user=user, kind=NEW_DEVICE, data={"agent": agent[:200], "address": address}
        )
    audit.record(
        actor=actor_for(user),
        action="sign_in",
        subject=("user", user.pk),
        new={"how": how, "browser": agent_name(agent), "address": address, "new_device": fresh},
    )
    return mark, told


@transaction.atomic
def note_failed(*, username: str, address: str, by: Actor = ANYBODY) -> None:
    """Note a refused sign-in. A name that nobody has is not kept: it may be a password."""
    user = get_user_model().objects.filter(username__iexact=username).first()
    audit.record(
        actor=by,
        action="sign_in.refused",
        subject=("user", user.pk if user else "unknown"),
        new={"address": address},
    )


@transaction.atomic
def note_second_step(*, user: Any, action: str) -> None:
    """Note that somebody changed their second step: two_steps.on, .off, .codes."""
    audit.record(actor=actor_for(user), action=action, subject=("user", user.pk))


@transaction.atomic
def note_refused_code(*, user: Any, address: str) -> None:
    """Note a wrong code of the second step: the password before it was right."""
    audit.record(
        actor=ANYBODY,
        action="sign_in.refused_code",
        subject=("user", user.pk),
        new={"address": address},
    )


@transaction.atomic
def set_forgotten_password(*, user: Any, password: str) -> None:
    """Set the password of somebody who came through the link in their mail; ends all sessions."""
    user.set_password(password)
    user.password_ends = None
    user.save(update_fields=["password", "password_ends"])
    audit.record(
        actor=actor_for(user),
        action="person.password",
        subject=("user", user.pk),
        new={"how": "mail"},
    )


@transaction.atomic
def remove_second_step(*, actor: Actor, person_id: int) -> None:
    """Take the second step of somebody who lost it; needs ``users.manage``."""
    actor.require("users.manage")
    gone, _rows = Authenticator.objects.filter(user_id=person_id).delete()
    if not gone:
        raise NotFound(_("There is nothing to take away."))
    audit.record(actor=actor, action="two_steps.off", subject=("user", person_id))


def has_second_step(user_id: int) -> bool:
    """Say whether the person signs in with a code as well."""
    return Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists()


def visits(*, user_id: int, here: str = "") -> list[Visit]:
    """Return the open sign-ins of a person, this one first, then the latest seen."""
    user = get_user_model().objects.filter(pk=user_id).first()
    rows = UserSession.objects.purge_and_list(user) if user else []
    found = [
        Visit(
            id=row.pk,
            agent=agent_name(row.user_agent),
            address=row.ip,
            began=row.created_at,
            seen=row.last_seen_at,
            here=row.session_key == here,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one.here, -one.seen.timestamp()))


def keep_visit(request: HttpRequest) -> None:
    """Note that a session is open and was seen now, under the key that it has now."""
    UserSession.objects.create_from_request(request)


@transaction.atomic
def end_visit(*, actor: Actor, visit_id: int) -> None:
    """End one of one's own sessions at once."""
    row = UserSession.objects.filter(pk=visit_id, user_id=actor.user_id or 0).first()
    if row is None:
        raise NotFound(_("There is no such session."))
    row.end()
    audit.record(
        actor=actor, action="session.end", subject=("user", actor.user_id), new={"ended": 1}
    )


@transaction.atomic
def end_visits(*, actor: Actor, person_id: int | None = None, but: str = "") -> int:
    """End all sessions of oneself (``but`` the named one), or of anybody with ``users.manage``."""
    own = person_id is None or person_id == actor.user_id
    actor.require("profile.self" if own else "users.manage")
    who = actor.user_id if own else person_id
    rows = list(UserSession.objects.filter(user_id=who or 0).exclude(session_key=but))
    for row in rows:
        row.end()
    if rows:
        audit.record(
            actor=actor, action="session.end", subject=("user", who), new={"ended": len(rows)}
        )
    return len(rows)


@transaction.atomic
def note_broken_glass(event: GlassBroken) -> None:
    """Leave a notice for each person in compliance, once."""
    for user in get_user_model().objects.filter(pk__in=event.compliance, is_active=True):
        held = Notice.objects.filter(user=user, kind=BROKEN_GLASS, data__glass=event.glass_id)
        if held.exists():
            continue
        data = {"glass": event.glass_id, "who": event.who, "reason": event.reason}
        Notice.objects.create(user=user, kind=BROKEN_GLASS, data=data)


@transaction.atomic
def note_decided(event: ApprovalDecided) -> None:
    """Leave a notice for the one who asked for an approval, once a request."""
    item = approvals.request(event.request_id)
    rows = Notice.objects.filter(user_id=item.requested_by, kind=APPROVAL_DECIDED)
    if rows.filter(data__request=item.id).exists():
        return
    last = item.decisions[-1] if item.decisions else None
    Notice.objects.create(
        user_id=item.requested_by,
        kind=APPROVAL_DECIDED,
        data={
            "request": item.id,
            "title": item.title,
            "approved": event.approved,
            "who": last.user_name if last else "",
            "reason": last.reason if last else "",
        },
    )


def notices(user_id: int | None) -> list[News]:
    """Return what the person has not read yet, newest first."""
    rows = Notice.objects.filter(user_id=user_id or 0, read_at=None)[:20]
    return _gathered([
        News(
            row.pk, row.kind, row.at, agent_name(row.data.get("agent", "")),
            row.data.get("address", ""), row.data.get("who", ""), row.data.get("reason", ""),
            row.data.get("title", ""), row.data.get("request"), bool(row.data.get("approved")),
        )
        for row in rows
    ])  # fmt: skip


def _gathered(found: list[News]) -> list[News]:
    """Return the notices with everything that was approved told as one, where the newest stands."""
    approved = [news for news in found if news.kind == APPROVAL_DECIDED and news.approved]
    if len(approved) < 2:
        return found
    others = tuple(approved[1:])
    whole = dataclasses.replace(approved[0], more=others)
    left = [news for news in found if news not in others]
    return [whole if news is approved[0] else news for news in left]


@transaction.atomic
def read_notice(*, actor: Actor, notice_id: int, also: Sequence[int] = ()) -> None:
    """Put one of one's own notices away, and those told in the same breath."""
    mine = Notice.objects.filter(user_id=actor.user_id or 0, read_at=None)
    if not mine.filter(pk=notice_id).exists():
        raise NotFound(_("There is no such notice."))
    mine.filter(pk__in=(notice_id, *also)).update(read_at=timezone.now())
