"""What holds for every split: the sum, the order, no fee below zero, every limit to the cent."""

from __future__ import annotations

import os
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money
from keystead.negotiation.calc.fees import allocate
from keystead.negotiation.types.fees import (
    Allocation,
    Bids,
    ContestedGarment,
    DiscountSteps,
    Equal,
    FeeCase,
    FixedPlus,
    Limits,
    Member,
    Mix,
    Proportional,
    Repair,
    SavingsShare,
    Shapley,
)

EXAMPLES = 2000 if os.environ.get("KEYSTEAD_LONG") else 60
amounts = st.decimals(min_value=0, max_value=10**6, places=2)
METHODS = (
    Equal(),
    Proportional("fte"),
    Mix({"equal": Decimal("0.2"), "fte": Decimal("0.5"), "alone": Decimal("0.3")}),
    FixedPlus(Decimal("1.00"), Proportional("fte")),
    SavingsShare("alone"),
    SavingsShare("alone", Proportional("fte")),
    Bids("alone"),
    ContestedGarment("alone"),
    Shapley(DiscountSteps("alone", ((Decimal(1000), Decimal(10)), (Decimal(9000), Decimal(35))))),
)


@st.composite
def cases(draw: st.DrawFn) -> FeeCase:
    members = tuple(
        Member(
            f"M{place}",
            {"fte": draw(amounts), "alone": draw(amounts)},
            draw(st.none() | amounts),
        )
        for place in range(draw(st.integers(1, 7)))
    )
    maybe = st.none() | amounts
    pct = st.none() | st.decimals(min_value=0, max_value=100, places=1)
    limits = Limits(
        draw(maybe), draw(maybe), draw(pct), draw(pct), draw(st.none() | st.sampled_from(Repair))
    )
    bare = draw(st.booleans())
    method = draw(st.sampled_from(METHODS))
    return FeeCase(Money(draw(amounts), "EUR"), members, method, Limits() if bare else limits)


def _try(case: FeeCase) -> Allocation | Invalid:
    try:
        return allocate(case)
    except Invalid as error:
        return error


@settings(max_examples=EXAMPLES, deadline=None)
@given(cases(), st.randoms())
def test_every_split_keeps_every_promise(case: FeeCase, shuffle: object) -> None:
    found = _try(case)
    if isinstance(found, Invalid):
        assert found.code in {"infeasible", "no_weights", "bounds"}
        if found.code == "infeasible":
            low, high = found.data["feasible_from"], found.data["feasible_to"]
            total = case.total.amount
            assert total < Decimal(low) or (high is not None and total > Decimal(high))
        return
    assert sum(found.fees.values(), Decimal(0)) == case.total.amount
    limits = case.limits
    for member, line in zip(case.members, found.lines, strict=True):
        fee = line.fee
        assert fee >= 0
        assert limits.floor is None or fee >= limits.floor
        assert limits.cap is None or fee <= limits.cap
        if member.previous is not None:
            up, down = limits.up_pct, limits.down_pct
            assert up is None or fee <= member.previous * (100 + up) / 100
            assert down is None or fee >= member.previous * (100 - down) / 100
        if isinstance(case.method, Bids | ContestedGarment | SavingsShare):
            assert fee <= member.measures["alone"]
    turned = FeeCase(case.total, case.members[::-1], case.method, case.limits)
    assert allocate(turned).fees == found.fees


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(amounts, min_size=1, max_size=8),
    st.decimals(min_value=1, max_value=10**6, places=2),
    st.none() | st.integers(0, 1000),
)
def test_more_weight_never_pays_less(
    weights: list[Decimal], total: Decimal, floor: int | None
) -> None:
    members = tuple(Member(f"M{n}", {"fte": weight}) for n, weight in enumerate(weights))
    limits = Limits(floor=None if floor is None else Decimal(floor))
    found = _try(FeeCase(Money(total, "EUR"), members, Proportional("fte"), limits))
    if isinstance(found, Invalid):
        return
    for one in members:
        for other in members:
            if one.measures["fte"] > other.measures["fte"]:
                assert found.fees[one.code] >= found.fees[other.code]


@settings(max_examples=EXAMPLES, deadline=None)
@given(cases())
def test_the_ends_of_the_feasible_range_work_and_a_cent_beyond_does_not(case: FeeCase) -> None:
    plain = FeeCase(case.total, case.members, Equal(), case.limits)
    found = _try(plain)
    if isinstance(found, Invalid):
        if found.code != "infeasible":
            return
        low, high = Decimal(found.data["feasible_from"]), found.data["feasible_to"]
    else:
        low, high = found.feasible_from, found.feasible_to
    ends = [(low, -1)] + ([] if high is None else [(Decimal(high), 1)])
    for end, way in ends:
        at = FeeCase(Money(end, "EUR"), case.members, Equal(), case.limits)
        assert sum(allocate(at).fees.values(), Decimal(0)) == end
        beyond = end + way * Decimal("0.01")
        if beyond >= 0:
            over = FeeCase(Money(beyond, "EUR"), case.members, Equal(), case.limits)
            told = _try(over)
            assert isinstance(told, Invalid)
            assert told.code == "infeasible"
