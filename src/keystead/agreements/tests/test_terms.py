"""Terms as JSON, their sentences and redline: nothing is lost, and no difference is silent."""

import dataclasses

import pytest
from django.utils.translation import override

from keystead.agreements.calc.written import read, written
from keystead.agreements.queries import redline
from keystead.agreements.queries.sentences import condition_parts
from keystead.agreements.tests.world import D, rebate, tiers, version
from keystead.agreements.types import (
    EVERYTHING,
    Anchor,
    Boundary,
    Cap,
    Condition,
    DiscountBase,
    Every,
    Example,
    Family,
    Floor,
    FreeGoods,
    Gate,
    Measure,
    Method,
    NegativePolicy,
    PriceProtection,
    RateKind,
    Scope,
    Selection,
    Service,
    StackMode,
    Target,
    Terms,
    Timing,
    TransactionPoint,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period

pytestmark = pytest.mark.django_db  # what terms name is looked up
H1 = Period.parse("2026-H1")
CHANGED = {
    "family": Family.MIX_REBATE, "label": "Other", "timing": Timing.ON_INVOICE,
    "scope": Scope(Selection(brands=("A",)), Selection(products=(3,))),
    "focus": EVERYTHING, "tier_measure": Measure.QUANTITY, "tier_metric": "run_rate",
    "tier_uom": "box", "tier_period": Every.MONTH, "anchor": Anchor.AGREEMENT, "reset": False,
    "settle_every": Every.MONTH, "benefit_measure": Measure.GROSS_VALUE,
    "benefit_metric": "run_rate", "benefit_uom": "box", "benefit_on_focus": True,
    "rate_kind": RateKind.FIXED, "method": Method.INCREMENTAL, "boundary": Boundary.GT,
    "tiers": tiers((0, 2)), "baseline": "last_year",
    "targets": (Target("t", Measure.NET_VALUE, D(5)),), "free_goods": FreeGoods(D(1), D(10)),
    "price_protection": PriceProtection(True, D(30)), "payment_terms": "30 days",
    "service": Service("data", "file", "market price", H1),
    "transaction_point": TransactionPoint.PAID, "returns_count": False, "paid_only": True,
    "negative_policy": NegativePolicy.FLOOR_ZERO, "cap": Cap(D(9), D(2)), "floor": Floor(D(3), True),
    "gates": (Gate("data_on_time"),), "sequence": 2, "discount_base": DiscountBase.RUNNING,
    "stack_group": "g", "stack_mode": StackMode.CASCADE, "priority": 1, "reduce_by": ("w",),
    "valid": H1, "payout_lag_days": 30, "grace_days": 5, "currency": "EUR", "gl_code": "4711",
    "fund": "F", "payee": "P", "examples": (Example("e", D(1), D(2)),), "note": "N",
}  # fmt: skip


def test_every_field_is_tried() -> None:
    assert set(CHANGED) == {field.name for field in dataclasses.fields(Condition)} - {"key"}


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_of_any_field_is_kept_and_seen(name: str) -> None:
    before = rebate()
    after = dataclasses.replace(before, **{name: CHANGED[name]})
    assert before != after
    assert read(Condition, written(after)) == after
    entries = redline(version(before), version(after))
    assert entries
    assert all(entry.old != entry.new for entry in entries)


def test_added_removed_and_moved() -> None:
    entries = redline(version(rebate("a")), version(rebate("b"), effective=H1))
    assert [entry.mark for entry in entries] == ["changed", "added", "removed"]
    assert redline(version(rebate()), version(rebate())) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"conditions": [{"key": "v"}]},
        {"conditions": [{"key": "v", "family": "bribe"}]},
        {"conditions": [{"key": "v", "family": "fund", "resale_price": "1"}]},
        {"conditions": [{"key": "v", "family": "fund", "tiers": [{"lower": "NaN", "rate": "1"}]}]},
        {"conditions": [{"key": "v", "family": "fund", "tiers": [{"lower": 1.5, "rate": "1"}]}]},
        {"conditions": {"key": "v"}},
        {"exclusive": "yes"},
        {"exclusive": 1},
    ],
)
def test_terms_that_are_half_understood_are_refused(wrong: object) -> None:
    with pytest.raises(Invalid):
        read(Terms, wrong)


def test_the_same_terms_give_the_same_json() -> None:
    one, other = (rebate(tiers=tiers(("100.00", "2.50"))), rebate(tiers=tiers((100, "2.5"))))
    assert written(one) == written(other)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "from €0: 1 %; from €1,000: 3 %"),
        ("fr", "dès"),
        ("zh-hans", "满"),
    ],
)
def test_sentences_speak_the_readers_language(language: str, said: str) -> None:
    with override(language):
        parts = dict(condition_parts(rebate(), "EUR"))
    told = " ".join(parts.values()).replace("\u202f", "").replace("\u00a0", "").replace("€ ", "€")
    assert said in told


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "data delivered on time; eco_score ≥ 70"),
        ("fr", "données livrées à temps; eco_score ≥ 70"),
        ("zh-hans", "按时提供数据; eco_score ≥ 70"),
    ],
)
def test_gates_speak_the_readers_language(language: str, said: str) -> None:
    """A gate we know is told in words; one that a house made up keeps the name it was given."""
    gates = (Gate("data_on_time"), Gate("eco_score", at_least=D(70)))
    with override(language):
        parts = condition_parts(rebate(gates=gates), "EUR")
    assert said in [text for _name, text in parts]
