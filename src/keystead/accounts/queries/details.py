"""What hangs on one account: identifiers, measures, profile, team, merges."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from keystead.accounts import models
from keystead.accounts.queries.door import of_family, on_team, opened, restrict
from keystead.accounts.queries.groups import readable_groups
from keystead.accounts.queries.labels import profile_help, profile_label
from keystead.accounts.rules import freshness_of
from keystead.accounts.types import (
    Account,
    AccountKind,
    Confidence,
    Identifier,
    Measure,
    MeasureKind,
    Merge,
    ProfileEntry,
    ProfileQuestion,
    Scheme,
    Span,
    TeamMember,
    TeamRole,
)
from keystead.kit.access import Actor


def identifiers_for(actor: Actor, account: Account | int) -> tuple[Identifier, ...]:
    """Return all identifiers, with those of accounts merged into it."""
    rows = models.AccountIdentifier.objects.filter(of_family(opened(actor, account).id))
    return tuple(as_identifier(row) for row in rows.order_by("scheme", "source", "value", "id"))


def measures_for(
    actor: Actor, account: Account | int, *, latest: bool = False, on: date | None = None
) -> tuple[Measure, ...]:
    """Return the measures by kind, newest first; ``latest`` keeps one per kind and currency.

    ``on`` leaves out what is dated later. On one day the more confident source comes first.
    """
    rows = models.AccountMeasure.objects.filter(of_family(opened(actor, account).id))
    if on is not None:
        rows = rows.filter(as_of__lte=on)
    order = list(MeasureKind)
    trust = list(Confidence)
    found = sorted(
        (as_measure(row) for row in rows),
        key=lambda item: (
            order.index(item.kind), -item.as_of.toordinal(), trust.index(item.confidence), item.id
        ),
    )  # fmt: skip
    if not latest:
        return tuple(found)
    first: dict[tuple[str, str], Measure] = {}
    for item in found:
        first.setdefault((item.kind, item.currency), item)
    return tuple(first.values())


def measures_of_all(actor: Actor, kinds: Iterable[MeasureKind]) -> tuple[Measure, ...]:
    """Return the measures of some kinds of every account the actor may see, oldest first.

    An account that was merged brings its measures to the one it lives on in.
    """
    rows = models.AccountMeasure.objects.filter(kind__in=list(kinds)).select_related("account")
    found = restrict(rows, actor).order_by("as_of", "id")
    return tuple(
        dataclasses.replace(as_measure(row), account_id=row.account.canonical_id or row.account_id)
        for row in found
    )


def profile_questions() -> tuple[ProfileQuestion, ...]:
    """Return the fields of the profile in their order, retired ones too."""
    return tuple(
        ProfileQuestion(
            key=row.key,
            label=profile_label(row.key, row.label),
            help=profile_help(row.key, row.help),
            kinds=tuple(AccountKind(kind) for kind in row.kinds),
            freshness_days=row.freshness_days,
            position=row.position,
            active=row.active,
            version=row.version,
            group=row.group,
        )
        for row in models.ProfileField.objects.order_by("position", "id")
    )


def profile_for(
    actor: Actor, account: Account | int, *, today: date | None = None, key: str | None = None
) -> tuple[ProfileEntry, ...]:
    """Return every field that applies to the account's kind, filled or empty, with its freshness.

    ``key``: that field alone. After a merge the account's own answer comes first, then the one
    reviewed last. Fields of a group that the actor may not read on this account are not there.
    """
    account = opened(actor, account)
    return entries_of(account, readable_groups(actor, account.id), today, key=key)


def entries_of(
    account: Account, groups: frozenset[str], today: date | None = None, *, key: str | None = None
) -> tuple[ProfileEntry, ...]:
    """Return the fields of these groups for an opened account; no rights are checked here."""
    day = today or timezone.localdate()
    values: dict[int, models.ProfileValue] = {}
    rows = models.ProfileValue.objects.filter(of_family(account.id))
    fields = models.ProfileField.objects.filter(active=True, group__in=groups)
    if key is not None:
        rows, fields = rows.filter(field__key=key), fields.filter(key=key)
    for row in sorted(rows, key=lambda row: (row.account_id == account.id, row.reviewed_on)):
        if row.value or row.field_id not in values:
            values[row.field_id] = row
    return tuple(
        _entry(field, values.get(field.pk), account.id, day)
        for field in fields.order_by("position", "id")
        if not field.kinds or account.kind in field.kinds
    )


def team_for(
    actor: Actor, account: Account | int, *, on: date | None = None, history: bool = False
) -> tuple[TeamMember, ...]:
    """Return who looks after the account on a day (default today), or everybody ever."""
    day = on or timezone.localdate()
    rows = models.AccountTeamMember.objects.filter(of_family(opened(actor, account).id))
    rows = rows.select_related("user")
    if on is None and not history:
        rows = rows.filter(on_team())  # to the moment, not only to the day
    order = list(TeamRole)
    members = [as_team_member(row) for row in rows]
    kept = [item for item in members if history or item.span.covers(day)]
    return tuple(
        sorted(kept, key=lambda item: (order.index(item.role), item.name.casefold(), item.id))
    )


def merges_for(actor: Actor, account: Account | int) -> tuple[Merge, ...]:
    """Return the merges the account took part in, newest first, undone ones too."""
    rows = models.AccountMerge.objects.filter(of_family(opened(actor, account).id, "target"))
    return tuple(as_merge(row) for row in rows.select_related("source", "target"))


def as_identifier(row: models.AccountIdentifier) -> Identifier:
    """Return the value for a stored row."""
    span = Span(row.valid_from, row.valid_to)
    return Identifier(
        row.pk, row.account_id, Scheme(row.scheme), row.value, row.source, span, row.version
    )


def as_measure(row: models.AccountMeasure) -> Measure:
    """Return the value for a stored row."""
    return Measure(
        id=row.pk,
        account_id=row.account_id,
        kind=MeasureKind(row.kind),
        value=row.value,
        unit=row.unit,
        currency=row.currency,
        as_of=row.as_of,
        source=row.source,
        confidence=Confidence(row.confidence),
        note=row.note,
        version=row.version,
    )


def as_team_member(row: models.AccountTeamMember) -> TeamMember:
    """Return the value for a stored row."""
    return TeamMember(
        id=row.pk,
        account_id=row.account_id,
        user_id=row.user_id,
        username=row.user.username,
        name=str(row.user),
        role=TeamRole(row.role),
        span=Span(row.valid_from, row.valid_to),
        version=row.version,
    )


def as_merge(row: models.AccountMerge) -> Merge:
    """Return the value for a stored row."""
    return Merge(
        id=row.pk,
        source_id=row.source_id,
        source_code=row.source.code,
        source_name=row.source.name,
        target_id=row.target_id,
        target_code=row.target.code,
        target_name=row.target.name,
        merged_on=timezone.localtime(row.merged_at).date(),
        merged_by=row.merged_by_name,
        why=row.why,
        undone=row.undone_at is not None,
    )


def _entry(
    field: models.ProfileField, row: models.ProfileValue | None, account_id: int, today: date
) -> ProfileEntry:
    own = row is not None and row.account_id == account_id
    value = row.value if row else ""
    reviewed_on = row.reviewed_on if row else None
    return ProfileEntry(
        id=row.pk if row and own else 0,
        key=field.key,
        label=profile_label(field.key, field.label),
        help=profile_help(field.key, field.help),
        value=value,
        reviewed_on=reviewed_on,
        reviewed_by=row.reviewed_by_name if row else "",
        source=row.source if row else "",
        freshness_days=field.freshness_days,
        freshness=freshness_of(value, reviewed_on, field.freshness_days, today),
        version=row.version if row and own else 0,
        group=field.group,
    )
