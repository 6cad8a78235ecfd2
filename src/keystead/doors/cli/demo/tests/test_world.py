"""The world is the same every time, adds up, and shows what it promises to show."""

from __future__ import annotations

import csv
import doctest
import hashlib
import io
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from keystead.doors.cli.demo.world import library, sheets, trade_lists, trade_story, types
from keystead.doors.cli.demo.world import trade_moves as moves
from keystead.doors.cli.demo.world import trade_sales as sales
from keystead.doors.cli.demo.world.types import LAST_DAY, DemoAccount, DemoProduct


@pytest.mark.parametrize("module", [types, sheets])
def test_examples_in_docstrings(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def _account(code: str) -> DemoAccount:
    return next(account for account in trade_lists.accounts() if account.code == code)


def _product(sku: str) -> DemoProduct:
    return next(product for product in trade_lists.products() if product.sku == sku)


def test_the_cast_is_complete() -> None:
    assert len([account for account in trade_lists.accounts() if account.weight]) == 18
    assert len(trade_lists.products()) == 40
    assert len({product.gtin for product in trade_lists.products()}) == 40
    assert len([account for account in library.accounts() if account.weight]) == 14
    assert len([account for account in library.accounts() if account.kind == "consortium"]) == 2


def test_the_same_seed_gives_the_same_bytes() -> None:
    files = [library.subscriptions()[0], library.usage()[0], library.targets()[2]]
    marks = [hashlib.sha256(file.content).hexdigest()[:12] for file in files]
    again = [library.subscriptions()[0], library.usage()[0], library.targets()[2]]
    assert marks == [hashlib.sha256(file.content).hexdigest()[:12] for file in again]


@pytest.mark.parametrize(("code", "sku"), [("JH-01", "WA-S50"), ("KZ-01", "LY-C120")])
def test_stock_adds_up_week_by_week(code: str, sku: str) -> None:
    found = list(moves.moves_of(_account(code), _product(sku)))
    assert len(found) == 161, "the last one is still on its way"
    for before, after in pairwise(found):
        assert after.opening == before.closing
    for week in found:
        assert week.closing == (
            week.opening + week.received - week.returned - week.sold + week.customer_returned
        )
        assert min(week.closing, week.sold, week.received, week.returned) >= 0


def test_invoices_carry_the_goods_that_arrived() -> None:
    account, product = _account("JH-01"), _product("WA-S50")
    weeks = list(moves.moves_of(account, product))
    lines = moves.invoice_lines(account, {product.sku: product}, weeks)
    shipped = [line for line in lines if line.day <= LAST_DAY]
    assert shipped == lines
    sent = sum(line.quantity for line in lines if line.quantity > 0)
    there = sum(week.received for week in weeks[:-1])
    assert there <= sent <= there + weeks[-1].received
    assert sum(line.quantity for line in lines if line.quantity < 0) == -sum(
        week.returned for week in weeks[:-1]
    )
    assert {line.day.weekday() for line in lines if line.quantity > 0} <= set(range(5))
    assert all(line.value == line.quantity * line.price for line in lines)
    assert any(line.quantity < 0 for line in lines), "credit notes exist"


@pytest.mark.parametrize("code", ["JH-01", "BJT-SH", "GS-E", "JH-02"])
def test_the_running_month_looks_like_a_month_to_date(code: str) -> None:
    account = _account(code)
    lines = [
        line
        for product in trade_lists.products()
        if moves.sells(account, product)
        for line in moves.invoice_lines(
            account, {product.sku: product}, list(moves.moves_of(account, product))
        )
    ]

    def between(first: date, last: date) -> float:
        return float(sum(line.value for line in lines if first <= line.day <= last))

    now = between(date(2026, 11, 1), LAST_DAY)
    before = between(date(2025, 11, 1), date(2025, 11, 18))
    assert 0.7 < now / before < 1.6
    month = between(date(2025, 11, 1), date(2025, 11, 30))
    assert 0.4 < now / month < 1


def test_who_was_loaded_holds_too_much() -> None:
    weeks = {week.week: week for week in moves.moves_of(_account("TM-02"), _product("WA-S50"))}
    assert weeks[date(2026, 10, 26)].closing > 1.3 * weeks[date(2025, 10, 27)].closing


def test_who_is_not_delivered_runs_out() -> None:
    weeks = list(moves.moves_of(_account("FM-01"), _product("LY-C120")))
    assert sum(week.received for week in weeks if week.week > date(2026, 10, 19)) == 0
    assert weeks[-1].closing < weeks[-8].closing / 3


def test_eleven_eleven_lifts_and_a_lull_follows() -> None:
    account, product = _account("JH-01"), _product("WA-S50")
    normal = trade_story.festival(account, product, date(2025, 9, 1))
    peak = trade_story.festival(account, product, date(2025, 11, 3))
    lull = trade_story.festival(account, product, date(2025, 11, 17))
    assert normal == 1.0
    assert peak > 2
    assert lull < 1


def test_a_delisted_product_sells_no_more() -> None:
    weeks = list(moves.moves_of(_account("KZ-01"), _product("WA-S50")))
    wanted = [week.sold + week.lost for week in weeks if week.week >= date(2026, 4, 6)]
    assert sum(wanted) == 0
    assert sum(week.sold for week in weeks if week.week < date(2026, 3, 30)) > 0


def test_no_supply_empties_the_shelf() -> None:
    weeks = list(moves.moves_of(_account("GS-N"), _product("TS-M60")))
    dry = [week for week in weeks if date(2026, 7, 6) <= week.week <= date(2026, 9, 6)]
    assert sum(week.received for week in dry[1:]) == 0
    assert any(week.lost > 0 for week in dry)


def test_in_a_price_war_prices_fall_in_steps() -> None:
    account, product = _account("TM-02"), _product("WA-S50")
    prices = [sales.shelf_price(account, product, date(2026, 9, day)) for day in (6, 7, 12, 20, 28)]
    assert prices[0] == prices[4]
    assert prices[0] > prices[1] > prices[2] > prices[3]


def test_files_of_one_source_share_no_month() -> None:
    months: dict[str, set[str]] = defaultdict(set)
    for file in library.subscriptions():
        rows = list(csv.reader(io.StringIO(file.content.decode("cp1252")), delimiter=";"))
        found = {row[1][3:] for row in rows[1:]}
        assert not found & months[file.source]
        months[file.source] |= found
    assert len(months["abonnements"]) == 37


def test_outlets_split_whole_packs() -> None:
    account, product = _account("BJT-SH"), _product("LY-C120")
    parts = sales._split(account, product, date(2025, 5, 1), 131)
    assert sum(packs for _, packs in parts) == 131
    assert len(parts) > 5
    assert sales._split(account, product, date(2025, 5, 1), 131) == parts


def test_fees_rise_and_some_leave() -> None:
    deals = library.deals()
    (code, sku), (fee, _) = next(item for item in deals.items() if item[0][0] == "UVL")
    before = library._fee(code, sku, fee, date(2024, 1, 1))
    after = library._fee(code, sku, fee, date(2025, 1, 1))
    assert Decimal("0.994") < after / before < Decimal("1.066")
