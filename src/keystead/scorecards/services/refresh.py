"""Keep the totals of lists fresh: compute them again where the ledger or a set moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from keystead.accounts.queries import accounts_for
from keystead.accounts.types import Account
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.queries import evaluate
from keystead.scorecards import models
from keystead.scorecards.calc.score import score_card
from keystead.scorecards.queries import measure
from keystead.scorecards.queries.cards import default_period
from keystead.scorecards.queries.scores import content_commit
from keystead.scorecards.queries.sets import stored_sets
from keystead.scorecards.rules import set_for
from keystead.scorecards.types import KpiSet, Score


def refresh_scores(
    *,
    actor: Actor = SYSTEM,
    account_ids: Iterable[int] | None = None,
    evaluate: measure.Evaluate = evaluate,
) -> int:
    """Compute the kept totals that are missing or behind; returns how many. Idempotent.

    Runs as the system over all accounts, or those given. Kept totals are a cache that can be
    rebuilt, so nothing is written to the trail. The period is the year to the last day with
    sales; totals of other periods are dropped.
    """
    period = default_period()
    wanted = None if account_ids is None else set(account_ids)
    commit, sets = content_commit(), stored_sets()
    accounts = [one for one in accounts_for(actor) if wanted is None or one.id in wanted]
    held = {
        row.account_id: row
        for row in models.CachedScore.objects.filter(
            period_start=period.start, period_end=period.end
        )
    }
    groups: dict[tuple[int, str], list[Account]] = {}
    known: dict[int, KpiSet] = {}
    for account in accounts:
        kpi_set = set_for(account, sets)
        if kpi_set is None:
            continue
        row = held.get(account.id)
        if row and row.commit >= commit and _fits(row, kpi_set, account):
            continue
        known[kpi_set.id] = kpi_set
        groups.setdefault((kpi_set.id, account.currency), []).append(account)
    done = sum(
        _refresh_group(actor, known[set_id], group, period, commit, evaluate)
        for (set_id, _), group in groups.items()
    )
    models.CachedScore.objects.exclude(period_start=period.start, period_end=period.end).delete()
    return done


def _fits(row: models.CachedScore, kpi_set: KpiSet, account: Account) -> bool:
    return (row.kpi_set_id, row.set_version, row.currency) == (
        kpi_set.id,
        kpi_set.version,
        account.currency,
    )


def _refresh_group(
    actor: Actor,
    kpi_set: KpiSet,
    accounts: Sequence[Account],
    period: Period,
    commit: int,
    evaluate: measure.Evaluate,
) -> int:
    figures = measure.figures_for(actor, kpi_set, accounts, period, evaluate=evaluate)
    notes = measure.notes_for([account.id for account in accounts], kpi_set)
    with transaction.atomic():
        for account in accounts:
            found = figures[account.id]
            # Rows that came while we computed are told by a later commit: asked again.
            held = min(commit, found.commit or commit)
            _keep(account, kpi_set, found, _score(kpi_set, account.id, found, notes), held)
    return len(accounts)


def rescore(account: Account, kpi_set: KpiSet) -> None:
    """Score an account's kept figures again, after its own targets changed."""
    notes = measure.notes_for([account.id], kpi_set)
    for row in models.CachedScore.objects.filter(account_id=account.id, kpi_set_id=kpi_set.id):
        period = Period(row.period_start, row.period_end)
        figures = measure.figures_from(
            row.figures, period, row.commit, measure.readable(SYSTEM, kpi_set)
        )
        score = _score(kpi_set, account.id, figures, notes)
        row.total, row.coverage_pct, row.word = score.total, score.coverage_pct, score.word.value
        row.save(update_fields=["total", "coverage_pct", "word"])


def _score(
    kpi_set: KpiSet,
    account_id: int,
    figures: measure.Figures,
    notes: Mapping[tuple[int, int], models.AccountLine],
) -> Score:
    readings = [
        measure.read_line(line, figures, notes.get((account_id, line.id))).reading
        for line in kpi_set.lines
    ]
    return score_card(kpi_set, readings)


def _keep(
    account: Account, kpi_set: KpiSet, figures: measure.Figures, score: Score, commit: int
) -> None:
    models.CachedScore.objects.update_or_create(
        account_id=account.id,
        period_start=figures.period.start,
        period_end=figures.period.end,
        defaults={
            "kpi_set_id": kpi_set.id,
            "set_version": kpi_set.version,
            "currency": account.currency,
            "total": score.total,
            "coverage_pct": score.coverage_pct,
            "word": score.word.value,
            "figures": figures.as_data(),
            "commit": commit,
            "computed_at": timezone.now(),
        },
    )
