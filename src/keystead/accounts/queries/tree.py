"""Reads of groups and members, on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from keystead.accounts import models
from keystead.accounts.queries.door import as_account, of_family, opened, restrict
from keystead.accounts.rules import Edge, ascend
from keystead.accounts.types import Account, Membership, MembershipRole, Span
from keystead.kit.access import Actor, once
from keystead.kit.models import Compiled


def groups_of(
    actor: Actor, account: Account | int, *, on: date | None = None
) -> tuple[Membership, ...]:
    """Return what the account belongs to: all memberships, or those that hold ``on`` a day.

    Groups the actor may not see are left out.
    """
    own = opened(actor, account).id
    rows = models.AccountMembership.objects.filter(of_family(own, "member"))
    rows = rows.exclude(of_family(own, "group"))
    return _memberships(restrict(rows, actor, account="group_id"), on)


def members_of(
    actor: Actor,
    account: Account | int,
    *,
    role: MembershipRole | None = None,
    on: date | None = None,
) -> tuple[Membership, ...]:
    """Return who belongs to the account, in one role or any, always or ``on`` a day.

    Members the actor may not see are left out.
    """
    own = opened(actor, account).id
    rows = models.AccountMembership.objects.filter(of_family(own, "group"))
    rows = rows.exclude(of_family(own, "member"))
    if role is not None:
        rows = rows.filter(role=role)
    return _memberships(restrict(rows, actor, account="member_id"), on)


def new_members(actor: Actor, *, since: date, until: date) -> tuple[Membership, ...]:
    """Return the links of the tree that began between two days, both seen by the actor."""
    rows = models.AccountMembership.objects.filter(
        role=MembershipRole.PARENT, valid_from__gte=since, valid_from__lte=until
    )
    rows = restrict(restrict(rows, actor, account="group_id"), actor, account="member_id")
    return tuple(one for one in _memberships(rows, until) if one.member_id != one.group_id)


def descendants(
    account_id: int, on: date | None = None, *, actor: Actor | None = None
) -> frozenset[int]:
    """Return the ids below the account in the tree on a day (default today), not its own.

    Each account counts once, merged ids are not listed. With ``actor`` only visible ones; an
    account below a foreign one is still found.
    """
    parents = current_parents(on)
    below: dict[int, list[int]] = defaultdict(list)
    for member, group in parents.items():
        below[group].append(member)
    found: set[int] = set()
    waiting = [account_id]
    while waiting:
        for member in below[waiting.pop()]:
            if member not in found and member != account_id:
                found.add(member)
                waiting.append(member)
    if actor is not None:
        rows = restrict(models.Account.objects.filter(pk__in=found), actor)
        return frozenset(rows.values_list("pk", flat=True))
    return frozenset(found)


def families_below(account_ids: Iterable[int], on: date | None = None) -> dict[int, frozenset[int]]:
    """Return each of the accounts with all below it in the tree on a day (default today)."""
    below: dict[int, list[int]] = defaultdict(list)
    for member, group in current_parents(on).items():
        below[group].append(member)
    found: dict[int, frozenset[int]] = {}
    for top in account_ids:
        family, waiting = {top}, [top]
        while waiting:
            more = [one for one in below.get(waiting.pop(), ()) if one not in family]
            family.update(more)
            waiting += more
        found[top] = frozenset(family)
    return found


def ancestors(actor: Actor, account: Account | int, on: date | None = None) -> tuple[Account, ...]:
    """Return the visible accounts above in the tree, nearest first."""
    path = ascend(opened(actor, account).id, current_parents(on))[1:]
    rows = {row.pk: row for row in restrict(models.Account.objects.filter(pk__in=path), actor)}
    return tuple(as_account(rows[pk]) for pk in path if pk in rows)


def parent_edges() -> tuple[Edge, ...]:
    """Return every parent link ever, with ids of the merged-into accounts. No rights checked."""
    rows = (
        models.AccountMembership.objects.filter(role=MembershipRole.PARENT)
        .order_by("id")
        .values_list(
            Coalesce("member__canonical_id", "member_id"),
            Coalesce("group__canonical_id", "group_id"),
            "valid_from",
            "valid_to",
        )
    )
    return tuple(Edge(member, group, Span(start, end)) for member, group, start, end in rows)


def own_parent_edges() -> tuple[Edge, ...]:
    """Return the parent links of each account itself, outside of what it is merged with."""
    rows = models.AccountMembership.objects.filter(role=MembershipRole.PARENT)
    found = rows.order_by("id").values_list(
        "member_id",
        Coalesce("member__canonical_id", "member_id"),
        Coalesce("group__canonical_id", "group_id"),
        "valid_from",
        "valid_to",
    )
    return tuple(
        Edge(own, group, Span(start, end))
        for own, member, group, start, end in found
        if member != group
    )


def current_parents(on: date | None = None) -> dict[int, int]:
    """Return the parent of each account that has one on a day. No rights are checked.

    After a merge an account may have inherited a second parent: its own comes first, then that of
    the account that was merged in earliest (lowest membership id).
    """
    day = on or timezone.localdate()
    rows = once(("parents", day), lambda: _parents.rows(day=day))
    own: dict[int, int] = {}
    inherited: dict[int, int] = {}
    for member, group, original in rows:
        if member != group:
            (own if member == original else inherited).setdefault(member, group)
    return {**inherited, **own}


_parents = Compiled(
    lambda day: (
        models.AccountMembership.objects.filter(role=MembershipRole.PARENT)
        .filter(Q(valid_from=None) | Q(valid_from__lte=day))
        .filter(Q(valid_to=None) | Q(valid_to__gt=day))
        .order_by("id")
        .values_list(
            Coalesce("member__canonical_id", "member_id"),
            Coalesce("group__canonical_id", "group_id"),
            "member_id",
        )
    )
)


def _memberships(rows: object, on: date | None) -> tuple[Membership, ...]:
    queryset = rows.select_related("member__canonical", "group__canonical")  # type: ignore[attr-defined]
    found = []
    for row in queryset.order_by("role", "group__name", "member__name", "id"):
        span = Span(row.valid_from, row.valid_to)
        if on is None or span.covers(on):
            found.append(as_membership(row))
    return tuple(found)


def as_membership(row: models.AccountMembership) -> Membership:
    """Return the value for a stored row, naming the accounts that merged ones live on in."""
    member, group = row.member.canonical or row.member, row.group.canonical or row.group
    return Membership(
        id=row.pk,
        member_id=member.pk,
        member_code=member.code,
        member_name=member.name,
        group_id=group.pk,
        group_code=group.code,
        group_name=group.name,
        role=MembershipRole(row.role),
        span=Span(row.valid_from, row.valid_to),
        weight=row.weight,
        source=row.source,
        version=row.version,
    )
