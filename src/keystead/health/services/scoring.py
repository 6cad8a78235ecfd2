"""Writes a new version of the rules; takes the snapshots of a month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.health import models
from keystead.health.calc.score import score
from keystead.health.queries.readings import readings_of
from keystead.health.queries.scores import plain_part, rules_in_force
from keystead.health.rules.scoring import SHIPPED, check_rules, plain_rules
from keystead.health.types.scores import RuleSet
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import add_months, month_start
from keystead.kit import audit
from keystead.kit.access import SYSTEM, Actor

SUBJECT = "health_rules"


def write_rules(*, actor: Actor, rules: RuleSet) -> RuleSet:
    """Store rules as the next version, in force from now on; needs ``health.rules``.

    A version is never changed, so that every kept score can be worked out again. One audit row.
    """
    actor.require("health.rules")
    check_rules(rules)
    with transaction.atomic():
        newest = models.RuleVersion.objects.aggregate(last=Max("number"))["last"]
        number = max(newest or 0, SHIPPED.number) + 1
        definition = plain_rules(rules)
        row = models.RuleVersion(
            number=number, definition=definition, why=rules.why.strip()[:400], at=timezone.now(),
            by_id=actor.user_id,
        )  # fmt: skip
        row.save(force_insert=True)
        audit.record(
            actor=actor, action="health_rules.write", subject=(SUBJECT, number),
            old=plain_rules(rules_in_force(before=number)), new=definition, why=row.why,
        )  # fmt: skip
    return rules_in_force()


def take_snapshots(*, month: date | None = None, actor: Actor = SYSTEM) -> dict[str, int]:
    """Keep the scores of all accounts for a month (the one that ended last), each once.

    Accounts of which nothing at all is known get none. One audit row for all that were new.
    """
    today = timezone.localdate()
    wanted = month_start(month) if month else add_months(month_start(today), -1)
    end = add_months(wanted, 1) - timedelta(days=1)
    if end >= today:
        raise Invalid(_("This month is not over."), code="month")
    known = set(
        models.SnapshotRow.objects.filter(month=wanted).values_list("account_id", flat=True)
    )
    rules = rules_in_force()
    rows = []
    for account_id, found in readings_of(rules, on=end, but=known).items():
        made = score(rules, found)
        if made.known_pct <= 0:
            continue
        rows.append(
            models.SnapshotRow(
                account_id=account_id, month=wanted, rules_number=rules.number, score=made.score,
                ceiling=made.ceiling, known_pct=made.known_pct, band=made.band.value,
                parts=[plain_part(one) for one in made.parts], at=timezone.now(),
                by_id=actor.user_id,
            )
        )  # fmt: skip
    return {"month": wanted.year * 100 + wanted.month, "made": _store(actor, wanted, rules, rows)}


@transaction.atomic
def _store(actor: Actor, month: date, rules: RuleSet, rows: list[models.SnapshotRow]) -> int:
    """Insert what another worker has not meanwhile, and tell the trail how many."""
    before = models.SnapshotRow.objects.filter(month=month).count()
    models.SnapshotRow.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    made = models.SnapshotRow.objects.filter(month=month).count() - before
    if made:
        told: dict[str, Any] = {"month": month, "accounts": made, "rules": rules.number}
        audit.record(actor=actor, action="health.snapshot", subject=("health", month), new=told)
    return made
