"""Begin an agreement from another one: last year's, or that of a related account."""

from __future__ import annotations

import dataclasses

from keystead.accounts.queries import account_to_write, ancestors
from keystead.accounts.types import Account
from keystead.agreements.queries.agreements import agreement_for, terms_of
from keystead.agreements.rules.life import RUNNING
from keystead.agreements.services.drawing import with_own_funds
from keystead.agreements.services.writing import create_agreement
from keystead.agreements.types import Agreement, Condition, Head, Terms
from keystead.governance.services.compliance import refuse_if_stopped, screen
from keystead.kernel.periods import Period, add_months
from keystead.kit.access import Actor


def copy_agreement(*, actor: Actor, agreement_id: int, head: Head) -> Agreement:
    """Return a new draft with the latest terms of an agreement, under a new head.

    For the same account it is next year's: it renews the old one once it is active, dates move
    with it, and frozen baselines are left behind. Terms of another customer are confidential
    (rule R-08): they are copied only within one group of companies. Needs the right to read the
    one and to write the other.
    """
    actor.require("agreements.edit")
    found = agreement_for(actor, agreement_id)
    target = account_to_write(actor, head.account_id, name="terms")
    same = target.id == found.account_id
    refuse_other_customer(actor, found.account_id, target.id, found.number, found.id)
    source = found.versions[-1]
    years = head.starts.year - source.effective.start.year
    terms = with_own_funds(moved(terms_of(source), years), target.id)
    renews = found.id if same and found.state in RUNNING else None
    return create_agreement(actor=actor, head=head, terms=terms, renews=renews)


def _related(actor: Actor, account_id: int, target: Account) -> bool:
    """Return whether two accounts are above or below each other, or under one roof."""
    one = {account_id, *(above.id for above in ancestors(actor, account_id))}
    other = {target.id, *(above.id for above in ancestors(actor, target))}
    return bool(one & other)


def refuse_other_customer(
    actor: Actor, account_id: int, target_id: int, name: str, agreement_id: int = 0
) -> None:
    """Stop terms of one customer on their way to another (rule R-08); a group may share them."""
    target = account_to_write(actor, target_id, name="terms")
    if target.id == account_id or _related(actor, account_id, target):
        return
    facts = {"holds_other_account_data": True, "agreement": name, "to": target.code}
    subject = ("agreement", agreement_id or name)
    refuse_if_stopped(
        screen(actor=actor, context="share", subject=subject, facts=facts, account_id=target.id)
    )


def moved(terms: Terms, years: int) -> Terms:
    """Return terms with every day moved by years; baselines that were read are left behind.

    A baseline that was typed moves along: its amounts are looked at before they are approved.
    """
    conditions = tuple(_condition(one, years) for one in terms.conditions)
    prices = tuple(dataclasses.replace(row, valid=_later(row.valid, years)) for row in terms.prices)
    targets = tuple(
        dataclasses.replace(one, period=_later(one.period, years)) for one in terms.targets
    )
    baselines = tuple(
        dataclasses.replace(
            one,
            frozen_on=None,
            months=tuple((add_months(month, 12 * years), sum_) for month, sum_ in one.months),
        )
        for one in terms.baselines
        if one.source == "typed"
    )
    return dataclasses.replace(
        terms, conditions=conditions, prices=prices, targets=targets, baselines=baselines
    )


def _condition(condition: Condition, years: int) -> Condition:
    tiers = tuple(
        dataclasses.replace(tier, valid=_later(tier.valid, years)) for tier in condition.tiers
    )
    targets = tuple(
        dataclasses.replace(one, period=_later(one.period, years)) for one in condition.targets
    )
    service = condition.service
    if service is not None:
        service = dataclasses.replace(service, due=_later(service.due, years))
    return dataclasses.replace(
        condition,
        tiers=tiers,
        targets=targets,
        service=service,
        valid=_later(condition.valid, years),
    )


def _later(period: Period | None, years: int) -> Period | None:
    return period.shift_years(years) if period is not None else None
