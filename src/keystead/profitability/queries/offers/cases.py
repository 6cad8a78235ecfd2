"""Cases as values, through the accounts' door: a foreign one answers like a missing one."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, family_ids, restrict
from keystead.agreements.calc.written import read
from keystead.agreements.queries import agreement_for
from keystead.agreements.types import Terms
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.profitability.calc.whatif.written import offer_read, setting_read
from keystead.profitability.models import OfferCaseRow
from keystead.profitability.types.offers import OfferCase, Origin

MISSING = "There is no such case, or it is not one of yours."


def visible_cases(actor: Actor) -> QuerySet[OfferCaseRow]:
    """Return the stored cases on whose accounts the actor may read terms."""
    if not actor.can("agreements.view"):
        return OfferCaseRow.objects.none()
    return restrict(OfferCaseRow.objects.all(), actor, name="terms")


def case_for(actor: Actor, case_id: int) -> OfferCase:
    """Return a case; NotFound when missing, foreign, or discarded."""
    actor.require("agreements.view")
    row = visible_cases(actor).filter(pk=case_id, discarded=False).first()
    if row is None:
        raise NotFound(_(MISSING), code="offer_case_not_found")
    return stored_case(row)


def cases_of(actor: Actor, account_id: int) -> tuple[OfferCase, ...]:
    """Return the cases of an account, the latest change first."""
    actor.require("agreements.view")
    account = account_for(actor, account_id)
    rows = visible_cases(actor).filter(account_id__in=family_ids(account.id), discarded=False)
    return tuple(stored_case(row) for row in rows)


def cases_about(actor: Actor, agreement_id: int) -> tuple[OfferCase, ...]:
    """Return the cases that an agreement was drafted from, or that began from it."""
    found = agreement_for(actor, agreement_id)
    about = Q(made_agreement_id=found.id) | Q(agreement_id=found.id)
    rows = visible_cases(actor).filter(about, discarded=False)
    return tuple(stored_case(row) for row in rows)


def stored_case(row: OfferCaseRow) -> OfferCase:
    """Return the value of a stored case. No rights are checked here."""
    return OfferCase(
        id=row.pk,
        account_id=row.account_id,
        name=row.name,
        span=Period(row.starts, row.ends),
        currency=row.currency,
        origin=Origin(row.origin),
        today=read(Terms, row.today),
        offers=tuple(offer_read(one) for one in row.offers),
        setting=setting_read(row.setting),
        commit=row.commit_no,
        base=Period(row.base_starts, row.base_ends),
        version=row.version,
        agreement_id=row.agreement_id,
        made_agreement=row.made_agreement_id,
        made_offer=row.made_offer,
        discarded=row.discarded,
    )
