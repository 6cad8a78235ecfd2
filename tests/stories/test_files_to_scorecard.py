"""Real files become a scorecard, a frozen snapshot and a proof down to the cells, and go back.

Of the large invoice file only its first lines are taken, so that the story stays short; the whole
of it is imported in ``test_real_files.py``. The pharmacy's workbook is taken as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from keystead.accounts.queries import account_by_code
from keystead.accounts.services import create_account
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM
from keystead.kit.files import duck
from keystead.ledger import queries as ledger
from keystead.ledger.commands.batches import undo
from keystead.ledger.commands.imports import import_file
from keystead.metrics.queries import open_proof
from keystead.metrics.types import ProofRow
from keystead.scorecards import queries
from keystead.scorecards.commands import scorecard
from keystead.scorecards.types import CardLine

TRADE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "trade"
RETAIL = TRADE / "online_retail_2010_2011.parquet"
PHARMACY = TRADE / "cn_pharmacy_sales_2018_pseudonymised.xlsx"
TAKEN, PAGE = 20_000, 1_000
CUSTOMER = "17850"
DECEMBER, FIRST_HALF = Period.parse("2010-12"), Period.parse("2018-01..2018-06")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.skipif(not TRADE.is_dir(), reason="the field data is not beside the project"),
]


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path: Path) -> Iterator[None]:
    settings.KEYSTEAD_HOME = tmp_path / "home"
    yield
    duck.close_all()


def run(command: click.Command, *args: str) -> dict[str, Any]:
    """Run a command and return what it says to programs."""
    result = CliRunner().invoke(command, [*args, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def lines_of(code: str, period: Period) -> dict[str, CardLine]:
    card = queries.card(SYSTEM, account_by_code(SYSTEM, code).id, period)
    return {line.line.metric: line for line in card.lines}


def rows_behind(proof_id: str) -> list[ProofRow]:
    """Return all source rows of a figure, page by page; they must add up to it."""
    found: list[ProofRow] = []
    offset: int | None = 0
    while offset is not None:
        proof = open_proof(actor=SYSTEM, proof_id=proof_id, offset=offset, limit=PAGE)
        (section,) = proof.sections
        found += section.rows
        offset = section.next_offset
    assert len(found) == section.rows_total
    assert sum(row.amount or 0 for row in found) == section.total == proof.figure.value
    return found


def cells_behind(rows: list[ProofRow]) -> list[dict[str, str]]:
    """Return the raw cells of source rows by header."""
    places = [(row.batch_id, row.sheet, row.row) for row in rows]
    found = [
        one
        for at in range(0, len(places), PAGE)
        for one in ledger.source_cells(SYSTEM, places[at : at + PAGE])
    ]
    assert [(one.batch_id, one.sheet, one.row) for one in found] == places
    return [{cell.header: cell.value for cell in one.cells} for one in found]


def test_invoices_become_a_card_a_snapshot_and_a_proof_and_are_taken_back(tmp_path: Path) -> None:
    table = pq.read_table(RETAIL).slice(0, TAKEN)
    file = tmp_path / "invoices.parquet"
    pq.write_table(table, file)
    own = [
        line
        for line in table.select(["CustomerID", "Quantity", "UnitPrice"]).to_pylist()
        if line["CustomerID"] == float(CUSTOMER)
    ]
    expected = sum(line["Quantity"] * Decimal(repr(line["UnitPrice"])) for line in own)
    assert expected > 1_000

    found = run(
        import_file, str(file), "--as", "sell_in", "--source", "retail", "--currency", "GBP",
        "--create", "products,accounts", "--post",
    )  # fmt: skip
    assert found["rows_in"] == TAKEN == found["posted"] + found["waiting"]

    line = lines_of(CUSTOMER, DECEMBER)["sell_in"]
    assert (line.actual.value, line.actual.measure) == (expected, "GBP")
    rows = rows_behind(line.actual.proof_id)
    assert len(rows) == len(own)
    assert {row.file_name for row in rows} == {"invoices.parquet"}
    cells = cells_behind(rows)
    assert {cell["CustomerID"].removesuffix(".0") for cell in cells} == {CUSTOMER}
    assert sum(Decimal(one["Quantity"]) * Decimal(one["UnitPrice"]) for one in cells) == expected

    frozen = run(scorecard, CUSTOMER, "--period", "2010-12", "--freeze")
    run(undo, str(found["batch"]), "--why", "story")
    gone = lines_of(CUSTOMER, DECEMBER)["sell_in"].actual
    assert not gone.value
    kept = queries.snapshot(SYSTEM, frozen["id"])
    (then,) = [one for one in kept.lines if one.line.metric == "sell_in"]
    assert then.actual.value == expected
    assert sum(row.amount or 0 for row in rows_behind(then.actual.proof_id)) == expected


def test_a_pharmacy_sheet_becomes_a_card_and_a_second_file_leaves_no_trace_when_undone() -> None:
    create_account(
        actor=SYSTEM, code="PH-1", name="Pharmacy", kind="pharmacy_chain", currency="CNY",
        segment="trade",
    )  # fmt: skip
    flags = ("--as", "off_take", "--account", "PH-1", "--currency", "CNY", "--drop", "社保卡号")
    run(import_file, str(PHARMACY), *flags, "--source", "pharmacy", "--create", "products",
        "--post")  # fmt: skip
    before = {name: line.actual.value for name, line in lines_of("PH-1", FIRST_HALF).items()}
    rows = rows_behind(lines_of("PH-1", FIRST_HALF)["off_take"].actual.proof_id)
    cells = cells_behind(rows)
    assert sum(Decimal(one["实收金额"]) for one in cells) == before["off_take"]
    assert all("C0" not in (one.get("社保卡号") or "") for one in cells)

    again = run(import_file, str(PHARMACY), *flags, "--source", "branch", "--post")
    assert lines_of("PH-1", FIRST_HALF)["off_take"].actual.value == 2 * before["off_take"]
    run(undo, str(again["batch"]), "--why", "sent twice")
    after = {name: line.actual.value for name, line in lines_of("PH-1", FIRST_HALF).items()}
    assert after == before
