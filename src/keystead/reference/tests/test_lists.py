"""Currencies, countries, units."""

from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid
from keystead.kernel.quantity import Quantity
from keystead.reference.queries import convert, countries, currencies, unit, units
from keystead.reference.types import PackSizes


def test_currencies_are_named_in_the_readers_language():
    def names():
        return {found.code: found.name for found in currencies()}

    with override("en"):
        assert names()["CNY"] == "Chinese Yuan"
    with override("fr"):
        assert names()["CNY"] == "yuan renminbi chinois"
    with override("zh-hans"):
        assert names()["EUR"] == "欧元"
    digits = {found.code: found.minor_units for found in currencies()}
    assert (digits["JPY"], digits["TND"], digits["EUR"]) == (0, 3, 2)
    assert len(digits) == 157


def test_countries_are_those_of_the_standard():
    with override("zh-hans"):
        found = {country.code: country for country in countries()}
    assert len(found) == 249
    assert (found["FR"].alpha3, found["FR"].name, found["FR"].currency) == ("FRA", "法国", "EUR")
    assert found["CN"].name == "中国"
    assert len({country.alpha3 for country in found.values()}) == 249


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Pack", "pack"),
        ("盒", "box"),
        ("Boîtes", "box"),
        ("PCS.", "each"),
        ("公斤", "kg"),
        ("µg", "ug"),
    ],
)
def test_units_have_names_in_three_languages(text, code):
    assert unit(text).code == code


def test_no_name_means_two_units():
    names = [name for found in units() for name in {found.code, *found.aliases}]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("value", "source", "target", "sizes", "wanted"),
    [
        ("3", "pack", "each", 24, "72"),
        ("72", "each", "pack", 24, "3"),
        ("2", "case", "pack", PackSizes(pack=12, case=144), "24"),
        ("1", "box", "each", PackSizes(box=30), "30"),
        ("-5", "pack", "each", 10, "-50"),
        ("1.5", "kg", "g", None, "1500.0"),
        ("250", "mg", "g", None, "0.250"),
        ("750", "ml", "l", None, "0.750"),
        ("1", "each", "pack", 3, "0.333333333333"),
        ("4", "pack", "pack", None, "4"),
    ],
)
def test_conversion(value, source, target, sizes, wanted):
    found = convert(Quantity(value, source), target, sizes)
    assert found == Quantity(wanted, target)


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(1, 500), st.integers(1, 500))
def test_there_and_back_is_the_same(value, pack, case):
    sizes = PackSizes(pack=pack, case=case)
    there = convert(Quantity(value, "case"), "each", sizes)
    assert convert(there, "case", sizes) == Quantity(value, "case")


@pytest.mark.parametrize(
    ("source", "target", "sizes"),
    [
        ("pack", "each", None),
        ("box", "each", 24),
        ("pack", "each", 0),
        ("pack", "each", Decimal("NaN")),
        ("pack", "kg", 10),
        ("kg", "l", None),
        ("barrel", "l", None),
        ("kg", "barrel", None),
    ],
)
def test_senseless_conversions_are_refused(source, target, sizes):
    with pytest.raises(Invalid):
        convert(Quantity(1, source), target, sizes)
