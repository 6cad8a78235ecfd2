"""Codes with check digits, fields, and products that may not contain themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.catalog.rules import (
    clean_code,
    clean_product,
    gtin_spellings,
    is_atc,
    is_gtin,
    is_issn,
    makes_a_loop,
)
from keystead.catalog.types import ProductScheme
from keystead.kernel.errors import Invalid


# From GS1's own examples of the check digit: GTIN-13 6291041500213, GTIN-8, GTIN-12, GTIN-14.
@pytest.mark.parametrize("good", ["6291041500213", "96385074", "614141000036", "10614141000415"])
def test_gtins_pass_and_every_wrong_digit_is_found(good):
    assert is_gtin(good)
    for place, char in enumerate(good):
        for other in "0123456789".replace(char, ""):
            assert not is_gtin(good[:place] + other + good[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "1234567", "629104150021", "62910415002135", "６２９１", "abc"]
)
def test_what_is_no_gtin(text):
    assert not is_gtin(text)


@pytest.mark.parametrize(
    ("code", "right"),
    [("A", True), ("A10", True), ("A10B", True), ("A10BA", True), ("A10BA02", True), ("B01AC06", True),
     ("A1", False), ("A10BA0", False), ("E10", False), ("a10", False), ("A10BA02X", False), ("", False)],
)  # fmt: skip
def test_atc_codes(code, right):
    assert is_atc(code) is right


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("0028-4793", True),
        ("0140-6736", True),
        ("2434-561X", True),
        ("0140-6737", False),
        ("01406736", False),
    ],
)
def test_issns(code, right):
    assert is_issn(code) is right


def test_codes_are_stored_in_one_form():
    assert clean_code(ProductScheme.ISSN, " 0140 6736 ") == "0140-6736"
    assert clean_code(ProductScheme.GTIN, "6291041-500213") == "6291041500213"
    assert (
        clean_code(ProductScheme.APPROVAL_NUMBER, "国药准字\u3000H20013063") == "国药准字 H20013063"
    )
    assert "00000096385074" in gtin_spellings("96385074")


def test_fields_are_tidied_and_all_wrong_ones_told_at_once():
    clean = clean_product(
        {
            "sku": " q1 ",
            "name": "Metformin\t0.5 g",
            "kind": "Medicine",
            "pack_size": "24",
            "atc": "a10ba02",
        },
        whole=True,
    )
    assert clean == {"sku": "q1", "name": "Metformin 0.5 g", "kind": "medicine",
                     "pack_size": Decimal(24), "atc": "A10BA02"}  # fmt: skip
    with pytest.raises(Invalid) as caught:
        clean_product({"kind": "pill", "pack_size": "0", "gtin": "123", "atc": "ZZ", "supply": "free",
                       "colour": 1}, whole=True)  # fmt: skip
    assert sorted(caught.value.data["fields"]) == [
        "atc", "colour", "gtin", "kind", "name", "pack_size", "sku", "supply"]  # fmt: skip


@pytest.mark.parametrize("size", ["NaN", "inf", "-1", "1e9", "0.00001", "x", "1,5"])
def test_wrong_pack_sizes(size):
    with pytest.raises(Invalid):
        clean_product({"pack_size": size}, whole=False)


PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=10)


@given(PAIRS)
def test_parts_added_one_by_one_never_close_a_loop(pairs):
    links: list[tuple[int, int]] = []
    for whole, part in pairs:
        if not makes_a_loop(whole, part, links):
            links.append((whole, part))
    order = list(range(5))
    for _ in range(5):  # peel off products that contain nothing more
        order = [
            item for item in order if any(whole == item and part in order for whole, part in links)
        ]
    assert order == []
