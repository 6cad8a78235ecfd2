"""Agreements as values, through the accounts' door: a foreign one answers like a missing one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, family_ids, restrict
from keystead.agreements import models
from keystead.agreements.calc.written import read
from keystead.agreements.rules.life import SIGNED
from keystead.agreements.types import (
    Agreement,
    AgreementKind,
    AgreementState,
    AgreementVersion,
    Terms,
)
from keystead.governance.rules.approvals import content_hash
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor

MISSING = "There is no such agreement, or it is not one of yours."


def visible(actor: Actor) -> QuerySet[models.Agreement]:
    """Return the stored agreements on whose accounts the actor may read terms."""
    if not actor.can("agreements.view"):
        return models.Agreement.objects.none()
    return restrict(models.Agreement.objects.all(), actor, name="terms")


def agreements_for(
    actor: Actor, *, state: str = "", kind: str = "", search: str = ""
) -> tuple[Agreement, ...]:
    """Return the agreements the actor may read, the latest first; their versions are left out.

    ``search`` looks into number, title and both parties, whatever the case.
    """
    rows = visible(actor)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    found = tuple(as_agreement(row, ()) for row in rows.order_by("-starts", "number"))
    words = search.strip().casefold()
    if not words:
        return found
    return tuple(
        one
        for one in found
        if any(words in text.casefold() for text in (one.number, one.title, one.customer_entity))
    )


def agreements_of_account(actor: Actor, account_id: int) -> tuple[Agreement, ...]:
    """Return the agreements of an account and of those merged into it, the latest first."""
    actor.require("agreements.view")
    account = account_for(actor, account_id)
    rows = visible(actor).filter(account_id__in=family_ids(account.id))
    return tuple(as_agreement(row, ()) for row in rows.order_by("-starts", "number"))


def agreement_for(actor: Actor, agreement_id: int) -> Agreement:
    """Return an agreement with all its versions; NotFound when missing or foreign."""
    actor.require("agreements.view")
    return _whole(visible(actor).filter(pk=agreement_id).first())


def by_number(actor: Actor, number: str) -> Agreement:
    """Return an agreement by its number, in any case; NotFound when missing or foreign."""
    actor.require("agreements.view")
    return _whole(visible(actor).filter(number__iexact=number.strip()).first())


def condition_labels(actor: Actor, numbers: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return the labels of conditions by the agreement's number and the condition's key.

    The latest version says it; what has no label, or may not be read, is left out.
    """
    return {
        (row.number, condition.key): condition.label
        for row in visible(actor).filter(number__in=sorted(set(numbers)))
        for version in stored(row).versions
        for condition in version.conditions
        if condition.label
    }


def in_force(agreement: Agreement) -> Agreement:
    """Return the agreement with its active versions only: what is evaluated and accrued."""
    kept = tuple(v for v in agreement.versions if v.state is AgreementState.ACTIVE)
    return dataclasses.replace(agreement, versions=kept)


def in_force_during(actor: Actor, span: Period) -> tuple[Agreement, ...]:
    """Return the agreements that hold in a span with their active versions, by number."""
    rows = visible(actor).filter(
        starts__lt=span.end, ends__gt=span.start,
        state__in=[AgreementState.ACTIVE.value, AgreementState.EXPIRING.value],
    )  # fmt: skip
    return tuple(in_force(one) for one in stored_many(list(rows.order_by("number"))))


def _whole(row: models.Agreement | None) -> Agreement:
    if row is None:
        raise NotFound(_(MISSING), code="agreement_not_found")
    return stored(row)


def stored(row: models.Agreement) -> Agreement:
    """Return the value of a stored agreement with its versions. No rights are checked here."""
    return stored_many([row])[0]


def stored_many(rows: Sequence[models.Agreement]) -> list[Agreement]:
    """Return the values of several stored agreements, read together. No rights are checked here."""
    ids = [row.pk for row in rows]
    versions: dict[int, list[models.AgreementVersion]] = {one: [] for one in ids}
    for one in models.AgreementVersion.objects.filter(agreement_id__in=ids).order_by("number"):
        versions[one.agreement_id].append(one)
    frozen = models.SignedTerms.objects.filter(version__agreement_id__in=ids)
    signed = {one.version_id: one for one in frozen}
    return [
        as_agreement(
            row, tuple(as_version(row, one, signed.get(one.pk)) for one in versions[row.pk])
        )
        for row in rows
    ]


def as_agreement(row: models.Agreement, versions: tuple[AgreementVersion, ...]) -> Agreement:
    """Return the value that crosses rooms for a stored agreement."""
    return Agreement(
        id=row.pk,
        number=row.number,
        account_id=row.account_id,
        kind=AgreementKind(row.kind),
        valid=Period(row.starts, row.ends),
        currency=row.currency,
        title=row.title,
        maker_entity=row.maker_entity,
        customer_entity=row.customer_entity,
        law=row.law,
        owner_id=row.owner_id,
        state=AgreementState(row.state),
        versions=versions,
        renews=row.renews_id,
        notice_days=row.notice_days,
        version=row.version,
    )


def as_version(
    head: models.Agreement, row: models.AgreementVersion, signed: models.SignedTerms | None
) -> AgreementVersion:
    """Return a version: what was signed once it is, the draft before."""
    terms = read(Terms, signed.terms if signed else row.terms)
    return AgreementVersion(
        agreement_id=head.pk,
        number=row.number,
        effective=Period(signed.starts, signed.ends)
        if signed
        else Period(row.starts, row.ends or head.ends),
        currency=signed.currency if signed else head.currency,
        state=AgreementState(row.state),
        signed_on=signed.signed_on if signed else None,
        reason=row.reason,
        id=row.pk,
        **{field.name: getattr(terms, field.name) for field in dataclasses.fields(Terms)},
    )


def terms_of(version: AgreementVersion) -> Terms:
    """Return the terms of a version as one value."""
    names = (field.name for field in dataclasses.fields(Terms))
    return Terms(**{name: getattr(version, name) for name in names})


def working(versions: Iterable[AgreementVersion]) -> AgreementVersion | None:
    """Return the version that is still written, offered or waiting: at most one at a time."""
    return next((one for one in versions if one.state not in SIGNED), None)


def intact(agreement_id: int) -> dict[int, bool]:
    """Return, for each signed version by id, whether its terms are those that were frozen."""
    rows = models.SignedTerms.objects.filter(version__agreement_id=agreement_id)
    return {row.version_id: content_hash(frozen_content(row)) == row.content_hash for row in rows}


def frozen_content(row: models.SignedTerms) -> dict[str, Any]:
    """Return what the hash of signed terms is taken over."""
    return {
        "version": row.version_id,
        "starts": row.starts.isoformat(),
        "ends": row.ends.isoformat(),
        "currency": row.currency,
        "terms": row.terms,
        "approved": row.approved_hash,
        "signed_on": row.signed_on.isoformat(),
    }
