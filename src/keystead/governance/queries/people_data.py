"""What is held about a person, for themselves, the administrator and compliance."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from keystead.governance.models import Acknowledgement, ApprovalDecision, ApprovalRequestRow
from keystead.governance.rules.acknowledgements import months_after
from keystead.governance.rules.people_data import REGISTER
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.kit.audit import pseudonym
from keystead.kit.models import ApiToken, AuditEntry, User


@dataclasses.dataclass(frozen=True)
class Held:
    """A person in the list of the register: when access ended, when erasing is due."""

    id: int
    name: str
    username: str
    active: bool
    left_on: date | None
    erase_on: date | None
    erased: bool

    @property
    def overdue(self) -> bool:
        return self.erase_on is not None and not self.erased and self.erase_on <= _today()


def _today() -> date:
    return timezone.localdate()


def people_held(actor: Actor) -> tuple[Held, ...]:
    """Return everybody whose data is here; for the administrator and compliance."""
    if not actor.can("users.manage"):
        actor.require("access.review")
    left: dict[str, date] = {}
    for row in AuditEntry.objects.filter(subject_type="user", action="person.edit").order_by("pk"):
        if row.new.get("active") is False:
            left[row.subject_id] = timezone.localdate(row.at)
    months = REGISTER[0].retention_months
    found = []
    for user in User.objects.order_by("is_active", "username"):
        day = None if user.is_active else left.get(str(user.pk))
        found.append(
            Held(
                id=user.pk,
                name=str(user),
                username=user.username,
                active=user.is_active,
                left_on=day,
                erase_on=months_after(day, months) if day else None,
                erased=str(user) == pseudonym(user.pk),
            )
        )
    return tuple(found)


def held_about(actor: Actor, person_id: int) -> dict[str, Any]:
    """Return what is held about a person as JSON-able data; a foreign one is a missing one."""
    may = actor.can("users.manage") or actor.can("access.review")
    user = User.objects.filter(pk=person_id).first()
    if user is None or not (may or actor.user_id == person_id):
        raise NotFound("There is no such user.")
    acts = AuditEntry.objects.filter(
        Q(actor_id=person_id) | Q(subject_type="user", subject_id=str(person_id))
    )
    return {
        "person": {
            "number": user.pk,
            "user_name": user.username,
            "name": user.get_full_name(),
            "mail": user.email,
            "roles": list(user.roles),
            "manager": user.manager.pk if user.manager else None,
            "language": user.language,
            "access": user.is_active,
            "joined": user.date_joined.isoformat(),
            "last_sign_in": user.last_login.isoformat() if user.last_login else None,
        },
        "tokens": [
            {"label": row.label, "made": row.created_at.isoformat()}
            for row in ApiToken.objects.filter(user=user)
        ],
        "acknowledgements": [
            {"text": row.topic, "edition": row.edition, "at": row.at.isoformat()}
            for row in Acknowledgement.objects.filter(user=user)
        ],
        "approvals_asked": ApprovalRequestRow.objects.filter(requested_by=user).count(),
        "approvals_decided": ApprovalDecision.objects.filter(user=user).count(),
        "acts": [
            {
                "row": row.pk,
                "at": row.at.isoformat(),
                "by": row.actor_id,
                "action": row.action,
                "object": f"{row.subject_type} {row.subject_id}",
            }
            for row in acts.order_by("pk")
        ],
    }
