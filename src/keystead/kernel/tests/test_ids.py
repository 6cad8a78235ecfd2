from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.ids import new_key, slug, stable_hash

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_the_hash_never_changes():
    value = {"accounts": {3, 1, 2}, "from": date(2026, 1, 1), "value": Decimal("1.50")}
    assert stable_hash(value) == "02d22664f4a5"
    assert stable_hash({**value, "value": Decimal("1.5")}) == stable_hash(value)


@given(plain, plain)
def test_different_values_differ(a, b):
    assert (stable_hash(a, 64) == stable_hash(b, 64)) == (_typed(a) == _typed(b))


def _typed(value):
    """Return the value with its types beside it, at every depth: in Python, True equals 1."""
    if isinstance(value, list):
        return list, [_typed(item) for item in value]
    if isinstance(value, dict):
        return dict, {key: _typed(item) for key, item in value.items()}
    return type(value), value


def test_a_float_has_no_stable_hash():
    with pytest.raises(TypeError):
        stable_hash([0.1])


def test_keys_sort_by_time_and_never_repeat():
    keys = [new_key(1000 + index) for index in range(50)]
    assert keys == sorted(keys)
    assert len({new_key(5) for _ in range(200)}) == 200


def test_slugs():
    assert slug("  Äpfel & Birnen ") == "apfel-birnen"
    assert slug("上海") == ""
