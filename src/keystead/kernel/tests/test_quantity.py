from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid
from keystead.kernel.quantity import Quantity, unit_code

values = st.decimals(-(10**13), 10**13, places=4, allow_nan=False, allow_infinity=False)


@given(values, values)
def test_sums_are_exact(a, b):
    left, right = Quantity(a, "pack"), Quantity(b, "pack")
    assert left + right - right == left
    assert Quantity.total([left, right], "pack").value == a + b


def test_units_never_mix():
    pack, box = Quantity(1, "pack"), Quantity(1, "box")
    for act in (lambda: pack + box, lambda: pack - box, lambda: pack < box, lambda: pack + 1):
        with pytest.raises(Invalid):
            act()
    assert pack != box


@pytest.mark.parametrize("bad", ["", "Pack size", "µg", "1kg", None, "x" * 30])
def test_unit_codes(bad):
    with pytest.raises(Invalid):
        unit_code(bad)


@pytest.mark.parametrize("bad", ["NaN", "1e400", 0.5, True])
def test_hostile_values_are_refused(bad):
    with pytest.raises(Invalid):
        Quantity(bad, "pack")


def test_rounding_and_order():
    assert Quantity("2.5", "pack").rounded(0) == Quantity(3, "pack")
    assert Quantity(1, "kg") < Quantity(2, "kg")
    assert Quantity(2, "kg") * Decimal("0.5") == Quantity(1, "kg")
    assert not Quantity(0, "kg")
