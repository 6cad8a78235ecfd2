"""Splits as values, through the accounts' door. A draft is seen only by who may know what is ours.

A member whose account one may not see has no name here; exports need all of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, family_ids, restrict, scope_for
from keystead.kernel.errors import NotFound
from keystead.kernel.money import Money, minor_units
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.negotiation import models
from keystead.negotiation.calc.plans.stored import members_read, rules_read
from keystead.negotiation.calc.privacy import blanked
from keystead.negotiation.queries.cases import sees_private
from keystead.negotiation.types.fees import Bound
from keystead.negotiation.types.plans import (
    AgreedSplit,
    FeePlan,
    MemberShare,
    PlanMember,
    PlannedInvoice,
    PlanState,
)

Named = TypeVar("Named", PlanMember, MemberShare, PlannedInvoice)


def visible_plans(actor: Actor) -> QuerySet[models.FeePlanRow]:
    """Return the stored splits the actor may see: agreed ones, drafts with the private right."""
    if not actor.can("negotiation.view"):
        return models.FeePlanRow.objects.none()
    rows = restrict(models.FeePlanRow.objects.all(), actor, name="terms")
    return rows if sees_private(actor) else rows.filter(state=PlanState.AGREED)


def fee_plan_for(actor: Actor, plan_id: int) -> FeePlan:
    """Return a split; NotFound when missing, foreign, or a draft that is not for the actor."""
    actor.require("negotiation.view")
    row = visible_plans(actor).filter(pk=plan_id).first()
    if row is None:
        raise missing_plan()
    return _seen(actor, stored_plan(row))


def fee_plans_of(actor: Actor, account_id: int) -> tuple[FeePlan, ...]:
    """Return the splits of a consortium, the latest period first."""
    actor.require("negotiation.view")
    account = account_for(actor, account_id)
    rows = visible_plans(actor).filter(account_id__in=family_ids(account.id))
    return tuple(_seen(actor, stored_plan(row)) for row in rows)


def agreed_split_of(actor: Actor, plan_id: int) -> AgreedSplit | None:
    """Return what was agreed of a split, None while it is a draft."""
    found = fee_plan_for(actor, plan_id)
    row = models.AgreedSplitRow.objects.filter(plan_id=found.id).select_related("by").first()
    if row is None:
        return None
    made = stored_split(row)
    made = dataclasses.replace(made, shares=named(actor, made.shares))
    return made if sees_private(actor) else blanked(made)


def fees_before(
    account_id: int, starts: object, known_by: datetime | None = None
) -> dict[int, Decimal]:
    """Return what each member paid by the latest agreed split that began before a day.

    ``known_by``: only splits agreed by that moment. No rights are checked here: a service that may
    write the split asks.
    """
    rows = models.AgreedSplitRow.objects.filter(
        plan__account_id__in=family_ids(account_id), plan__starts__lt=starts
    )
    if known_by is not None:
        rows = rows.filter(at__lte=known_by)
    row = rows.order_by("-plan__starts", "-plan__number").first()
    if row is None:
        return {}
    shares = models.MemberShareRow.objects.filter(split=row, joined=True)
    return {one.member_id: plain_money(one.fee, row.currency) for one in shares}


def named(actor: Actor, items: Iterable[Named]) -> tuple[Named, ...]:
    """Return the items; those of accounts the actor may not see without code and name."""
    scope = scope_for(actor)
    return tuple(
        one
        if one.account_id in scope
        else dataclasses.replace(one, account_id=0, code=f"?{at}", name="", hidden=True)
        for at, one in enumerate(items, 1)
    )


def missing_plan() -> NotFound:
    return NotFound(_("There is no such split, or it is not one of yours."), code="plan_not_found")


def _seen(actor: Actor, found: FeePlan) -> FeePlan:
    found = dataclasses.replace(found, members=named(actor, found.members))
    return found if sees_private(actor) else blanked(found)


def stored_plan(row: models.FeePlanRow) -> FeePlan:
    """Return the value of a stored split. No rights are checked here."""
    return FeePlan(
        id=row.pk,
        account_id=row.account_id,
        name=row.name,
        number=row.number,
        state=PlanState(row.state),
        period=Period(row.starts, row.ends),
        total=Money(plain_money(row.total, row.currency), row.currency),
        members=members_read(row.members),
        rules=rules_read(row.rules),
        version=row.version,
        replaces=row.replaces_id,
        read_on=row.read_on,
        note=row.note,
    )


def stored_split(row: models.AgreedSplitRow) -> AgreedSplit:
    """Return the value of an agreed split with its shares. No rights are checked here."""
    shares = models.MemberShareRow.objects.filter(split=row)
    by = row.by
    return AgreedSplit(
        plan_id=row.plan_id,
        total=Money(plain_money(row.total, row.currency), row.currency),
        agreed_on=row.agreed_on,
        content_hash=row.content_hash,
        shares=tuple(stored_share(one, row.currency) for one in shares),
        by_name=by.get_full_name() or by.get_username() if by is not None else "",
    )


def stored_share(row: models.MemberShareRow, currency: str) -> MemberShare:
    return MemberShare(
        account_id=row.member_id,
        code=row.code,
        name=row.name,
        joined=row.joined,
        fee=plain_money(row.fee, currency),
        share_pct=row.share_pct,
        previous=None if row.previous is None else plain_money(row.previous, currency),
        bound=Bound(row.bound) if row.bound else None,
        reason=row.reason,
    )


def plain_money(amount: Decimal, currency: str) -> Decimal:
    """Return a stored amount at the decimals of its currency; more of them stay."""
    places = minor_units(currency)
    exact = amount.quantize(Decimal(1).scaleb(-places))
    return exact if exact == amount else amount
