"""What was signed of a case, the invoices to come, and where the agreement says otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from keystead.agreements.queries import agreement_for
from keystead.agreements.types import Clause
from keystead.kernel.errors import NotFound
from keystead.kit.access import Actor
from keystead.negotiation import models
from keystead.negotiation.calc.plans.signing import differences
from keystead.negotiation.calc.plans.terms import deal_terms_read, term_differences
from keystead.negotiation.calc.privacy import blanked
from keystead.negotiation.queries.cases import negotiation_for, sees_private
from keystead.negotiation.queries.plans import fee_plan_for, named, plain_money
from keystead.negotiation.types.plans import Difference, PlannedInvoice, Signing


def signings_of(actor: Actor, negotiation_id: int) -> tuple[Signing, ...]:
    """Return how offers of a case became versions of agreements, in their order."""
    found = negotiation_for(actor, negotiation_id)
    rows = models.SigningRow.objects.filter(case_id=found.id).select_related("by", "split")
    return tuple(_seen(actor, stored_signing(row)) for row in rows)


def invoices_of_plan(actor: Actor, plan_id: int) -> tuple[PlannedInvoice, ...]:
    """Return the invoices that were planned of a split; none before it is signed."""
    plan = fee_plan_for(actor, plan_id)
    row = models.SigningRow.objects.filter(split__plan_id=plan.id).order_by("-id").first()
    return named(actor, _invoices(row)) if row is not None else ()


def differences_of(actor: Actor, signing: Signing) -> tuple[Difference, ...] | None:
    """Return where the agreement says otherwise than what was agreed; empty: nowhere.

    None where the agreement, or this version of it, is not there for the actor.
    """
    row = models.SigningRow.objects.filter(pk=signing.id).first()
    try:
        held = agreement_for(actor, signing.agreement_id)
    except NotFound:
        return None
    version = next((one for one in held.versions if one.number == signing.version_number), None)
    if row is None or version is None:
        return None
    terms = term_differences(deal_terms_read(row.terms), version)
    return (*terms, *differences(clauses_stored(row.clauses), version.clauses))


def clauses_stored(rows: list[Mapping[str, Any]]) -> tuple[Clause, ...]:
    """Return the clauses of what was agreed, as they were frozen."""
    return tuple(
        Clause(row["key"], row["heading"], row["text"], at) for at, row in enumerate(rows, 1)
    )


def stored_signing(row: models.SigningRow) -> Signing:
    """Return the value of a stored signing. No rights are checked here."""
    by, split = row.by, row.split
    return Signing(
        id=row.pk,
        negotiation_id=row.case_id,
        offer_id=row.offer_id,
        agreement_id=row.agreement_id,
        version_number=row.version_number,
        plan_id=None if split is None else split.plan_id,
        currency=row.currency,
        on=row.on,
        invoices=_invoices(row),
        by_name=by.get_full_name() or by.get_username() if by is not None else "",
    )


def _invoices(row: models.SigningRow) -> tuple[PlannedInvoice, ...]:
    return tuple(
        PlannedInvoice(
            one.member_id, one.code, one.name, one.due, plain_money(one.amount, row.currency),
            one.number,
        )
        for one in models.PlannedInvoiceRow.objects.filter(signing=row)
    )  # fmt: skip


def _seen(actor: Actor, found: Signing) -> Signing:
    found = dataclasses.replace(found, invoices=named(actor, found.invoices))
    return found if sees_private(actor) else blanked(found)
