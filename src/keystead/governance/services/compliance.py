"""Screen an object against the rules, and decide what they stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from keystead.governance.models import ComplianceRuleRow, RuleHit
from keystead.governance.queries import compliance as reads
from keystead.governance.queries.rule_words import sentence
from keystead.governance.rules.approvals import content_hash
from keystead.governance.rules.compliance import check, validate
from keystead.governance.types.compliance import Hit, Level, RuleHitDecided, StoredHit
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit import audit, outbox
from keystead.kit.access import Actor

STOPS = (Level.BLOCK, Level.REVIEW)


def screen(
    *,
    actor: Actor,
    context: str,
    subject: tuple[str, object],
    facts: Mapping[str, Any],
    jurisdictions: frozenset[str] = frozenset(),
    account_id: int | None = None,
) -> tuple[StoredHit, ...]:
    """Check the facts, store new hits once, and return all of them, strictest first.

    The caller refuses when ``stopped_by`` finds one. The same facts on the same object never
    make a second hit, so that a decision of compliance keeps counting until the facts change.
    """
    found = check(
        reads.rules(), context, facts, on=timezone.localdate(), jurisdictions=jurisdictions
    )
    plain = json.loads(json.dumps(dict(facts), cls=DjangoJSONEncoder))
    digest = content_hash(plain)
    with transaction.atomic():
        return tuple(_store(actor, hit, subject, digest, account_id) for hit in found)


def stopped_by(hits: tuple[StoredHit, ...]) -> StoredHit | None:
    """Return the first hit that stops the work: a block or review that nobody allowed."""
    return next((hit for hit in hits if hit.hit.level in STOPS and hit.state != "allowed"), None)


def refuse_if_stopped(hits: tuple[StoredHit, ...]) -> None:
    """Raise NotAllowed with the rule's own sentence when a hit stops the work."""
    stop = stopped_by(hits)
    if stop is not None:
        raise NotAllowed(
            sentence(stop.hit.rule_id, stop.hit.message),
            hint="Compliance can decide this with a stored reason.",
            code="compliance_rule",
            rule=stop.hit.rule_id,
            hit=stop.id,
            level=stop.hit.level.value,
        )


def _store(
    actor: Actor, hit: Hit, subject: tuple[str, object], digest: str, account_id: int | None
) -> StoredHit:
    stops = hit.level in STOPS
    row = RuleHit.objects.filter(
        rule_id=hit.rule_id, subject_type=subject[0], subject_id=str(subject[1]), facts_hash=digest
    ).first()
    if row is None:
        row = RuleHit(
            rule_id=hit.rule_id,
            level=hit.level.value,
            message=hit.message[:400],
            evidence=json.loads(json.dumps(hit.evidence, cls=DjangoJSONEncoder)),
            facts_hash=digest,
            subject_type=subject[0],
            subject_id=str(subject[1]),
            account_id=account_id,
            state=RuleHit.State.OPEN if stops else RuleHit.State.NOTED,
        )
        row.save_checked(actor)
        audit.record(
            actor=actor,
            action="compliance.hit",
            subject=(subject[0], subject[1]),
            new={"rule": hit.rule_id, "level": hit.level.value},
            account_id=account_id,
        )
    return reads.stored(row)


@transaction.atomic
def decide_hit(*, actor: Actor, hit_id: int, allow: bool, reason: str) -> StoredHit:
    """Allow or refuse what a rule stopped: compliance only, with a reason, never one's own."""
    actor.require("compliance.decide")
    row = RuleHit.objects.select_for_update().filter(pk=hit_id).first()
    if row is None:
        raise NotFound("There is no such hit.")
    if row.created_by_id == actor.user_id:
        raise NotAllowed("You caused this hit, so a second person has to decide it.")
    if row.state != RuleHit.State.OPEN:
        raise Conflict(f"This hit is {row.state} already.")
    if not reason.strip():
        raise Invalid("Say why.", fields={"reason": "A decision keeps its reason."})
    row.state = RuleHit.State.ALLOWED if allow else RuleHit.State.REFUSED
    row.decided_by_id, row.decided_at, row.reason = actor.user_id, timezone.now(), reason
    row.save_checked(actor)
    audit.record(
        actor=actor,
        action="compliance.allow" if allow else "compliance.refuse",
        subject=(row.subject_type, row.subject_id),
        new={"rule": row.rule_id, "hit": row.pk},
        why=reason,
        account_id=row.account_id,
    )
    outbox.publish(
        RuleHitDecided(
            hit_id=row.pk,
            rule_id=row.rule_id,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            allowed=allow,
        )
    )
    return reads.stored(row)


@transaction.atomic
def save_rule(
    *,
    actor: Actor,
    rule_id: str,
    values: Mapping[str, Any],
    why: str,
    version: int | None = None,
) -> int:
    """Add a rule of the company, or override a shipped one (``compliance.decide``).

    ``version`` is the one that was read; a stale one is a Conflict. Returns the row's id.
    """
    actor.require("compliance.decide")
    validate(values["trigger"])
    if not why.strip():
        raise Invalid("Say why.", fields={"why": "A change of a rule keeps its reason."})
    row = ComplianceRuleRow.objects.filter(rule_id=rule_id).first()
    old = row.snapshot() if row else None
    row = row or ComplianceRuleRow(rule_id=rule_id)
    for name, value in values.items():
        setattr(row, name, value)
    row.save_checked(actor, version)
    audit.record(
        actor=actor,
        action="compliance.rule",
        subject=("compliance_rule", rule_id),
        old=old,
        new=row.snapshot(),
        why=why,
    )
    return row.pk
