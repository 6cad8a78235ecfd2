"""The P&L to take away: Excel that adds up in LibreOffice as here, CSV, JSON; in three languages."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from django.utils import translation

from keystead.agreements.tests.test_statement_book import ALWAYS, SOFFICE, needs_office
from keystead.kernel.errors import NotAllowed
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.profitability import queries
from keystead.profitability.commands import pnl
from keystead.profitability.queries.pnl_book import FIRST, HEAD
from keystead.profitability.tests.house import HALF
from keystead.profitability.tests.test_web import _client
from keystead.profitability.types import AccountPnl, Scenario

pytestmark = pytest.mark.django_db
D = Decimal
YEAR = Period.parse("2026")


def _book(content: bytes, *, values: bool) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def _cells(page: Any, *, columns: int) -> Iterator[tuple[Any, ...]]:
    yield from page.iter_rows(min_row=FIRST + 1, max_col=columns, values_only=True)


def _cents(value: Any) -> Decimal | None:
    return None if value in (None, "") else round(D(repr(float(value))), 4)


@pytest.fixture
def made(house: dict[str, Any], anna: Actor) -> tuple[AccountPnl, bytes]:
    """The year under way with every column: actual, run rate, budget, last year."""
    given = {"actor": anna, "account_id": house["own"], "period": YEAR}
    return queries.account_pnl(**given), queries.pnl_workbook(**given)


def test_the_workbook_holds_the_figures_as_numbers_and_dates(made) -> None:
    found, content = made
    page, months = _book(content, values=True).worksheets
    rows = list(_cells(page, columns=1 + len(found.scenarios)))
    for row, cells in zip(found.rows, rows, strict=False):
        assert cells[0].strip() == (row.detail or row.line.label)
        for scenario, cell in zip(found.scenarios, cells[1:], strict=True):
            amount = row.totals[scenario].value if scenario in row.totals else None
            assert _cents(cell) == amount, (row.line.id, scenario)
    head = [cell.value for cell in months[HEAD + 1]][1 : 1 + len(found.months)]
    assert [one.date() for one in head] == list(found.months)  # real dates
    rows = list(_cells(months, columns=2 + len(found.months)))
    for row, cells in zip(found.rows, rows, strict=False):
        told = [row.months[month].value for month in found.months]
        assert [_cents(cell) or 0 for cell in cells[1:-1]] == [one or 0 for one in told]
        assert _cents(cells[-1]) == row.totals[Scenario.ACTUAL].value


def test_subtotals_are_formulas_and_proofs_are_out_of_sight(made) -> None:
    found, content = made
    page = _book(content, values=False).worksheets[0]
    at = {row.line.id: FIRST + 1 + place for place, row in enumerate(found.rows) if not row.detail}
    contribution = page.cell(at["contribution"], 2).value
    assert contribution.startswith("=SUM(")
    assert all(f"B{at[name]}" in contribution for name in ("gross_margin", "logistics"))
    budget = 2 + found.scenarios.index(Scenario.BUDGET)
    assert page.cell(at["invoice_sales"], budget).value == 1800 * 2  # a target: no sum of parts
    heads = [cell.value for cell in page[HEAD + 1]]
    hidden = heads.index("Proof: Actual") + 1
    letter = openpyxl.utils.get_column_letter(hidden)
    assert page.column_dimensions[letter].hidden
    row = found.row("gross_sales")
    assert row is not None
    assert page.cell(at["gross_sales"], hidden).value == row.totals[Scenario.ACTUAL].proof_id


@needs_office
def test_libreoffice_works_out_the_same_cents(made, tmp_path: Path) -> None:
    _found, content = made
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS)
    (tmp_path / "in.xlsx").write_bytes(content)
    subprocess.run(
        [str(SOFFICE), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"),
         str(tmp_path / "in.xlsx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    again = _book((tmp_path / "out" / "in.xlsx").read_bytes(), values=True)
    formulas = 0
    for page, live, new in zip(
        _book(content, values=True).worksheets, _book(content, values=False).worksheets,
        again.worksheets, strict=True,
    ):  # fmt: skip
        for row in live.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    place = cell.coordinate
                    assert _cents(new[place].value) == _cents(page[place].value), place
                    formulas += 1
    assert formulas > 60


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", ("损益", "按月")), ("fr", ("Résultat", "Par mois"))],
)
def test_it_speaks_the_language_of_the_reader(
    house, anna: Actor, language: str, words: tuple[str, str]
) -> None:
    with translation.override(language):
        content = queries.pnl_workbook(actor=anna, account_id=house["own"], period=HALF)
    pages = _book(content, values=True).worksheets
    assert tuple(page.title for page in pages) == words
    assert pages[0].cell(FIRST + 1, 1).value != "Gross sales"


def test_the_page_sends_it_to_those_who_may_export(house, anna: Actor, vera: Actor) -> None:
    path = f"/accounts/{house['own']}/pnl.xlsx?period=2026-Q1"
    answer = _client(anna).get(path)
    assert answer.status_code == 200
    assert "keystead-pnl-A1-2026-Q1.xlsx" in answer.headers["Content-Disposition"]
    assert len(_book(answer.content, values=True).worksheets) == 2
    assert _client(anna).get(f"/accounts/{house['foreign']}/pnl.xlsx").status_code == 404
    for name in ("empty", "euro"):  # nothing at all, and no budget
        assert _client(anna).get(f"/accounts/{house[name]}/pnl.xlsx").status_code == 200
    assert b"pnl.xlsx" in _client(anna).get(f"/accounts/{house['own']}/panels/pnl/").content
    assert b"pnl.xlsx" not in _client(vera).get(f"/accounts/{house['own']}/panels/pnl/").content
    for call in (queries.pnl_workbook, queries.pnl_csv):
        with pytest.raises(NotAllowed):
            call(actor=vera, account_id=house["own"], period=HALF)


def test_the_command_writes_every_format(house, anna: Actor, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("KEYSTEAD_USER", "anna")
    said = ["A1", "--period", "2026-01..2026-06"]
    out = tmp_path / "pnl.xlsx"
    told = CliRunner().invoke(
        pnl, [*said, "--format", "xlsx", "--language", "fr", "--out", str(out)],
        catch_exceptions=False,
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    assert _book(out.read_bytes(), values=True).worksheets[0].title == "Résultat"
    lines = CliRunner().invoke(pnl, [*said, "--format", "csv"], catch_exceptions=False)
    rows = list(csv.DictReader(io.StringIO(lines.output)))
    last = rows[-1]
    assert (last["Line"], D(last["Actual"])) == ("Contribution", D("929.87"))
    assert last["Proof: Actual"].startswith("contribution.")
    body = CliRunner().invoke(pnl, [*said, "--format", "json"], catch_exceptions=False)
    same = CliRunner().invoke(pnl, [*said, "--json"], catch_exceptions=False)
    assert json.loads(body.output) == json.loads(same.output)
    refused = CliRunner().invoke(
        pnl, [*said, "--format", "csv", "--bridge", "actual_quantity_price"]
    )
    assert refused.exit_code == 2
    assert "2026-01" in rows[0]
