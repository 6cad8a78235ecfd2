"""A live card from figures: targets of each source, last year, missing values, rights."""

import dataclasses
from decimal import Decimal

import pytest

from keystead.kernel.errors import NotFound
from keystead.kernel.periods import Period
from keystead.scorecards import queries, services
from keystead.scorecards.tests.factories import PERIOD, World, account, world
from keystead.scorecards.types import LineDef, Missing, TargetSource, Word

pytestmark = pytest.mark.django_db
D = Decimal


def lines_of(card):
    return {line.line.metric: line for line in card.lines}


@pytest.fixture
def jd(kam):
    return account(kam)


def test_the_trade_card_worked_by_hand(kam, jd):
    card = queries.card(kam, jd.id, PERIOD, evaluate=world())
    found = lines_of(card)
    # value, target, points: see the shipped set and the formula in README.md
    wanted = {
        "sell_in": (D(970_000), D(1_000_000), D("92.5")),  # (97 - 60) / 40
        "sell_in_growth": (D("7.777777700000"), D(8), D("98.6")),  # (7.7778 + 8) / 16
        "off_take": (D(1_060_000), D(1_060_000), D("100.0")),
        "stock_days": (D(60), D(30), D("50.0")),  # 15 above 45, ends at 30
        "listing_continuity": (D(12), D(12), D("100.0")),
        "numeric_distribution": (D(60), D(80), D("50.0")),  # (60 - 40) / 40
        "trade_rate": (D(15), D(12), D("75.0")),  # (24 - 15) / 12
        "market_share": (None, None, None),
        "returns": (D(-12_000), None, None),
    }
    assert {
        name: (line.actual.value, line.target.value, line.score.points)
        for name, line in found.items()
    } == wanted
    # (92.5x25 + 98.6x10 + 100x15 + 50x15 + 100x10 + 50x10 + 75x10) / 95 = 7798.5 / 95
    assert (card.score.total, card.score.coverage_pct) == (D("82.1"), D("95.0"))
    assert card.score.word is Word.GOOD
    assert found["market_share"].score.missing is Missing.NO_VALUE
    assert found["sell_in"].score.share_pct == D("26.3")
    assert sum(line.score.share_pct for line in card.lines) == 100


def test_every_figure_has_its_proof_measure_and_last_year(kam, jd):
    card = queries.card(kam, jd.id, PERIOD, evaluate=world())
    line = lines_of(card)["sell_in"]
    assert (line.actual.measure, line.last_year.value) == ("CNY", D(900_000))
    assert line.actual.proof_id == f"sell_in.1~c7~2026-H1~account{jd.id}"
    assert line.target.proof_id == f"target.1~c7~2026-H1~account{jd.id}"
    assert line.last_year.proof_id == f"sell_in.1~c7~2025-H1~account{jd.id}"
    assert (line.metric_version, line.unit, card.commit) == (1, "money", 7)
    assert lines_of(card)["sell_in_growth"].target.proof_id == ""


def test_the_trend_has_thirteen_months_to_the_end_of_the_period(kam, jd):
    card = queries.card(kam, jd.id, PERIOD, evaluate=world())
    trend = lines_of(card)["sell_in"].trend
    assert [str(day)[:7] for day, _ in trend][::6] == ["2025-06", "2025-12", "2026-06"]
    assert (trend[0][1], trend[-1][1]) == (D(900_000), D(970_000))


def test_a_card_asks_three_questions_in_the_accounts_currency(kam, jd):
    asked = world()
    queries.card(kam, jd.id, PERIOD, evaluate=asked)
    assert [str(question["period"]) for question in asked.asked] == [
        "2026-H1", "2025-H1", "2025-06..2026-06",
    ]  # fmt: skip
    assert {question["currency"] for question in asked.asked} == {"CNY"}
    assert all(question["filters"] == {"account": jd.id} for question in asked.asked)
    assert "target" in asked.asked[0]["metrics"]
    assert "target" not in asked.asked[1]["metrics"]


def test_a_target_in_another_currency_is_not_compared(kam, jd):
    card = queries.card(kam, jd.id, PERIOD, evaluate=world(target_2026=(5, "EUR")))
    line = lines_of(card)["sell_in"]
    assert (line.score.points, line.score.missing) == (None, Missing.MEASURE)


def test_without_sales_the_period_is_the_year_to_today(kam, jd):
    card = queries.card(kam, jd.id, evaluate=World({}))
    assert card.period == queries.default_period()
    assert (card.period.start.month, card.period.start.day) == (1, 1)
    assert (card.score.total, card.score.word) == (None, Word.MISSING)


def test_an_own_target_counts_for_this_account_only(kam, jd):
    other = account(kam, "TM")
    services.note_line(
        actor=kam, account_id=jd.id, metric="stock_days", expected_version=0, owner_id=kam.user_id,
        comment="Agreed in March", target=D(40), target_high=D(60),
    )  # fmt: skip
    mine = lines_of(queries.card(kam, jd.id, PERIOD, evaluate=world()))["stock_days"]
    theirs = lines_of(queries.card(kam, other.id, PERIOD, evaluate=world()))["stock_days"]
    assert (mine.target.value, mine.target_high, mine.own_target) == (D(40), D(60), True)
    assert (mine.score.points, mine.owner, mine.comment) == (
        D("100.0"),
        "Lin Wei",
        "Agreed in March",
    )
    assert (theirs.target.value, theirs.own_target, theirs.comment) == (D(30), False, "")


def test_a_foreign_account_is_a_missing_account(other_kam, jd):
    with pytest.raises(NotFound):
        queries.card(other_kam, jd.id, PERIOD, evaluate=world())


def test_an_account_without_a_set_says_so(kam):
    odd = account(kam, "X", segment="", kind="shop")
    sets = queries.kpi_sets(kam)
    for kpis in sets:
        values = dataclasses.replace(kpis, kinds=())
        services.save_kpi_set(actor=kam, kpi_set=values)
    with pytest.raises(NotFound) as caught:
        queries.card(kam, odd.id, PERIOD, evaluate=world())
    assert caught.value.code == "kpi_set_missing"


@pytest.fixture
def costly(sales_ops):
    """The trade set with a line on margins, which not every role may read."""
    kpis = next(one for one in queries.kpi_sets(sales_ops) if one.code == "trade")
    first = dataclasses.replace(kpis.lines[0], weight=D(15))
    margin = LineDef("gross_margin_rate", D(10), target_source=TargetSource.LAST_YEAR)
    return services.save_kpi_set(
        actor=sales_ops, kpi_set=dataclasses.replace(kpis, lines=(first, *kpis.lines[1:], margin))
    )


def test_a_line_the_role_may_not_read_is_closed_and_never_asked_for(costly, jd, make_actor):
    reader = make_actor("mira", "marketing")
    asked = world(gross_margin_rate_2026=31, gross_margin_rate_2025=30)
    line = lines_of(queries.card(reader, jd.id, PERIOD, evaluate=asked))["gross_margin_rate"]
    assert (line.actual.value, line.target.value, line.last_year.value, line.trend) == (
        None, None, None, (),
    )  # fmt: skip
    assert line.score.missing is Missing.HIDDEN
    assert not any("gross_margin_rate" in question["metrics"] for question in asked.asked)


def test_the_query_count_of_a_card_does_not_grow(kam, jd, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):  # one says which accounts are seen
        queries.card(kam, jd.id, Period.parse("2026-Q1"), evaluate=world())
