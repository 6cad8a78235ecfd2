"""Which recipe each segment uses, and what two recipes said in cycles that came true since."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
from django.utils import timezone

from keystead.forecasting import models
from keystead.forecasting.calc.champion import evidence_of
from keystead.forecasting.queries.demand import demand_history
from keystead.forecasting.types.champion import ChampionRecord, CycleEvidence
from keystead.forecasting.types.cycle import CycleState, DemandKind, Key, Layer, RunState
from keystead.forecasting.types.panel import Recipe, Segment
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.periods import month_start
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.models import User

MOST_CYCLES = 24
FIXED = frozenset({Segment.DEAD.value, Segment.NEW.value})
Pair: TypeAlias = tuple[str, str, str]  # segment, champion, challenger


@dataclass(frozen=True)
class Standing:
    """A segment: the recipe in force and since when, or the one the runs ask for (no record)."""

    segment: str
    recipe: str
    since: ChampionRecord | None


@dataclass(frozen=True)
class _Said:
    """One run of a cycle: its lines by recipe and segment."""

    cycle: models.CycleRow
    run: models.RunRow
    recipes: Mapping[Key, str]
    segments: Mapping[Key, str]


def records_of(actor: Actor, kind: DemandKind = DemandKind.SELL_IN) -> tuple[ChampionRecord, ...]:
    """Return the decisions, the oldest first; needs ``forecasting.view``."""
    actor.require("forecasting.view")
    rows = list(models.ChampionRow.objects.filter(kind=kind.value))
    names = dict(
        User.objects.filter(pk__in={row.by_id for row in rows if row.by_id}).values_list(
            "pk", "username"
        )
    )
    return tuple(_record(row, names.get(row.by_id or 0, "")) for row in rows)


def standings(actor: Actor, kind: DemandKind = DemandKind.SELL_IN) -> tuple[Standing, ...]:
    """Return each segment with the recipe in force; what no decision changed follows the run."""
    found: dict[str, ChampionRecord] = {}
    for record in records_of(actor, kind):
        if record.changed:
            found[record.segment] = record
    names = [one.value for one in Segment if one.value not in FIXED]
    return tuple(
        Standing(name, found[name].recipe if name in found else "", found.get(name))
        for name in names
    )


def champions_of(kind: DemandKind, rhythm: Rhythm = Rhythm.MONTH) -> dict[str, str]:
    """Return the recipe of each segment that a decision changed: what a new run freezes.

    Decisions rest on cycles by month and hold for them alone: a run by week takes the recipe that
    it is asked for.
    """
    if rhythm is not Rhythm.MONTH:
        return {}
    rows = models.ChampionRow.objects.filter(kind=kind.value, changed=True)
    return dict(rows.values_list("segment", "challenger"))


def evidence(kind: DemandKind) -> dict[Pair, list[CycleEvidence]]:
    """Return what champion and challenger did, pooled by segment, cycle by cycle.

    Cycles that are locked and in which both recipes ran (the one that counted and trials), over
    the series that both forecast and the months that came true since. Over all accounts: only
    sums leave this function.
    """
    said = _said(kind)
    if not said:
        return {}
    actual = _actual(kind, said)
    now = champions_of(kind)
    found: dict[Pair, list[CycleEvidence]] = defaultdict(list)
    for runs in _by_cycle(said).values():
        counted = next((one for one in runs if one.run.pk == one.cycle.run_id), None)
        if counted is None:
            continue
        for segment in sorted(set(counted.segments.values()) - FIXED):
            champion = now.get(segment) or _usual(counted, segment)
            lines = _latest(runs, segment)
            for challenger in sorted(set(lines) - {champion}):
                if champion in lines:
                    pair = lines[champion], lines[challenger]
                    made = _compared(segment, pair, actual)
                    found[segment, champion, challenger] += [made] if made else []
    return dict(found)


def _said(kind: DemandKind) -> list[_Said]:
    cycles = models.CycleRow.objects.filter(
        kind=kind.value, rhythm=Rhythm.MONTH.value, state=CycleState.LOCKED.value
    )
    held = {row.pk: row for row in cycles.order_by("-month")[:MOST_CYCLES]}
    runs = models.RunRow.objects.filter(cycle_id__in=held, state=RunState.DONE.value)
    series: dict[int, dict[Key, tuple[str, str]]] = defaultdict(dict)
    wanted = ("run_id", "account_id", "product_id", "recipe", "segment")
    rows = models.RunSeries.objects.filter(run__in=runs)
    for run, account, product, recipe, segment in rows.values_list(*wanted):
        series[run][Key(account, product)] = recipe, segment
    return [
        _Said(
            held[run.cycle_id], run,
            {key: recipe for key, (recipe, _segment) in series[run.pk].items()},
            {key: segment for key, (_recipe, segment) in series[run.pk].items()},
        )
        for run in runs.order_by("cycle_id", "number")
    ]  # fmt: skip


def _by_cycle(said: Iterable[_Said]) -> dict[int, list[_Said]]:
    found: dict[int, list[_Said]] = defaultdict(list)
    for one in said:
        found[one.cycle.pk].append(one)
    return found


def _usual(counted: _Said, segment: str) -> str:
    """The recipe that most series of the segment had in the run that counted."""
    recipes = Counter(
        recipe for key, recipe in counted.recipes.items() if counted.segments[key] == segment
    )
    return min(recipes, key=lambda name: (-recipes[name], name))


def _latest(runs: Iterable[_Said], segment: str) -> dict[str, _Said]:
    """The latest run of a cycle in which each recipe forecast series of the segment."""
    found = {}
    for one in runs:
        for key, recipe in one.recipes.items():
            if one.segments[key] == segment and recipe not in (Recipe.DEAD, Recipe.NEW):
                found[recipe] = one
    return found


def _actual(kind: DemandKind, said: Iterable[_Said]) -> dict[tuple[Key, date], float]:
    """What came true, up to the last whole month; a masked month says nothing."""
    cut_off = date.fromordinal(month_start(timezone.localdate()).toordinal() - 1)
    accounts = frozenset(key.account_id for one in said for key in one.recipes)
    if not accounts:
        return {}
    demand = demand_history(SYSTEM, kind=kind, cut_off=cut_off, accounts=accounts)
    return {
        (key, month): float(demand.quantity[row, column])
        for key, row in demand.place.items()
        for column, month in enumerate(demand.months)
        if np.isfinite(demand.quantity[row, column])
    }


def _compared(
    segment: str, pair: tuple[_Said, _Said], actual: Mapping[tuple[Key, date], float]
) -> CycleEvidence | None:
    counted = pair[0]
    keys = sorted(
        key for key in counted.recipes
        if key in pair[1].recipes and counted.segments[key] == segment
    )  # fmt: skip
    lines = [_lines(one.run.pk) for one in pair]
    months = sorted({month for line in lines for _key, month in line})
    if not keys or not months:
        return None
    arrays = [
        np.array([[values.get((key, month), np.nan) for month in months] for key in keys])
        for values in (actual, *lines)
    ]
    made = evidence_of(f"{counted.cycle.month:%Y-%m}", [Segment(segment)] * len(keys), *arrays)
    return made.get(segment)


def _lines(run_id: int) -> dict[tuple[Key, date], float]:
    rows = models.ForecastVersion.objects.filter(run_id=run_id, layer=Layer.STATISTICAL.value)
    return {
        (Key(account, product), period): float(qty)
        for account, product, period, qty in rows.values_list(
            "account_id", "product_id", "period", "qty"
        )
    }


def _record(row: models.ChampionRow, name: str) -> ChampionRecord:
    told = row.numbers
    return ChampionRecord(
        row.segment, row.champion, row.challenger, row.changed, row.reason,
        told["gain_pct"], told["champion_wape_pct"], told["challenger_wape_pct"],
        told["champion_bias_pct"], told["challenger_bias_pct"],
        tuple(CycleEvidence(**one) for one in told["evidence"]), name, row.at.date(),
    )  # fmt: skip
