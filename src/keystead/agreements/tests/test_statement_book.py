"""The workbook of a statement calculates: LibreOffice gives the engine's cents, to the last one."""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from keystead.agreements.queries.statement_book import statement_workbook
from keystead.agreements.tests.stating import statement_of
from keystead.agreements.tests.world import YEAR, D, line, rebate, tiers, version
from keystead.agreements.types import (
    Baseline,
    Boundary,
    Cap,
    Condition,
    Every,
    Family,
    Floor,
    FreeGoods,
    Gate,
    GateEffect,
    GateKind,
    Measure,
    Method,
    NegativePolicy,
    PartnerVolume,
    RateKind,
    Scope,
    Selection,
    StackMode,
    Target,
    Tier,
    Timing,
)
from keystead.kernel.money import Money
from keystead.kernel.periods import Period

pytestmark = pytest.mark.django_db  # what terms name is looked up
SOFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
# Files that claim to come from Excel are not recalculated unless this is set.
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
 oor:op="fuse"><value>0</value></prop></item></oor:items>"""

MONTHS = tuple((date(2026, month, 1), D("1000.35")) for month in range(1, 13))
GROWTH = Baseline("ly", Measure.NET_VALUE, MONTHS)
FOCUS = Scope(Selection(products=(2,)))
Q, Y = Every.QUARTER, Every.YEAR
LINES = [
    line(1, "600.35"), line(1, "399.65"), line(2, "712.915", product_id=2), line(3, "1250.05"),
    line(4, "500"), line(5, "2000.45", product_id=2), line(6, "-120.10"), line(7, "333.33"),
    line(8, "4999.995"), line(9, "0.005"), line(10, "1875.5", product_id=2), line(11, "-60"),
    line(12, "90.90"),
]  # fmt: skip
STEPS = ((0, 1), (1000, "2.5"), (5000, "3.25"), (10000, 4))


def some(key: str, **more: Any) -> Condition:
    more.setdefault("tiers", tiers(*STEPS))
    return rebate(key, label=f"Rebate {key}", **more)


units, growth = Measure.QUANTITY, Measure.GROWTH_PCT
# A condition of each kind that a statement can calculate.
EVERY_KIND = (
        some("all_units"),
        some("all_units_gt", boundary=Boundary.GT, tier_period=Q),
        some("incremental", method=Method.INCREMENTAL),
        some("incremental_units", method=Method.INCREMENTAL, tier_measure=units,
             benefit_measure=units, rate_kind=RateKind.PER_UNIT,
             tiers=tiers((0, "0.015"), (300, "0.035")), tier_period=Q),
        some("spread", method=Method.INCREMENTAL, tier_measure=units,
             tiers=tiers((0, 1), (300, "1.755"), (700, 3))),
        some("per_unit", rate_kind=RateKind.PER_UNIT, benefit_measure=units, tier_period=Q),
        some("fixed", rate_kind=RateKind.FIXED, tier_period=Q),
        some("fixed_steps", rate_kind=RateKind.FIXED, method=Method.INCREMENTAL),
        some("linear", method=Method.LINEAR, tier_period=Q),
        some("additive", method=Method.ADDITIVE, tier_period=Q),
        some("additive_capped", method=Method.ADDITIVE_CAPPED),
        some("growth", family=Family.GROWTH_REBATE, tier_measure=growth, baseline="ly",
             tiers=tiers((0, 1), (5, 2), (20, "3.5")), tier_period=Q),
        some("growth_value", family=Family.GROWTH_REBATE, tier_measure=growth, baseline="ly",
             benefit_measure=Measure.GROWTH_VALUE, tiers=tiers((0, 10), (5, "12.5"))),
        some("no_baseline", tier_measure=growth, baseline="none", tiers=tiers((0, 9))),
        some("gross", tier_measure=Measure.GROSS_VALUE, benefit_measure=Measure.GROSS_VALUE,
             tier_period=Q),
        some("no_returns", returns_count=False, tier_period=Q),
        some("focus", benefit_on_focus=True, focus=FOCUS),
        some("share", tier_measure=Measure.SHARE_PCT, focus=FOCUS,
             tiers=tiers((0, 1), (25, 2), (50, 3)), tier_period=Q),
        some("cap", cap=Cap(D(25)), tier_period=Q),
        some("cap_pct", cap=Cap(D(200), D(2)), tier_period=Q),
        some("floor", floor=Floor(D("40.555")), tier_period=Q),
        some("floor_sum", floor=Floor(D(60), cumulative=True), tier_period=Q),
        some("gate", gates=(Gate("data_on_time"),), tier_period=Q),
        some("scale", gates=(Gate("data_on_time", effect=GateEffect.SCALE, scale_pct=D(50)),),
             tier_period=Q),
        some("gate_unknown", gates=(Gate("no_overdue_debt"),), floor=Floor(D(10)), tier_period=Q),
        some("share_gate", gates=(Gate("focus", GateKind.SHARE, D(30), focus=FOCUS),),
             tier_period=Q),
        some("carry", negative_policy=NegativePolicy.CARRY_FORWARD, tier_period=Q),
        some("keep", negative_policy=NegativePolicy.FLOOR_ZERO, tier_period=Q),
        some("agreed", tier_period=Q),
        some("from_start", reset=False, tier_period=Q),
        some("late", valid=Period.parse("2026-04..2026-09"), tier_period=Q),
        some("ramp", tier_period=Q, tiers=(
            Tier(D(0), D(1), Period.parse("2026-01..2026-06")),
            Tier(D(0), D(2), Period.parse("2026-07..2026-12")),
            Tier(D(1000), D(3), Period.parse("2026-07..2026-12")))),
        some("best_a", stack_group="b", stack_mode=StackMode.BEST_OF, tier_period=Q),
        some("best_b", stack_group="b", stack_mode=StackMode.BEST_OF, tier_period=Q,
             rate_kind=RateKind.FIXED, tiers=tiers((0, 45))),
        some("first_a", stack_group="f", stack_mode=StackMode.FIRST_MATCH, sequence=1,
             tier_period=Q, tiers=tiers((2000, 2))),
        some("first_b", stack_group="f", stack_mode=StackMode.FIRST_MATCH, sequence=2,
             tier_period=Q),
        some("cascade_a", stack_group="c", stack_mode=StackMode.CASCADE, sequence=1),
        some("cascade_b", stack_group="c", stack_mode=StackMode.CASCADE, sequence=2),
        some("net_of", reduce_by=("all_units", "fixed")),
        some("targets", tier_measure=Measure.TARGETS_REACHED, tiers=tiers((1, 1), (2, 2)),
             targets=(Target("a", Measure.NET_VALUE, D(5000)),
                      Target("b", Measure.QUANTITY, D(9999)))),
        some("fee", family=Family.LISTING_FEE, timing=Timing.LUMP, tier_measure=Measure.NONE,
             rate_kind=RateKind.FIXED, tiers=tiers((0, "1234.565"))),
        some("goods", family=Family.FREE_GOODS, rate_kind=RateKind.FREE_GOODS, tiers=(),
             free_goods=FreeGoods(D(2), D(100))),
    )  # fmt: skip


def whole_statement():
    settled = {
        ("carry", Period.parse("2026-Q1")): Money("500.00", "EUR"),
        ("keep", Period.parse("2026-Q1")): Money("500.00", "EUR"),
        ("all_units", YEAR): Money("77.77", "EUR"),
        ("gone", Period.parse("2026-Q1")): Money("12.34", "EUR"),
    }
    terms = version(*EVERY_KIND, baselines=(GROWTH,), cap=Cap(D(2500)))
    readings = {"data_on_time@2026-Q1": True, "data_on_time@2026-Q2": False,
                "data_on_time@2026-Q3": True, "data_on_time@2026-Q4": True}  # fmt: skip
    agreed = (PartnerVolume("agreed", date(2026, 5, 1), value=D("2100.10")),)
    return statement_of(terms, LINES, settled=settled, readings=readings, partner=agreed)


def recalculated(content: bytes, folder: Path) -> openpyxl.Workbook:
    """Return the workbook as LibreOffice calculates it anew."""
    profile, source = folder / "profile", folder / "in.xlsx"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    source.write_bytes(content)
    subprocess.run(
        [str(SOFFICE), f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(source)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return openpyxl.load_workbook(folder / "out" / "in.xlsx", data_only=True)


def named(book: openpyxl.Workbook, name: str) -> list[object]:
    """Return the values of a named range."""
    ((title, span),) = book.defined_names[name].destinations
    cells = book[title][span.replace("$", "")]
    rows = cells if isinstance(cells, tuple) else ((cells,),)
    return [row[0].value for row in rows]


def cents(values) -> list[Decimal]:
    return [Decimal(repr(float(value or 0))).quantize(Decimal("0.01")) for value in values]


@needs_office
def test_another_program_gives_every_cent_of_the_engine(tmp_path):
    statement = whole_statement()
    earned = [row for row in statement.rows if row.line is not None]
    book = recalculated(statement_workbook(statement), tmp_path)
    wrong = [
        (row.key, str(row.period), str(row.entitlement.amount), str(found))
        for row, found in zip(earned, cents(named(book, "row_entitlement")), strict=True)
        if found != row.entitlement.amount
    ]
    assert wrong == []
    assert len(earned) > 100
    reached = [0 if row.line.tier is None else row.line.tier + 1 for row in earned]
    assert [int(place) for place in named(book, "row_tier")] == reached
    summary = book.worksheets[0]
    start = next(i for i in range(1, 40) if summary.cell(i, 1).value == "Condition") + 1
    due = [summary.cell(start + place, 8).value for place in range(len(statement.rows))]
    assert cents(due) == [row.due.amount for row in statement.rows]
    assert cents(named(book, "total_earned")) == [statement.earned.amount]
    assert cents(named(book, "total_due")) == [statement.due.amount]
    assert statement.earned == statement.run.total


CAPPED = (
    (Cap(pct_of_base=D("1.255")), None),
    (Cap(D("99.995"), D(50)), None),
    (Cap(D(9999), D("0.8")), Floor(D("150.55"))),
)


@needs_office
@pytest.mark.parametrize(("cap", "floor"), CAPPED)
def test_a_share_of_all_sales_as_a_limit_is_a_formula_too(tmp_path, cap, floor):
    rule = rebate("v", tiers=tiers((0, "2.5")), scope=Scope(Selection(products=(1,))))
    terms = version(rule, cap=cap, floor=floor)
    statement = statement_of(terms, LINES, readings={})
    content = statement_workbook(statement)
    live = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    texts = [str(cell.value) for row in live.iter_rows() for cell in row]
    assert any("counts_whole" in text for text in texts)
    book = recalculated(content, tmp_path)
    assert statement.run.cap_cut > 0
    assert cents(named(book, "total_earned")) == [statement.earned.amount]
    assert cents(named(book, "total_due")) == [statement.due.amount]
    assert sum(named(book, "counts_whole")) == len(LINES)
    assert statement.earned == statement.run.total


@needs_office
@pytest.mark.parametrize(
    ("cap", "floor"), [*CAPPED, (Cap(D("55.55")), None), (None, Floor(D(999)))]
)
def test_limits_over_several_versions_are_a_formula_too(tmp_path, cap, floor):
    first = version(rebate("v", tiers=tiers((0, "2.5")), tier_period=Q), cap=Cap(D(1)))
    later = version(
        rebate("v", tiers=tiers((0, 2), (1000, 3)), tier_period=Q), number=2, cap=cap, floor=floor,
        effective=Period.parse("2026-07..2026-12"),
    )  # fmt: skip
    statement = statement_of(later, LINES, before=(first,), readings={})
    assert statement.run.cap_cut or statement.run.floor_top_up
    content = statement_workbook(statement)
    limits = next(place for place, row in enumerate(statement.rows) if not row.key)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    start = next(i for i in range(1, 40) if sheet.cell(i, 1).value == "Condition") + 1
    assert str(sheet.cell(start + limits, 6).value).startswith("=")
    book = recalculated(content, tmp_path)
    assert cents(named(book, "total_earned")) == [statement.earned.amount]
    assert cents(named(book, "total_due")) == [statement.due.amount]
    assert statement.earned == statement.run.total


@needs_office
def test_targets_over_the_lines_are_formulas_and_others_say_why_not(tmp_path):
    def bonus(key, *targets, **more):
        return rebate(
            key, tier_measure=Measure.TARGETS_REACHED, tiers=tiers((1, 1), (2, 2)), targets=targets,
            **more,
        )  # fmt: skip

    value, units = (Target("a", Measure.NET_VALUE, D(900)), Target("b", Measure.QUANTITY, D(95)))
    own = dataclasses.replace(value, key="c", period=Period.parse("2026-Q1"))
    rules = (
        bonus("plain", value, units, tier_period=Q),
        bonus("own", own, tier_period=Y),
        rebate("metric", tier_measure=Measure.METRIC, tier_metric="stock_days"),
    )
    lines = [line(1, 600), line(2, 300), line(3, "49.99"), line(5, "899.99"), line(9, 960)]
    statement = statement_of(version(*rules), lines, readings={"stock_days@2026": D(30)})
    content = statement_workbook(statement)
    live = openpyxl.load_workbook(io.BytesIO(content))
    assert all(str(one).startswith("=") for one in named(live, "row_tier_measure")[:4])
    remarks = " ".join(str(cell.value) for row in live.worksheets[3].iter_rows() for cell in row)
    assert "A target has a metric, a range or days of its own" in remarks
    assert "The tier is chosen by the metric Stock days" in remarks
    ((title, span),) = live.defined_names["line_value"].destinations
    live[title][span.replace("$", "")][3][0].value = 900
    changed = io.BytesIO()
    live.save(changed)
    book = recalculated(content, tmp_path / "as_issued")
    reached = [int(one) for one in named(book, "row_tier_measure")[:4]]
    assert reached == [row.line.tier_measure for row in statement.rows[:4]] == [1, 0, 2, 0]
    assert cents(named(book, "total_due")) == [statement.due.amount]
    book = recalculated(changed.getvalue(), tmp_path / "changed")
    assert [int(one) for one in named(book, "row_tier_measure")[:4]] == [1, 1, 2, 0]


@needs_office
def test_a_changed_line_moves_what_hangs_on_it(tmp_path):
    rule = rebate("v", tiers=tiers((0, 1), (1000, 3)))
    few = [line(1, 600), line(2, 399)]
    content = statement_workbook(statement_of(version(rule), few))
    book = openpyxl.load_workbook(io.BytesIO(content))
    ((title, span),) = book.defined_names["line_value"].destinations
    book[title][span.replace("$", "")][1][0].value = 400
    changed = io.BytesIO()
    book.save(changed)
    found = recalculated(changed.getvalue(), tmp_path)
    assert cents(named(found, "row_entitlement")) == [Decimal("30.00")]
    assert cents(named(found, "row_issued")) == [Decimal("9.99")]


def test_readers_that_do_not_calculate_see_the_same():
    statement = whole_statement()
    book = openpyxl.load_workbook(io.BytesIO(statement_workbook(statement)), data_only=True)
    earned = [row.entitlement.amount for row in statement.rows if row.line is not None]
    assert cents(named(book, "row_entitlement")) == earned
    assert cents(named(book, "total_due")) == [statement.due.amount]


def test_three_languages_differ_in_words_and_agree_in_numbers():
    statement, found = whole_statement(), {}
    for language in ("en", "zh-hans", "fr"):
        with translation.override(language):
            found[language] = openpyxl.load_workbook(
                io.BytesIO(statement_workbook(statement)), data_only=True
            )
    names = {language: tuple(book.sheetnames) for language, book in found.items()}
    assert len(set(names.values())) == 3
    for name in ("row_entitlement", "row_tier", "line_value", "total_due"):
        values = [named(book, name) for book in found.values()]
        assert values[0] == values[1] == values[2]
    heads = [[cell.value for cell in book.worksheets[3][4]] for book in found.values()]
    assert not set(heads[0][:-1]) & set(heads[1][:-1])
    assert not any(re.search(r"%\(|None", str(head)) for head in heads[2])


def test_the_line_shows_the_tier_it_hit():
    rule = rebate("v", method=Method.INCREMENTAL, tiers=tiers((0, 1), (1000, 3), (2000, 4)))
    other = rebate("w", tier_period=Q, tiers=tiers((0, 1), (1000, 3)), scope=FOCUS)
    lines = [line(1, 600), line(2, 600), line(3, 900, product_id=2), line(4, 100, product_id=2)]
    content = statement_workbook(statement_of(version(rule, other), lines))
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    assert named(book, "tier_1") == [1, 2, 3, 3]
    assert named(book, "counts_2") == [0, 0, 1, 1]
    assert named(book, "tier_2")[2:] == [1, 1]


def test_text_that_looks_like_a_formula_stays_text_and_bytes_repeat():
    lines = [line(1, 10, product_id=2)]
    content = statement_workbook(statement_of(version(rebate(label="=1+1")), lines))
    assert content == statement_workbook(statement_of(version(rebate(label="=1+1")), lines))
    book = openpyxl.load_workbook(io.BytesIO(content))
    texts = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row
        if isinstance(cell.value, str) and cell.value.startswith(("=HYPERLINK", "=1+1"))
    ]  # fmt: skip
    assert texts
    assert {cell.data_type for cell in texts} == {"s"}
