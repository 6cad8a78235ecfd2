from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money
from keystead.kernel.rates import Rate

DAY = date(2026, 6, 30)


def test_a_conversion_keeps_where_it_came_from():
    rate = Rate(Decimal("7.8512"), DAY, "ECB", "EUR", "CNY")
    done = rate.convert(Money("100.00", "EUR"))
    assert done.money.quantised() == Money("785.12", "CNY")
    assert done.original == Money("100.00", "EUR")
    assert (done.rate.on, done.rate.source) == (DAY, "ECB")


def test_the_wrong_currency_is_refused():
    with pytest.raises(Invalid):
        Rate(Decimal("7.8512"), DAY, "ECB", "EUR", "CNY").convert(Money(1, "USD"))


@pytest.mark.parametrize("bad", ["0", "-1", "NaN", "inf", "1e400"])
def test_hostile_rates_are_refused(bad):
    with pytest.raises(Invalid):
        Rate(Decimal(bad), DAY, "x", "EUR", "CNY")


def test_inverse_and_cross_say_that_they_are_derived():
    euro = Rate(Decimal("7.8"), DAY, "ECB", "EUR", "CNY")
    dollar = Rate(Decimal("1.1"), date(2026, 6, 29), "ECB", "EUR", "USD")
    cross = euro.inverse().cross(dollar)
    assert cross.derived
    assert (cross.base, cross.quote, cross.on) == ("CNY", "USD", date(2026, 6, 29))
    assert cross.value == Decimal("0.141025641026")
    with pytest.raises(Invalid):
        euro.cross(dollar)


@given(st.decimals("0.001", 1000, places=6))
def test_there_and_back_is_close_but_marked(value):
    rate = Rate(value, DAY, "x", "EUR", "CNY")
    back = rate.inverse().convert(rate.convert(Money(1, "EUR")).money)
    assert back.rate.derived
    assert abs(back.money.amount - 1) < Decimal("0.000001")


def test_a_currency_to_itself():
    assert Rate.same("EUR", DAY).convert(Money("1.23", "EUR")).money == Money("1.23", "EUR")
