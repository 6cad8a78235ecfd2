"""Pure decisions: check digits, names, freshness, and trees without cycles."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.accounts.rules import Edge, clean_account, clean_identifier, cycle_through, fold
from keystead.accounts.rules.freshness import freshness_of
from keystead.accounts.rules.identifiers import (
    CROCKFORD,
    USCC_ALPHABET,
    is_french_vat,
    is_ror,
    is_siren,
    is_siret,
    is_uscc,
)
from keystead.accounts.types import Freshness, Scheme, Span
from keystead.kernel.errors import Invalid

DAY = date(2026, 1, 1)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["example_record_v2_0.json", "example_record_v2_1.json"])
def test_every_ror_id_of_the_published_records_passes(shared, name):
    record = json.loads((shared / "ror" / name).read_text())
    ids = [record["id"], *(item["id"] for item in record["relationships"])]
    assert len(ids) == 15
    for address in ids:
        assert clean_identifier(Scheme.ROR, address) == address.removeprefix("https://ror.org/")


@pytest.mark.shared
def test_no_ror_id_passes_with_another_check_digit_or_one_letter_changed(shared):
    record = json.loads((shared / "ror" / "example_record_v2_1.json").read_text())
    good = record["id"][-9:]
    assert is_ror(good)
    for number in range(100):
        changed = f"{good[:7]}{number:02d}"
        assert is_ror(changed) == (changed == good)
    for place in range(1, 7):
        for char in CROCKFORD.replace(good[place], ""):
            assert not is_ror(good[:place] + char + good[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "https://ror.org/00pjdza24",
        "ror.org/00PJDZA24",
        "00pjdza24",
        " ０0pjdza24 ",
        "ROR:00pjdza24",
    ],
)
def test_a_ror_id_is_read_from_its_address(text):
    assert clean_identifier(Scheme.ROR, text) == "00pjdza24"


# The first is the example in GB 32100-2015.
@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L"])
def test_social_credit_codes_pass_and_one_wrong_character_is_found(code):
    assert is_uscc(code)
    for place in range(18):
        for char in USCC_ALPHABET.replace(code[place], ""):
            assert not is_uscc(code[:place] + char + code[place + 1 :])


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (is_siren, "732829320", "732829321"),
        (is_siren, "356000000", "356000001"),
        (is_siret, "73282932000074", "73282932000075"),
        (is_siret, "35600000000048", "35600000000046"),
        (is_siret, "35600000049837", "35600000049838"),
        (is_french_vat, "FR44732829320", "FR43732829320"),
    ],
)
def test_french_numbers(check, good, bad):
    assert check(good)
    assert not check(bad)


@pytest.mark.parametrize(
    ("country", "given", "stored"),
    [
        ("CN", "91350100 M000100Y43", "91350100M000100Y43"),
        ("FR", "732 829 320 00074", "73282932000074"),
        ("FR", "FR 44 732829320", "FR44732829320"),
        ("DE", "DE-123.456", "DE123456"),
    ],
)
def test_tax_numbers_are_stored_without_blanks(country, given, stored):
    assert clean_identifier(Scheme.TAX_NUMBER, given, country=country) == stored


@pytest.mark.parametrize(
    ("scheme", "value", "country", "code"),
    [
        (Scheme.TAX_NUMBER, "91350100M000100Y44", "CN", "identifier_uscc"),
        (Scheme.TAX_NUMBER, "123456789", "FR", "identifier_siren"),
        (Scheme.ROR, "00pjdza25", "", "identifier_ror"),
        (Scheme.ROR, "1pjdza24", "", "identifier_ror"),
        (Scheme.OTHER, " \u200b ", "", "identifier_empty"),
    ],
)
def test_wrong_identifiers_say_what_is_wrong(scheme, value, country, code):
    with pytest.raises(Invalid) as caught:
        clean_identifier(scheme, value, country=country)
    assert caught.value.code == code


def test_all_wrong_fields_are_told_at_once():
    with pytest.raises(Invalid) as caught:
        clean_account(
            {"name": "", "kind": "shopp", "country": "china", "colour": "red"}, whole=True
        )
    assert sorted(caught.value.data["fields"]) == ["code", "colour", "country", "kind", "name"]


def test_fields_are_tidied():
    found = clean_account(
        {"code": " JD ", "name": "京东\u3000健康\n", "kind": "Pharmacy chain", "country": "cn"},
        whole=True,
    )
    assert found == {"code": "JD", "name": "京东 健康", "kind": "pharmacy_chain", "country": "CN"}


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("value", "reviewed", "days", "state"),
    [
        ("", None, 90, Freshness.EMPTY),
        ("x", None, 90, Freshness.STALE),
        ("x", DAY, 90, Freshness.FRESH),
        ("x", DAY - timedelta(days=90), 90, Freshness.DUE),
        ("x", DAY - timedelta(days=91), 90, Freshness.STALE),
        ("x", DAY - timedelta(days=4000), 0, Freshness.FRESH),
    ],
)
def test_freshness(value, reviewed, days, state):
    assert freshness_of(value, reviewed, days, DAY) is state


SPANS = st.builds(
    lambda start, length, opens, closes: Span(
        None if opens else DAY + timedelta(days=start),
        None if closes else DAY + timedelta(days=start + length),
    ),
    st.integers(0, 6), st.integers(1, 6), st.booleans(), st.booleans(),
)  # fmt: skip
EDGES = st.lists(st.builds(Edge, st.integers(1, 5), st.integers(1, 5), SPANS), max_size=9)


def _cycle_on(day: date, node: int, edges: list[Edge]) -> bool:
    above = [(edge.member, edge.group) for edge in edges
             if edge.span.covers(day) and edge.member != edge.group]  # fmt: skip
    reached, waiting = set(), [node]
    while waiting:
        here = waiting.pop()
        for member, group in above:
            if member == here and group not in reached:
                reached.add(group)
                waiting.append(group)
    return node in reached


@given(EDGES, st.integers(1, 5))
def test_a_cycle_is_found_exactly_when_there_is_one_on_some_day(edges, node):
    days = [DAY + timedelta(days=number) for number in range(-2, 15)]
    found = cycle_through(node, edges)
    assert (found is not None) == any(_cycle_on(day, node, edges) for day in days)
    if found:
        assert found[0] == found[-1] == node


@given(SPANS, SPANS)
def test_spans_overlap_when_a_day_is_in_both(one, other):
    days = [DAY + timedelta(days=number) for number in range(-2, 15)]
    assert one.overlaps(other) == any(one.covers(day) and other.covers(day) for day in days)
    assert one.overlaps(other) == other.overlaps(one)


def test_the_last_day_is_the_day_before_the_end():
    assert Span(DAY, date(2026, 3, 1)).last_day == date(2026, 2, 28)
    assert Span(DAY, None).last_day is None
