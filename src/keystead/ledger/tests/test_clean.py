"""Text to typed columns: exact values, a reason for each refusal, never a silent guess."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.ledger.calc.clean import to_bool, to_code, to_date, to_decimal, to_text


def _number(text, style="plain"):
    done = to_decimal(pa.array([text]), style)
    return done.values[0].as_py(), done.reasons[0].as_py()


def _date(text, order=""):
    done = to_date(pa.array([text]), order)
    return done.values[0].as_py(), done.reasons[0].as_py()


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("0", "plain", "0"),
        ("-0", "plain", "0"),
        ("007", "plain", "7"),
        ("1234567", "plain", "1234567"),
        ("12.50", "plain", "12.5"),
        ("12,50", "plain", "12.5"),
        ("1,234.56", "plain", "1234.56"),
        ("1.234,56", "plain", "1234.56"),
        ("1,234,567", "plain", "1234567"),
        ("1.234.567", "plain", "1234567"),
        ("0,125", "plain", "0.125"),
        ("1,234", "point", "1234"),
        ("1,234", "comma", "1.234"),
        ("1.234", "point", "1.234"),
        ("1.234", "comma", "1234"),
        ("1,23,456.7", "point", "123456.7"),
        ("1 234,56", "comma", "1234.56"),
        ("1\u202f234\u00a0567,8", "comma", "1234567.8"),
        ("1'234.50", "point", "1234.5"),
        ("１２３．４５", "point", "123.45"),
        ("￥１，２３４．５０", "point", "1234.5"),
        ("¥-12.5", "point", "-12.5"),
        ("$10,198.25 ", "point", "10198.25"),
        ("12,50 €", "comma", "12.5"),
        ("(1,234.50)", "point", "-1234.5"),
        ("（12）", "plain", "-12"),
        ("12.5-", "point", "-12.5"),
        ("−7", "plain", "-7"),
        ("+7", "plain", "7"),
        ("12.5%", "point", "0.125"),
        ("5‰", "plain", "0.005"),
        (".5", "point", "0.5"),
        ("5.", "point", "5"),
        ("0.00005", "point", "0.0001"),
        ("-0.00005", "point", "-0.0001"),
        ("0.30000000000000004", "point", "0.3"),
        ("99999999999999.9999", "point", "99999999999999.9999"),
        ("2元", "plain", "2"),
        ("1.5E+3", "point", "1500"),
    ],
)
def test_numbers_are_read_exactly(text, style, value):
    assert _number(text, style) == (Decimal(value).quantize(Decimal("0.0001")), None)


@pytest.mark.parametrize(
    ("text", "style", "reason"),
    [
        ("1,234", "plain", "ambiguous_number"),
        ("1.234", "plain", "ambiguous_number"),
        ("1,5", "point", "wrong_style"),
        ("1.5", "comma", "wrong_style"),
        ("1,2345", "point", "wrong_style"),
        ("12,34,5", "point", "not_a_number"),
        ("abc", "point", "not_a_number"),
        ("NaN", "point", "not_a_number"),
        ("inf", "point", "not_a_number"),
        ("1e400", "point", "too_large"),
        ("1e99999", "point", "not_a_number"),
        ("100000000000000", "plain", "too_large"),
        ("99999999999999.99999", "point", "too_large"),
        ("9" * 50, "plain", "too_large"),
        ("--5", "plain", "not_a_number"),
        ("-(5)", "plain", "not_a_number"),
        ("(-5)", "plain", "not_a_number"),
        ("1 2", "plain", "not_a_number"),
        ("#N/A", "plain", "error_value"),
        ("#DIV/0!", "plain", "error_value"),
        ("=1+1", "plain", "not_a_number"),
        ("12 boxes", "plain", "not_a_number"),
        ("0x10", "plain", "not_a_number"),
        ("1.2.3", "plain", "not_a_number"),
    ],
)
def test_numbers_are_refused_with_a_reason(text, style, reason):
    assert _number(text, style) == (None, reason)


@pytest.mark.parametrize("text", ["", "  ", "-", "—", "\u3000", None])
def test_blank_is_null_and_no_problem(text):
    column = pa.array([text], pa.string())
    for done in (to_decimal(column), to_date(column), to_bool(column)):
        assert (done.values.to_pylist(), done.reasons.to_pylist()) == ([None], [None])


def test_rounding_and_exponents_are_counted():
    done = to_decimal(
        pa.array(["1.23456", "1.23456", "0.1", "2E3", "0.30000000000000004"]), "point"
    )
    assert dict(done.notices) == {"rounded": 2, "exponent": 1}
    assert done.problems.to_pylist() == [False] * 5


def test_a_column_may_be_chunked_dictionary_or_empty():
    parts = [pa.array(["1", None]), pa.array(["x", "1"])]
    expected = (
        [Decimal("1.0000"), None, None, Decimal("1.0000")],
        [None, None, "not_a_number", None],
    )
    for column in (
        pa.chunked_array(parts),
        pa.chunked_array([part.dictionary_encode() for part in parts]),
        pa.concat_arrays(parts),
    ):
        values, reasons = to_decimal(column)
        assert (values.to_pylist(), reasons.to_pylist()) == expected
    assert to_decimal(pa.chunked_array([], pa.string())).values.type == pa.decimal128(18, 4)
    assert len(to_date(pa.array([], pa.string())).values) == 0


@given(st.decimals(-(10**13), 10**13, places=4, allow_nan=False))
def test_every_decimal_survives_each_way_of_writing_it(value):
    for text, style in (
        (f"{value:f}", "point"),
        (f"{value:,f}", "point"),
        (f"{value:f}".replace(".", ","), "comma"),
        (f"{value:,f}".replace(",", " ").replace(".", ","), "comma"),
        (f"{value:,f}".replace(",", "_").replace(".", ",").replace("_", "."), "comma"),
    ):
        assert _number(text, style) == (value, None)


@given(st.decimals(-(10**9), 10**9, places=9, allow_nan=False))
def test_rounding_is_half_up(value):
    expected = value.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    assert _number(f"{value:f}", "point") == (expected, None)
    assert _number(f"{value:f}".replace(".", ","), "comma") == (expected, None)


@given(st.text(max_size=12))
def test_no_text_breaks_a_cleaner(text):
    for clean in (to_decimal, to_date, to_code, to_text, to_bool):
        assert len(clean(pa.array([text])).values) == 1


@pytest.mark.parametrize(
    ("text", "order", "value"),
    [
        ("2016-11-14", "", "2016-11-14"),
        ("2016/11/14", "", "2016-11-14"),
        ("2016.1.4", "", "2016-01-04"),
        ("20161114", "", "2016-11-14"),
        ("2016年11月4日", "", "2016-11-04"),
        ("２０１６／１１／１４", "", "2016-11-14"),
        ("14.11.2016", "", "2016-11-14"),
        ("11/14/2016", "", "2016-11-14"),
        ("03/04/2024", "dmy", "2024-04-03"),
        ("03/04/2024", "mdy", "2024-03-04"),
        ("3-4-24", "dmy", "2024-04-03"),
        ("05/05/2024", "", "2024-05-05"),
        ("31/12/99", "dmy", "1999-12-31"),
        ("2018-01-01 星期五", "", "2018-01-01"),
        ("2018-01-01(周一)", "", "2018-01-01"),
        ("2018-01-01星期一", "", "2018-01-01"),
        ("Monday, 1 January 2018", "", "2018-01-01"),
        ("lundi 1er janvier 2018", "", "2018-01-01"),
        ("14 Nov 2016", "", "2016-11-14"),
        ("14-Nov-16", "", "2016-11-14"),
        ("Nov 14, 2016", "", "2016-11-14"),
        ("14 février 2016", "", "2016-02-14"),
        ("2010-12-01 08:26:00", "", "2010-12-01"),
        ("2010-12-01T08:26:00Z", "", "2010-12-01"),
        ("2010-12-01T08:26:00.123+08:00", "", "2010-12-01"),
        ("12/1/2010 8:26 PM", "mdy", "2010-12-01"),
        ("42675", "serial", "2016-11-01"),
        ("42675.5", "", "2016-11-01"),
        ("2024-02-29", "", "2024-02-29"),
    ],
)
def test_dates_are_read(text, order, value):
    assert _date(text, order) == (date.fromisoformat(value), None)


@pytest.mark.parametrize(
    ("text", "order", "reason"),
    [
        ("2018-02-29", "", "impossible_date"),
        ("2018-02-29 星期四", "", "impossible_date"),
        ("2018-13-01", "", "impossible_date"),
        ("31/04/2024", "dmy", "impossible_date"),
        ("13/13/2024", "", "impossible_date"),
        ("20161314", "", "impossible_date"),
        ("03/04/2024", "", "ambiguous_date"),
        ("03/04/2024", "ambiguous", "ambiguous_date"),
        ("12/25/2024", "dmy", "wrong_order"),
        ("25/12/2024", "mdy", "wrong_order"),
        ("1850-01-01", "", "out_of_range"),
        ("9999-12-31", "", "out_of_range"),
        ("7", "", "not_a_date"),
        ("99999", "", "not_a_date"),
        ("tomorrow", "", "not_a_date"),
        ("1/D/YYYY", "", "not_a_date"),
    ],
)
def test_dates_are_refused_with_a_reason(text, order, reason):
    assert _date(text, order) == (None, reason)


@pytest.mark.parametrize(
    "text",
    ["2024-03", "2024/3", "2024年3月", "202403", "03/2024", "Mar 2024", "mars 2024", "Mar-24"],
)
def test_a_month_alone_is_its_first_day_and_counted(text):
    done = to_date(pa.array([text]))
    assert done.values.to_pylist() == [date(2024, 3, 1)]
    assert done.notices == (("month_only", 1),)


def test_wrong_weekdays_are_tolerated_and_counted():
    done = to_date(pa.array(["2018-01-01 星期五", "2018-01-01 星期一", "2018-01-01 星期五"]))
    assert done.values.to_pylist() == [date(2018, 1, 1)] * 3
    assert done.notices == (("wrong_weekday", 2),)


def test_many_points_in_time_are_read_as_the_few_days_they_hold():
    texts = [
        f"2024-03-{1 + at % 28:02} {at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02}"
        for at in range(30_000)
    ]
    done = to_date(pa.array([*texts, "2023-02-29 10:00:00"]))
    assert done.values.to_pylist()[:2] == [date(2024, 3, 1), date(2024, 3, 2)]
    assert done.counts() == {"impossible_date": 1}


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_survives_each_way_of_writing_it(day):
    for text, order in (
        (day.isoformat(), ""),
        (f"{day:%Y%m%d}", ""),
        (f"{day:%Y/%m/%d}", "dmy"),
        (f"{day:%d/%m/%Y}", "dmy"),
        (f"{day:%m/%d/%Y}", "mdy"),
        (f"{day:%d %B %Y}", ""),
        (f"{day.year}年{day.month}月{day.day}日", ""),
    ):
        assert _date(text, order) == (day, None)
    serial = (day - date(1899, 12, 30)).days
    if serial >= 10_000:
        assert _date(str(serial)) == (date(1899, 12, 30) + timedelta(serial), None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("17850.0", "17850"),
        ("17850", "17850"),
        ("007", "007"),
        ("007.00", "007"),
        (" A-1 ", "A-1"),
        ("ＡＢ１２", "AB12"),
        ("'00123", "00123"),
        ("\ufeffX1", "X1"),
        ("A\u00a0 B", "A B"),
        ("1.5", "1.5"),
        ("阿莫西林", "阿莫西林"),
        ("85123A", "85123A"),
        ("12E5X", "12E5X"),
        ("#12", "#12"),
        ("", None),
    ],
)
def test_codes(text, code):
    done = to_code(pa.array([text]))
    assert (done.values.to_pylist(), done.reasons.to_pylist()) == ([code], [None])


@pytest.mark.parametrize(
    ("text", "reason"), [("6.92E+12", "exponent"), ("1E5", "exponent"), ("#N/A", "error_value")]
)
def test_codes_that_lost_their_digits_are_refused(text, reason):
    done = to_code(pa.array([text]))
    assert (done.values.to_pylist(), done.reasons.to_pylist()) == ([None], [reason])


def test_words_and_yes_or_no():
    words = to_text(pa.array(["  a\u3000\n b\x07 ", "", "x  y", "plain text"]))
    assert words.values.to_pylist() == ["a b", None, "x y", "plain text"]
    said = to_bool(pa.array(["Yes", "否", "OUI", "0", "有货", "perhaps"]))
    assert said.values.to_pylist() == [True, False, True, False, True, None]
    assert said.counts() == {"not_a_bool": 1}
