"""Claims as plain values, for the API and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from keystead.agreements.calc.claims import age_band, age_days
from keystead.agreements.queries.claim_checks import look
from keystead.agreements.queries.claim_flags import flags_of
from keystead.agreements.queries.claims import claim_for, evidence_of, matches_of
from keystead.agreements.types import Claim
from keystead.kernel.money import Money
from keystead.kit.access import Actor


def claim_rows(claims: Iterable[Claim], today: date) -> list[dict[str, Any]]:
    """Return claims of a list with their age and what they are flagged for."""
    listed = tuple(claims)
    flags = flags_of(listed)
    return [_body(one, today, [flag.value for flag in flags.get(one.id, ())]) for one in listed]


def claim_body(actor: Actor, claim_id: int, today: date) -> dict[str, Any]:
    """Return one claim with everything known of it: errors, flags, what it may be for, proof."""
    one = claim_for(actor, claim_id)
    looked = look(actor, one, today)
    return {
        **_body(one, today, [flag.value for flag in looked.found.flags]),
        "errors": [error.value for error in looked.found.errors],
        "duplicate_of": looked.found.duplicate_of,
        "matches": [
            {"agreement": part.agreement_number, "condition": part.condition,
             "amount": _text(part.amount)}
            for part in matches_of(one.id)
        ],
        "candidates": [
            {"agreement_id": found.accrual.agreement_id,
             "agreement": found.accrual.agreement_number, "condition": found.accrual.condition,
             "label": found.accrual.label, "open": _text(found.accrual.open),
             "share": _text(found.share), "reasons": [str(why.value) for why in found.reasons]}
            for found in looked.candidates
        ],
        "evidence": [
            {"text": shown.text, "file": shown.file_name, "sha256": shown.sha256,
             "by": shown.by_name, "at": shown.at.isoformat()}
            for shown in evidence_of(one.id)
        ],
    }  # fmt: skip


def _body(one: Claim, today: date, flags: list[str]) -> dict[str, Any]:
    days = age_days(one, today) if one.is_open else None
    return {
        "id": one.id,
        "account_id": one.account_id,
        "number": one.external_number,
        "kind": one.kind.value,
        "reason": one.reason.value,
        "amount": _text(one.amount),
        "currency": one.amount.currency,
        "on": one.on.isoformat(),
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "age_days": days,
        "age_band": age_band(days) if days is not None else None,
        "state": one.state.value,
        "waits_for_approval": one.proposed is not None,
        "proposed": _text(one.proposed),
        "granted": _text(one.granted),
        "written_off": _text(one.written_off),
        "decision_reason": one.decision_reason,
        "agreement": one.agreement_number,
        "invoice": one.invoice,
        "note": one.note,
        "flags": flags,
        "version": one.version,
    }


def _text(amount: Money | None) -> str | None:
    return None if amount is None else f"{amount.amount:f}"
