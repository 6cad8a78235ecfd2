"""The buyer's calculation by hand, and how each input moves it."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from keystead.kernel.errors import Invalid
from keystead.negotiation.calc.buyer.trade import earned
from keystead.negotiation.calc.buyer.unbundling import ASSUMED, sensitivity, unbundle
from keystead.negotiation.types.buying import Alternative, Assumptions, Bundle, Keep, Title

D = Decimal
BARE = Assumptions(content_fee_pct=D(0), title_growth_pct=D(0), bundle_growth_pct=D(0))
USED = Title("Used", D(1000), D(1000), open_pct=D(30), backfile_pct=D(20))
CITED = Title("Cited", D(3000), D(100), citations=D(10), authorships=D(1))
IDLE = Title("Idle", D(500), D(10), open_pct=D(100))
BUNDLE = Bundle(D(4000), (IDLE, CITED, USED))


def test_the_published_defaults() -> None:
    found = Assumptions()
    assert (found.loan_cost, found.loan_share_pct) == (17, 5)
    assert (found.bundle_growth_pct, found.title_growth_pct) == (5, 8)
    assert (found.content_fee_pct, found.citation_weight, found.authorship_weight) == (
        D("5.7"), 10, 100,
    )  # fmt: skip


def test_by_hand_without_growth() -> None:
    found = unbundle(BUNDLE, BARE, Keep())
    used, cited, idle = found.titles
    # 500 paid uses, 25 loans at 17 saved: (1000 - 425) / 500.
    assert (used.name, used.paid_use, used.loans, used.per_use) == ("Used", 500, 25, D("1.15"))
    # 100 downloads + 10 x 10 + 1 x 100 = 300 uses; 5 loans: (3000 - 85) / 300 = 9.716667.
    assert (cited.paid_use, cited.per_use) == (300, D("9.716667"))
    assert (idle.name, idle.per_use, idle.kept) == ("Idle", None, False)
    assert found.kept == 2
    assert [(y.bundle, y.kept, y.loans, y.saving) for y in found.years] == [
        (D(4000), D(4000), D(0), D(0))
    ] * 5
    few = unbundle(BUNDLE, BARE, Keep(count=1))
    # Cited is borrowed: 5 loans at 17 a year.
    assert [y.saving for y in few.years] == [D("2915.00")] * 5
    assert (few.saving, few.saving_pct, few.loans) == (D("14575.00"), D("72.88"), 5)
    assert (few.use, few.lost_pct, few.instant_pct) == (1310, D("22.90"), D("77.10"))


def test_growth_and_the_content_fee() -> None:
    found = unbundle(Bundle(D(2_100_000), (USED,)), Assumptions(), Keep())
    assert [y.bundle for y in found.years][-1] == D("2552563.13")
    assert [y.kept for y in found.years] == [
        D("1057.00"), D("1141.56"), D("1232.88"), D("1331.52"), D("1438.04"),
    ]  # fmt: skip
    assert found.price_per_kept == D("1057.00")


@pytest.mark.parametrize(
    ("keep", "names"),
    [
        (Keep(most_per_use=D("1.15")), {"Used"}),
        (Keep(most_per_use=D("1.149999")), set()),
        (Keep(budget=D(1499)), {"Used"}),
        (Keep(budget=D(1500)), {"Used", "Idle"}),  # what still fits, cheapest per use first
        (Keep(names=frozenset({"Idle"})), {"Idle"}),
        (Keep(count=0), set()),
    ],
)
def test_which_titles_stay(keep: Keep, names: set[str]) -> None:
    found = unbundle(BUNDLE, BARE, keep)
    assert {title.name for title in found.titles if title.kept} == names


def test_each_input_moves_the_saving_the_way_it_should() -> None:
    found = {one.name: one for one in sensitivity(BUNDLE, BARE, Keep(count=1))}
    assert set(found) == {*ASSUMED, "bundle_price", "title_price", "title_downloads",
                          "title_open_pct", "title_backfile_pct"}  # fmt: skip
    # The bundle at 3200 and 4800 moves five years by 4000 either way.
    assert (found["bundle_price"].low, found["bundle_price"].high) == (D("10575.00"), D("18575.00"))
    assert found["loan_cost"].low > found["loan_cost"].high
    assert found["content_fee_pct"].width == 0
    widths = [one.width for one in sensitivity(BUNDLE, BARE, Keep(count=1))]
    assert widths == sorted(widths, reverse=True)


def test_what_cannot_be_worked_out() -> None:
    for bundle in (
        Bundle(D(1), ()),
        Bundle(D(1), (USED, USED)),
        Bundle(D(1), (dataclasses.replace(USED, open_pct=D(90)),)),
    ):
        with pytest.raises(Invalid):
            unbundle(bundle, BARE, Keep())
    with pytest.raises(Invalid, match="Nature is no title"):
        unbundle(BUNDLE, BARE, Keep(names=frozenset({"Nature"})))
    with pytest.raises(Invalid):
        unbundle(BUNDLE, dataclasses.replace(BARE, title_growth_pct=D(-100)), Keep())


def test_what_a_trading_customer_earns() -> None:
    ours = Alternative("ours", D(100), D(12), D(9), rebate=D(50), costs=D(20))
    other = Alternative("own brand", D(80), D(10), D(6), funding=D(5))
    found = earned([ours, other])
    assert [(one.margin, one.margin_pct, one.against_ours) for one in found] == [
        (D("330.00"), D("27.50"), D("0.00")),
        (D("325.00"), D("40.63"), D("-5.00")),
    ]
    assert earned([Alternative("nothing", D(0), D(0), D(0))])[0].margin_pct is None
    with pytest.raises(Invalid):
        earned([])
