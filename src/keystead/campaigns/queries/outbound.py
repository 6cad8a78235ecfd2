"""Which campaigns nobody has approved yet: for the guard of what leaves."""

from __future__ import annotations

from keystead.accounts.queries import account_for, family_ids
from keystead.campaigns import models
from keystead.campaigns.types import ExpenseState
from keystead.kit.access import Actor

NOT_YET = (ExpenseState.PLANNED.value, ExpenseState.CANCELLED.value)


def unapproved_for(actor: Actor, account_id: int) -> tuple[str, ...]:
    """Return the names of campaigns of an account of which no expense is approved yet."""
    family = family_ids(account_for(actor, account_id).id)
    rows = models.Campaign.objects.filter(account_id__in=family)
    approved = models.Expense.objects.filter(campaign__in=rows).exclude(state__in=NOT_YET)
    names = rows.exclude(pk__in=approved.values("campaign_id")).values_list("name", flat=True)
    return tuple(dict.fromkeys(names))
