"""What growth is counted from, read once at signing and kept with its proof."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from keystead.accounts.queries import descendants
from keystead.agreements.calc.volumes import Counting
from keystead.agreements.queries.agreements import terms_of
from keystead.agreements.queries.naming import named_in
from keystead.agreements.queries.sales import accounts_of, sales
from keystead.agreements.rules.conditions import GROWTH
from keystead.agreements.types import (
    AgreementVersion,
    Baseline,
    Condition,
    Measure,
    Scope,
    Terms,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import Actor
from keystead.metrics.queries import evaluate

PLACES = Decimal("0.0001")
SOURCE = "sell_in"
_FILTERS = {
    "products": "product",
    "brands": "brand",
    "categories": "category",
    "channels": "channel",
}


def with_baselines(actor: Actor, account_id: int, version: AgreementVersion, on: date) -> Terms:
    """Return the terms with every baseline that a growth condition names and nobody typed in.

    One amount for each month of the agreement: sell-in of the same month a year before, of the
    account and all below it, within the scope. Raises Invalid where there is no sell-in: a
    baseline is then typed, never guessed.
    """
    terms = terms_of(version)
    known = {found.key for found in terms.baselines if not lacking(found, version)}
    made: list[Baseline] = []
    for condition in terms.conditions:
        if condition.tier_measure in GROWTH and condition.baseline not in known:
            known.add(condition.baseline)
            made.append(_read(actor, account_id, version, condition, on))
    more = {one.key: one for one in made}
    kept = tuple(_longer(one, more.pop(one.key, None), on) for one in terms.baselines)
    return dataclasses.replace(terms, baselines=(*kept, *more.values()))


def lacking(found: Baseline, version: AgreementVersion) -> bool:
    """Return whether a baseline that was read lacks months: an amendment made it longer."""
    held = dict(found.months)
    months = version.effective.month_starts()
    return found.source == SOURCE and any(month not in held for month in months)


def _longer(found: Baseline, more: Baseline | None, on: date) -> Baseline:
    """What was frozen stays; only months that were not there are added."""
    if more is None:
        return dataclasses.replace(found, frozen_on=found.frozen_on or on)
    months = {**dict(more.months), **dict(found.months)}
    return dataclasses.replace(found, months=tuple(sorted(months.items())))


def _read(
    actor: Actor, account_id: int, version: AgreementVersion, condition: Condition, on: date
) -> Baseline:
    first = month_start(version.effective.start)
    span = Period(add_months(first, -12), add_months(month_start(version.effective.last), -11))
    scopes = (version.scope, condition.scope)
    if any(_apart(scope) for scope in scopes):
        sums, proof = _summed(actor, account_id, version, condition, span), ""
    else:
        sums, proof = _evaluated(actor, account_id, version.currency, scopes, span)
    if not sums or sum(sums.values()) <= 0:
        raise Invalid(
            _("There is no sell-in a year before to count the growth of “%(key)s” from.")
            % {"key": condition.label or condition.key},
            code="no_baseline",
            hint=_("Type the baseline into the terms."),
        )
    months = tuple(
        (add_months(month, 12), Decimal(sums.get(month, 0)).quantize(PLACES))
        for month in span.month_starts()
    )
    return Baseline(
        condition.baseline, Measure.NET_VALUE, months, currency=version.currency,
        source=SOURCE, proof_id=proof, frozen_on=on,
    )  # fmt: skip


def _evaluated(
    actor: Actor, account_id: int, currency: str, scopes: Sequence[Scope], span: Period
) -> tuple[dict[date, Decimal], str]:
    """Return sell-in by month as the metric says it, with its proof."""
    filters: dict[str, Any] = {"account": [account_id, *sorted(descendants(account_id))]}
    for scope in scopes:
        for name, wanted in _filters(scope).items():
            filters[name] = [one for one in filters.get(name, wanted) if one in wanted]
    found = evaluate(
        actor=actor, metrics=["sell_in"], by=("month",), period=span, filters=filters,
        currency=currency,
    )  # fmt: skip
    amounts = {row["month"]: row["sell_in"] for row in found.rows()}
    sums = {
        month: Decimal(figure.value)
        for month, figure in amounts.items()
        if figure.value is not None
    }
    return sums, next((figure.proof_id for figure in amounts.values()), "")


def _summed(
    actor: Actor, account_id: int, version: AgreementVersion, condition: Condition, span: Period
) -> dict[date, Decimal]:
    """Return sell-in by month within scopes that no filter of a metric can say.

    A product group counts as it is in the month of the agreement, so that like is compared
    with like.
    """
    named = named_in((version,), months=-12)
    accounts = accounts_of(account_id)
    counted = sales(actor, sorted(accounts), span, version.currency, named)
    scopes = (version.scope, condition.scope)
    found = counted.months(accounts, scopes, Counting.of(condition))
    return {month: sums.value for month, sums in found.items()}


def _apart(scope: Scope) -> bool:
    """Return whether a scope says more than the filters of a metric can."""
    held = scope.include
    return bool(held.accounts or held.ship_tos or held.groups) or not scope.exclude.is_empty


def _filters(scope: Scope) -> dict[str, Any]:
    return {
        name: list(getattr(scope.include, field))
        for field, name in _FILTERS.items()
        if getattr(scope.include, field)
    }
