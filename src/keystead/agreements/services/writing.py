"""Write an agreement before it is signed: create, edit, conditions, amendments."""

from __future__ import annotations

import dataclasses
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write
from keystead.agreements import models
from keystead.agreements.calc.written import written
from keystead.agreements.queries.agreements import stored, terms_of
from keystead.agreements.rules.life import EDITABLE, RUNNING
from keystead.agreements.services.loading import (
    check,
    draft_of,
    has_working,
    keep,
    row_to_write,
    told,
    with_author,
    working_row,
    write_state,
)
from keystead.agreements.types import Agreement, AgreementState, Head, Terms
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.money import currency_code
from keystead.kernel.periods import Period
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.models import User

NO_TERMS = Terms()
_TEXTS = {"title": 160, "maker_entity": 160, "customer_entity": 160, "law": 80}


def create_agreement(
    *,
    actor: Actor,
    head: Head,
    terms: Terms = NO_TERMS,
    renews: int | None = None,
    unfilled: bool = False,
) -> Agreement:
    """Store a draft with its first version; needs ``agreements.edit`` and the account's terms.

    ``unfilled``: conditions may still lack their figures, as those of a template do.

    Raises Invalid with sentences and places, NotFound for a foreign account; one audit row.
    """
    actor.require("agreements.edit")
    account = account_to_write(actor, head.account_id, name="terms")
    head = dataclasses.replace(head, account_id=account.id)
    currency, valid = currency_code(head.currency), _span(head)
    written_now = None if not unfilled else ""
    draft = draft_of(terms, currency, valid)
    check(actor, draft, account_id=account.id, written_now=written_now)
    with transaction.atomic():
        row = models.Agreement(account_id=account.id, renews_id=renews)
        _fill(row, head)
        row.number = _number(head.number, account.code, head.starts.year)
        row.save_checked(actor)
        version = models.AgreementVersion(
            agreement=row, number=1, starts=head.starts, terms=written(terms)
        )
        with_author(version, actor)
        version.save()
        _record_creation(actor, row)
    return stored(row)


def edit_draft(
    *, actor: Actor, agreement_id: int, expected_version: int, head: Head, terms: Terms
) -> Agreement:
    """Change head and terms of what is not signed yet; an approval of it is lost by that.

    In an amendment the head stays as it was signed, but for title, owner and notice. Raises
    Conflict when somebody saved in between, or when everything is signed; one audit row.
    """
    actor.require("agreements.edit")
    seen = row_to_write_now(actor, agreement_id)
    start = head.starts if not _amends(seen) else None
    effective = _span(head) if start else working_span(seen)
    currency = currency_code(head.currency) if start else seen.currency
    draft = draft_of(terms, currency, effective, seen.pk)
    check(actor, draft, account_id=seen.account_id)
    with transaction.atomic():
        row = row_to_write(actor, agreement_id)
        version, old = working_row(row), told(row)
        editable(version)
        if version.number == 1:
            _fill(row, dataclasses.replace(head, account_id=row.account_id))
            row.number = _number(head.number, row.number, head.starts.year, row)
            version.starts = head.starts
        else:
            row.title, row.notice_days = head.title.strip()[:160], head.notice_days
            row.owner_id = _owner(head.owner_id)
        version.terms = written(terms)
        with_author(version, actor)
        write_state(row, version, AgreementState.DRAFT)
        keep(actor, row, "edit", old, expected=expected_version)
    return stored(row)


def amend(
    *,
    actor: Actor,
    agreement_id: int,
    expected_version: int,
    starts: date,
    reason: str,
    last: date | None = None,
) -> Agreement:
    """Begin a new version with the terms in force, effective from a day on; needs a reason.

    ``last`` moves the end of the agreement once the amendment is in force: later, or earlier.

    Only a running agreement is amended, one version at a time. The day lies inside the agreement
    and after the day of the version before. A day that is past asks for two approvals.
    """
    if not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": _("An amendment keeps its reason.")})
    with transaction.atomic():
        row = row_to_write(actor, agreement_id)
        whole, old = stored(row), told(row)
        if AgreementState(row.state) not in RUNNING or has_working(row):
            raise Conflict(_("Only a running agreement is amended, one version at a time."))
        latest = whole.versions[-1]
        if not latest.effective.start < starts < row.ends:
            raise Invalid(
                _("The day lies inside the agreement, after the version before."),
                code="amendment_day",
                fields={"day": _("The day lies inside the agreement, after the version before.")},
            )
        version = models.AgreementVersion(
            agreement=row,
            number=latest.number + 1,
            starts=starts,
            ends=_new_end(row, starts, last),
            reason=reason.strip()[:400],
            terms=written(terms_of(latest)),
        )
        with_author(version, actor)
        version.save()
        keep(actor, row, "amend", old, expected=expected_version, why=reason.strip())
    return stored(row)


def _new_end(row: models.Agreement, starts: date, last: date | None) -> date | None:
    if last is None or last == Period(row.starts, row.ends).last:
        return None
    if last < starts:
        text = _("The last day comes before the first.")
        raise Invalid(text, code="period_order", fields={"last": text})
    return Period.between(starts, last).end


def discard_draft(*, actor: Actor, agreement_id: int, expected_version: int) -> Agreement:
    """Give up an amendment that is not signed; the terms in force go on."""
    with transaction.atomic():
        row = row_to_write(actor, agreement_id)
        version, old = working_row(row), told(row)
        if version.number == 1:
            raise Invalid(_("The first version stays: edit it."), code="first_version")
        version.delete()
        keep(actor, row, "discard", old, expected=expected_version)
    return stored(row)


def row_to_write_now(actor: Actor, agreement_id: int) -> models.Agreement:
    """Return the row as it is now, for the checks before the write."""
    with transaction.atomic():
        return row_to_write(actor, agreement_id)


def working_span(row: models.Agreement) -> Period:
    """Return the days in which the version that is written will hold."""
    with transaction.atomic():
        version = working_row(row)
        return Period(version.starts, version.ends or row.ends)


def _amends(row: models.Agreement) -> bool:
    with transaction.atomic():
        return working_row(row).number > 1


def editable(version: models.AgreementVersion) -> None:
    """Raise Conflict once a version is signed."""
    if AgreementState(version.state) not in EDITABLE:
        raise Conflict(_("What is signed never changes."), code="terms_frozen")


def _span(head: Head) -> Period:
    if head.last < head.starts:
        raise Invalid(
            _("The last day comes before the first."),
            code="period_order",
            fields={"last": _("The last day comes before the first.")},
        )
    return Period.between(head.starts, head.last)


def _fill(row: models.Agreement, head: Head) -> None:
    span = _span(head)
    row.kind, row.starts, row.ends = head.kind.value, span.start, span.end
    row.currency, row.notice_days = currency_code(head.currency), head.notice_days
    row.owner_id = _owner(head.owner_id)
    for name, most in _TEXTS.items():
        setattr(row, name, getattr(head, name).strip()[:most])


def _owner(owner_id: int | None) -> int | None:
    if owner_id is not None and not User.objects.filter(pk=owner_id, is_active=True).exists():
        raise Invalid(
            _("There is no such person."), fields={"owner": _("There is no such person.")}
        )
    return owner_id


def _number(wanted: str, base: str, year: int, row: models.Agreement | None = None) -> str:
    others = models.Agreement.objects.exclude(pk=row.pk if row else 0)
    number = wanted.strip()[:40]
    if number and others.filter(number__iexact=number).exists():
        text = _("This number is taken.")
        raise Invalid(text, code="number_taken", fields={"number": text})
    if number or row:
        return number or base
    place = 1
    while others.filter(number__iexact=f"{base[:30]}-{year}-{place}").exists():
        place += 1
    return f"{base[:30]}-{year}-{place}"


def _record_creation(actor: Actor, row: models.Agreement) -> None:
    audit.record(
        actor=actor,
        action="agreement.create",
        subject=("agreement", row.pk),
        new=told(row),
        account_id=row.account_id,
    )
