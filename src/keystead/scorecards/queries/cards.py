"""A live scorecard: one account, one period, as of now."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.accounts.types import Account
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.ledger.queries import last_day
from keystead.metrics.queries import evaluate
from keystead.scorecards import models
from keystead.scorecards.calc.score import score_card
from keystead.scorecards.queries import measure
from keystead.scorecards.queries.scores import content_commit
from keystead.scorecards.queries.sets import metrics_by_id, set_for_account
from keystead.scorecards.types import Card, CardLine, KpiSet, LineScore

SALES = ("sell_in", "flow", "off_take")


def card(
    actor: Actor,
    account_id: int,
    period: Period | None = None,
    *,
    evaluate: measure.Evaluate = evaluate,
) -> Card:
    """Return the scorecard of an account; NotFound when it is foreign or has no KPI set.

    ``period`` defaults to the year to the last day with sales (``default_period``).
    """
    actor.require("scorecards.view")
    account = account_for(actor, account_id)
    kpi_set = set_for_account(account)
    if kpi_set is None:
        raise NotFound(
            _("No KPI set counts for this account yet."),
            code="kpi_set_missing",
            hint=_("Give a KPI set the segment of the account."),
        )
    chosen = period or default_period()
    figures = kept_figures(actor, account, kpi_set, chosen)
    if figures is None:
        asked = measure.figures_for(actor, kpi_set, [account], chosen, evaluate=evaluate)
        figures = asked[account.id]
    return build(account, kpi_set, figures)


def kept_figures(
    actor: Actor, account: Account, kpi_set: KpiSet, period: Period
) -> measure.Figures | None:
    """Return the kept figures of a card when nothing has moved since, else None."""
    row = models.CachedScore.objects.filter(
        account_id=account.id,
        period_start=period.start,
        period_end=period.end,
        kpi_set_id=kpi_set.id,
        set_version=kpi_set.version,
        currency=account.currency,
        commit__gte=max(content_commit(), 1),
    ).first()
    if row is None:
        return None
    return measure.figures_from(row.figures, period, row.commit, measure.readable(actor, kpi_set))


def build(account: Account, kpi_set: KpiSet, figures: measure.Figures) -> Card:
    """Return the card of an account from its figures and its notes."""
    notes = measure.notes_for([account.id], kpi_set)
    found = [notes.get((account.id, line.id)) for line in kpi_set.lines]
    read = [
        measure.read_line(line, figures, note)
        for line, note in zip(kpi_set.lines, found, strict=True)
    ]
    score = score_card(kpi_set, [one.reading for one in read])
    lines = tuple(
        _line(one, points, note, figures)
        for one, points, note in zip(read, score.lines, found, strict=True)
    )
    return Card(
        account_id=account.id,
        account_code=account.code,
        account_name=account.name,
        kpi_set=kpi_set,
        period=figures.period,
        commit=figures.commit,
        score=score,
        lines=lines,
    )


def default_period() -> Period:
    """Return the calendar year up to the last day that sales tell of, never past today."""
    today = timezone.localdate()
    last = min(last_day(SALES) or today, today)
    return Period.between(date(last.year, 1, 1), last)


def _line(
    one: measure.LineReading,
    points: LineScore,
    note: models.AccountLine | None,
    figures: measure.Figures,
) -> CardLine:
    line = one.reading.line
    metric = metrics_by_id().get(line.metric)
    owner = note.owner if note else None
    return CardLine(
        line=line,
        label=line.label or (metric.label if metric else line.metric),
        unit=metric.unit.value if metric else "",
        metric_version=metric.version if metric else 0,
        actual=one.actual,
        target=one.target,
        target_high=one.reading.target_high,
        last_year=one.last_year,
        score=points,
        trend=figures.trend.get(line.metric, ()),
        owner_id=owner.pk if owner else None,
        owner=str(owner) if owner else "",
        comment=note.comment if note else "",
        own_target=one.own_target,
        own_typed=(note.target, note.target_high) if note else (None, None),
        note_version=note.version if note else 0,
    )
