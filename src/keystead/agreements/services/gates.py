"""Record how a gate stood: what nobody showed pays nothing when it is settled."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.agreements import models
from keystead.agreements.queries.agreements import stored
from keystead.agreements.queries.gates import recordable
from keystead.agreements.services.settling import own_agreement
from keystead.agreements.types import GateKind
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.kit import audit
from keystead.kit.access import Actor


def record_gate(
    *,
    actor: Actor,
    agreement_id: int,
    name: str,
    period: Period | None,
    met: bool | None = None,
    number: Decimal | None = None,
    evidence: str,
) -> None:
    """Keep how a gate stood in a period (None: for the whole agreement); the latest row counts.

    ``met`` for a gate of yes or no, ``number`` for one with a threshold; neither: it is unknown
    again. Needs ``settlements.edit`` and the terms of the account. Rows are never changed. Raises
    Invalid for a gate that the agreement does not have, that is measured, or without evidence;
    NotFound for a foreign agreement. One audit row.
    """
    actor.require("settlements.edit")
    with transaction.atomic():
        row = own_agreement(actor, agreement_id)
        agreement = stored(row)
        _check(recordable(agreement).get(name), (met, number), evidence)
        if period is not None and not (
            period.start < agreement.valid.end and agreement.valid.start < period.end
        ):
            text = _("This period lies outside the agreement.")
            raise Invalid(text, code="gate_period", fields={"gate": text})
        models.ReadingRow.objects.create(
            agreement_id=agreement.id,
            name=name,
            starts=period.start if period else None,
            ends=period.end if period else None,
            met=met,
            number=number,
            evidence=evidence.strip()[:400],
            at=timezone.now(),
            by_id=actor.user_id,
        )
        told = {"gate": name, "period": str(period or ""), "met": met}
        audit.record(
            actor=actor,
            action="agreement.gate",
            subject=("agreement", agreement.id),
            new=told | {"number": None if number is None else str(number)},
            why=evidence.strip(),
            account_id=agreement.account_id,
        )


def _check(gate: object | None, value: tuple[bool | None, Decimal | None], evidence: str) -> None:
    met, number = value
    if gate is None:
        text = _("The agreement has no such gate, or it is measured by itself.")
        raise Invalid(text, code="gate_unknown", fields={"gate": text})
    flag = getattr(gate, "kind", None) is GateKind.FLAG
    if (flag and number is not None) or (not flag and met is not None):
        text = _("Give a number.") if not flag else _("Say met or not met.")
        raise Invalid(text, code="gate_value", fields={"value": text})
    if not evidence.strip():
        text = _("Say what shows it.")
        raise Invalid(text, code="gate_evidence", fields={"evidence": text})
