"""Which files of rates are read, and which are refused, with the row."""

from datetime import date
from decimal import Decimal

import pytest

from keystead.kernel.errors import SourceProblem
from keystead.reference.rules import rate_lines


def test_the_long_layout():
    rows = [
        ["Date", "From", "To", "Rate", "Source"],
        ["2026-06-30", "eur", "CNY", "7.85", "ECB"],
        [],
    ]
    (line,) = rate_lines(rows)
    assert (line.base, line.quote, line.on, line.value) == (
        "EUR", "CNY", date(2026, 6, 30), Decimal("7.85"),
    )  # fmt: skip
    assert (line.source, line.row) == ("ECB", 2)


def test_the_wide_layout_of_central_banks():
    rows = [
        ["Date", "USD", "JPY", "CNY", "Remark", ""],
        ["2026-06-30", "1.10", "160.1", "N/A", "x", ""],
        ["2026-06-29", "1.11", "", "7.9"],
    ]
    lines = rate_lines(rows, base="EUR", source="ECB")
    assert [(line.quote, str(line.on)) for line in lines] == [
        ("USD", "2026-06-30"), ("JPY", "2026-06-30"), ("USD", "2026-06-29"), ("CNY", "2026-06-29"),
    ]  # fmt: skip


def test_chinese_and_french_headers_and_months():
    (line,) = rate_lines(
        [["日期", "原币", "目标货币", "汇率"], ["2026-06", "EUR", "CNY", "7.8"]], source="x"
    )
    assert line.on == date(2026, 6, 1)
    (line,) = rate_lines(
        [["jour", "de", "vers", "taux"], ["2026-06-30", "EUR", "CNY", "7.8"]], source="x"
    )
    assert line.quote == "CNY"


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [
        ([], "empty", None),
        ([["a", "b"], ["1", "2"]], "no_date", 1),
        ([["date", "to", "rate"], ["2026-06-30", "CNY", "7"]], "no_base", 1),
        ([["date", "CNY"], ["2026-06-30", "7"]], "layout", 1),
        ([["date", "from", "to", "rate", "source"]], "empty", None),
        (
            [["date", "from", "to", "rate", "source"], ["30.6.2026", "EUR", "CNY", "7", "x"]],
            "bad_rate",
            2,
        ),
        (
            [["date", "from", "to", "rate", "source"], ["2026-06-31", "EUR", "CNY", "7", "x"]],
            "bad_rate",
            2,
        ),
        (
            [["date", "from", "to", "rate", "source"], ["2026-06-30", "EUR", "CNY", "7,85", "x"]],
            "bad_rate",
            2,
        ),
        (
            [["date", "from", "to", "rate", "source"], ["2026-06-30", "EUR", "CNY", "-7", "x"]],
            "bad_rate",
            2,
        ),
        (
            [["date", "from", "to", "rate", "source"], ["2026-06-30", "EUR", "CNY", "1e400", "x"]],
            "bad_rate",
            2,
        ),
        (
            [["date", "from", "to", "rate", "source"], ["2026-06-30", "EUR", "EUR", "1", "x"]],
            "bad_rate",
            2,
        ),
        (
            [["date", "from", "to", "rate", "source"], ["2026-06-30", "EUR", "CNY", "1", ""]],
            "bad_rate",
            2,
        ),
        (
            [["date", "from", "to", "rate", "source"], ["2026-06-30", "E", "CNY", "1", "x"]],
            "bad_rate",
            2,
        ),
        (
            [["date", "from", "to", "rate", "source"]]
            + [["2026-06-30", "EUR", "CNY", rate, "x"] for rate in ("7.85", "7.86")],
            "two_rates",
            3,
        ),
    ],
)
def test_what_is_not_plainly_a_rate_is_refused(rows, code, row):
    with pytest.raises(SourceProblem) as caught:
        rate_lines(rows, file="f.csv")
    assert (caught.value.code, caught.value.row, caught.value.file) == (code, row, "f.csv")


def test_the_same_rate_twice_is_one():
    rows = [["date", "from", "to", "rate", "source"]] + [
        ["2026-06-30", "EUR", "CNY", "7.85", "x"]
    ] * 2
    assert len(rate_lines(rows)) == 1
