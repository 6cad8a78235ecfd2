"""Work the segments out, and set their cuts. Both are written once and kept."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.kernel.money import currency_code
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.planning import models
from keystead.planning.calc.segments import segment, value_classes
from keystead.planning.queries.measuring import metrics_by_id
from keystead.planning.queries.segments import (
    as_cuts,
    cuts_in_force,
    gather,
    last_before,
    quarter_of,
    run_for,
    segments_of,
)
from keystead.planning.rules.segments import wrong_cuts
from keystead.planning.services.keeping import refuse
from keystead.planning.types.segments import Cuts, Run


def set_cuts(*, actor: Actor, cuts: Cuts, why: str) -> int:
    """Store new cuts; the next run takes them. Needs ``planning.approve``. One audit row."""
    actor.require("planning.approve")
    refuse(wrong_cuts(cuts))
    if cuts.metric not in metrics_by_id():
        refuse({"metric": _("This metric cannot be a target.")})
    if not why.strip():
        refuse({"why": _("Say why.")})
    with transaction.atomic():
        last = models.CutsVersion.objects.select_for_update().first()
        row = models.CutsVersion(
            number=(last.number if last else 0) + 1, cuts=_plain(cuts), at=timezone.now(),
            by_id=actor.user_id, why=why.strip()[:400],
        )  # fmt: skip
        row.save(force_insert=True)
        audit.record(
            actor=actor, action="segments.cuts", subject=("segments", row.pk),
            old=_plain(as_cuts(last.cuts)) if last else None, new=row.cuts, why=row.why,
        )  # fmt: skip
    return row.number


def run_segments(*, actor: Actor, currency: str, on: date | None = None) -> Run:
    """Work out the segment of every top account of the house, and keep it with its inputs.

    Needs ``planning.approve``. The house is measured as a whole, whoever starts it; each reader
    sees the accounts of their own. Classes hold on to those of the last run of an earlier
    quarter. Writes the run, its segments and one audit row.
    """
    actor.require("planning.approve")
    code, day = currency_code(currency), on or timezone.localdate()
    number, cuts = cuts_in_force()
    found = gather(cuts, code, day)
    if not found.inputs:
        raise Invalid(_("No account has a value in this currency."), code="no_values")
    with transaction.atomic():
        before_run = last_before(quarter_of(day), code)
        before = segments_of(before_run) if before_run is not None else {}
        values = {key: one.value for key, one in found.inputs.items()}
        known = {key: one.value for key, one in before.items()}
        classes = value_classes(values, cuts, known)
        run = models.SegmentRun(
            quarter=quarter_of(day), cuts=_plain(cuts), cuts_number=number, currency=code,
            commit=found.commit, left_out=found.left_out, at=timezone.now(), by_id=actor.user_id,
        )  # fmt: skip
        run.save(force_insert=True)
        rows = []
        for key, inputs in found.inputs.items():
            one = segment(inputs, classes[key], cuts, before.get(key))
            rows.append(models.SegmentOf(
                run=run, account_id=key, inputs=_plain(inputs), **dataclasses.asdict(one)
            ))  # fmt: skip
        models.SegmentOf.objects.bulk_create(rows)
        audit.record(
            actor=actor, action="segments.run", subject=("segments", run.pk),
            new={"quarter": run.quarter, "accounts": len(rows), "cuts": number, "currency": code},
        )  # fmt: skip
    return run_for(actor, run.pk)


def _plain(one: object) -> dict[str, object]:
    """Return a value as JSON: decimals as text."""
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in dataclasses.asdict(one).items()  # type: ignore[call-overload]
    }
