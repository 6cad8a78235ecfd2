"""The pure side of offers: against hand-worked numbers, and against the exact engine."""

from __future__ import annotations

import dataclasses
import math
import random
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from keystead.agreements.calc.evaluate import evaluate
from keystead.agreements.tests.world import tiers
from keystead.agreements.types import (
    Boundary,
    Cap,
    Condition,
    Every,
    Family,
    Floor,
    Gate,
    GateKind,
    Measure,
    Method,
    PriceRow,
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
from keystead.kernel.periods import Period, add_months
from keystead.profitability.calc.whatif.answers import answer, at_forecast
from keystead.profitability.calc.whatif.chance import Z90
from keystead.profitability.calc.whatif.history import joint_variance, own_spread
from keystead.profitability.calc.whatif.months import path
from keystead.profitability.calc.whatif.naming import approximations
from keystead.profitability.calc.whatif.paying import Payer, Sales
from keystead.profitability.calc.whatif.pricing import priced
from keystead.profitability.calc.whatif.starting import contract_terms, moved
from keystead.profitability.calc.whatif.trying import (
    Trial,
    inputs_of,
    made_book,
    made_trial,
    tried,
)
from keystead.profitability.types import Level
from keystead.profitability.types.offers import (
    Offer,
    Outlook,
    PriceMove,
    Range,
    Setting,
    Sold,
)

D = Decimal
SPAN = Period.parse("2027")
MONTHS = SPAN.month_starts()
PLAIN = Setting(seed=5)
TODAY = Terms(
    (Condition("inv", Family.INVOICE_DISCOUNT, timing=Timing.ON_INVOICE, tiers=tiers((0, 10))),)
)


def sold(product: int, units: int, price: int, brand: str, cost: int | None = None) -> Sold:
    """Twelve equal months of a product at an invoice price."""
    return Sold(
        1, product, f"P{product}", f"Product {product}", brand, "test",
        (D(units),) * 12, (D(units * price),) * 12, (),
        None if cost is None else D(units * 12 * cost),
    )  # fmt: skip


def trial(*rows: Sold, setting: Setting = PLAIN, done: int = 0, draws: int = 2000,
          history: dict[date, Decimal] | None = None) -> Trial:  # fmt: skip
    book = made_book(
        account_id=1, currency="EUR", span=SPAN, rows=rows, done=done, history=history or {},
        setting=setting, sees_cost=True,
    )  # fmt: skip
    return made_trial(book, setting, count=draws)


def two() -> tuple[Sold, Sold]:
    # 100 units a month at 9 (list 10 less 10 %), cost 5; 50 units at 18 (list 20), cost 10.
    return sold(1, 100, 9, "Alpha", 5), sold(2, 50, 18, "Beta", 10)


def offer(*conditions: Condition, **more: object) -> Offer:
    return Offer("a", "A", Terms((*TODAY.conditions, *conditions)), **more)  # type: ignore[arg-type]


def volume(key: str = "v", *pairs: object, **more: object) -> Condition:
    return Condition(key, Family.VOLUME_REBATE, tiers=tiers(*pairs), **more)  # type: ignore[arg-type]


def test_the_waterfall_of_a_hand_worked_offer() -> None:
    # Sales: 12 x (900 + 900) = 21,600 invoiced, 24,000 at list. Alpha 5 % dearer at list:
    # Alpha 12,600 list, 11,340 invoiced; Beta 12,000 and 10,800; together 24,600 and 22,140.
    # Rebate 2 % on everything from 20,000: 442.80. Cost 6,000 + 6,000.
    made = offer(
        volume("v", (0, 1), (20_000, 2)), moves=(PriceMove(brand="Alpha", change_pct=D(5)),)
    )
    ground = trial(*two())
    found = answer(ground, made, TODAY, at_forecast(ground, Offer("t", "", TODAY), TODAY))
    assert (found.list_sales, found.invoice) == (D("24600.00"), D("22140.00"))
    assert [(step.name, step.amount) for step in found.ours.steps] == [
        ("inv", D("2460.00")), ("v", D("442.80")), ("cogs", D("12000.00")),
    ]  # fmt: skip
    assert found.ours.levels[Level.INVOICE] == found.invoice
    assert (found.total, found.net_net, found.margin) == (D("442.80"), D("21697.20"), D("9697.20"))
    assert found.effective == D(2)
    assert found.break_even is not None
    assert found.break_even.today == D("9600.00")  # 21,600 less 12,000
    # margin per sale: 1 - 12,000/22,140; at 20,000 2 % off, below it 1 %: it crosses below.
    share = 9600 / (22140 * (1 - 12000 / 22140 - 0.02))
    assert found.break_even.ranges[0][0] == pytest.approx(share, rel=1e-6)


def test_their_margin_needs_every_recommended_price() -> None:
    ground = trial(*two(), setting=Setting(seed=5, resale=((1, D(13)),)))
    reference = at_forecast(ground, Offer("t", "", TODAY), TODAY)
    assert answer(ground, offer(), TODAY, reference).theirs is None
    known = Setting(seed=5, resale=((1, D(13)), (2, D(26))), tax_pct=D(0))
    ground = trial(*two(), setting=known)
    theirs = answer(ground, offer(volume("v", (0, 1))), TODAY, reference).theirs
    assert theirs is not None
    # Resale 1,200 x 13 + 600 x 26 = 31,200; bought 21,600; back 216.
    assert (theirs.resale, theirs.front_margin, theirs.margin) == (
        D("31200.00"), D("9600.00"), D("9816.00"),
    )  # fmt: skip


def test_a_new_price_and_a_price_row_take_the_place_of_todays() -> None:
    ground = trial(*two())
    rows = priced(ground.book, offer(moves=(PriceMove(product=1, new_price=D(12)),)), TODAY)
    assert [row.list_price for row in rows] == [D(12), D(20)]
    assert sum(rows[0].value) == D("12960.0000")  # 1,200 x 12 less 10 %
    stated = dataclasses.replace(
        offer(), terms=dataclasses.replace(TODAY, prices=(PriceRow(D(11), "EUR", 1),))
    )
    assert priced(ground.book, stated, TODAY)[0].list_price == D(11)
    other = dataclasses.replace(
        stated, terms=dataclasses.replace(TODAY, prices=(PriceRow(D(11), "USD", 1),))
    )
    with pytest.raises(Invalid) as caught:
        priced(ground.book, other, TODAY)
    assert caught.value.code == "currency_mixed"


def test_a_new_price_without_units_is_refused() -> None:
    bare = Sold(1, 3, "S", "Service", "", "", (D(0),) * 12, (D(100),) * 12)
    ground = trial(bare)
    with pytest.raises(Invalid) as caught:
        priced(ground.book, offer(moves=(PriceMove(product=3, new_price=D(5)),)), Terms())
    assert caught.value.code == "price_missing"
    raised = priced(ground.book, Offer("a", "A", moves=(PriceMove(change_pct=D(10)),)), Terms())
    assert sum(raised[0].value) == D("1320.0000")


def test_the_narrowest_move_counts() -> None:
    moves = (
        PriceMove(change_pct=D(1)), PriceMove(category="test", change_pct=D(2)),
        PriceMove(brand="Alpha", change_pct=D(3)), PriceMove(product=1, change_pct=D(4)),
    )  # fmt: skip
    rows = priced(trial(*two()).book, offer(moves=moves), TODAY)
    assert [row.list_price for row in rows] == [D("10.40"), D("20.40")]


def test_contract_prices_are_written_out_per_product() -> None:
    made = offer(moves=(PriceMove(brand="Alpha", change_pct=D("3.333")),))
    rows = priced(trial(*two()).book, made, TODAY)
    terms = contract_terms(made, rows, frozenset({1}), "EUR")
    assert terms.prices == (PriceRow(D("10.3333"), "EUR", 1),)
    assert terms.conditions == made.terms.conditions


def test_terms_move_along_by_whole_years() -> None:
    spring = Period.parse("2026-01..2026-03")
    terms = Terms((Condition("v", Family.VOLUME_REBATE, tiers=tiers((0, 1)), valid=spring),))
    assert moved(terms, 1).conditions[0].valid == Period.parse("2027-01..2027-03")


def test_the_range_is_what_the_draws_say() -> None:
    asked = Range(D(18_000), D(22_000), D(27_000))
    ground = trial(*two(), setting=Setting(seed=3, forecast=asked), draws=20_000)
    assert ground.book.outlook is Outlook.GIVEN
    rows = priced(ground.book, offer(), TODAY)
    sales = Sales.of(rows, ground.places, ground.book.months)
    totals = ground.together.measure(sales.sums(()).value)
    low, middle, high = np.quantile(totals, (0.1, 0.5, 0.9))
    assert middle == pytest.approx(22_000, rel=0.001)
    spread = math.log(high / low) / (2 * Z90)
    assert spread == pytest.approx(math.log(27 / 18) / (2 * Z90), rel=0.05)


def test_a_range_that_falls_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        trial(*two(), setting=Setting(seed=3, forecast=Range(D(5), D(4), D(6))))
    assert caught.value.code == "range_order"


def test_history_gives_spread_and_trend_and_says_when_it_is_too_short() -> None:
    months = {add_months(date(2024, 1, 1), n): D(100) if n < 12 else D(110) for n in range(24)}
    outlook, spread, trend, pairs = own_spread(months)
    assert (outlook, pairs) == (Outlook.HISTORY, 12)
    assert trend == pytest.approx(math.log(1.1))
    assert spread == 0.02  # the least there is
    assert own_spread(dict(list(months.items())[:15]))[0] is Outlook.SHORT


def test_draws_have_the_dependence_that_was_set() -> None:
    weights = [[1 / 24] * 12, [1 / 24] * 12]
    for within, common in ((D("0.5"), D("0.5")), (D(0), D(0)), (D("0.9"), D("0.2"))):
        setting = Setting(seed=11, within_year=within, common=common)
        ground = trial(*two(), setting=setting, draws=20_000)
        logs = np.log(ground.together.values) / ground.book.spread
        whole = logs.mean(axis=(0, 1))
        expected = joint_variance(weights, float(within), float(common))
        assert whole.var() == pytest.approx(expected, rel=0.04)


def test_same_seed_same_numbers_and_independence_spreads_less() -> None:
    made = offer(volume("v", (15_000, 2), (21_000, 4)))
    answers = []
    for _ in range(2):
        ground = trial(*two())
        reference = at_forecast(ground, Offer("t", "", TODAY), TODAY)
        answers.append(answer(ground, made, TODAY, reference))
    assert answers[0].odds == answers[1].odds
    assert answers[0].odds.apart < answers[0].odds.spread


def test_months_that_are_done_do_not_move() -> None:
    ground = trial(*two(), done=4)
    assert (ground.together.values[:, :4] == 1).all()
    assert ground.together.values[:, 4:].std() > 0


def test_a_cliff_its_odds_and_the_next_tier() -> None:
    # Forecast 21,600. All units: 1 % from 0, 3 % from 23,760 (10 % more): a jump of 475.20.
    made = offer(volume("v", (0, 1), (23_760, 3)))
    ground = trial(*two(), draws=20_000)
    found = answer(ground, made, TODAY, at_forecast(ground, Offer("t", "", TODAY), TODAY))
    [cliff] = found.cliffs
    assert cliff.share == pytest.approx(1.1)
    assert cliff.jump == pytest.approx(475.2, abs=0.01)
    assert found.ahead is not None
    assert found.ahead.gap == pytest.approx(2160)
    assert found.ahead.gain == pytest.approx(712.8 - 216, abs=0.01)
    assert found.marginal == pytest.approx(0.01)
    totals = ground.together.measure(
        Sales.of(priced(ground.book, made, TODAY), ground.places, ground.book.months).sums(()).value
    )
    over = totals >= 23_760
    assert cliff.odds == pytest.approx(over.mean())
    paid = np.where(over, totals * 0.03, totals * 0.01)
    assert found.odds.expected == pytest.approx(paid.mean())
    ordered = np.sort(paid)
    expected = [ordered[math.ceil(q * paid.size) - 1] for q in (0.1, 0.5, 0.9)]
    assert [found.odds.low, found.odds.middle, found.odds.high] == pytest.approx(expected)


def test_dead_tiers_are_named() -> None:
    made = offer(volume("v", (100, 1), (21_000, 2), (900_000, 9)))
    ground = trial(*two())
    found = answer(ground, made, TODAY, at_forecast(ground, Offer("t", "", TODAY), TODAY))
    assert [one.place for one in found.dead] == [0, 2]


# The vector engine against the exact one, over random terms and volumes.

MEASURES = (Measure.NET_VALUE, Measure.QUANTITY, Measure.GROWTH_PCT, Measure.GROWTH_VALUE,
            Measure.SHARE_PCT, Measure.TARGETS_REACHED)  # fmt: skip
ALPHA = Scope(Selection(brands=("Alpha",)))


def _random_condition(source: random.Random, key: str) -> Condition:
    measure = source.choice(MEASURES)
    scale = {Measure.NET_VALUE: 6000, Measure.QUANTITY: 500, Measure.GROWTH_PCT: 8,
             Measure.GROWTH_VALUE: 600, Measure.SHARE_PCT: 20, Measure.TARGETS_REACHED: 1}[measure]  # fmt: skip
    count = source.randint(1, 4)
    kind = source.choice((RateKind.PERCENT, RateKind.PERCENT, RateKind.PER_UNIT, RateKind.FIXED))
    benefit = Measure.QUANTITY if kind is RateKind.PER_UNIT else Measure.NET_VALUE
    if kind is RateKind.PERCENT and source.random() < 0.2:
        benefit = Measure.GROWTH_VALUE
    group = source.choice(("", "", "g"))
    return Condition(
        key,
        Family.VOLUME_REBATE,
        tier_measure=measure,
        benefit_measure=benefit,
        rate_kind=kind,
        method=source.choice(tuple(Method)),
        boundary=source.choice(tuple(Boundary)),
        tiers=tiers(*((scale * n * source.choice((1, 1.5)) if n else 0, source.randint(1, 9))
                      for n in range(count))) if source.random() < 0.9 else tiers((scale, 3)),
        scope=source.choice((Scope(), Scope(), ALPHA)),
        focus=ALPHA,
        baseline="ly",
        targets=(Target("t1", Measure.NET_VALUE, D(2500)), Target("t2", Measure.QUANTITY, D(400))),
        tier_period=source.choice((Every.QUARTER, Every.YEAR, Every.HALF, Every.CONTRACT)),
        cap=Cap(D(200)) if source.random() < 0.2 else Cap(pct_of_base=D(2)) if
        source.random() < 0.1 else None,
        floor=Floor(D(30), source.random() < 0.5) if source.random() < 0.2 else None,
        gates=(Gate("mix", GateKind.SHARE, D(45), focus=ALPHA),) if source.random() < 0.2 else (),
        stack_group=group,
        stack_mode=source.choice((StackMode.BEST_OF, StackMode.FIRST_MATCH, StackMode.CASCADE))
        if group else StackMode.ADDITIVE,
        sequence=int(key[1:]),
    )  # fmt: skip


def _rising(condition: Condition) -> Condition:
    """Bounds that are equal by chance are pushed apart."""
    rows, last = [], D(-1)
    for tier in condition.tiers:
        lower = tier.lower if tier.lower > last else last + 1
        rows.append(dataclasses.replace(tier, lower=lower))
        last = lower
    return dataclasses.replace(condition, tiers=tuple(rows))


def _apart(one: Condition, place: int, seed: int) -> Condition:
    """Some count without returns, some tell lines apart by channel, address, group or account."""
    if one.timing is Timing.ON_INVOICE:
        return one
    chosen = (
        Selection(channels=("web",)), Selection(groups=("core",)), Selection(accounts=(9,)),
        Selection(ship_tos=(1,)), Selection(channels=("web", "shop"), groups=("core",)),
    )[(seed + place) % 5]  # fmt: skip
    scope = Scope(chosen) if (seed + place) % 3 == 0 else one.scope
    return dataclasses.replace(one, scope=scope, returns_count=(seed + place) % 4 != 1)


@pytest.mark.parametrize("seed", range(60))
def test_draw_by_draw_it_pays_what_the_exact_engine_pays(seed: int) -> None:
    source = random.Random(seed)
    modes = source.choice((StackMode.BEST_OF, StackMode.FIRST_MATCH, StackMode.CASCADE))
    conditions = tuple(
        dataclasses.replace(one, stack_mode=modes) if one.stack_group else one
        for one in (_rising(_random_condition(source, f"c{n}")) for n in range(4))
    )
    conditions = tuple(_apart(one, place, seed) for place, one in enumerate(conditions))
    terms = Terms(
        conditions,
        cap=Cap(D(900)) if seed % 5 == 0 else None,
        floor=Floor(D(100)) if seed % 7 == 0 else None,
    )
    rows = tuple(
        Sold(1, n, f"P{n}", "", brand, "",
             tuple(D(source.randint(20, 90)) for _ in MONTHS),
             tuple(D(source.randint(200, 900)) for _ in MONTHS),
             tuple(D(source.randint(200, 700)) for _ in MONTHS),
             gross=tuple(D(source.randint(900, 999)) for _ in MONTHS) if seed % 2 else (),
             channel=("web", "shop")[n - 1], above=frozenset({9}) if n == 1 else frozenset(),
             groups=frozenset({"core"}) if n == 2 else frozenset())
        for n, brand in ((1, "Alpha"), (2, "Beta"))
    )  # fmt: skip
    ground = trial(*rows, draws=4)
    for share in (0.4, 0.9, 1.0, 1.3):
        book = dataclasses.replace(ground.book, level=D(str(share)))
        lines = priced(book, Offer("a", "A", terms), Terms())
        run = evaluate(tried(book, terms), inputs_of(book, lines), SPAN.last, assume_gates=True)
        sales = Sales.of(
            priced(dataclasses.replace(book, level=D(1)), Offer("a", "A", terms), Terms()),
            ground.places, MONTHS,
        )  # fmt: skip
        payer = Payer(tried(book, terms), sales)
        found, total = payer.run(path(sales.brands, 12, 0, np.array([share])))
        paid: dict[str, float] = {}
        for one in found:
            key = one.measured.condition.key
            paid[key] = paid.get(key, 0.0) + float(one.amount[0])
        for condition in conditions:
            exact = float(run.of(condition.key).amount)
            assert paid[condition.key] == pytest.approx(exact, abs=0.05), (share, condition)
        assert float(total[0]) == pytest.approx(float(run.total.amount), abs=0.2)


def test_a_channel_is_told_apart_only_where_the_book_says_it() -> None:
    by_channel = Terms((Condition("c", Family.VOLUME_REBATE, tiers=tiers((0, 5)),
                                  scope=Scope(Selection(channels=("web",)))),))  # fmt: skip
    whole = sold(1, 10, 9, "Alpha")
    with pytest.raises(Invalid, match="do not say"):
        at_forecast(trial(whole), Offer("a", "A", by_channel), Terms())
    web, shop = (dataclasses.replace(whole, channel=name) for name in ("web", "shop"))
    found = at_forecast(trial(web, shop), Offer("a", "A", by_channel), Terms())
    assert found.net_net == D(2 * 12 * 90) - D("54.00")
    prices = Terms(prices=(PriceRow(D(8), "EUR", 1, channel="web"),))
    priced_apart = at_forecast(trial(web, shop), Offer("a", "A", prices), Terms())
    assert priced_apart.net_net == D(12 * 10 * (8 + 9))


def test_what_is_taken_for_granted_is_said() -> None:
    paid = Condition("p", Family.VOLUME_REBATE, paid_only=True, tiers=tiers((0, 5)),
                     transaction_point=TransactionPoint.DELIVERED,
                     scope=Scope(Selection(groups=("core",))))  # fmt: skip
    found = approximations(Terms((paid,)), frozenset({"core"}))
    assert [one.condition for one in found] == ["p"] * 3
    assert "paid within the term" in found[0].text
    assert approximations(Terms((dataclasses.replace(paid, paid_only=False),)), frozenset())[
        0
    ].text.startswith("Counts at another point")


def test_marginal_rate_dead_zones_and_cliffs_along_the_volume() -> None:
    """Nothing below 20,000, then 3 % from the first unit: flat, a jump of 600, a slope of 3 %."""
    ground = trial(*two())
    made = offer(volume("v", (20_000, 3)))
    found = answer(ground, made, TODAY, at_forecast(ground, made, TODAY))
    curve = found.curve
    below = [rate for sales, rate in zip(curve.sales, curve.marginal, strict=True)
             if sales < 19_000]  # fmt: skip
    above = [rate for sales, rate in zip(curve.sales, curve.marginal, strict=True)
             if sales > 21_000]  # fmt: skip
    assert set(below) <= {0.0}
    assert all(abs(rate - 0.03) < 1e-6 for rate in above)
    assert above
    assert max(curve.marginal) < 0.031  # a jump is no rate
    assert [round(high) for _low, high in curve.flat] == [20_000]
    assert [round(one.jump) for one in found.cliffs] == [600]
    for sales, paid, rate in zip(curve.sales, curve.paid, curve.effective, strict=True):
        assert abs(rate * sales - paid) < 1e-6


def test_a_fee_for_a_service_is_a_cost_to_us_and_no_margin_on_goods_to_them() -> None:
    known = Setting(seed=5, resale=((1, D(13)), (2, D(26))), tax_pct=D(0))
    ground = trial(*two(), setting=known)
    told = Service(deliverable="Two end caps", fair_value_note="Three quotes")
    fee = Condition("fee", Family.DISPLAY_FEE, tiers=tiers((0, 2)), service=told)
    reference = at_forecast(ground, Offer("t", "", TODAY), TODAY)
    found = answer(ground, offer(volume("v", (0, 1)), fee), TODAY, reference)
    # 1 % of 21,600 comes back as a rebate; the 432 for the end caps are earned by the work.
    assert found.total == D("648.00")
    assert found.theirs is not None
    assert (found.theirs.rebates, found.theirs.margin) == (D("216.00"), D("9816.00"))
