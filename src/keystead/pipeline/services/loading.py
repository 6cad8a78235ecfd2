"""What every write begins and ends with: the door, one row in the trail."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write, people_for_team
from keystead.accounts.types import Account
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.pipeline import models
from keystead.pipeline.queries.renewals import MISSING, visible

MOST_AMOUNT = Decimal("99999999999999")


def account_to_plan(actor: Actor, account_id: int) -> Account:
    """Return the account if the actor may write its pipeline: who writes its plan."""
    actor.require("pipeline.edit")
    return account_to_write(actor, account_id, name="plan")


def renewal_to_write(actor: Actor, renewal_id: int) -> models.RenewalRow:
    """Return the locked renewal if the actor may write the pipeline of its account."""
    actor.require("pipeline.edit")
    row = visible(actor).select_for_update(of=("self",)).filter(pk=renewal_id).first()
    if row is None:
        raise NotFound(_(MISSING), code="renewal_not_found")
    account_to_plan(actor, row.account_id)
    return row


def keep(
    actor: Actor,
    row: models.RenewalRow | models.OpportunityRow,
    verb: str,
    old: dict[str, Any] | None,
    *,
    expected: int | None = None,
    why: str = "",
    more: dict[str, Any] | None = None,
) -> None:
    """Save a renewal or opportunity under its version and write the one row of the trail."""
    subject = "renewal" if isinstance(row, models.RenewalRow) else "opportunity"
    row.save_checked(actor, expected)
    audit.record(
        actor=actor,
        action=f"{subject}.{verb}",
        subject=(subject, row.pk),
        old=old,
        new=row.snapshot() | (more or {}),
        why=why,
        account_id=row.account_id,
    )


def checked_amount(value: Decimal | None, name: str) -> Decimal | None:
    """Return an amount that can be kept; raises Invalid below zero and beyond all measure."""
    if value is not None and not 0 <= value <= MOST_AMOUNT:
        text = _("An amount is zero or more.")
        raise Invalid(text, code="amount", fields={name: text})
    return value


def checked_percent(value: Decimal | None, name: str) -> Decimal | None:
    """Return a probability in percent; raises Invalid outside 0 to 100."""
    if value is not None and not 0 <= value <= 100:
        text = _("A probability is between 0 and 100 %.")
        raise Invalid(text, code="percent", fields={name: text})
    return value


def checked_owner(actor: Actor, owner_id: int | None) -> int | None:
    """Return a person who may look at accounts; raises Invalid for anybody else."""
    if owner_id is None or owner_id == actor.user_id:
        return owner_id
    if owner_id not in {pk for pk, _name in people_for_team(actor)}:
        text = _("This person does not look after accounts.")
        raise Invalid(text, code="owner", fields={"owner": text})
    return owner_id


def checked_year(day: date | None, name: str) -> date | None:
    """Return a day that a business has; raises Invalid for a slip of the keyboard."""
    if day is not None and not 1990 <= day.year <= 2100:
        text = _("A year is between 1990 and 2100.")
        raise Invalid(text, code="year", fields={name: text})
    return day
