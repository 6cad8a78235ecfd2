"""Renewals as plain values, for the API and ``--json``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.pipeline.calc.notice import notice_dates
from keystead.pipeline.queries.renewals import Alert
from keystead.pipeline.types.renewals import Chance, Outcome, Renewal, Retention


def renewal_body(found: Renewal) -> dict[str, Any]:
    """Return a renewal with its notice days."""
    dates = notice_dates(found.last, found.notice)
    return {
        "id": found.id, "account_id": found.account_id, "account": found.account_name,
        "contract": found.contract, "title": found.title, "agreement_id": found.agreement_id,
        "agreement_version": found.agreement_version, "state": found.state.value,
        "first_day": _day(found.starts), "last_day": _day(found.last),
        "notice_deadline": _day(dates.deadline if dates else None),
        "send_by": _day(dates.send_by if dates else None),
        "renews_itself_months": found.notice.auto_renew_months,
        "currency": found.currency, "target": _amount(found.target),
        "forecast": _amount(found.forecast), "manager_pct": _amount(found.manager_pct),
        "owner": found.owner_name, "version": found.version,
        "outcome": outcome_body(found.outcome) if found.outcome else None,
    }  # fmt: skip


def outcome_body(found: Outcome) -> dict[str, Any]:
    """Return how a renewal ended."""
    return {
        "booking": found.booking.value, "closed_on": _day(found.closed_on),
        "target": _amount(found.target), "final": _amount(found.final),
        "manager_pct": _amount(found.manager_pct), "model_pct": _amount(found.model_pct),
        "reason": found.reason.value, "note": found.note,
    }  # fmt: skip


def chance_body(found: Chance) -> dict[str, Any]:
    """Return what the model says, with the sums behind it."""
    return {
        "pct": _amount(found.pct), "closed": found.closed, "kept": found.won,
        "needed": found.needed, "validated": found.proved, "base_pct": _amount(found.base_pct),
        "rules": [
            {"trait": one.code, "value": one.value, "closed": one.closed, "kept": one.won,
             "pct": _amount(one.pct)}
            for one in found.rules
        ],
    }  # fmt: skip


def retention_body(found: Retention, currency: str) -> dict[str, Any]:
    """Return gross and net retention with their parts."""
    return {
        "gross_pct": _amount(found.gross_pct), "net_pct": _amount(found.net_pct),
        "target": _amount(found.target), "final": _amount(found.final),
        "closed": found.closed, "open": found.open, "without_rate": found.unrated,
        "currency": currency,
    }  # fmt: skip


def alert_bodies(found: Iterable[Alert]) -> list[dict[str, Any]]:
    """Return the warnings of today: 0 says that the notice day is over."""
    return [
        {"renewal_id": one.renewal.id, "contract": one.renewal.contract,
         "account": one.renewal.account_name, "send_by": _day(one.dates.send_by),
         "warning_days": one.warning}
        for one in found
    ]  # fmt: skip


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
