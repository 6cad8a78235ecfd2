"""Which set counts, and which sets are refused."""

import dataclasses
from decimal import Decimal

import pytest

from keystead.accounts.types import Account, AccountKind
from keystead.kernel.errors import Invalid
from keystead.metrics.types import Additivity, Aggregate, MetricDef, Unit
from keystead.scorecards import rules
from keystead.scorecards.types import (
    Direction,
    KpiSet,
    LineDef,
    TargetPer,
    TargetSource,
    ZeroKind,
)

D = Decimal


def metric(name, **values):
    texts = dict.fromkeys(["label", "description", "formula", "grain", "source", "example"], "x")
    return MetricDef(
        id=name, unit=Unit.MONEY, additivity=Additivity.ADDITIVE, compute=Aggregate("sell_in"),
        **texts, **values,
    )  # fmt: skip


METRICS = {name: metric(name) for name in ("sell_in", "stock_days", "returns", "trade_rate")} | {
    "price_index": metric("price_index", resale_price=True)
}
GOOD = KpiSet(
    1, "trade", "Trade", "trade", ("platform",),
    (
        LineDef("sell_in", D(60), target_source=TargetSource.DATASET),
        LineDef("stock_days", D(40), Direction.BAND, target=D(30), target_high=D(45)),
        LineDef("returns", D(0), target_source=TargetSource.NONE),
    ),
)  # fmt: skip


def account(segment="", kind=AccountKind.PLATFORM):
    return Account(id=1, code="A", name="A", kind=kind, segment=segment)


def other(**values):
    return dataclasses.replace(GOOD, **values)


def test_the_segment_beats_the_kind():
    sets = [other(id=1), other(id=2, segment="Key platforms", kinds=())]
    assert rules.set_for(account("key PLATFORMS "), sets).id == 2
    assert rules.set_for(account("unknown"), sets).id == 1
    assert rules.set_for(account(kind=AccountKind.HOSPITAL), sets) is None


def test_only_active_sets_count_and_the_oldest_wins():
    sets = [other(id=3), other(id=2), other(id=1, active=False)]
    assert rules.set_for(account("trade"), sets).id == 2
    assert rules.set_for(account(), []) is None


def test_a_good_set_passes():
    rules.check_set(GOOD, METRICS)


def line(index, **values):
    lines = list(GOOD.lines)
    lines[index] = dataclasses.replace(lines[index], **values)
    return other(lines=tuple(lines))


@pytest.mark.parametrize(
    ("kpi_set", "field"),
    [
        (other(name="  "), "name"),
        (other(good_from=D(40)), "good_from"),
        (other(watch_from=D(0)), "good_from"),
        (other(good_from=D(101)), "good_from"),
        (other(min_coverage_pct=D(101)), "min_coverage_pct"),
        (other(lines=()), "lines"),
        (line(0, weight=D(59)), "lines"),
        (line(0, metric="nonsense"), "lines.0.metric"),
        (line(1, metric="sell_in", target_source=TargetSource.TYPED), "lines.1.metric"),
        (line(0, weight=D(0)), "lines.0.weight"),
        (line(2, weight=D(5)), "lines.2.weight"),
        (line(1, target_high=D(20)), "lines.1.target_high"),
        (line(1, target_high=None), "lines.1.target_high"),
        (line(1, target_source=TargetSource.LAST_YEAR), "lines.1.target_source"),
        (line(1, zero_at=D(0)), "lines.1.zero_at"),
        (line(0, metric="trade_rate"), "lines.0.target_source"),
        (line(0, target_per=TargetPer.MONTH), "lines.0.target_per"),
        (line(0, uplift_pct=D(-101)), "lines.0.uplift_pct"),
        (
            line(0, target_source=TargetSource.TYPED, target=D(10), zero_at=D(150)),
            "lines.0.zero_at",
        ),
        (
            line(0, target_source=TargetSource.TYPED, target=D(10), direction=Direction.LOWER),
            "lines.0.zero_at",
        ),
        (
            line(
                0,
                target_source=TargetSource.TYPED,
                target=D(5),
                zero_kind=ZeroKind.VALUE,
                zero_at=D(5),
            ),
            "lines.0.zero_at",
        ),
    ],
)
def test_what_makes_no_sense_is_named(kpi_set, field):
    with pytest.raises(Invalid) as caught:
        rules.check_set(kpi_set, METRICS)
    assert field in caught.value.data["fields"]


def test_too_many_lines():
    names = [f"m{i}" for i in range(13)]
    lines = tuple(LineDef(name, D(0), target_source=TargetSource.NONE) for name in names)
    with pytest.raises(Invalid) as caught:
        rules.check_set(other(lines=lines), {name: metric(name) for name in names})
    assert list(caught.value.data["fields"]) == ["lines"]


def test_resale_prices_are_found():
    lines = (*GOOD.lines, LineDef("price_index", D(0), target_source=TargetSource.NONE))
    assert rules.reads_resale_price(lines, METRICS) == ["price_index"]
    assert rules.reads_resale_price(GOOD.lines, METRICS) == []
