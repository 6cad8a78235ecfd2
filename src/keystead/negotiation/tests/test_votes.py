"""Votes: what comes out, and the minimal blocking groups against trying every group."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid
from keystead.negotiation.calc.votes import blocking, share, tally
from keystead.negotiation.calc.votes.power import power
from keystead.negotiation.types.votes import Basis, Vote, Voter, VotingRule


def _voters(votes: str, spend: tuple[int, ...] = ()) -> list[Voter]:
    named = {"y": Vote.YES, "n": Vote.NO, "-": Vote.ABSTAIN, "x": Vote.ABSENT}
    return [
        Voter(chr(65 + n), named[vote], {"spend": Decimal(spend[n])} if spend else {})
        for n, vote in enumerate(votes)
    ]


@pytest.mark.parametrize(
    ("rule", "votes", "passes", "short"),
    [
        (VotingRule(), "yyn", True, 0),
        (VotingRule(), "yn", False, 0),  # a tie is no majority
        (VotingRule(strict=False), "yn", True, 0),
        (VotingRule(), "yn--", False, 0),
        (VotingRule(basis=Basis.PRESENT), "yy--", False, 0),
        (VotingRule(basis=Basis.ALL), "yyyxx", True, 0),
        (VotingRule(basis=Basis.ALL), "yyxxx", False, "0.5"),
        (VotingRule(threshold=Fraction(2, 3), strict=False), "yyn", True, 0),
        (VotingRule(threshold=Fraction(2, 3)), "yyn", False, 0),
        (VotingRule(quorum=Fraction(1, 2)), "yyxxx", False, 0),
        (VotingRule(quorum=Fraction(2, 5)), "yyxxx", True, 0),
    ],
)
def test_a_vote_is_counted(rule: VotingRule, votes: str, passes: bool, short: object) -> None:
    found = tally(rule, _voters(votes))
    assert (found.passes, found.short) == (passes, Decimal(str(short)))


def test_weights_and_vetoes() -> None:
    rule = VotingRule(weight="spend", quorum=Fraction(7, 10), quorum_weight="spend")
    voters = _voters("ynx", (60, 30, 10))
    found = tally(rule, voters)
    assert (found.passes, found.quorate, found.present_pct) == (True, True, 90)
    voters[1] = Voter("B", Vote.NO, {"spend": Decimal(30)}, veto=True)
    assert tally(rule, voters).vetoed_by == ("B",)
    assert not tally(rule, voters).passes
    assert blocking(rule, voters).by_no == (("B",), ("A",))
    with pytest.raises(Invalid, match="A has no beds"):
        tally(VotingRule(weight="beds"), voters)
    with pytest.raises(Invalid, match="Nobody has a vote"):
        tally(VotingRule(), [])


def test_blocking_by_no_and_by_absence() -> None:
    rule = VotingRule(weight="spend", threshold=Fraction(2, 3), strict=False,
                      quorum=Fraction(3, 4))  # fmt: skip
    found = blocking(rule, _voters("yyyy", (40, 30, 20, 10)))
    # No: more than a third of 100. Absence: one of four leaves three quarters, two are too many.
    assert found.by_no == (("A",), ("B", "C"), ("B", "D"))
    assert found.by_absence == (
        ("A", "B"),
        ("A", "C"),
        ("A", "D"),
        ("B", "C"),
        ("B", "D"),
        ("C", "D"),
    )
    assert not found.more


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=7).filter(any),
    st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4), Fraction(1)]),
    st.booleans(),
)
def test_blocking_groups_are_those_that_trying_every_group_finds(
    weights: list[int], threshold: Fraction, strict: bool
) -> None:
    rule = VotingRule("spend", threshold, strict=strict)
    codes = [chr(65 + n) for n in range(len(weights))]

    def stopped(group: tuple[str, ...]) -> bool:
        voters = [
            Voter(code, Vote.NO if code in group else Vote.YES, {"spend": Decimal(weight)})
            for code, weight in zip(codes, weights, strict=True)
        ]
        return not tally(rule, voters).passes

    every = [
        g for size in range(1, len(codes) + 1) for g in combinations(codes, size) if stopped(g)
    ]
    minimal = {g for g in every if not any(set(o) < set(g) for o in every)}
    voters = [
        Voter(code, measures={"spend": Decimal(w)}) for code, w in zip(codes, weights, strict=True)
    ]
    if stopped(()):  # it cannot pass at all: no group is needed
        return
    found = blocking(rule, voters, 1000)
    assert set(found.by_no) == minimal
    assert list(map(len, found.by_no)) == sorted(map(len, found.by_no))


def test_a_large_consortium_says_that_there_are_more() -> None:
    voters = [Voter(f"M{n:02}", measures={"spend": Decimal(100 + n)}) for n in range(60)]
    found = blocking(VotingRule("spend"), voters, 20)
    assert len(found.by_no) == 20
    assert found.more


@pytest.mark.parametrize("text", ["x", "", "1/0", "-1", "101", "1e999999999", "2/3/4"])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(Invalid):
        share(text)


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=6).filter(any),
    st.sampled_from((Fraction(1, 2), Fraction(2, 3), Fraction(3, 4))),
    st.booleans(),
    st.sets(st.integers(0, 5), max_size=2),
)
@settings(max_examples=60)
def test_power_is_the_share_of_orders_that_a_yes_carries(sizes, threshold, strict, vetoes):
    voters = [
        Voter(chr(65 + n), measures={"spend": Decimal(size)}, veto=n in vetoes)
        for n, size in enumerate(sizes)
    ]
    rule = VotingRule("spend", threshold, strict)
    found = power(rule, voters)
    carried = dict.fromkeys((one.code for one in voters), 0)
    orders = list(permutations(voters))
    for order in orders:
        for at, one in enumerate(order, 1):
            yes = sum(voter.measures["spend"] for voter in order[:at])
            enough = yes > threshold * sum(sizes) if strict else yes >= threshold * sum(sizes)
            if enough and all(voter in order[:at] for voter in voters if voter.veto):
                carried[one.code] += 1
                break
    assert found.exact
    for code, share_pct in found.shares.items():
        assert abs(share_pct - Decimal(carried[code] * 100) / len(orders)) <= Decimal("0.005")


def test_the_power_of_many_is_sampled_and_says_so():
    voters = [Voter(f"M{n:02}", measures={"spend": Decimal(2**n + n)}) for n in range(24)]
    found = power(VotingRule("spend"), voters, orders=200)
    assert (found.exact, found.orders) == (False, 200)
    assert sum(found.shares.values()) == 100
    assert found == power(VotingRule("spend"), voters, orders=200)
    heads = power(VotingRule(), voters)
    assert heads.exact
    assert set(heads.shares.values()) == {Decimal("4.17")}
