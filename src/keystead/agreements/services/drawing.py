"""Conditions that are paid out of a fund: whose fund it is, and what settling takes out of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.calc.funds import refuse_overspending
from keystead.agreements.queries.funds import funds_named, stored_fund
from keystead.agreements.services.funds import move_fund
from keystead.agreements.types import Agreement, AgreementVersion, Condition, Terms
from keystead.agreements.types.funds import FundEntryKind
from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money
from keystead.kit.access import Actor

K = FundEntryKind


def refuse_unknown_funds(
    version: AgreementVersion, account_id: int, *, only: str | None = None
) -> None:
    """Refuse a fund that the customer does not have, or one in another currency.

    ``only``: the condition that is being saved; the others were looked at when they were.
    """
    wanted = [one for one in version.conditions if one.fund and only in (None, one.key)]
    known = funds_named(account_id) if wanted else {}
    wrong: dict[str, str] = {}
    for condition in wanted:
        found = known.get(condition.fund.casefold())
        if found is None:
            told = _("The customer has no fund %(fund)s.") % {"fund": condition.fund}
            wrong[f"{condition.key}.fund"] = told
        elif found.currency != version.currency:
            told = _("The fund %(fund)s is in another currency.") % {"fund": found.name}
            wrong[f"{condition.key}.fund"] = told
    if wrong:
        text = next(iter(wrong.values()))
        fields = {"": " ".join(wrong.values())}
        raise Invalid(text, code="fund_unknown", places=wrong, fields=fields)


def with_own_funds(terms: Terms, account_id: int) -> Terms:
    """Return terms without the funds of another customer: money is never taken from there."""
    known = funds_named(account_id)
    return dataclasses.replace(
        terms,
        conditions=tuple(
            dataclasses.replace(one, fund="") if one.fund.casefold() not in known else one
            for one in terms.conditions
        ),
    )


def draw_on_funds(
    *,
    actor: Actor,
    agreement: Agreement,
    due: Iterable[tuple[str, Money]],
    subject: str,
    on: date,
    proof: str,
) -> None:
    """Take what is paid for conditions out of the funds they name; what comes back goes back in.

    Called inside the transaction that settles, by who checked the rights. Invalid where a fund
    has less left than this, or has expired on that day.
    """
    terms = _latest(agreement)
    sums: dict[str, Money] = {}
    for key, amount in due:
        name = terms[key].fund.casefold() if key in terms else ""
        if name:
            sums[name] = sums.get(name, Money.zero(amount.currency)) + amount
    known = funds_named(agreement.account_id) if sums else {}
    for name, amount in sums.items():
        if name in known and amount:
            _draw(actor, known[name].pk, amount, on, subject, proof)


def _draw(actor: Actor, fund_id: int, amount: Money, on: date, subject: str, proof: str) -> None:
    row = models.Fund.objects.select_for_update().get(pk=fund_id)
    if amount.amount > 0:
        refuse_overspending(stored_fund(row).balance, amount, on)
        move_fund(actor, row, K.COMMIT, amount.amount, on, subject)
        move_fund(actor, row, K.SPEND, amount.amount, on, subject, proof=proof)
        return
    move_fund(actor, row, K.SPEND, amount.amount, on, subject, reason=proof)
    move_fund(actor, row, K.RELEASE, -amount.amount, on, subject, reason=proof)


def _latest(agreement: Agreement) -> Mapping[str, Condition]:
    return {one.key: one for version in agreement.versions for one in version.conditions}
