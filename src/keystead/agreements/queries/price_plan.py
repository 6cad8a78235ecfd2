"""The price that a customer pays for a product, month by month, as it was agreed or listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeAlias

from django.db.models import Count, Max, Q, Sum

from keystead.accounts.queries import ancestors
from keystead.agreements import models
from keystead.agreements.calc.prices import Asked, choose_price
from keystead.agreements.queries.agreements import in_force, stored_many
from keystead.agreements.rules.life import ENDED, RUNNING, SIGNED
from keystead.agreements.types import Agreement, AgreementState
from keystead.catalog.queries import group_spans, list_prices_stamp, prices_of, product_dimension
from keystead.catalog.types import GroupSpan, Price, PricePurpose
from keystead.kernel.errors import Invalid
from keystead.kit.access import SYSTEM
from keystead.kit.models import Compiled, aggregated

Wanted: TypeAlias = tuple[int, int]  # account, product
Groups: TypeAlias = Mapping[str, Sequence[GroupSpan]]
MIDDLE = 15
THURSDAY = timedelta(days=3)


def price_plan(
    wanted: Mapping[Wanted, str], months: Sequence[date], *, weeks: bool = False
) -> dict[Wanted, tuple[Decimal | None, ...]]:
    """Return the price of one unit in the middle of each month, for account and product.

    With ``weeks``: the months are Mondays, and the price is that of the Thursday.
    ``wanted`` names the currency of each. First the price rows of signed versions of the
    account's own agreements, then of those above it, the later agreement first; without a row the
    net list price; without that None. Prices in another currency say nothing. No rights are
    checked: for rooms that calculate with prices and show none of them.
    """
    if not wanted or not months:
        return {}
    above = {
        account: (account, *(one.id for one in ancestors(SYSTEM, account)))
        for account in {account for account, _product in wanted}
    }
    held = _agreements({one for line in above.values() for one in line}, months)
    rows = (row for many in held.values() for a in many for v in a.versions for row in v.prices)
    groups: Groups = group_spans() if any(row.group for row in rows) else {}
    units = _units()
    days = tuple(one + THURSDAY if weeks else one.replace(day=MIDDLE) for one in months)
    owned = {one.account for many in held.values() for a in many for v in a.versions
             for one in v.prices if one.account is not None}  # fmt: skip
    lines: dict[tuple[object, ...], tuple[Decimal | None, ...]] = {}
    found: dict[Wanted, tuple[Decimal | None, ...]] = {}
    for (account, product), currency in wanted.items():
        mine = [one for owner in above[account] for one in held.get(owner, ())]
        # Customers with the same agreements pay the same, unless a row names one of them.
        same = account if account in owned else 0, *(one.id for one in mine), product, currency
        if same not in lines:
            listed = prices_of(PricePurpose.LIST, currency).get(product, ()) if currency else ()
            some = [_of_product(one, product) for one in mine]
            some = [one for one in some if any(version.prices for version in one.versions)]
            asked = account, product, currency
            lines[same] = tuple(_price(some, listed, asked, groups, units, day) for day in days)
        found[account, product] = lines[same]
    return found


def prices_stamp() -> tuple[object, ...]:
    """Return what changes when a price plan may: agreements, what was signed, list prices."""
    return (
        *_stamps.rows(models.Agreement),
        *_signed.rows(AgreementState.ACTIVE.value),
        *list_prices_stamp(),
    )


_stamps = Compiled(
    lambda model: aggregated(
        model.objects.all(), n=Count("id"), versions=Sum("version"), at=Max("changed_at")
    )
)
_signed = Compiled(
    lambda state: aggregated(
        models.AgreementVersion.objects.all(), n=Count("id"), last=Max("id"),
        active=Count("id", filter=Q(state=state)),
    )
)  # fmt: skip


def _of_product(agreement: Agreement, product: int) -> Agreement:
    """The agreement with only the prices that may be about a product, versions without any too."""
    return replace(
        agreement,
        versions=tuple(
            replace(one, prices=tuple(row for row in one.prices if row.product in (None, product)))
            for one in agreement.versions
        ),
    )


def _agreements(accounts: set[int], months: Sequence[date]) -> dict[int, list[Agreement]]:
    states = [one.value for one in RUNNING | SIGNED | ENDED]
    rows = models.Agreement.objects.filter(
        account_id__in=accounts, state__in=states, ends__gte=min(months)
    ).order_by("-starts", "-id")
    found: dict[int, list[Agreement]] = defaultdict(list)
    for one in stored_many(list(rows)):
        signed = in_force(one)
        if any(version.prices for version in signed.versions):
            found[one.account_id].append(signed)
    return found


def _price(
    agreements: Sequence[Agreement],
    listed: Sequence[Price],
    wanted: tuple[int, int, str],
    groups: Groups,
    units: Mapping[int, str],
    day: date,
) -> Decimal | None:
    account, product, currency = wanted
    for one in agreements:
        version = one.in_force(day)
        if version is None or version.currency != currency:
            continue
        rows = [row for row in version.prices
                if row.product in (None, product) and row.currency == currency]  # fmt: skip
        asked = Asked(product, day, account, groups=_groups_on(groups, product, day),
                      unit=units.get(product, ""))  # fmt: skip
        try:
            row = choose_price(rows, asked)
        except Invalid:
            return None  # two rows of equal rank: the agreement's own page says so
        if row is not None:
            return row.amount
    return next((price.net for price in listed if price.span.covers(day)), None)


def _groups_on(groups: Groups, product: int, day: date) -> frozenset[str]:
    return frozenset(
        code
        for code, spans in groups.items()
        for span in spans
        if product in span.products
        and (span.first is None or span.first <= day)
        and (span.until is None or day < span.until)
    )


def _units() -> dict[int, str]:
    table = product_dimension().select(["product_id", "unit"])
    return {row["product_id"]: row["unit"] or "" for row in table.to_pylist()}
