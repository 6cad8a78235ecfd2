"""Cases as values, through the accounts' door; who may not see what is ours sees it blank."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, family_ids, restrict
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.negotiation import models
from keystead.negotiation.calc.privacy import blanked
from keystead.negotiation.calc.stored import drafts_read, issues_read, side_read
from keystead.negotiation.types.room import (
    CaseState,
    Concession,
    Negotiation,
    Objection,
    SentOffer,
    Who,
    Worth,
)

T = TypeVar("T")
ZERO = Decimal(0)


def visible_cases(actor: Actor) -> QuerySet[models.NegotiationRow]:
    """Return the stored cases on whose accounts the actor may read terms."""
    if not actor.can("negotiation.view"):
        return models.NegotiationRow.objects.none()
    return restrict(models.NegotiationRow.objects.all(), actor, name="terms")


def negotiation_for(actor: Actor, negotiation_id: int) -> Negotiation:
    """Return a case; NotFound when missing or foreign. Private fields blank without the right."""
    actor.require("negotiation.view")
    return _seen(actor, stored_case(_row(actor, negotiation_id)))


def negotiations_for(actor: Actor) -> tuple[Negotiation, ...]:
    """Return all cases the actor may see, the latest change first."""
    actor.require("negotiation.view")
    return tuple(_seen(actor, stored_case(row)) for row in visible_cases(actor))


def negotiations_of(actor: Actor, account_id: int) -> tuple[Negotiation, ...]:
    """Return the cases of an account, the latest change first."""
    actor.require("negotiation.view")
    account = account_for(actor, account_id)
    rows = visible_cases(actor).filter(account_id__in=family_ids(account.id))
    return tuple(_seen(actor, stored_case(row)) for row in rows)


def offers_of(actor: Actor, negotiation_id: int) -> tuple[SentOffer, ...]:
    """Return what was sent and received, in its order."""
    row = _row(actor, negotiation_id)
    rows = models.SentOfferRow.objects.filter(case=row).select_related("by")
    return tuple(_seen(actor, stored_offer(one)) for one in rows)


def concessions_of(actor: Actor, negotiation_id: int) -> tuple[Concession, ...]:
    """Return who gave what, in its order."""
    row = _row(actor, negotiation_id)
    rows = models.ConcessionRow.objects.filter(case=row).select_related("by")
    return tuple(_seen(actor, stored_concession(one)) for one in rows)


def objections_of(actor: Actor, negotiation_id: int) -> tuple[Objection, ...]:
    """Return objections with their answers."""
    row = _row(actor, negotiation_id)
    return tuple(stored_objection(one) for one in models.ObjectionRow.objects.filter(case=row))


def sees_private(actor: Actor) -> bool:
    """Say whether the actor may see what is ours: limits, weights, money, estimates."""
    return actor.can("negotiation.private")


def _seen(actor: Actor, value: T) -> T:
    return value if sees_private(actor) else blanked(value)


def _row(actor: Actor, negotiation_id: int) -> models.NegotiationRow:
    row = visible_cases(actor).filter(pk=negotiation_id).first()
    if row is None:
        raise missing()
    return row


def missing() -> NotFound:
    return NotFound(_("There is no such negotiation, or it is not one of yours."))


def stored_case(row: models.NegotiationRow) -> Negotiation:
    """Return the value of a stored case. No rights are checked here."""
    return Negotiation(
        id=row.pk,
        account_id=row.account_id,
        name=row.name,
        parties=tuple(row.parties),
        currency=row.currency,
        state=CaseState(row.state),
        issues=issues_read(row.issues),
        version=row.version,
        mandate=row.mandate,
        ours=side_read(row.ours),
        theirs=side_read(row.theirs),
        drafts=drafts_read(row.drafts),
    )


def stored_offer(row: models.SentOfferRow) -> SentOffer:
    return SentOffer(
        id=row.pk,
        number=row.number,
        side=Who(row.side),
        name=row.name,
        package=dict(row.package),
        sent_on=row.sent_on,
        valid_until=row.valid_until,
        content_hash=row.content_hash,
        terms=dict(row.terms),
        worth=worth_read(row.worth),
        request_id=row.request,
        by_name=_name(row),
    )


def stored_concession(row: models.ConcessionRow) -> Concession:
    return Concession(
        id=row.pk,
        on=row.on,
        side=Who(row.side),
        issue=row.issue,
        before=row.before,
        after=row.after,
        answers=row.answers_id,
        got=row.got,
        our_money=row.our_money,
        their_money=row.their_money,
        reason=row.reason,
        by_name=_name(row),
    )


def stored_objection(row: models.ObjectionRow) -> Objection:
    return Objection(row.pk, row.text, row.answer, row.proof, row.document, row.version)


def _name(row: models.Written) -> str:
    return row.by.get_full_name() or row.by.get_username() if row.by is not None else ""


def worth_written(worth: Worth | None) -> dict[str, str | None] | None:
    if worth is None:
        return None
    return {name: None if value is None else f"{value:f}" for name, value in vars(worth).items()}


def worth_read(row: Mapping[str, Any] | None) -> Worth | None:
    if row is None:
        return None
    known = {name: None if value is None else Decimal(value) for name, value in row.items()}
    return Worth(
        known["ours"] or ZERO,
        known["theirs"] or ZERO,
        known["our_money"],
        known["their_money"],
        known["above_floor"] or ZERO,
    )
