"""Numbers, money, dates and periods in the three languages, exactly."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kit.ui import formats

EN, ZH, FR = "en", "zh-hans", "fr"
NB, THIN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("value", "currency", "en", "zh", "fr"),
    [
        ("48213123.40", "CNY", f"¥{NB}48.2{NB}m", "¥4,821万", f"48,2{NB}M¥"),
        ("3060000", "EUR", f"€{NB}3.06{NB}m", "€306万", f"3,06{NB}M€"),
        ("1400000", "CNY", f"¥{NB}1.4{NB}m", "¥140万", f"1,4{NB}M¥"),
        ("412000", "EUR", f"€{NB}412,000", "€41.2万", f"412{THIN}000{NB}€"),
        ("9870.5", "USD", f"${NB}9,871", "$9,871", f"9{THIN}871{NB}$"),
        ("12.345", "EUR", f"€{NB}12.3", "€12.3", f"12,3{NB}€"),
        ("1.25", "EUR", f"€{NB}1.25", "€1.25", f"1,25{NB}€"),
        ("-36400", "CNY", f"-¥{NB}36,400", "-¥36,400", f"-36{THIN}400{NB}¥"),
        ("999999", "CNY", f"¥{NB}1{NB}m", "¥100万", f"1{NB}M¥"),
        ("2500000000", "CNY", f"¥{NB}2.5{NB}bn", "¥25亿", f"2,5{NB}Md¥"),
        ("0", "CNY", f"¥{NB}0", "¥0", f"0{NB}¥"),
        ("-0.001", "CNY", f"¥{NB}0", "¥0", f"0{NB}¥"),
        ("5000", "JPY", f"JP¥{NB}5,000", "JP¥5,000", f"5{THIN}000{NB}JP¥"),
    ],
)
def test_money_short(value: str, currency: str, en: str, zh: str, fr: str) -> None:
    amount = Decimal(value)
    assert formats.money(amount, currency, locale=EN) == en
    assert formats.money(amount, currency, locale=ZH) == zh
    assert formats.money(amount, currency, locale=FR) == fr


def test_money_in_full_has_the_minor_unit_of_its_currency() -> None:
    assert formats.money("48213123.4", "CNY", locale=EN, full=True) == f"¥{NB}48,213,123.40"
    assert formats.money("5000.4", "JPY", locale=EN, full=True) == f"JP¥{NB}5,000"


@pytest.mark.parametrize(
    ("ratio", "en", "fr"),
    [("0.971", "97.1%", f"97,1{THIN}%"), ("-0.0004", "0.0%", f"0,0{THIN}%"),
     ("1.5", "150.0%", f"150,0{THIN}%")],
)  # fmt: skip
def test_percent(ratio: str, en: str, fr: str) -> None:
    assert formats.percent(ratio, locale=EN) == en
    assert formats.percent(ratio, locale=FR) == fr


def test_missing_values_are_a_dash_everywhere() -> None:
    for missing in (None, "", "abc", float("nan"), Decimal("Infinity"), True):
        assert formats.number(missing, locale=EN) == "–"
        assert formats.money(missing, "EUR", locale=FR) == "–"
        assert formats.percent(missing, locale=ZH) == "–"
    assert formats.day(None, locale=EN) == formats.moment(None, locale=EN) == "–"


@pytest.mark.parametrize(
    ("start", "end", "en", "zh", "fr"),
    [
        ((2026, 1, 1), (2027, 1, 1), "2026", "2026年", "2026"),
        ((2026, 4, 1), (2026, 7, 1), "Q2 2026", "2026年第2季度", "T2 2026"),
        ((2026, 6, 1), (2026, 7, 1), "Jun 2026", "2026年6月", "juin 2026"),
        ((2026, 1, 1), (2026, 11, 1), "Jan – Oct 2026", "2026年1月至10月", "janv. – oct. 2026"),
        ((2026, 1, 5), (2026, 2, 4), "5 Jan – 3 Feb 2026", "2026年1月5日至2月3日",
         "5 janv. – 3 févr. 2026"),
        ((2026, 9, 18), (2026, 9, 19), "18 Sep 2026", "2026年9月18日", "18 sept. 2026"),
    ],
)  # fmt: skip
def test_period(
    start: tuple[int, int, int], end: tuple[int, int, int], en: str, zh: str, fr: str
) -> None:
    days = dt.date(*start), dt.date(*end)
    assert formats.period(*days, locale=EN) == en
    assert formats.period(*days, locale=ZH) == zh
    assert formats.period(*days, locale=FR) == fr


def test_scales_of_columns_read_as_each_language_writes_them() -> None:
    assert formats.scale_words("", "CNY", 1_000, locale=EN) == "¥ thousand"
    assert formats.scale_words("", "EUR", 1_000_000, locale=FR) == "M€"
    assert formats.scale_words("", "CNY", 10_000, locale=ZH) == "¥ 万"
    assert formats.scale_words("packs", "", 1_000, locale=EN) == "thousand packs"


@given(st.decimals(-(10**13), 10**13, allow_nan=False, places=4))
def test_short_forms_never_lie_by_more_than_half_a_percent(value: Decimal) -> None:
    text, word = formats.short_parts(value, locale=EN)
    factor = {"": 1, "m": 10**6, "bn": 10**9}[word]
    shown = Decimal(text.replace(",", "")) * factor
    assert abs(shown - value) <= max(abs(value) * Decimal("0.0051"), Decimal("0.0051"))


@pytest.mark.parametrize("first", ["zh-hans", "fr", "en"])
def test_a_month_alone_is_in_the_readers_language_whoever_read_before(first: str) -> None:
    day = dt.date(2026, 1, 1)
    formats.month(day, locale=first, year=False)
    assert formats.month(day, locale="fr", year=False) == "janv."
    assert formats.month(day, locale="en", year=False) == "Jan"
    assert formats.month(day, locale="zh-hans", year=False) == "1月"
