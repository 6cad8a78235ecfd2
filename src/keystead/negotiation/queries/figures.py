"""The members of a consortium on a day, with the figures their fees may be measured by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils import timezone

from keystead.accounts.queries import families_below, measures_for, members_of
from keystead.accounts.types import Account, Membership, MembershipRole
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate
from keystead.negotiation.types.plans import PlanMember

# The figures that are read of metrics, under the name they have in a split.
USE: Final = "use"
SPEND: Final = "spend"
WEIGHT: Final = "weight"
METRICS: Final[Mapping[str, str]] = {USE: "unique_requests", SPEND: "sell_in"}
ROLES: Final = (MembershipRole.CONSORTIUM_MEMBER, MembershipRole.PARENT)


def members_on(actor: Actor, account: Account, day: date) -> tuple[Membership, ...]:
    """Return who belongs to the consortium on a day: its members, or else what is below it."""
    for role in ROLES:
        found = members_of(actor, account, role=role, on=day)
        if found:
            return tuple({one.member_id: one for one in found}.values())
    return ()


def members_read(
    actor: Actor,
    account: Account,
    day: date,
    currency: str,
    *,
    fees: Mapping[int, Decimal] | None = None,
) -> tuple[PlanMember, ...]:
    """Return the members with their figures as they are known on a day.

    Sizes come from the accounts, use and spend of the last twelve whole months from the metrics,
    last year's fee from ``fees`` (by account) or else from the spend. A figure that the actor may
    not see, or that nobody knows, is not there.
    """
    found = members_on(actor, account, day)
    families = families_below([one.member_id for one in found], day)
    measured, proofs = _metrics(actor, families, months_before(day), currency)
    return tuple(
        _member(actor, one, measured[one.member_id], proofs[one.member_id], (day, currency), fees)
        for one in found
    )


def months_before(day: date) -> Period:
    """Return the last twelve whole months before a day, none of them to come."""
    end = month_start(min(day, timezone.localdate()))
    return Period(add_months(end, -12), end)


def _member(
    actor: Actor,
    one: Membership,
    measured: Mapping[str, Decimal],
    proofs: Mapping[str, str],
    at: tuple[date, str],
    fees: Mapping[int, Decimal] | None,
) -> PlanMember:
    day, currency = at
    figures = dict(measured)
    if one.weight is not None:
        figures[WEIGHT] = one.weight
    for size in measures_for(actor, one.member_id, latest=True, on=day):
        if size.currency in ("", currency):
            figures[size.kind.value] = _short(size.value)
    known = fees or {}
    previous = known.get(one.member_id, measured.get(SPEND) if not known else None)
    return PlanMember(
        one.member_id, one.member_code, one.member_name, figures, previous, proofs=dict(proofs)
    )


def _short(value: Decimal) -> Decimal:
    """Return a stored number without the zeros that only its column added."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def _metrics(
    actor: Actor, families: Mapping[int, frozenset[int]], period: Period, currency: str
) -> tuple[dict[int, dict[str, Decimal]], dict[int, dict[str, str]]]:
    """Return figures and their proofs by member, those of all below a member added to it."""
    found: dict[int, dict[str, Decimal]] = {one: {} for one in families}
    proofs: dict[int, dict[str, str]] = {one: {} for one in families}
    wanted = sorted({one for family in families.values() for one in family})
    if not wanted:
        return found, proofs
    for name, metric in METRICS.items():
        answers = _values(actor, metric, wanted, period, currency)
        for member, family in families.items():
            values = [answers[one] for one in sorted(family) if one in answers]
            if values:
                found[member][name] = sum((value for value, _proof in values), Decimal(0))
            if len(values) == 1:
                proofs[member][name] = values[0][1]
    return found, proofs


def _values(
    actor: Actor, metric: str, accounts: Sequence[int], period: Period, currency: str
) -> dict[int, tuple[Decimal, str]]:
    if not actor.can("metrics.view"):
        return {}
    try:
        seen = evaluate(
            actor=actor, metrics=[metric], by=("account",), period=period,
            filters={"account": list(accounts)},
            currency=currency if metric == METRICS[SPEND] else None,
        )  # fmt: skip
    except NotAllowed:
        return {}  # not a figure of the actor's: the column is not there
    except Invalid as error:
        if error.code != "no_rate":
            raise
        return {}
    made: dict[int, tuple[Decimal, str]] = {}
    for account_id in seen.table["account"].to_pylist():
        figure = seen.figure(metric, account=account_id)
        if figure.value is not None:
            value = Decimal(str(figure.value)).quantize(Decimal("0.01"))
            made[account_id] = (value, figure.proof_id)
    return made
