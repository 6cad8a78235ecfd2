"""The one door: which accounts an actor may see, and how to get one.

The permission matrix gives each role a scope. *Own or shared*: accounts with a current place in
the team, or a current share. *Team*: also those of the people below, and of the territories the
actor leads with all below them. *All*. Nobody sees an account without ``accounts.view``. A
foreign account answers exactly like a missing one.

Merged accounts are one *family*: the account everything was merged into, and the ids that live
on in it. Who may see one of the family may see all of it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.rules.territories import codes_below
from keystead.accounts.types import (
    Account,
    AccountKind,
    AccountStatus,
    Scope,
    ShareRights,
    TeamRole,
)
from keystead.kernel.errors import NotAllowed, NotFound
from keystead.kit.access import Actor, once
from keystead.kit.models import Compiled

M = TypeVar("M", bound=Model)
JUNIOR_MAY_NOT = frozenset({"notes", "terms"})
MOST_IDS = 500  # in one condition: some builds of SQLite take no more than 999 values
MISSING = "There is no such account, or it is not one of yours."


def restrict(
    queryset: QuerySet[M],
    actor: Actor,
    *,
    account: str | None = None,
    name: str = "profile",
    right: str = "r",
) -> QuerySet[M]:
    """Return the rows that hang on accounts on which the actor holds a right.

    ``account`` is the name of the column that holds the account id; by default the id of an
    account itself, and ``account_id`` of anything else. ``name`` is the object of the permission
    matrix, ``right`` one of its letters.
    """
    scope = actor.scope_of(name, right) if actor.can("accounts.view") else ""
    if scope not in ("O", "T", "A"):
        return queryset.none()
    if scope == "A":
        return queryset
    column = account or ("pk" if queryset.model is models.Account else "account_id")
    return queryset.filter(**{f"{column}__in": _limit(actor, scope, name, right)})


def account_for(actor: Actor, account_id: int) -> Account:
    """Return the account, or the one it was merged into; NotFound when missing or foreign."""
    found = once(("account", actor, account_id), lambda: _account(actor, account_id))
    if found is None:
        raise NotFound(MISSING, code="account_not_found", account_id=account_id)
    return found


def _account(actor: Actor, account_id: int) -> Account | None:
    ids = _ids_of(actor, "profile", "r")
    if ids is not None and account_id not in ids:
        return None
    rows = models.Account.objects.filter(pk=account_id).select_related("canonical")
    row = (rows if ids is not None else restrict(rows, actor)).first()
    return as_account(row.canonical or row) if row else None


def account_to_write(
    actor: Actor, account_id: int, *, name: str = "profile", rights: str = "w"
) -> Account:
    """Return the account if the actor may write this object of the matrix on it.

    ``rights``: one of these is enough; "wa" lets those write who only approve elsewhere.

    NotFound when it is missing or foreign, NotAllowed when the actor may only read it: a share
    to read, or a role that reads more accounts than it writes.
    """
    account = account_for(actor, account_id)
    if not any(may_write(actor, account.id, name=name, right=right) for right in rights):
        raise NotAllowed(
            _("You may read this account, not change it."),
            code="read_only",
            hint=_("Ask its owner."),
        )
    return account


def may_see(actor: Actor, account_id: int) -> bool:
    """Say whether there is such an account and the actor may see it."""
    return may_write(actor, account_id, right="r")


def may_write(actor: Actor, account_id: int, *, name: str = "profile", right: str = "w") -> bool:
    """Say whether the actor holds the right on a visible account."""
    ids = _ids_of(actor, name, right)
    if ids is not None:
        return account_id in ids
    rows = models.Account.objects.filter(pk=account_id)
    return restrict(rows, actor, name=name, right=right).exists()


def account_by_code(actor: Actor, code: str) -> Account:
    """Return the account with this code (any case), or the one it was merged into."""
    rows = models.Account.objects.filter(code__iexact=code.strip())
    row = restrict(rows, actor).select_related("canonical").first()
    if row is None:
        raise NotFound(
            f"There is no account with the code {code}, or it is not one of yours.",
            code="account_not_found",
            hint=_did_you_mean(actor, code),
            account_code=code,
        )
    return as_account(row.canonical or row)


def accounts_for(actor: Actor) -> tuple[Account, ...]:
    """Return every account the actor may see, by name; merged ones are not listed."""
    return once(("accounts", actor), lambda: _accounts(actor))


def _accounts(actor: Actor) -> tuple[Account, ...]:
    rows = restrict(models.Account.objects.filter(merged_into=None), actor)
    return tuple(as_account(row) for row in rows.order_by("name", "id"))


def scope_for(actor: Actor, *, name: str = "profile") -> Scope:
    """Return the ids the actor may see, with the ids that were merged into them.

    ``name`` is the object of the matrix: costs may be open on fewer accounts than sales are.
    """
    scope = actor.scope_of(name) if actor.can("accounts.view") else ""
    if scope not in ("O", "T", "A"):
        return Scope(everything=False)
    if scope == "A":
        return Scope(everything=True)
    return Scope(everything=False, account_ids=_ids_once(actor, scope, name, "r"))


def family_ids(account_id: int) -> tuple[int, ...]:
    """Return the id and the ids merged into it, its own first. No rights are checked here."""
    merged = models.Account.objects.filter(canonical_id=account_id).order_by("id")
    return (account_id, *merged.values_list("pk", flat=True))


def of_family(account_id: int, column: str = "account") -> Q:
    """Return the condition that a row hangs on the account or on one merged into it."""
    return Q(**{f"{column}_id": account_id}) | Q(**{f"{column}__canonical_id": account_id})


def opened(actor: Actor, account: Account | int) -> Account:
    """Return the account of an id through the door; an ``Account`` already came through it."""
    return account if isinstance(account, Account) else account_for(actor, account)


def current(field: str = "", today: date | None = None) -> Q:
    """Return the condition that a dated row holds today."""
    today = today or timezone.localdate()
    start = Q(**{f"{field}valid_from": None}) | Q(**{f"{field}valid_from__lte": today})
    end = Q(**{f"{field}valid_to": None}) | Q(**{f"{field}valid_to__gt": today})
    return start & end


def as_account(row: models.Account) -> Account:
    """Return the value that crosses rooms for a stored row."""
    return Account(
        id=row.pk,
        code=row.code,
        name=row.name,
        kind=AccountKind(row.kind),
        country=row.country,
        currency=row.currency,
        segment=row.segment,
        territory=row.territory,
        channel=row.channel,
        status=AccountStatus(row.status),
        version=row.version,
        merged_into=row.merged_into_id,
    )


def on_team(field: str = "", today: date | None = None, now: datetime | None = None) -> Q:
    """Return the condition that a place in the team holds at this moment."""
    now = now or timezone.now()
    begun = Q(**{f"{field}starts_at": None}) | Q(**{f"{field}starts_at__lte": now})
    going = Q(**{f"{field}ends_at": None}) | Q(**{f"{field}ends_at__gt": now})
    return current(field, today) & begun & going


def _limit(
    actor: Actor, scope: str, name: str, right: str
) -> QuerySet[models.Account, Any] | frozenset[int]:
    """Return what a condition compares with: the ids, or for very many the query itself."""
    ids = _ids_once(actor, scope, name, right)
    return ids if len(ids) <= MOST_IDS else _visible(scope, name, right, **_asks(actor, scope))


def _ids_of(actor: Actor, name: str, right: str) -> frozenset[int] | None:
    """Return the ids on which the actor holds a right; None where that is all there are."""
    scope = actor.scope_of(name, right) if actor.can("accounts.view") else ""
    if scope == "A":
        return None
    return _ids_once(actor, scope, name, right) if scope in ("O", "T") else frozenset()


def _ids_once(actor: Actor, scope: str, name: str, right: str) -> frozenset[int]:
    """Return the ids, looked up once in a reading request and each time in one that may write."""

    def look() -> frozenset[int]:
        found = _visible_ids.rows(scope, name, right, **_asks(actor, scope))
        return frozenset(pk for (pk,) in found)

    return once(("visible", actor, scope, name, right), look)


def _asks(actor: Actor, scope: str) -> dict[str, Any]:
    """Return who asks, and when."""
    team = scope == "T"
    return {
        "me": actor.user_id or 0,
        "today": timezone.localdate(),
        "now": timezone.now(),
        "reports": tuple(sorted(actor.reports)) if team else (),
        "codes": codes_led(actor.user_id) if team else (),
    }


def _visible(
    scope: str,
    name: str,
    right: str,
    *,
    me: int,
    today: date,
    now: datetime,
    reports: tuple[int, ...],
    codes: tuple[str, ...],
) -> QuerySet[models.Account, Any]:
    team = models.AccountTeamMember.objects.filter(on_team("", today, now))
    mine = Q(user_id=me)
    if name == "sharing" and scope == "O":
        mine &= Q(role=TeamRole.OWNER)  # who was let in does not let others in
    if right == "w" and name in JUNIOR_MAY_NOT:
        mine &= ~Q(role=TeamRole.JUNIOR)
    if reports:
        mine |= Q(user_id__in=reports)
    wanted = _family_of(team.filter(mine))
    if name != "sharing":
        shares = models.AccountShare.objects.filter(current("", today), ended_at=None, user_id=me)
        if right != "r":
            shares = shares.filter(rights=ShareRights.WRITE)
        wanted |= _family_of(shares)
    if codes:
        wanted |= Q(canonical=None, territory__in=codes) | Q(canonical__territory__in=codes)
    return models.Account.objects.filter(wanted).order_by().values_list("pk", flat=True)


_visible_ids = Compiled(_visible)


def _family_of(rows: QuerySet[Any, Any]) -> Q:
    heads = rows.values_list(Coalesce(F("account__canonical_id"), F("account_id")), flat=True)
    return Q(pk__in=heads) | Q(canonical_id__in=heads)


def codes_led(user_id: int | None) -> tuple[str, ...]:
    """Return the codes of the territories a person leads today, and of all below them."""
    rows = list(models.Territory.objects.filter(current()))
    parents = {row.code: row.parent_code for row in rows}
    led = [row.code for row in rows if user_id is not None and row.lead_id == user_id]
    return tuple(sorted(codes_below(parents, led)))


def _did_you_mean(actor: Actor, code: str) -> str:
    start = code.strip()[:3]
    near = restrict(models.Account.objects.filter(code__istartswith=start), actor)
    codes = [row.code for row in near[:3]] if start else []
    return f"Did you mean {', '.join(codes)}?" if codes else "See `keystead accounts`."
