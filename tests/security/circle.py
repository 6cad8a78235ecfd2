"""Who is at an account of the house: a person with one of everything; each text has the mark."""

from __future__ import annotations

from datetime import date
from typing import Any

from keystead.kit.access import Actor
from keystead.stakeholders import services
from keystead.stakeholders.types import (
    AffiliationEntry,
    AssessmentEntry,
    Basis,
    CadenceEntry,
    InteractionEntry,
    PersonEntry,
    RoleEntry,
    RoleKind,
    TieEntry,
    TieKind,
    TouchKind,
)

DAY = date(2026, 3, 5)


def fill_circle(mark: str, owner: Actor, account_id: int) -> dict[str, Any]:
    """Store two people of the account; return the values of the parameters."""
    one, boss = (
        services.add_person(
            actor=owner,
            entry=PersonEntry(
                account_id=account_id, name=f"{mark} {name}", basis=Basis.INTEREST,
                basis_note=f"{mark} card",
            ),
        ).id
        for name in ("contact", "boss")
    )  # fmt: skip
    note = f"{mark} opinion"
    services.assess(
        actor=owner, person_id=one,
        entry=AssessmentEntry(account_id=account_id, power=3, interest=2, stance=1, note=note),
    )  # fmt: skip
    where = AffiliationEntry(job_title=f"{mark} adviser", organisation=f"{mark} ministry")
    role = RoleEntry(account_id=account_id, role=RoleKind.LEGAL, evidence=f"{mark} minutes")
    tie = TieEntry(account_id=account_id, from_id=one, to_id=boss, kind=TieKind.REPORTS_TO)
    talk = InteractionEntry(
        account_id=account_id, kind=TouchKind.CALL, on=DAY, subject=f"{mark} price",
        summary=f"{mark} said", people=(one,), next_step=f"{mark} step",
    )  # fmt: skip
    rhythm = CadenceEntry(
        account_id=account_id, every_days=30, owner_id=owner.user_id or 0, topics=f"{mark} topics"
    )
    return {
        "contact_id": one,
        "affiliation_id": services.set_affiliation(actor=owner, person_id=one, entry=where),
        "role_id": services.hold_role(actor=owner, person_id=one, entry=role).id,
        "tie_id": services.tie(actor=owner, entry=tie).id,
        "interaction_id": services.log_interaction(actor=owner, entry=talk).id,
        "cadence_id": services.set_cadence(actor=owner, person_id=one, entry=rhythm).id,
    }
