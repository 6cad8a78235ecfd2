"""Renewals arise from agreements in force. Telling twice changes nothing."""

from __future__ import annotations

from django.db import transaction

from keystead.agreements.queries import agreement_for, agreements_for
from keystead.agreements.rules.life import DEFAULT_NOTICE_DAYS, RUNNING
from keystead.agreements.types import Agreement, AgreementState
from keystead.kernel.errors import NotFound
from keystead.kit.access import SYSTEM
from keystead.pipeline import models
from keystead.pipeline.services.loading import keep
from keystead.pipeline.services.renewals import count_days


def follow_agreement(*, agreement_id: int) -> int | None:
    """Bring in the renewal of an agreement in force, or move its end; return its id.

    Nothing happens where the term has its renewal already, also a closed one.
    """
    try:
        found = agreement_for(SYSTEM, agreement_id)
    except NotFound:
        return None
    if found.state not in RUNNING:
        return None
    with transaction.atomic():
        rows = models.RenewalRow.objects.select_for_update().filter(agreement_id=found.id)
        row = rows.filter(closed=False).first()
        if row is None and rows.filter(last__gte=found.valid.last).exists():
            return None
        return _bring(row, found)


def catch_up() -> tuple[int, ...]:
    """Follow every agreement in force that has no renewal yet; return the ids of the new ones."""
    known = set(
        models.RenewalRow.objects.exclude(agreement=None).values_list("agreement_id", flat=True)
    )
    made = [
        follow_agreement(agreement_id=one.id)
        for one in agreements_for(SYSTEM)
        if one.state in RUNNING and one.id not in known
    ]
    return tuple(one for one in made if one is not None)


def _bring(row: models.RenewalRow | None, found: Agreement) -> int | None:
    active = [one.number for one in found.versions if one.state is AgreementState.ACTIVE]
    version = max(active, default=None)
    if row is not None:
        if (row.last, row.agreement_version) == (found.valid.last, version):
            return row.pk
        old = row.snapshot()
        row.last, row.agreement_version = max(row.last, found.valid.last), version
        count_days(row)
        keep(SYSTEM, row, "follow", old)
        return row.pk
    same = models.RenewalRow.objects.filter(
        account_id=found.account_id, contract=found.number, last=found.valid.last
    )
    if same.exists():  # entered by hand before
        return None
    made = models.RenewalRow(
        account_id=found.account_id, agreement_id=found.id, agreement_version=version,
        contract=found.number, title=found.title, starts=found.valid.start,
        last=found.valid.last, currency=found.currency, owner_id=found.owner_id,
        notice_amount=DEFAULT_NOTICE_DAYS if found.notice_days is None else found.notice_days,
    )  # fmt: skip
    count_days(made)
    keep(SYSTEM, made, "follow", None)
    return made.pk
