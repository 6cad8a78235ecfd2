"""From an agreed offer to the agreement: a draft version, the schedule, the invoices to come."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.agreements import services as agreements
from keystead.agreements.queries import agreement_for
from keystead.agreements.types import (
    Agreement,
    AgreementKind,
    Clause,
    Condition,
    Head,
    PriceRow,
    Terms,
)
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kernel.money import Money
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.negotiation import models
from keystead.negotiation.calc.plans.signing import (
    KEY,
    clauses_of,
    differences,
    invoice_plan,
)
from keystead.negotiation.calc.plans.terms import (
    deal_terms,
    deal_terms_written,
    term_differences,
)
from keystead.negotiation.queries.cases import stored_case, stored_offer
from keystead.negotiation.queries.plans import (
    plain_money,
    stored_plan,
    stored_split,
    visible_plans,
)
from keystead.negotiation.queries.signings import stored_signing
from keystead.negotiation.services.loading import keep, row_to_write, tell, told
from keystead.negotiation.types.deal_terms import DealTerms
from keystead.negotiation.types.plans import PlanState, Signing
from keystead.negotiation.types.room import CaseState

Keyed = TypeVar("Keyed", Clause, Condition, PriceRow)


@dataclasses.dataclass(frozen=True, kw_only=True)
class SignEntry:
    """What an agreement needs beyond the offer.

    ``agreement_id``: a running one that is amended from ``starts`` on, else a new one is drafted.
    ``plan_id``: an agreed split; its shares become invoices every so many months from ``first``.
    """

    offer_id: int
    starts: date
    last: date
    title: str
    kind: AgreementKind = AgreementKind.LICENCE
    agreement_id: int | None = None
    plan_id: int | None = None
    every_months: int = 12
    first: date | None = None
    notice_days: int | None = None


def draft_agreement(*, actor: Actor, negotiation_id: int, entry: SignEntry) -> Signing:
    """Make the agreed offer a draft version of an agreement, and store schedule and invoices.

    Options that carry a term become conditions, prices and the cap; the rest becomes clauses.

    Needs ``negotiation.edit``, ``agreements.edit`` and the account's terms. What was agreed is
    kept frozen beside it, so that the difference report can always be made. An offer becomes an
    agreement once. Raises Invalid for a split of another account or currency, or a draft.
    """
    with transaction.atomic():
        row = row_to_write(actor, negotiation_id)
        offer = _offer(row, entry.offer_id)
        split = _split(actor, row, entry)
        package = _in_order(row, offer.package)
        clauses = clauses_of(package, _fee(split), calculating=offer.terms)
        terms = deal_terms(
            package, offer.terms, Period.between(entry.starts, entry.last), row.currency
        )
        held = _drafted(actor, row, entry, (clauses, terms))
        version = held.versions[-1]
        if differences(clauses, version.clauses) or term_differences(terms, version):
            raise Conflict(_("The agreement does not say what was agreed."), code="difference")
        made = models.SigningRow(
            case=row, offer=offer, agreement_id=held.id, version_number=version.number,
            split=split, on=timezone.localdate(), currency=row.currency,
            clauses=[{"key": one.key, "heading": one.heading, "text": one.text}
                     for one in clauses],
            terms=deal_terms_written(terms), at=timezone.now(), by_id=actor.user_id,
        )  # fmt: skip
        made.save(force_insert=True)
        if split is not None:
            _plan_invoices(made, split, entry)
        new = {"offer": offer.number, "agreement": held.number, "version": version.number}
        if row.state == CaseState.AGREED.value:
            tell(actor, row, "sign", new)
        else:
            old = told(row)
            row.state = CaseState.AGREED.value
            keep(actor, row, "sign", old)
    return stored_signing(made)


def _offer(row: models.NegotiationRow, offer_id: int) -> models.SentOfferRow:
    offer = models.SentOfferRow.objects.filter(case=row, pk=offer_id).first()
    if offer is None:
        raise NotFound(_("There is no such offer."), code="offer_not_found")
    if models.SigningRow.objects.filter(offer=offer).exists():
        text = _("This offer is an agreement already: %(name)s.") % {
            "name": stored_offer(offer).name
        }
        raise Conflict(text, code="signed_already")
    return offer


def _in_order(row: models.NegotiationRow, package: Mapping[str, str]) -> dict[str, str]:
    """Return a package in the order of the issues: a database may keep its keys in another."""
    names = [one.name for one in stored_case(row).issues]
    return {name: package[name] for name in [*names, *sorted(set(package) - set(names))]
            if name in package}  # fmt: skip


def _split(
    actor: Actor, row: models.NegotiationRow, entry: SignEntry
) -> models.AgreedSplitRow | None:
    if entry.plan_id is None:
        return None
    plan = visible_plans(actor).filter(pk=entry.plan_id, account_id=row.account_id).first()
    if plan is None or plan.state != PlanState.AGREED.value:
        raise Invalid(_("Choose an agreed split of this account."), code="split", field="plan")
    if plan.currency != row.currency:
        raise Invalid(
            _("The split is in another currency than the negotiation."), code="currency",
            field="plan",
        )  # fmt: skip
    return models.AgreedSplitRow.objects.get(plan=plan)


def _fee(split: models.AgreedSplitRow | None) -> tuple[str, str] | None:
    """The fee in all as a clause; a plain number, so that no language is put into a contract."""
    if split is None:
        return None
    plan = stored_plan(split.plan)
    total = Money(plain_money(split.total, split.currency), split.currency)
    return plan.name, f"{total.currency} {total.quantised().amount:f}"


def _drafted(
    actor: Actor,
    row: models.NegotiationRow,
    entry: SignEntry,
    agreed: tuple[tuple[Clause, ...], DealTerms],
) -> Agreement:
    clauses, terms = agreed
    if entry.agreement_id is None:
        head = Head(
            account_id=row.account_id, kind=entry.kind, starts=entry.starts, last=entry.last,
            currency=row.currency, title=entry.title, owner_id=actor.user_id,
            notice_days=entry.notice_days,
        )  # fmt: skip
        return agreements.create_agreement(actor=actor, head=head, terms=Terms(
            conditions=terms.conditions, prices=terms.prices, cap=terms.cap, clauses=clauses,
        ))  # fmt: skip
    former = agreement_for(actor, entry.agreement_id)
    if former.account_id != row.account_id or former.currency != row.currency:
        raise Invalid(
            _("The agreement is of another account or currency."), code="agreement",
            field="agreement",
        )  # fmt: skip
    amended = agreements.amend(
        actor=actor, agreement_id=former.id, expected_version=former.version, starts=entry.starts,
        reason=f"{row.name}: {entry.title}"[:400], last=entry.last,
    )  # fmt: skip
    now = amended.versions[-1]
    return agreements.save_terms(
        actor=actor, agreement_id=amended.id, expected_version=amended.version,
        clauses=(*_others(now.clauses), *clauses),
        conditions=(*_others(now.conditions), *terms.conditions),
        prices=(*_others(now.prices), *terms.prices),
        **({} if terms.cap is None else {"cap": terms.cap}),
    )  # fmt: skip


def _others(held: Iterable[Keyed]) -> list[Keyed]:
    """Return what did not come from an earlier deal: that is what this one takes the place of."""
    return [one for one in held if not one.key.startswith(KEY)]


def _plan_invoices(made: models.SigningRow, split: models.AgreedSplitRow, entry: SignEntry) -> None:
    stored = stored_split(split)
    plan = split.plan
    found = invoice_plan(
        stored.shares, Period(plan.starts, plan.ends), split.currency,
        every_months=entry.every_months, first=entry.first or plan.starts,
    )  # fmt: skip
    models.PlannedInvoiceRow.objects.bulk_create(
        models.PlannedInvoiceRow(
            signing=made, member_id=one.account_id, code=one.code, name=one.name,
            number=one.number, due=one.due, amount=one.amount,
        )
        for one in found
    )  # fmt: skip
