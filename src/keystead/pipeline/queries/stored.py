"""Stored renewals as values. No rights are checked here."""

from __future__ import annotations

from collections.abc import Iterable

from keystead.pipeline import models
from keystead.pipeline.types.renewals import (
    Booking,
    Evidence,
    NoticeRule,
    NoticeUnit,
    OnClosedDay,
    Outcome,
    Reason,
    Renewal,
    RenewalState,
)


def rule_of(row: models.RenewalRow) -> NoticeRule:
    """Return the notice rule of a stored renewal."""
    return NoticeRule(
        amount=row.notice_amount, unit=NoticeUnit(row.notice_unit), country=row.notice_country,
        closed_day=OnClosedDay(row.closed_day), must_arrive=row.must_arrive,
        transit_days=row.transit_days, auto_renew_months=row.auto_renew_months,
    )  # fmt: skip


def as_renewals(rows: Iterable[models.RenewalRow]) -> tuple[Renewal, ...]:
    """Return stored renewals as values, their outcomes read together."""
    listed = list(rows)
    ids = [row.pk for row in listed if row.closed]
    found = models.RenewalOutcome.objects.filter(renewal_id__in=ids).select_related("by")
    ended = {one.renewal_id: as_outcome(one) for one in found}
    return tuple(as_renewal(row, ended.get(row.pk)) for row in listed)


def as_renewal(row: models.RenewalRow, outcome: Outcome | None) -> Renewal:
    """Return the value of a stored renewal."""
    account = row.account
    return Renewal(
        id=row.pk, account_id=row.account_id, contract=row.contract, title=row.title,
        agreement_id=row.agreement_id, agreement_version=row.agreement_version,
        starts=row.starts, last=row.last, currency=row.currency, notice=rule_of(row),
        state=RenewalState(row.state), target=row.target, forecast=row.forecast,
        manager_pct=row.manager_pct, owner_id=row.owner_id,
        owner_name=str(row.owner) if row.owner else "", note=row.note,
        paused_until=row.paused_until, version=row.version, outcome=outcome,
        account_name=account.name, account_kind=account.kind, territory=account.territory,
    )  # fmt: skip


def as_outcome(row: models.RenewalOutcome) -> Outcome:
    """Return the value of a stored outcome."""
    return Outcome(
        state=RenewalState(row.state), booking=Booking(row.booking), closed_on=row.closed_on,
        term_end=row.term_end, currency=row.currency, target=row.target, forecast=row.forecast,
        final=row.final, manager_pct=row.manager_pct, model_pct=row.model_pct,
        reason=Reason(row.reason), note=row.note, by_name=str(row.by or ""), at=row.at,
        account_id=row.account_id, account_kind=row.account_kind, auto_renews=row.auto_renews,
        open_items=row.open_items,
    )  # fmt: skip


def evidence_rows(renewal_id: int) -> tuple[Evidence, ...]:
    """Return what was shown for a renewal, in the order it was written."""
    rows = models.RenewalEvidence.objects.filter(renewal_id=renewal_id).select_related("by")
    return tuple(
        Evidence(row.item, row.text, row.done, str(row.by or ""), row.at)
        for row in rows.order_by("id")
    )


def all_outcomes() -> tuple[Outcome, ...]:
    """Return every closed renewal of the house, for the model: it only ever counts them."""
    rows = models.RenewalOutcome.objects.select_related("by").order_by("closed_on", "id")
    return tuple(as_outcome(row) for row in rows)
