"""Profile of an account: answers that age, and the questions themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries.details import entries_of, profile_for
from keystead.accounts.queries.door import account_for, account_to_write
from keystead.accounts.queries.groups import writable_groups
from keystead.accounts.rules.fields import tidy
from keystead.accounts.types import AccountKind, ProfileEntry
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kernel.ids import slug
from keystead.kit import audit
from keystead.kit.access import Actor

LONGEST = 4000
SHORTEST_REASON = 10
# The trail hides the values of these acts from those who may not see the group.
ACTION_OF_GROUP = {"private_notes": "account.notes.set", "terms": "account.terms.set"}


def set_profile(
    *,
    actor: Actor,
    account_id: int,
    key: str,
    value: str,
    reviewed_on: date | None = None,
    source: str = "",
    version: int | None = None,
) -> ProfileEntry:
    """Return the field with its new answer, reviewed on a day (default today).

    Needs ``accounts.edit`` and the account. ``version`` 0 says that the editor saw it empty.
    Raises Conflict when somebody answered in between, Invalid for a review in the future.
    """
    today = timezone.localdate()
    day = reviewed_on or today
    text = "\n".join(line.rstrip() for line in value.strip().splitlines())
    if day > today:
        raise Invalid(_("A review cannot lie in the future."), field="reviewed_on")
    if len(text) > LONGEST:
        raise Invalid(_("At most %(count)s characters.") % {"count": LONGEST}, field="value")
    with transaction.atomic():
        account = models.Account.objects.get(pk=account_for(actor, account_id).id)
        group = _entry_of(actor, account.pk, key).group
        _check_group(actor, account.pk, group)
        field = _field(key)
        row = models.ProfileValue.objects.filter(account=account, field=field).first()
        old = row.snapshot() if row else None
        row = row or models.ProfileValue(account=account, field=field)
        row.value, row.reviewed_on, row.source = text, day, tidy(source)[:120]
        row.reviewed_by_name = actor.name[:160]
        if old is not None and version == 0:
            raise _answered(row, old)
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action=ACTION_OF_GROUP.get(group, "account.profile.set"),
            subject=("account_profile", row.pk),
            old=old,
            new=row.snapshot(),
            account_id=account.pk,
        )
    return _entry_of(actor, account.pk, key)


def _check_group(actor: Actor, account_id: int, group: str) -> None:
    if group in writable_groups(actor, account_id):
        return
    if not group:
        actor.require("accounts.edit")
        account_to_write(actor, account_id)
    raise NotAllowed(
        _("You may read this answer, not change it."),
        code="field_group",
        hint=_("Ask the owner of the account."),
    )


def inspect_notes(*, actor: Actor, account_id: int, why: str) -> tuple[ProfileEntry, ...]:
    """Return the private notes of an account for an inspection; needs ``notes.inspect``.

    The reason is kept: one audit row says who read them and why.
    """
    account = account_for(actor, account_id)
    actor.require("notes.inspect")
    reason = tidy(why)[:400]
    if len(reason) < SHORTEST_REASON:
        raise Invalid(_("Say why, so that it can be understood later."), field="why")
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="account.notes.read",
            subject=("account", account.id),
            why=reason,
            account_id=account.id,
        )
    return entries_of(account, frozenset({"private_notes"}))


def review_profile(
    *, actor: Actor, account_id: int, key: str, version: int | None = None
) -> ProfileEntry:
    """Return the field marked as read through today and still right; its answer stays."""
    entry = _entry_of(actor, account_id, key)
    if not entry.value:
        raise Invalid(_("There is nothing to confirm yet: write an answer."), field="value")
    return set_profile(
        actor=actor,
        account_id=account_id,
        key=key,
        value=entry.value,
        source=entry.source,
        version=entry.version if version is None else version,
    )


class FieldValues(TypedDict, total=False):
    """What a profile field holds besides its key."""

    label: str
    help: str
    kinds: Sequence[str]
    freshness_days: int
    position: int
    active: bool
    group: str


def define_profile_field(*, actor: Actor, **values: Unpack[FieldValues]) -> str:
    """Return the key of a new profile field; needs ``reference.edit``."""
    actor.require("reference.edit")
    with transaction.atomic():
        row = models.ProfileField()
        _fill_field(row, values)
        base = slug(row.label, "_")[:34] or "field"
        row.key, number = base, 1
        while models.ProfileField.objects.filter(key=row.key).exists():
            number += 1
            row.key = f"{base}_{number}"
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="profile_field.create",
            subject=("profile_field", row.pk),
            new=row.snapshot(),
        )
    return row.key


def edit_profile_field(
    *, actor: Actor, key: str, version: int | None = None, **values: Unpack[FieldValues]
) -> None:
    """Change a profile field, or retire it (``active=False``: answers stay stored)."""
    actor.require("reference.edit")
    with transaction.atomic():
        row = _field(key)
        old = row.snapshot()
        _fill_field(row, values)
        if row.snapshot() == old:
            return
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="profile_field.edit",
            subject=("profile_field", row.pk),
            old=old,
            new=row.snapshot(),
        )


def _fill_field(row: models.ProfileField, values: FieldValues) -> None:
    row.label = tidy(values.get("label", row.label))[:80]
    row.help = tidy(values.get("help", row.help))[:200]
    row.kinds = sorted(set(values.get("kinds", row.kinds)))
    row.freshness_days = values.get("freshness_days", row.freshness_days)
    row.position = values.get("position", row.position)
    row.active = values.get("active", row.active)
    row.group = values.get("group", row.group)
    if row.group and row.group not in ACTION_OF_GROUP:
        raise Invalid(_("There is no such group of fields."), field="group")
    if not row.label:
        raise Invalid(_("A field needs a name."), field="label")
    if set(row.kinds) - {kind.value for kind in AccountKind}:
        raise Invalid(_("There is no such kind of account."), field="kinds")
    if not 0 <= row.freshness_days <= 3650:
        raise Invalid(_("Give 0 to 3650 days."), field="freshness_days")


def _answered(row: models.ProfileValue, theirs: dict[str, object]) -> Conflict:
    return Conflict(
        _("Somebody else answered this in the meantime. Nothing of yours was lost."),
        hint=_("Keep theirs, or save yours over the new version."),
        mine=row.snapshot(),
        theirs=theirs,
        expected_version=0,
        current_version=row.version,
    )


def _field(key: str) -> models.ProfileField:
    row = models.ProfileField.objects.filter(key=key).first()
    if row is None:
        raise NotFound(_("There is no such profile field."), key=key)
    return row


def _entry_of(actor: Actor, account_id: int, key: str) -> ProfileEntry:
    for entry in profile_for(actor, account_id, key=key):
        return entry
    raise NotFound(_("There is no such profile field for this kind of account."), key=key)
