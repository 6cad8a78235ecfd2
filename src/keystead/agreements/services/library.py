"""Keep terms as a template, and begin an agreement from one."""

from __future__ import annotations

import dataclasses

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write
from keystead.agreements import models
from keystead.agreements.calc.written import written
from keystead.agreements.queries.agreements import agreement_for, terms_of
from keystead.agreements.queries.library import Template, as_template, template_for
from keystead.agreements.services.copying import moved, refuse_other_customer
from keystead.agreements.services.drawing import with_own_funds
from keystead.agreements.services.writing import create_agreement
from keystead.agreements.types import Agreement, Condition, Head, Scope, Selection, Terms
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor


def save_template(*, actor: Actor, agreement_id: int, name: str, figures: bool = False) -> Template:
    """Keep the latest terms of an agreement under a name; needs ``agreements.edit``.

    Without ``figures`` rates, bounds, sums, prices and all that names the customer are left out:
    anybody may begin from it. With them the template stays in the customer's group (R-08).
    Raises Invalid for a name that is empty or taken; one audit row.
    """
    actor.require("agreements.edit")
    found = agreement_for(actor, agreement_id)
    account_to_write(actor, found.account_id, name="terms")
    terms = dataclasses.replace(terms_of(found.versions[-1]), baselines=())
    wanted = name.strip()[:80]
    if not wanted:
        raise Invalid(_("Give it a name."), fields={"name": _("Give it a name.")})
    with transaction.atomic():
        if models.TermsTemplate.objects.filter(name__iexact=wanted).exists():
            text = _("There is a template of this name.")
            raise Invalid(text, code="template_taken", fields={"name": text})
        row = models.TermsTemplate(
            name=wanted,
            kind=found.kind.value,
            terms=written(terms if figures else without_figures(terms)),
            year=found.valid.start.year,
            account_id=found.account_id if figures else None,
        )
        row.save(force_insert=True)
        audit.record(
            actor=actor, action="agreement.template", subject=("template", row.pk),
            new={"name": row.name, "agreement": found.number, "figures": figures},
            account_id=found.account_id,
        )  # fmt: skip
    return as_template(row)


def remove_template(*, actor: Actor, template_id: int) -> None:
    """Take a template out of the library; agreements begun from it stay as they are."""
    actor.require("agreements.edit")
    found = template_for(actor, template_id)
    with transaction.atomic():
        models.TermsTemplate.objects.filter(pk=found.id).delete()
        audit.record(
            actor=actor, action="agreement.template_remove", subject=("template", found.id),
            old={"name": found.name}, account_id=found.account_id,
        )  # fmt: skip


def start_from_template(*, actor: Actor, template_id: int, head: Head) -> Agreement:
    """Return a new draft with the terms of a template, moved to the years of the head.

    What a template without figures leaves open is filled in before it is approved.
    """
    found = template_for(actor, template_id)
    if found.account_id is not None:
        refuse_other_customer(actor, found.account_id, head.account_id, found.name)
    terms = with_own_funds(moved(found.terms, head.starts.year - found.year), head.account_id)
    return create_agreement(actor=actor, head=head, terms=terms, unfilled=True)


def without_figures(terms: Terms) -> Terms:
    """Return the shape of terms: no amount, no rate, no price, nothing that names a customer."""
    return dataclasses.replace(
        terms,
        conditions=tuple(_shape(one) for one in terms.conditions),
        scope=_anyones(terms.scope),
        prices=(),
        baselines=(),
        targets=(),
        cap=None,
        floor=None,
        share_of_wallet_pct=None,
    )


def _shape(condition: Condition) -> Condition:
    focus = _anyones(condition.focus) if condition.focus else None
    return dataclasses.replace(
        condition,
        scope=_anyones(condition.scope),
        focus=focus,
        tiers=(),
        targets=(),
        free_goods=None,
        cap=None,
        floor=None,
        examples=(),
        payee="",
        fund="",
        note="",
        payment_terms="",
    )


def _anyones(scope: Scope) -> Scope:
    return Scope(_general(scope.include), _general(scope.exclude))


def _general(chosen: Selection) -> Selection:
    return dataclasses.replace(chosen, accounts=(), ship_tos=())
