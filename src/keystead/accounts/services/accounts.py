"""Create and edit accounts."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries.door import as_account, family_ids
from keystead.accounts.rules import clean_account, identifier_key
from keystead.accounts.services.loading import account_row, lock_tree, search_key
from keystead.accounts.services.team import user_for_team
from keystead.accounts.types import Account, Scheme, TeamRole
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor


class AccountValues(TypedDict, total=False):
    """The plain fields of an account, as they are typed."""

    code: str
    name: str
    kind: str
    country: str
    currency: str
    segment: str
    territory: str
    channel: str
    status: str


def create_account(
    *, actor: Actor, owner_id: int | None = None, source: str = "", **values: Unpack[AccountValues]
) -> Account:
    """Return the new account; needs ``accounts.edit``.

    Writes the account and one audit row. An actor who does not see all accounts becomes its
    owner (or names one of the people below), so that it does not vanish before their eyes. Raises
    Invalid with ``fields`` when a field is wrong or the code is taken.
    """
    actor.require("accounts.edit")
    clean = clean_account(dict(values), whole=True)
    owner_id = owner_among(actor, owner_id)
    with transaction.atomic():
        lock_tree()
        check_code(clean["code"])
        row = models.Account(**clean)
        row.search_key = search_key(row)
        row.save_checked(actor)
        after: dict[str, Any] = row.snapshot()
        if owner_id is not None:
            owner = user_for_team(owner_id)
            models.AccountTeamMember(
                account=row, user=owner, role=TeamRole.OWNER, valid_from=timezone.localdate()
            ).save_checked(actor)
            after["owner"] = owner.username
        audit.record(
            actor=actor,
            action="account.create",
            subject=("account", row.pk),
            new=after,
            account_id=row.pk,
            source=source,
        )
    return as_account(row)


def owner_among(actor: Actor, owner_id: int | None) -> int | None:
    """Return who owns an account that the actor makes; None where the actor sees all anyway."""
    if actor.scope_of("profile", "w") == "A":
        return owner_id
    chosen = owner_id or actor.user_id
    if chosen not in {actor.user_id, *actor.reports}:
        raise Invalid(_("Name yourself or somebody who reports to you."), field="owner")
    return chosen


def edit_account(
    *,
    actor: Actor,
    account_id: int,
    version: int | None = None,
    source: str = "",
    **values: Unpack[AccountValues],
) -> Account:
    """Return the account with the given fields changed; needs ``accounts.edit`` and the account.

    Nothing is written when nothing changed. ``version`` is the one the editor saw: raises
    Conflict with both values when somebody saved in between. A code that was changed stays
    as an identifier, so that files with the old one still find the account.
    """
    clean = clean_account(dict(values), whole=False)
    with transaction.atomic():
        lock_tree()
        row = account_row(actor, account_id)
        old = row.snapshot()
        if all(old[field] == value for field, value in clean.items()):
            return as_account(row)
        if clean.get("code", row.code).casefold() != row.code.casefold():
            check_code(clean["code"], but=row.pk)
            _keep_old_code(actor, row)
        for field, value in clean.items():
            setattr(row, field, value)
        row.search_key = search_key(row)
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="account.edit",
            subject=("account", row.pk),
            old=old,
            new=row.snapshot(),
            account_id=row.pk,
            source=source,
        )
    return as_account(row)


def check_code(code: str, *, but: int | None = None) -> None:
    """Raise Invalid when another account has the code, now or as an earlier code of ours."""
    key = identifier_key(Scheme.OWN_CODE, code)
    family = family_ids(but) if but else ()
    codes = models.Account.objects.filter(code__iexact=code).exclude(pk__in=family[:1])
    earlier = models.AccountIdentifier.objects.filter(scheme=Scheme.OWN_CODE, value_key=key)
    if codes.exists() or earlier.exclude(account_id__in=family).exists():
        text = _("The code %(code)s is taken by another account.") % {"code": code}
        raise Invalid(
            text,
            code="account_code_taken",
            hint=_("If it is the same customer, use that account, or merge the two."),
            fields={"code": text},
        )


def _keep_old_code(actor: Actor, row: models.Account) -> None:
    key = identifier_key(Scheme.OWN_CODE, row.code)
    known = models.AccountIdentifier.objects.filter(
        account=row, scheme=Scheme.OWN_CODE, value_key=key
    )
    if not known.exists():
        models.AccountIdentifier(
            account=row, scheme=Scheme.OWN_CODE, value=row.code, value_key=key
        ).save_checked(actor)
