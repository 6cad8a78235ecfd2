"""Totals for lists: what was computed last, and whether it still holds."""

from __future__ import annotations

from collections.abc import Iterable

from keystead.accounts.queries import restrict
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.ledger.queries import versions
from keystead.scorecards import models
from keystead.scorecards.queries.measure import readable
from keystead.scorecards.queries.sets import stored_sets
from keystead.scorecards.types import ScoreSummary, Word


def content_commit() -> int:
    """Return the last commit that changed what is visible of any dataset."""
    known = versions()
    return max((known.content(dataset).commit for dataset in known.datasets), default=0)


def scores_for(actor: Actor, account_ids: Iterable[int] | None = None) -> dict[int, ScoreSummary]:
    """Return the latest kept total of each account the actor may see, by account id.

    Accounts without a kept total are absent. An actor who may not read every metric of a set
    gets no total of it, because totals tell of their lines. Three queries, whatever the number.
    """
    actor.require("scorecards.view")
    rows = restrict(models.CachedScore.objects.all(), actor)
    if account_ids is not None:
        rows = rows.filter(account_id__in=list(account_ids))
    commit = content_commit()
    sets = {found.id: found for found in stored_sets()}
    whole = {
        set_id for set_id, found in sets.items() if len(readable(actor, found)) == len(found.lines)
    }
    found: dict[int, ScoreSummary] = {}
    for row in rows.order_by("account_id", "period_end", "period_start"):
        shown = row.kpi_set_id in whole
        kpi_set = sets[row.kpi_set_id]
        found[row.account_id] = ScoreSummary(
            account_id=row.account_id,
            kpi_set_id=row.kpi_set_id,
            period=Period(row.period_start, row.period_end),
            total=row.total if shown else None,
            coverage_pct=row.coverage_pct,
            word=Word(row.word) if shown else Word.MISSING,
            commit=row.commit,
            computed_at=row.computed_at,
            fresh=row.commit >= commit and row.set_version == kpi_set.version,
        )
    return found
