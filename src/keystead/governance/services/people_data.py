"""Take out what is held about a person; erase somebody who left, so that the trail still verifies.

The hash of a row of the trail covers the number of its actor and a keyed digest of its content,
never a name. Erasing puts the pseudonym in the place of the name, and empties the content (with
its key) of each row that names the person. What those rows told besides the names is kept, freed
of them, in the row that tells of the erasing: it is hashed like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.governance.queries import people_data as reads
from keystead.governance.queries.acknowledgements import require_acknowledged
from keystead.governance.rules.people_data import PERSONAL_FIELDS, freed
from keystead.governance.types.people_data import PersonErased
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit import audit, outbox
from keystead.kit.access import Actor
from keystead.kit.models import ApiToken, AuditEntry, Command, Letter, UploadDay, User

CHUNK = 500


@transaction.atomic
def take_out(*, actor: Actor, person_id: int) -> dict[str, Any]:
    """Return what is held about a person, for a file; noted in the trail.

    One's own needs nothing; somebody else's needs data protection acknowledged, where that is a
    rule.
    """
    found = reads.held_about(actor, person_id)
    if person_id != actor.user_id:
        require_acknowledged(actor, "data_protection")
    audit.record(actor=actor, action="person.export", subject=("user", person_id))
    return found


@transaction.atomic
def erase_person(*, actor: Actor, person_id: int, why: str) -> str:
    """Replace the names of somebody whose access ended by a pseudonym, everywhere; return it.

    Needs ``users.manage``. Raises Conflict for somebody with access or erased before. Publishes
    PersonErased.
    """
    actor.require("users.manage")
    user = User.objects.select_for_update(of=("self",)).filter(pk=person_id).first()
    if user is None:
        raise NotFound(_("There is no such user."))
    other = audit.pseudonym(user.pk)
    if user.is_active:
        raise Conflict(_("End the access first."), code="still_active")
    if str(user) == other:
        raise Conflict(_("This person was erased before."), code="erased")
    if not why.strip():
        raise Invalid(_("Say why."), fields={"why": _("An erasing keeps its reason.")})
    names = {name: other for name in (user.get_full_name(), user.username, user.email) if name}
    kept = free_trail(
        names,
        about=lambda row: row.subject_type == "user" and row.subject_id == str(user.pk),
    )
    AuditEntry.objects.filter(actor_id=user.pk).update(actor_name=other)
    _free_user(user, other)
    audit.record(
        actor=actor,
        action="person.erase",
        subject=("user", user.pk),
        new={"pseudonym": other, "rows": kept},
        why=freed(why, names),
    )
    outbox.publish(PersonErased(user_id=user.pk))
    return other


def free_trail(
    names: dict[str, str],
    *,
    about: Callable[[AuditEntry], bool],
    fields: frozenset[str] = PERSONAL_FIELDS,
) -> dict[str, Any]:
    """Empty the rows of the trail that name a person; return what else they told, by row.

    For a room that erases somebody it keeps: ``about`` says which acts were about them, of which
    ``fields`` are left out; it puts what is returned into its own row of the trail, in the same
    transaction.
    """
    kept: dict[str, Any] = {}
    rows = AuditEntry.objects.exclude(salt="").order_by("pk")
    for row in rows.iterator(chunk_size=2000):
        told = {"old": row.old, "new": row.new, "why": row.why}
        without = freed(told, names, about=about(row), fields=fields)
        if without != told:
            kept[str(row.pk)] = {key: value for key, value in without.items() if value}
    numbers = [int(key) for key in kept]
    for start in range(0, len(numbers), CHUNK):
        some = AuditEntry.objects.filter(pk__in=numbers[start : start + CHUNK])
        some.update(old={}, new={}, why="", salt="")
    return kept


def _free_user(user: User, other: str) -> None:
    user.first_name, user.last_name = other.rsplit(" ", 1)
    user.username, user.email = f"former-user-{user.pk}", ""
    user.last_login, user.manager = None, None
    user.set_unusable_password()
    user.save()
    for model in (ApiToken, Command, Letter, UploadDay):
        model._default_manager.filter(user=user).delete()
