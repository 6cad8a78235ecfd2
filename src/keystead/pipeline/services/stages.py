"""The stages of the house: their words, their chance, their forecast category."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.pipeline import models
from keystead.pipeline.calc.stages import FIRST
from keystead.pipeline.queries.deals_stored import all_stages, as_stage
from keystead.pipeline.services.loading import checked_percent
from keystead.pipeline.types.opportunities import ForecastCategory, Stage

CODE = re.compile(r"[a-z][a-z0-9_-]{0,19}", re.ASCII)


def keep_stage(*, actor: Actor, stage: Stage, expected_version: int | None = None) -> Stage:
    """Add a stage, or change one; needs ``pipeline.approve``. One audit row.

    What is open in a stage takes its new probability at once; what was said at a step stays.
    """
    actor.require("pipeline.approve")
    _check(stage)
    with transaction.atomic():
        rows = models.StageRow.objects.select_for_update()
        row = rows.filter(code=stage.code).first()
        old = row.snapshot() if row else None
        row = row or models.StageRow(code=stage.code)
        row.name, row.position = stage.name.strip()[:60], stage.position
        row.pct, row.category, row.active = stage.pct, stage.category.value, stage.active
        row.save_checked(actor, expected_version or None)
        audit.record(
            actor=actor, action="stage.edit" if old else "stage.set",
            subject=("stage", row.pk), old=old, new=row.snapshot(),
        )  # fmt: skip
    return as_stage(row)


def _check(stage: Stage) -> None:
    wrong: dict[str, str] = {}
    if not CODE.fullmatch(stage.code):
        wrong["code"] = _("A code is small letters, digits and lines, at most 20.")
    known = {one.code: one for one in all_stages()}
    if not stage.name.strip() and stage.code not in known:
        wrong["name"] = _("A stage has a name.")
    if stage.category is ForecastCategory.CLOSED:
        wrong["category"] = _("Only what is won is closed.")
    if stage.code == FIRST and not stage.active:
        wrong["active"] = _("The first stage stays: everything begins there.")
    if not stage.active and models.OpportunityRow.objects.filter(
        stage=stage.code, closed=False
    ).exists():  # fmt: skip
        wrong["active"] = _("Move what stands in this stage first.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="stage", fields=wrong)
    checked_percent(stage.pct, "pct")
