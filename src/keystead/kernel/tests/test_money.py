import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid
from keystead.kernel.exact import exact, largest_remainder, round_half_up
from keystead.kernel.money import Money, Percent, currency_code, minor_units

CODES = ["EUR", "CNY", "USD", "JPY", "KWD", "TND", "CLF"]
currencies = st.sampled_from(CODES)
amounts = st.decimals(-(10**15), 10**15, places=4, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    "bad",
    [
        "NaN",
        "sNaN",
        "inf",
        "-Infinity",
        "1e400",
        "-1e400",
        "1e18",
        "",
        " ",
        "1,5",
        "12 EUR",
        "0x10",
        1.5,
        float("nan"),
        True,
        None,
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e999999"),
    ],
)
def test_hostile_values_are_refused(bad):
    for make in (lambda: Money(bad, "EUR"), lambda: Percent(bad), lambda: exact(bad)):
        with pytest.raises(Invalid):
            make()


def test_full_width_and_huge_text_do_not_hang():
    assert exact("１２") == 12  # full-width digits are digits
    with pytest.raises(Invalid):
        exact("9" * 5000)


def test_zero_is_never_negative():
    assert str(Money("-0.00", "EUR")) == "0.00 EUR"
    assert str(Money("-0.001", "EUR").quantised()) == "0.00 EUR"
    assert str(-Money(0, "EUR")) == "0 EUR"
    assert exact("0e-9999") == 0


@pytest.mark.parametrize("bad", ["", "EU", "EURO", "€", "E1R", None, 5, "ＥＵＲ"])
def test_currency_codes(bad):
    with pytest.raises(Invalid):
        currency_code(bad)


@pytest.mark.parametrize(
    ("code", "units"),
    [("EUR", 2), ("CNY", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3), ("CLF", 4)],
)
def test_minor_units(code, units):
    assert minor_units(code) == units


def test_two_currencies_never_meet():
    euro, yuan = Money(1, "EUR"), Money(1, "CNY")
    for act in (
        lambda: euro + yuan,
        lambda: euro - yuan,
        lambda: euro < yuan,
        lambda: euro >= yuan,
        lambda: euro.ratio(yuan),
        lambda: Money.total([euro, yuan], "EUR"),
        lambda: euro + 1,
    ):
        with pytest.raises(Invalid):
            act()
    assert euro != yuan


def test_a_float_factor_is_refused():
    with pytest.raises(Invalid):
        Money(1, "EUR") * 1.1
    with pytest.raises(Invalid):
        Money(1, "EUR") / 0


@pytest.mark.parametrize(
    ("value", "places", "wanted"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("0.0049999", 2, "0.00"),
        ("2.5", 0, "3"),
        ("376989.16", 1, "376989.2"),
        ("999999999999999.995", 2, "1000000000000000.00"),
    ],
)
def test_half_up(value, places, wanted):
    assert str(round_half_up(Decimal(value), places)) == wanted


def test_equal_amounts_are_equal_whatever_their_zeros():
    assert Money("1.0", "EUR") == Money("1.00", "EUR")
    assert len({Money("1.0", "EUR"), Money("1.00", "EUR")}) == 1


@given(amounts, amounts, currencies)
def test_adding_and_taking_away_is_exact(a, b, code):
    left, right = Money(a, code), Money(b, code)
    assert left + right - right == left
    assert left + right == right + left
    assert Money.total([left, right], code) == left + right


@given(amounts, currencies, st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_allocation_adds_up_to_the_last_unit(amount, code, weights):
    total = Money(amount, code).quantised()
    if not any(weights):
        with pytest.raises(Invalid):
            total.allocate(weights)
        return
    parts = total.allocate(weights)
    assert Money.total(parts, code) == total
    step = Decimal(1).scaleb(-minor_units(code))
    for part, weight in zip(parts, weights, strict=True):
        ideal = total.amount * weight / sum(weights)
        assert abs(part.amount - ideal) < step
        assert part == part.quantised()
        assert weight or not part


@given(
    amounts,
    st.lists(st.decimals("0.0001", 1000, places=4), min_size=1, max_size=12),
)
def test_allocation_by_decimal_weights(amount, weights):
    parts = Money(amount, "EUR").allocate(weights, places=4)
    assert sum(part.amount for part in parts) == amount


def test_allocation_refuses_negative_weights_and_finer_sums():
    with pytest.raises(Invalid):
        Money("1.00", "EUR").allocate([2, -1])
    with pytest.raises(Invalid):
        Money("1.00", "EUR").allocate([])
    with pytest.raises(Invalid) as caught:
        Money("1.005", "EUR").allocate([1])
    assert caught.value.code == "not_quantised"
    with pytest.raises(Invalid):
        Money("0.5", "JPY").allocate([1, 1])


@given(st.integers(-(10**18), 10**18), st.lists(st.integers(0, 50), min_size=1, max_size=9))
def test_largest_remainder_keeps_order_and_sum(units, weights):
    if not any(weights):
        return
    parts = largest_remainder(units, weights)
    assert sum(parts) == units
    ranked = sorted(zip(weights, (abs(part) for part in parts), strict=True))
    assert all(a[1] <= b[1] for a, b in itertools.pairwise(ranked) if a[0] < b[0])


@given(amounts, currencies)
def test_quantising_twice_changes_nothing(amount, code):
    once = Money(amount, code).quantised()
    assert once.quantised() == once
    assert abs(once.amount - amount) * 2 <= Decimal(1).scaleb(-minor_units(code))


def test_percent():
    assert Percent("12.5").fraction == Decimal("0.125")
    assert str(Percent.parse(" 3 %")) == "3%"
    assert Percent.ratio(1, 3) == Percent("33.333333333333")
    assert Percent.ratio(1, 0) is None
    with pytest.raises(Invalid):
        Percent.parse("%")


def test_ratio_of_money():
    assert Money("97.1", "EUR").ratio(Money(100, "EUR")) == Decimal("0.971")
    assert Money("97.1", "EUR").ratio(Money(0, "EUR")) is None
