"""Links between accounts: the tree, consortia, who ships to whom."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries.door import family_ids, restrict
from keystead.accounts.queries.tree import as_membership, parent_edges
from keystead.accounts.rules import Edge, cycle_through
from keystead.accounts.rules.fields import tidy
from keystead.accounts.services.loading import (
    account_row,
    check_span,
    chosen,
    delete_checked,
    lock_tree,
    missing,
)
from keystead.accounts.types import Membership, MembershipRole, Span
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor


def add_membership(
    *,
    actor: Actor,
    member_id: int,
    group_id: int,
    role: MembershipRole | str = MembershipRole.PARENT,
    valid_from: date | None = None,
    valid_to: date | None = None,
    weight: Decimal | None = None,
    source: str = "",
) -> Membership:
    """Return the new membership over half-open dates; needs both accounts and ``accounts.edit``.

    Raises Invalid for an account inside itself, for a second parent on a common day, for the same
    link twice on a common day, and for a parent that would close a cycle on any day.
    """
    check_span(valid_from, valid_to)
    kind, span = chosen(MembershipRole, role, "role"), Span(valid_from, valid_to)
    if weight is not None and (not weight.is_finite() or not 0 <= weight < 100_000):
        raise Invalid(_("Give a weight from zero on."), field="weight")
    with transaction.atomic():
        lock_tree()
        member, group = account_row(actor, member_id), account_row(actor, group_id)
        if member.pk == group.pk:
            text = _("An account cannot belong to itself.")
            raise Invalid(text, code="membership_self", field="group")
        _check_overlaps(member, group, kind, span)
        if kind is MembershipRole.PARENT:
            _check_cycle(actor, Edge(member.pk, group.pk, span))
        row = models.AccountMembership(
            member=member,
            group=group,
            role=kind,
            valid_from=valid_from,
            valid_to=valid_to,
            weight=None if weight is None else round(weight, 4),
            source=tidy(source)[:120],
        )
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="account.membership.add",
            subject=("account_membership", row.pk),
            new=row.snapshot(),
            account_id=member.pk,
        )
    return as_membership(row)


def end_membership(
    *, actor: Actor, membership_id: int, valid_to: date, version: int | None = None
) -> Membership:
    """Return the membership with its end set: the first day on which it no longer holds.

    It can only be made shorter: a longer one is a new membership.
    """
    with transaction.atomic():
        row = _row(actor, membership_id)
        if row.valid_to is not None and valid_to > row.valid_to:
            text = _("It ended earlier already. Add a new membership for the time after.")
            raise Invalid(text, code="membership_longer", field="valid_to")
        check_span(row.valid_from, valid_to)
        if row.valid_to == valid_to:
            return as_membership(row)
        old = row.snapshot()
        row.valid_to = valid_to
        row.save_checked(actor, version)
        audit.record(
            actor=actor,
            action="account.membership.end",
            subject=("account_membership", row.pk),
            old=old,
            new=row.snapshot(),
            account_id=row.member_id,
        )
    return as_membership(row)


def remove_membership(*, actor: Actor, membership_id: int, version: int | None = None) -> None:
    """Remove a membership that was never right; one that is over gets a last day instead."""
    with transaction.atomic():
        row = _row(actor, membership_id)
        old = row.snapshot()
        delete_checked(row, version)
        audit.record(
            actor=actor,
            action="account.membership.remove",
            subject=("account_membership", membership_id),
            old=old,
            account_id=row.member_id,
        )


def _row(actor: Actor, membership_id: int) -> models.AccountMembership:
    rows = models.AccountMembership.objects.filter(pk=membership_id)
    rows = restrict(restrict(rows, actor, account="member_id"), actor, account="group_id")
    row = rows.select_related("member__canonical", "group__canonical").first()
    if row is None:
        raise missing(membership_id)
    actor.require("accounts.edit")
    return row


def _check_overlaps(
    member: models.Account, group: models.Account, role: MembershipRole, span: Span
) -> None:
    members, groups = family_ids(member.pk), family_ids(group.pk)
    rows = models.AccountMembership.objects.filter(member_id__in=members, role=role)
    rows = rows.exclude(group_id__in=members)  # a link inside a merged family counts for nothing
    if role is not MembershipRole.PARENT:
        rows = rows.filter(group_id__in=groups)
    for row in rows:
        if not span.overlaps(Span(row.valid_from, row.valid_to)):
            continue
        if row.group_id in groups:
            text = _("This membership is there already.")
            raise Invalid(text, code="membership_twice", field="group")
        raise Invalid(
            _("An account has one parent at a time, and there is one in these dates."),
            code="membership_second_parent",
            hint=_("End the present one first, or start this one after it."),
            field="group",
        )


def _check_cycle(actor: Actor, edge: Edge) -> None:
    path = cycle_through(edge.member, [*parent_edges(), edge])
    if path is None:
        return
    rows = restrict(models.Account.objects.filter(pk__in=path), actor)
    codes = {row.pk: row.code for row in rows}
    shown = " → ".join(codes.get(pk, "…") for pk in path)
    raise Invalid(
        _("This would put an account under itself: %(path)s.") % {"path": shown},
        code="membership_cycle",
        hint=_("Choose another parent, or end one of these links first."),
        field="group",
    )
