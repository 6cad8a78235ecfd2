"""Segments: what goes in, the runs that are kept, and what a reader may see of them."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from keystead.accounts.queries import accounts_for, families_below, restrict
from keystead.health.queries.readings import readings_of
from keystead.health.queries.scores import rules_in_force
from keystead.health.types.scores import Signal
from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period, add_months, month_start
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.queries import data_until, evaluate
from keystead.planning import models
from keystead.planning.calc.segments import stability, variation
from keystead.planning.queries.measuring import readable
from keystead.planning.types.segments import Cuts, Inputs, Placed, Run, Segment

MONTHS, YEAR = 24, 12


@dataclasses.dataclass(frozen=True)
class Gathered:
    """What is known of the top accounts of the house; ``left_out``: why some are not among them."""

    inputs: dict[int, Inputs]
    commit: int
    left_out: dict[str, int]


def quarter_of(day: date) -> str:
    """Return the quarter of a day.

    >>> quarter_of(date(2026, 11, 23))
    '2026-Q4'
    """
    return f"{day.year}-Q{(day.month + 2) // 3}"


def cuts_in_force() -> tuple[int, Cuts]:
    """Return the newest cuts with their number; the shipped ones are number 0."""
    row = models.CutsVersion.objects.first()
    return (row.number, as_cuts(row.cuts)) if row else (0, Cuts())


def as_cuts(stored: Mapping[str, Any]) -> Cuts:
    """Return stored cuts as a value."""
    given: dict[str, Any] = {
        name: value if name == "metric" else Decimal(str(value)) for name, value in stored.items()
    }
    return Cuts(**given)


def gather(cuts: Cuts, currency: str, day: date) -> Gathered:
    """Return what goes into a run: value, demand by month, room, coverage, satisfaction.

    An account stands for itself and all below it, so only those at the top of the tree count.
    No rights are checked here.
    """
    last = min(data_until() or day, day)
    end = month_start(add_months(last, 1)) if _whole(last) else month_start(last)
    span = Period(add_months(end, -MONTHS), end)
    alive = [one.id for one in accounts_for(SYSTEM) if one.status.value != "closed"]
    families = families_below(alive)
    below = {one for top, family in families.items() for one in family if one != top}
    tops = [one for one in alive if one not in below]
    months = {start: place for place, start in enumerate(span.month_starts())}
    seen = evaluate(actor=SYSTEM, metrics=[cuts.metric], by=("account", "month"), period=span,
                    currency=currency)  # fmt: skip
    held: dict[int, dict[int, Decimal]] = defaultdict(dict)
    unrated = set()
    names = ("account", "month", cuts.metric, f"{cuts.metric}_note")
    for one, month, value, note in zip(
        *(seen.table.column(name).to_pylist() for name in names), strict=True
    ):
        if value is None:
            if note == "no_rate":
                unrated.add(one)
            continue
        held[one][months[month]] = held[one].get(months[month], Decimal(0)) + Decimal(str(value))
    room = _room(currency, Period(add_months(end, -YEAR), end))
    rules = rules_in_force()
    wanted = (Signal.COVERAGE, Signal.SATISFACTION)
    few = dataclasses.replace(
        rules, rules=tuple(one for one in rules.rules if one.signal in wanted)
    )
    readings = readings_of(few, on=day, account_ids=tops)
    left: Counter[str] = Counter()
    inputs = {}
    for top in tops:
        family = families[top]
        if family & unrated:
            left["no_rate"] += 1
            continue
        series = [sum((held[one].get(place, Decimal(0)) for one in family), Decimal(0))
                  for place in range(MONTHS)]  # fmt: skip
        value = sum(series[-YEAR:], Decimal(0))
        if value <= 0:
            left["no_value"] += 1
            continue
        inputs[top] = _inputs(value, series, family, room, readings.get(top, {}))
    return Gathered(inputs, seen.commit, dict(left))


def last_before(quarter: str, currency: str) -> models.SegmentRun | None:
    """Return the last run of an earlier quarter in the same currency; None when there is none."""
    rows = models.SegmentRun.objects.filter(quarter__lt=quarter, currency=currency)
    return rows.order_by("-quarter", "-id").first()


def segments_of(run: models.SegmentRun) -> dict[int, Segment]:
    """Return the segments of a run by account. No rights are checked here."""
    rows = models.SegmentOf.objects.filter(run=run)
    return {row.account_id: _segment(row) for row in rows}


def runs(actor: Actor) -> tuple[Run, ...]:
    """Return the runs that were kept, the newest first, without their accounts."""
    actor.require("planning.view")
    rows = models.SegmentRun.objects.select_related("by")[:40]
    return tuple(_run(row, None, ()) for row in rows)


def run_for(actor: Actor, run_id: int | None = None) -> Run:
    """Return a run (default: the newest) with the accounts the reader may see; NotFound.

    The value is left out for those who may not read its metric, what health says for those
    without ``health.view``.
    """
    actor.require("planning.view")
    rows = models.SegmentRun.objects.select_related("by")
    row = rows.first() if run_id is None else rows.filter(pk=run_id).first()
    if row is None:
        raise NotFound(_("The segments were not worked out yet."), code="run_not_found")
    before_run = last_before(row.quarter, row.currency)
    before = segments_of(before_run) if before_run is not None else {}
    mine = models.SegmentOf.objects.filter(run=row).select_related("account")
    mine = restrict(mine, actor, name="plan")
    metric = as_cuts(row.cuts).metric
    placed = [
        _placed(one, before.get(one.account_id), values=readable(actor, metric),
                bonds=actor.can("health.view"))
        for one in mine
    ]  # fmt: skip
    placed.sort(key=lambda one: (one.segment.value, -one.inputs.value, one.account_name))
    moved = stability(before, segments_of(row)) if before else None
    return _run(row, moved, tuple(placed))


def _whole(day: date) -> bool:
    return month_start(date.fromordinal(day.toordinal() + 1)) != month_start(day)


def _room(currency: str, span: Period) -> dict[int, Decimal]:
    """Return what is open at each account by what was said of its cells: potential less bought.

    Where something was said of brands, cells of single products are within them.
    """
    rows = models.CellRow.objects.filter(currency=currency, potential__isnull=False)
    said: dict[str, dict[int, dict[Any, Decimal]]] = {"brand": {}, "product": {}}
    for one, brand, product, potential in rows.values_list(
        "account_id", "brand", "product_id", "potential"
    ):
        by = "brand" if brand else "product"
        said[by].setdefault(one, {})[brand or product] = potential or Decimal(0)
    found: dict[int, Decimal] = {}
    for by in ("product", "brand"):
        found |= _open(said[by], by, currency, span)
    return found


def _open(
    said: Mapping[int, Mapping[Any, Decimal]], by: str, currency: str, span: Period
) -> dict[int, Decimal]:
    if not said:
        return {}
    seen = evaluate(
        actor=SYSTEM, metrics=["sell_in"], by=("account", by), period=span,
        filters={"account": sorted(said)}, currency=currency,
    ).table  # fmt: skip
    columns = (seen.column(name).to_pylist() for name in ("account", by, "sell_in"))
    bought = {(one, key): max(value or Decimal(0), Decimal(0))
              for one, key, value in zip(*columns, strict=True)}  # fmt: skip
    return {
        one: sum(
            (max(potential - bought.get((one, key), Decimal(0)), Decimal(0))
             for key, potential in cells.items()), Decimal(0),
        )
        for one, cells in said.items()
    }  # fmt: skip


def _inputs(
    value: Decimal,
    series: list[Decimal],
    family: frozenset[int],
    room: Mapping[int, Decimal],
    said: Mapping[Signal, Any],
) -> Inputs:
    still_open = sum((room[one] for one in family if one in room), Decimal(0))
    known = any(one in room for one in family)
    first = next((place for place, one in enumerate(series) if one), len(series))
    coverage, nps = said.get(Signal.COVERAGE), said.get(Signal.SATISFACTION)
    return Inputs(
        value=value.quantize(Decimal("0.01")),
        cv=variation(series if first < YEAR else series[first:]),
        room_pct=round(float(still_open / value * 100), 2) if known else None,
        coverage_pct=float(coverage.value) if coverage and coverage.value is not None else None,
        satisfaction=float((nps.value + 100) / 2) if nps and nps.value is not None else None,
    )  # fmt: skip


def _segment(row: models.SegmentOf) -> Segment:
    return Segment(row.value, row.variability, row.potential, row.relation)


def _placed(row: models.SegmentOf, before: Segment | None, *, values: bool, bonds: bool) -> Placed:
    inputs = Inputs(**{**row.inputs, "value": Decimal(row.inputs["value"])})
    found = _segment(row)
    if not values:
        inputs = dataclasses.replace(inputs, value=Decimal(0), cv=None, room_pct=None)
    if not bonds:
        inputs = dataclasses.replace(inputs, coverage_pct=None, satisfaction=None)
        found = dataclasses.replace(found, relation="")
        before = dataclasses.replace(before, relation="") if before else None
    return Placed(
        account_id=row.account_id, account_code=row.account.code, account_name=row.account.name,
        segment=found, inputs=inputs, before=before,
    )  # fmt: skip


def _run(row: models.SegmentRun, moved: Decimal | None, placed: tuple[Placed, ...]) -> Run:
    return Run(
        id=row.pk, quarter=row.quarter, currency=row.currency, cuts=as_cuts(row.cuts),
        cuts_number=row.cuts_number, commit=row.commit, at=row.at, by_name=str(row.by or ""),
        moved_pct=moved, left_out=dict(row.left_out), placed=placed,
    )  # fmt: skip
