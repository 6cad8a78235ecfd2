"""Reads of compliance: the rules in force, the hits that wait."""

from __future__ import annotations

from keystead.governance.models import ComplianceRuleRow, RuleHit
from keystead.governance.rules.shipped import RULES
from keystead.governance.types.compliance import ComplianceRule, Hit, Level, StoredHit
from keystead.kit.access import Actor
from keystead.kit.models import User


def rules() -> tuple[ComplianceRule, ...]:
    """Return the shipped rules, each overridden by the company's row of the same id."""
    found = {rule.id: rule for rule in RULES}
    for row in ComplianceRuleRow.objects.all():
        found[row.rule_id] = ComplianceRule(
            id=row.rule_id,
            context=row.context,
            level=Level(row.level),
            trigger=row.trigger,
            message=row.message,
            owner=row.owner,
            jurisdiction=row.jurisdiction,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
    return tuple(found[key] for key in sorted(found))


def hits(actor: Actor, *, only_open: bool = False, limit: int = 200) -> tuple[StoredHit, ...]:
    """Return hits, newest first; the actor needs ``compliance.view``."""
    actor.require("compliance.view")
    rows = RuleHit.objects.select_related("created_by", "decided_by")
    if only_open:
        rows = rows.filter(state=RuleHit.State.OPEN)
    return tuple(stored(row) for row in rows[:limit])


def hits_on(subject: tuple[str, object]) -> tuple[StoredHit, ...]:
    """Return the hits on one object, newest first, for the room that owns it and its own door."""
    rows = RuleHit.objects.select_related("created_by", "decided_by").filter(
        subject_type=subject[0], subject_id=str(subject[1])
    )
    return tuple(stored(row) for row in rows)


def stored(row: RuleHit) -> StoredHit:
    """Return a stored hit as a type."""
    return StoredHit(
        id=row.pk,
        hit=Hit(row.rule_id, Level(row.level), row.message, row.evidence),
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        account_id=row.account_id,
        at=row.at,
        by_name=_name(row.created_by),
        state=row.state,
        decided_by_name=_name(row.decided_by),
        reason=row.reason,
    )


def _name(user: User | None) -> str:
    return str(user) if user else ""
