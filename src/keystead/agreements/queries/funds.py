"""Funds with their balances, through the accounts' door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, family_ids, restrict
from keystead.agreements import models
from keystead.agreements.queries.agreements import stored, visible
from keystead.agreements.types import Agreement, Condition, FundBalance
from keystead.agreements.types.funds import (
    Fund,
    FundEntryKind,
    FundHead,
    FundKind,
    FundMove,
    LinkedFund,
)
from keystead.kernel.errors import NotFound
from keystead.kernel.money import Money
from keystead.kit.access import Actor

MISSING = "There is no such fund, or it is not one of yours."
K = FundEntryKind


def visible_funds(actor: Actor) -> QuerySet[models.Fund]:
    """Return the stored funds of the accounts whose campaigns the actor may read."""
    if not actor.can("campaigns.view"):
        return models.Fund.objects.none()
    return restrict(models.Fund.objects.select_related("agreement"), actor, name="campaign")


def funds_for(actor: Actor, *, account_id: int | None = None) -> tuple[Fund, ...]:
    """Return the funds the actor may read, by account and name."""
    actor.require("campaigns.view")
    rows = visible_funds(actor)
    if account_id is not None:
        rows = rows.filter(account_id__in=family_ids(account_for(actor, account_id).id))
    listed = list(rows.order_by("account_id", "name"))
    sums, read = sums_of(listed), _terms_read(actor, listed)
    return tuple(
        as_fund(row, sums.get(row.pk, {}), terms=row.agreement_id in read) for row in listed
    )


def fund_for(actor: Actor, fund_id: int) -> Fund:
    """Return a fund with its balance; NotFound when missing or foreign."""
    actor.require("campaigns.view")
    row = visible_funds(actor).filter(pk=fund_id).first()
    if row is None:
        raise NotFound(_(MISSING), code="fund_not_found")
    read = _terms_read(actor, [row])
    return as_fund(row, sums_of([row]).get(row.pk, {}), terms=row.agreement_id in read)


def _terms_read(actor: Actor, rows: Iterable[models.Fund]) -> set[int]:
    """Return the agreements of funds whose terms the actor may read."""
    named = {row.agreement_id for row in rows if row.agreement_id is not None}
    if not named or not actor.can("agreements.view"):
        return set()
    return set(visible(actor).filter(pk__in=named).order_by().values_list("pk", flat=True))


def moves_of(fund_id: int) -> tuple[FundMove, ...]:
    """Return the movements of a fund in their order. The caller came through its door."""
    rows = models.FundEntry.objects.filter(fund_id=fund_id).select_related("by", "fund")
    return tuple(
        FundMove(
            row.pk, FundEntryKind(row.kind), Money(row.amount, row.fund.currency), row.on,
            row.subject, row.proof, row.reason, str(row.by or ""), row.at,
        )
        for row in rows.order_by("id")
    )  # fmt: skip


def linked_funds(actor: Actor, agreement: Agreement) -> tuple[LinkedFund, ...]:
    """Return the funds that belong to an agreement or that its conditions are paid from.

    Empty for those who may not read the campaigns of its account.
    """
    drawing: dict[str, dict[str, Condition]] = {}
    for version in agreement.versions:
        for one in version.conditions:
            if one.fund:
                drawing.setdefault(one.fund.casefold(), {})[one.key] = one
    rows = visible_funds(actor).filter(account_id__in=family_ids(agreement.account_id))
    listed = [
        row
        for row in rows.order_by("expires", "name")
        if row.agreement_id == agreement.id or row.name.casefold() in drawing
    ]
    sums = sums_of(listed)
    return tuple(
        LinkedFund(
            as_fund(row, sums.get(row.pk, {}), terms=True),
            tuple(drawing.get(row.name.casefold(), {}).values()),
        )
        for row in listed
    )


def funds_named(account_id: int) -> dict[str, models.Fund]:
    """Return the funds of an account by name, in small letters. No rights are checked here."""
    rows = models.Fund.objects.filter(account_id__in=family_ids(account_id)).order_by("id")
    return {row.name.casefold(): row for row in rows}


def is_named(row: models.Fund) -> bool:
    """Return whether conditions of the customer, in any version, are paid from a fund."""
    name = row.name.casefold()
    held = models.Agreement.objects.filter(account_id__in=family_ids(row.account_id))
    return any(
        condition.fund.casefold() == name
        for one in held
        for version in stored(one).versions
        for condition in version.conditions
    )


def sums_of(rows: Iterable[models.Fund]) -> dict[int, dict[str, Decimal]]:
    """Return the sum of each kind of movement by fund."""
    found: dict[int, dict[str, Decimal]] = {}
    moves = models.FundEntry.objects.filter(fund__in=[row.pk for row in rows])
    for fund_id, kind, total in (
        moves.order_by().values_list("fund_id", "kind").annotate(total=Sum("amount"))
    ):
        found.setdefault(fund_id, {})[kind] = total
    return found


def stored_fund(row: models.Fund) -> Fund:
    """Return a stored fund with its balance. No rights are checked here."""
    return as_fund(row, sums_of([row]).get(row.pk, {}), terms=True)


def held_by(fund_id: int, subject: str) -> Decimal:
    """Return what is promised of a fund to a subject and neither taken back nor spent."""
    rows = models.FundEntry.objects.filter(fund_id=fund_id, subject=subject)
    sums = dict(rows.order_by().values_list("kind").annotate(total=Sum("amount")))
    zero = Decimal(0)
    return (
        sums.get(K.COMMIT.value, zero)
        - sums.get(K.RELEASE.value, zero)
        - sums.get(K.SPEND.value, zero)
    )


def as_fund(row: models.Fund, sums: Mapping[str, Decimal], *, terms: bool) -> Fund:
    """Return the value of a stored fund; without ``terms`` its agreement stays unnamed."""
    money = {kind: Money(sums.get(kind.value, Decimal(0)), row.currency) for kind in K}
    fixed = FundKind(row.kind) is FundKind.FIXED
    budget = Money(row.budget or Decimal(0), row.currency) if fixed else money[K.ACCRUE]
    head = FundHead(
        account_id=row.account_id,
        name=row.name,
        kind=FundKind(row.kind),
        currency=row.currency,
        starts=row.starts,
        expires=row.expires,
        budget=row.budget,
        rate_pct=row.rate_pct,
        agreement_id=row.agreement_id if terms else None,
        note=row.note,
    )
    committed = money[K.COMMIT] - money[K.RELEASE]
    return Fund(
        id=row.pk,
        head=head,
        agreement_number=row.agreement.number if row.agreement and terms else "",
        accrued=money[K.ACCRUE],
        balance=FundBalance(row.name, budget, committed, money[K.SPEND], row.expires),
        version=row.version,
    )
