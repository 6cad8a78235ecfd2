"""Write a case: its head, its issues, both sides."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write
from keystead.kernel.errors import Invalid
from keystead.kernel.money import currency_code
from keystead.kit.access import Actor
from keystead.negotiation import models
from keystead.negotiation.calc.packages.values import no_deal
from keystead.negotiation.calc.plans.terms import term_parts
from keystead.negotiation.calc.stored import issues_written, side_written
from keystead.negotiation.queries.cases import stored_case
from keystead.negotiation.services.loading import keep, row_to_write, told
from keystead.negotiation.types.cases import Side
from keystead.negotiation.types.room import CaseState, IssuePlan, Negotiation

NAME: Final = 120
MOST_ISSUES: Final = 60


@dataclasses.dataclass(frozen=True, kw_only=True)
class Head:
    """What a case is about; the mandate is ours alone."""

    name: str
    currency: str
    mandate: str = ""
    parties: tuple[str, ...] = ()
    state: CaseState = CaseState.PLANNED


def open_case(*, actor: Actor, account_id: int, head: Head) -> Negotiation:
    """Begin a negotiation with an account; needs ``negotiation.edit`` and the account's terms."""
    actor.require("negotiation.edit")
    account = account_to_write(actor, account_id, name="terms")
    with transaction.atomic():
        row = models.NegotiationRow(account_id=account.id)
        _take(row, head)
        keep(actor, row, "open", None)
    return stored_case(row)


def edit_case(
    *, actor: Actor, negotiation_id: int, expected_version: int | None, head: Head
) -> Negotiation:
    """Change the head of a case; Conflict when somebody was faster."""
    return _change(actor, negotiation_id, expected_version, "edit", lambda row: _take(row, head))


def set_issues(
    *,
    actor: Actor,
    negotiation_id: int,
    expected_version: int | None,
    issues: Sequence[IssuePlan],
) -> Negotiation:
    """Write the issues with options, weights, money and estimates, as one table.

    Drafts that no longer fit stay, and are refused when they are sent.
    """
    _check(issues)

    def change(row: models.NegotiationRow) -> None:
        row.issues = issues_written(issues)

    return _change(actor, negotiation_id, expected_version, "issues", change)


def set_sides(
    *, actor: Actor, negotiation_id: int, expected_version: int | None, ours: Side, theirs: Side
) -> Negotiation:
    """Write what both sides have without a deal, how they count, and what they need at least."""
    no_deal(ours)
    no_deal(theirs)

    def change(row: models.NegotiationRow) -> None:
        row.ours, row.theirs = side_written(ours), side_written(theirs)

    return _change(actor, negotiation_id, expected_version, "sides", change)


def _change(
    actor: Actor,
    negotiation_id: int,
    expected: int | None,
    action: str,
    change: Callable[[models.NegotiationRow], None],
) -> Negotiation:
    with transaction.atomic():
        row = row_to_write(actor, negotiation_id)
        old = told(row)
        change(row)
        keep(actor, row, action, old, expected)
    return stored_case(row)


def _take(row: models.NegotiationRow, head: Head) -> None:
    if not head.name.strip():
        text = _("Give the negotiation a name.")
        raise Invalid(text, code="name_missing", fields={"name": text})
    row.name = head.name.strip()[:NAME]
    row.currency = currency_code(head.currency)
    row.mandate = head.mandate.strip()[:2000]
    row.parties = [one.strip()[:NAME] for one in head.parties if one.strip()]
    row.state = head.state.value


def _check(issues: Sequence[IssuePlan]) -> None:
    if len(issues) > MOST_ISSUES:
        raise Invalid(
            _("At most %(most)s issues fit into a case.") % {"most": MOST_ISSUES}, code="issues"
        )
    names = [one.name for one in issues]
    for one in issues:
        options = [option.name for option in one.options]
        if names.count(one.name) > 1 or len(set(options)) != len(options):
            text = _("“%(name)s” is there twice.") % {"name": one.name}
            raise Invalid(text, code="named_twice")
        if len(options) < 2:
            text = _("“%(name)s” needs two options at least.") % {"name": one.name}
            raise Invalid(text, code="options")
        for option in one.options:
            if option.term:
                term_parts(option.term)
        if min(one.our_weight, one.their_weight, *(o.ours for o in one.options),
               *(o.theirs for o in one.options)) < 0:  # fmt: skip
            text = _("Weights and points of “%(name)s” are zero or more.") % {"name": one.name}
            raise Invalid(text, code="negative")
