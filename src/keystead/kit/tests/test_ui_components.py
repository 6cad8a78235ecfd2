"""Components: what the template tags write, and that nothing foreign gets through."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

from keystead.kit.ui import charts, marks
from keystead.kit.ui.charts.base import Measure
from keystead.kit.ui.tables import Cell, Column, Row, Table, scale_for
from keystead.kit.ui.tags.figures import KeyFigure, proved

EVIL = '<script>alert("x")</script>'


def draw(source: str, **context: Any) -> str:
    return Template("{% load keystead_ui %}" + source).render(Context(context))


def figure(value: Any, unit: str, measure: str = "", proof: str = "p1", note: str = "") -> Any:
    currency = measure if unit == "money" else ""
    return SimpleNamespace(
        value=value, unit=unit, measure=measure, currency=currency, proof_id=proof, note=note
    )


def test_a_figure_leads_to_its_proof() -> None:
    html = draw("{% figure f label='Sell-in' %}", f=figure(Decimal("48213123"), "money", "CNY"))
    assert 'href="/proof/p1/"' in html
    assert "data-slide" in html
    assert 'aria-label="Sell-in: ¥\u00a048.2\u00a0m"' in html


@pytest.mark.parametrize(
    ("value", "unit", "measure", "text"),
    [
        (97.13, "percent", "", "97.1%"),
        (38.04, "days", "", "38\u00a0days"),
        (1, "days", "", "1\u00a0day"),
        (31480, "quantity", "pack", "31,480\u00a0packs"),
        (1.62, "index", "", "1.62"),
        (12, "count", "", "12"),
    ],
)
def test_a_figure_is_written_by_its_unit(value: Any, unit: str, measure: str, text: str) -> None:
    assert f">{text}</a>" in draw("{% figure f %}", f=figure(value, unit, measure))


def test_an_empty_figure_says_why() -> None:
    html = draw("{% figure f %}", f=figure(None, "money", "CNY", note="mixed_currencies"))
    assert "Several currencies" in html
    assert "href" not in html


@pytest.mark.parametrize(
    ("value", "good", "tone", "arrow"),
    [
        ("0.064", "up", "up", "▲"),
        ("-0.064", "up", "down", "▼"),
        ("0.064", "down", "down", "▲"),
        ("-0.064", "down", "up", "▼"),
        ("0.064", "none", "flat", "▲"),
    ],
)
def test_a_variance_has_an_arrow_a_word_and_a_tone(
    value: str, good: str, tone: str, arrow: str
) -> None:
    html = draw("{% variance v good=good %}", v=Decimal(value), good=good)
    assert f'class="variance {tone}"' in html
    assert arrow in html
    assert "6.4%" in html
    assert ('class="sr">up' in html) == (arrow == "▲")


def test_a_variance_of_nothing_is_neither_good_nor_bad() -> None:
    assert 'class="flat"' in draw("{% variance v %}", v=Decimal("0.0001"))
    assert "–" in draw("{% variance v %}", v=None)


def test_the_strip_shows_label_figure_and_variance() -> None:
    items = [KeyFigure("Sell-in", figure(Decimal(5), "money", "EUR"), Decimal("-0.1"))]
    html = draw("{% figure_strip items %}", items=items)
    assert "<dt>Sell-in</dt>" in html
    assert "10.0%" in html


def table(**more: Any) -> Table:
    return Table(
        columns=[
            Column("name", "Name"),
            Column("value", "Value", "money", currency="CNY", scale=1000),
            Column("growth", "Growth", "variance_percent"),
        ],
        rows=[
            Row({"name": EVIL, "value": Cell(Decimal(2_000_000), proof="p"), "growth": 0.1}),
            Row({"name": "Total", "value": Decimal(2_000_000)}, total=True),
        ],
        caption="Things",
        **more,
    )


def test_a_table_has_units_in_its_head_and_raw_values_for_sorting() -> None:
    html = draw("{% data_table t %}", t=table())
    assert "<small>¥ thousand</small>" in html
    assert 'data-value="2000000"' in html
    assert ">2,000</a>" in html
    assert "<caption" in html
    assert 'scope="row"' in html


def test_a_table_escapes_what_comes_from_files() -> None:
    assert EVIL not in draw("{% data_table t %}", t=table())


def test_a_table_sorted_by_the_server_says_the_next_order() -> None:
    html = draw("{% data_table t %}", t=table(sort="-value", sort_url="?sort="))
    assert 'href="?sort=value"' in html
    assert 'aria-sort="descending"' in html
    assert "data-sort" not in html


def test_figures_in_cells_bring_their_proof_and_per_cent_is_understood() -> None:
    rows = [{"name": "a", "share": figure(97.1, "percent"), "own": figure(5, "money", "EUR")}]
    columns = [Column("name", "N"), Column("share", "S", "percent"), Column("own", "O", "figure")]
    html = draw("{% data_table t %}", t=Table(columns, rows, caption="x"))
    assert "97.1%" in html
    assert html.count('href="/proof/p1/"') == 2


@pytest.mark.parametrize(
    ("most", "language", "drawn", "scale"),
    [(900, "en", False, 1), (2_000_000, "en", False, 1000), (2_000_000, "en", True, 1_000_000),
     (2_000_000, "zh-hans", False, 10_000), (5_000_000_000, "fr", False, 1_000_000)],
)  # fmt: skip
def test_scale(most: int, language: str, drawn: bool, scale: int) -> None:
    assert scale_for([None, most], language=language, drawn=drawn) == scale


def chart_of_months() -> charts.Chart:
    return charts.column_months(
        label=f"Sell-in {EVIL}",
        months=[dt.date(2026, 1, 1), dt.date(2026, 2, 1)],
        actual=[figure(Decimal(3_900_000), "money", "CNY"), None],
        target=[Decimal(4_000_000), Decimal(4_100_000)],
        ahead=charts.Ahead([None, Decimal(4_050_000)], [None, Decimal(3_900_000)]),
        currency="CNY",
    )


def payload(html: str) -> Any:
    found = re.search(r"data-chart-data>(.*?)</script>", html, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def test_a_chart_carries_numbers_words_proofs_and_its_table() -> None:
    html = draw("{% chart c %}", c=chart_of_months())
    body = payload(html)
    actual = next(one for one in body["series"] if one["role"] == "actual")
    assert actual["values"] == [3_900_000.0, None]
    assert actual["labels"] == ["3.9", ""]
    assert actual["links"] == ["/proof/p1/", ""]
    assert body["unit"] == "¥ million"
    assert html.count("<tr") == 3
    assert EVIL not in html


@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_every_kind_of_chart_shows_the_same_numbers_in_its_table(language: str) -> None:
    ten = Decimal(10)
    made = [
        charts.bars(label="b", items=[("a", ten)], last_year=[ten], target=[None]),
        charts.variance_bars(label="v", items=[("a", -ten)]),
        charts.waterfall(label="w", steps=[("a", ten, "total"), ("b", -ten, "change")]),
        charts.dots(label="d", items=[("a", [ten, 12], 11)]),
        charts.lines(label="l", categories=["1"], series_of=[("actual", "n", [ten])],
                     band=([1], [20])),
        charts.shares(label="s", categories=["Q1"], parts=[("a", [ten]), ("b", [30])]),
    ]  # fmt: skip
    with translation.override(language):
        for chart in made:
            html = draw("{% chart c %}", c=chart)
            assert payload(html)["categories"]
            assert html.count("<tr") == len(chart.table.full_rows()) + 1


def test_shares_are_of_the_whole_and_empty_where_there_is_none() -> None:
    chart = charts.shares(label="s", categories=["a", "b"], parts=[("x", [1, 0]), ("y", [3, 0])])
    assert [one["values"] for one in chart.data["series"]] == [[0.25, None], [0.75, None]]


def test_a_bridge_starts_from_an_earlier_total_and_leads_to_the_last() -> None:
    steps = [("2025", Decimal(10), "base"), ("Price", Decimal(-3), "change"),
             ("2026", Decimal(7), "total")]  # fmt: skip
    data = charts.waterfall(label="w", steps=steps).data
    assert data["kinds"] == ["base", "change", "total"]
    assert (data["starts"], data["ends"]) == ([0.0, 10.0, 0.0], [10.0, 7.0, 7.0])
    assert [label.startswith(("+", "-", "\u2212")) for label in data["labels"]] == [
        False, True, False,
    ]  # fmt: skip


def test_an_empty_chart_is_an_empty_state() -> None:
    html = draw("{% chart c %}", c=charts.bars(label="Spend", items=[]))
    assert 'class="state empty"' in html
    assert "data-chart=" not in html


def test_a_measure_keeps_one_scale_and_the_decimals_it_needs() -> None:
    assert Measure.of([[3, 4]], "days", "").text(3) == "3"
    assert Measure.of([[Decimal("3.5")]], "days", "").text(3) == "3.0"
    assert Measure.of([[97.1]], "percent", "").text(97.1) == "97.1%"
    assert Measure.of([[0.971]], "ratio", "").text(0.971) == "97.1%"


def test_marks_are_drawn_without_inline_style() -> None:
    drawn = str(marks.spark([1, None, 3, 2], label=EVIL))
    drawn += str(marks.bar(2, 4)) + str(marks.variance_bar(-2, 4))
    assert "style" not in drawn
    assert EVIL not in drawn
    assert 'class="bad"' in drawn
    assert marks.spark([], label="x").endswith("–</span>")


def test_sections_notes_and_states_escape_their_titles() -> None:
    html = draw(
        "{% section t %}x{% endsection %}{% note t tone='hot' %}x{% endnote %}{% state 'empty' t %}",
        t=EVIL,
    )
    assert EVIL not in html
    assert html.count("&lt;script&gt;") == 3


def test_what_a_file_said_stays_text_in_a_figure() -> None:
    for note in ("", "a note"):
        assert "<b>" not in proved("<b>1</b>", note=note)
        assert "&lt;b&gt;1" in proved("<b>1</b>", note=note)
