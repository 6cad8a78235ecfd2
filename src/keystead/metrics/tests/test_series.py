"""Hand-worked values of the sequence metrics."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from keystead.kernel.periods import Period
from keystead.metrics.calc.definitions import ALL
from keystead.metrics.calc.series import FUNCTIONS, Group
from keystead.metrics.types import Note, Series

D = Decimal
JUNE = Period.parse("2026-06")


def price(day: int, value: object, regular: object = None, item: str = "x", product: int = 1):
    return {
        "at": date(2026, 6, day), "account": 1, "product": product, "shop": "S", "item": item,
        "price": D(str(value)), "regular": None if regular is None else D(str(regular)),
        "currency": "CNY",
    }  # fmt: skip


def listing(day: str, status: str, product: int = 1, outlet: str = "") -> dict:
    return {"at": date.fromisoformat(day), "account": 1, "product": product, "outlet": outlet,
            "status": status}  # fmt: skip


def ask(name: str, *rows, **more):
    return FUNCTIONS[name](Group(JUNE, rows=rows, reference=rows, **more))


def test_every_series_metric_has_its_function() -> None:
    named = {m.compute.function for m in ALL if isinstance(m.compute, Series)}
    assert named == set(FUNCTIONS)


def test_price_index_and_promotions_against_the_modal_price() -> None:
    rows = [price(1, 100), price(2, 80), price(3, 80), price(4, 100), price(5, 90), price(6, 100)]
    assert ask("price_index", *rows).value == pytest.approx(100 * 550 / 600)
    assert ask("promo_depth", *rows).value == pytest.approx((20 + 20 + 10) / 3)
    assert ask("promo_frequency", *rows).value == 50
    assert ask("price_episodes", *rows).value == 2
    assert ask("price_under_peak", *rows).value == 50


def test_an_observed_regular_price_goes_before_the_modal_one() -> None:
    assert ask("promo_depth", price(1, 80, 100), price(2, 90, 100)).value == pytest.approx(15)
    assert ask("promo_frequency", price(1, 96, 100)).value == 0
    assert ask("promo_depth", price(1, 100)).value == 0


def test_dispersion_is_the_sample_deviation_by_product() -> None:
    rows = [price(1, 90), price(2, 100), price(3, 110), price(4, 7, product=2)]
    assert ask("price_dispersion", *rows).value == pytest.approx(10)
    assert ask("price_spread", *rows).value == pytest.approx(20)
    assert ask("price_modal_share", *[price(d, v) for d, v in ((1, 99), (2, 99), (3, 99), (4, 89))]
               ).value == 75  # fmt: skip
    assert ask("price_dispersion", price(1, 5)).value is None


def test_episodes_are_counted_per_item() -> None:
    rows = [price(1, 100), price(1, 50, item="y"), price(2, 50), price(2, 50, item="y")]
    assert ask("price_episodes", *rows).value == 1  # y is always 50: that is its regular price
    assert ask("price_episodes", price(1, 100, 100), price(2, 80, 100), price(3, 80, 100),
               price(4, 100, 100), price(5, 90, 100)).value == 2  # fmt: skip


def test_continuity_counts_from_the_last_return_to_the_list() -> None:
    back = [listing("2025-01-01", "listed"), listing("2026-02-01", "delisted"),
            listing("2026-03-03", "listed")]  # fmt: skip
    assert ask("listing_continuity", *back).value == 3
    long = ask("listing_continuity", listing("2024-06-15", "listed"))
    assert (long.value, long.note) == (24, Note.LONGER_THAN_KNOWN)
    off = [*back, listing("2026-06-20", "paused")]
    assert ask("listing_continuity", *off).value == 0


def test_continuity_of_several_products_is_the_shortest_that_still_counts() -> None:
    rows = [
        listing("2025-01-01", "listed"),
        listing("2026-04-01", "listed", product=2),
        listing("2024-01-01", "listed", product=3),
        listing("2024-06-01", "delisted", product=3),  # ended on purpose, two years ago
    ]
    assert ask("listing_continuity", *rows).value == 3


def test_a_product_stays_listed_while_one_outlet_lists_it() -> None:
    rows = [listing("2026-01-01", "listed", outlet="A"), listing("2026-02-01", "listed", outlet="B"),
            listing("2026-05-01", "delisted", outlet="A")]  # fmt: skip
    assert ask("listing_continuity", *rows).value == 6


def test_coverage_is_against_what_was_agreed() -> None:
    rows = [listing("2026-01-01", "listed"), listing("2026-01-01", "delisted", product=2)]
    assert ask("listing_coverage", *rows).value == 50
    agreed = {"agreed": [(1, 1), (1, 2), (1, 3), (1, 4)]}
    assert ask("listing_coverage", *rows, extras=agreed).value == 25
    assert ask("listing_coverage").note is Note.NO_DATA


def test_forward_days_follow_the_season_of_last_year() -> None:
    def days(closing: object, sold: dict[int, int]):
        values = {"closing": {(): D(closing)}, "sold": {(at,): D(v) for at, v in sold.items()}}
        return FUNCTIONS["forward_stock_days"](Group(JUNE, values))

    # July sold 310 a year ago, August 62: 341 units last July and half of August.
    assert days(341, {0: 310, 1: 62}).value == pytest.approx(31 + 15.5)
    # No last year at all: the average of the last three months, 90, carries it.
    assert days(45, {9: 90, 10: 90, 11: 90}).value == pytest.approx(15.5)
    assert days(0, {0: 5}).value == 0
    assert days(5, {}).note is Note.ZERO_DENOMINATOR
    assert days(10**6, {0: 1}).note is Note.LONGER_THAN_KNOWN
