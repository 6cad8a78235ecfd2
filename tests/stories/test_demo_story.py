"""The demo tells one story through every door: page, command line, API, proof, file."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import urllib.error
import urllib.parse
import zipfile
from collections.abc import Iterator
from decimal import Decimal

import openpyxl
import pytest

from keystead.doors.cli.demo.archive import ARCHIVE
from tests.stories.demo_house import House, open_house

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
QUARTER = "2026-Q2"
LAST_DAY = "2026-11-18"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from open_house(tmp_path_factory.mktemp("demo") / "home")


def test_lin_sees_her_accounts_in_chinese_and_none_of_claires(house: House) -> None:
    home = house.browser("lin").first_page
    assert 'lang="zh-Hans"' in home
    codes = {row["code"] for row in house.rows("accounts")}
    assert {"JH-01", "TM-01", "GS-N"} <= codes
    assert not {"UVL", "CHR", "CALYPSE"} & codes
    token = house.token("lin")
    with pytest.raises(urllib.error.HTTPError) as refused:
        house.api(f"/accounts/{_account_id(house, 'claire', 'UVL')}", token)
    assert refused.value.code == 404


def _account_id(house: House, user: str, code: str) -> int:
    found = house.rows("accounts", user=user)
    return next(row["id"] for row in found if row["code"] == code)


def test_the_figure_is_the_same_through_every_door(house: House) -> None:
    line = json.loads(
        house.command(
            "metric", "sell_in", "--account", "JH-01", "--period", QUARTER, "--format", "json"
        )
    )["rows"][0]["sell_in"]
    value = Decimal(line["value"])
    assert value > 1_000_000
    account = _account_id(house, "lin", "JH-01")
    token = house.token("lin")
    asked = house.api(
        "/metrics/evaluate", token, metrics="sell_in", period=QUARTER, account=str(account)
    )
    assert Decimal(asked["items"][0]["sell_in"]["value"]) == value
    table = house.command(
        "metric", "sell_in", "--account", "JH-01", "--period", QUARTER, "--format", "csv"
    )
    printed = next(csv.DictReader(io.StringIO(table)))
    assert (Decimal(printed["sell_in"]), printed["sell_in_currency"]) == (value, "CNY")
    assert value == _sum_of_the_file("JH-01", 4, 6)


def test_the_portfolio_in_excel_shows_what_the_page_api_and_command_show(house: House) -> None:
    last = datetime.date.fromisoformat(LAST_DAY)
    asked = ("metric", "sell_in", "--account", "JH-01", "--format", "json")
    year = json.loads(house.command(*asked, "--from", f"{last.year}-01-01", "--to", LAST_DAY))
    line = year["rows"][0]["sell_in"]
    browser = house.browser("anna")
    book = openpyxl.load_workbook(io.BytesIO(browser.file("accounts/portfolio.xlsx?m=sell_in")))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    row = next(row for row in rows if row[0] == "JH-01")
    figure = next(cell for cell in row if isinstance(cell, int | float))
    assert Decimal(str(figure)) == Decimal(line["value"])
    assert "CNY" in row
    account = _account_id(house, "anna", "JH-01")
    answer = house.api(
        "/metrics/evaluate", house.token("anna"), metrics="sell_in", account=str(account),
        period=f"{last.year}-01-01..{LAST_DAY}",
    )  # fmt: skip
    assert answer["items"][0]["sell_in"]["value"] == line["value"]
    page = browser.page("accounts/?m=sell_in")
    cell = page[page.index("JH-01") :][:2000]
    assert answer["items"][0]["sell_in"]["proof"] in urllib.parse.unquote(cell)
    written = re.search(r'data-value="([^"]+)"', cell)
    assert written
    assert Decimal(written.group(1)) == Decimal(line["value"])


def _sum_of_the_file(account: str, first: int, last: int) -> Decimal:
    """Return the same sum from the raw invoice files in the archive, without Keystead."""
    total = Decimal(0)
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in archive.namelist():
            if not name.startswith("raw/"):
                continue
            content = archive.read(name)
            if not content.startswith(b"\xef\xbb\xbfInvoice No"):
                continue
            for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
                day = row["Posting Date"]
                inside = day[:5] == "2026-" and first <= int(day[5:7]) <= last
                if inside and row["Customer No"] == account:
                    total += Decimal(row["Net Value"])
    return total


def test_a_proof_leads_to_cells_that_add_up(house: House) -> None:
    found = json.loads(
        house.command(
            "metric", "sell_in", "--account", "JH-01", "--period", "2026-10", "--format", "json"
        )
    )["rows"][0]["sell_in"]
    proof = house.api(f"/proof/{found['proof']}", house.token("lin"), limit="1000")
    assert proof["figure"]["value"] == found["value"]
    assert {batch["file"] for batch in proof["batches"]} == {"erp-invoices-2026-10.csv"}
    assert sum(Decimal(batch["amount"]) for batch in proof["batches"]) == Decimal(found["value"])
    told = house.command("proof", found["proof"])
    assert "erp-invoices-2026-10.csv" in told
    refused = house.refused("proof", found["proof"], user="claire")
    assert refused.returncode == 5


def test_a_restated_month_kept_the_old_one(house: House) -> None:
    batches = house.rows("batches", "--limit", "1000", user="ming")
    files = {row["file_name"]: row for row in batches}
    assert files["jinghe-2026-05-corrected.xlsx"]["state"] == "posted"
    assert files["jinghe-2026-Q2.xlsx"]["state"] == "posted"


def test_undo_returns_the_old_figure_and_it_can_be_seen_in_the_past(house: House) -> None:
    def may() -> Decimal:
        rows = json.loads(
            house.command(
                "metric", "off_take", "--account", "JH-01", "--period", "2026-05",
                "--format", "json",
            )
        )["rows"]  # fmt: skip
        return Decimal(rows[0]["off_take"]["value"])

    corrected = may()
    batches = house.rows("batches", "--limit", "1000", user="ming")
    batch = next(row for row in batches if row["file_name"] == "jinghe-2026-05-corrected.xlsx")
    house.command("undo", str(batch["id"]), user="ming")
    before = may()
    assert before < corrected < before * Decimal("1.08")


def test_one_file_waits_with_questions(house: House) -> None:
    batches = house.rows("batches", "--limit", "1000", user="ming")
    waiting = [row for row in batches if row["state"] not in ("posted", "undone")]
    assert [row["file_name"] for row in waiting] == ["doule-2026-11-live.csv"]
    page = house.browser("ming").page(f"imports/{waiting[0]['id']}/")
    assert "DL-02" in page


def test_everything_stored_is_whole(house: House) -> None:
    house.command("verify", user="ming")


def test_a_scorecard_was_frozen_with_its_proofs(house: House) -> None:
    told = json.loads(house.command("scorecard", "JH-01", "--period", "2026-Q3", "--json"))
    assert len(told["lines"]) >= 8


def test_the_deck_of_july_still_proves_itself_and_says_what_changed(house: House) -> None:
    deck = house.home.parent / "july.pptx"
    house.command("deck", "JH-01", "--period", QUARTER, "--lang", "fr", "--out", str(deck))
    checked = house.refused("proof", "check", str(deck), "--json")  # something was restated
    assert checked.returncode == 1
    told = json.loads(checked.stdout)
    counts = told["counts"]
    assert counts["edited"] == counts["unknown"] == 0
    assert counts["equal"] > 200
    restated = [one for one in told["figures"] if one["verdict"] == "changed"]
    assert restated
    assert all(one["standing"]["because"] for one in restated)
    asked = ("metric", "off_take_units", "--account", "JH-01", "--period", QUARTER)
    line = json.loads(house.command(*asked, "--format", "json"))["rows"][0]["off_take_units"]
    sold = next(one for one in told["figures"] if one["proof"].startswith("off_take_units."))
    then, now = (Decimal(sold["standing"][at]["value"]) for at in ("then", "now"))
    assert now == Decimal(line["value"])  # May was corrected in August, unless that was taken back
    assert (sold["verdict"] == "changed") == (then != now)
    assert sold["standing"]["because"] == (["restated"] if then != now else [])


def test_what_nobody_approved_does_not_leave_for_the_customer(house: House) -> None:
    deck = house.home.parent / "autumn.pptx"
    asked = ("deck", "JH-01", "--period", "2026-Q3", "--out", str(deck))
    refused = house.refused(*asked)
    assert refused.returncode == 7
    assert "not approved" in refused.stderr
    assert not deck.exists()
    house.command(*asked, "--inside")
    assert deck.stat().st_size > 50_000


def test_the_administrator_sees_people_and_no_business(house: House) -> None:
    house.command("user", "list")
    refused = house.refused("metric", "sell_in", "--period", QUARTER, user="admin")
    assert refused.returncode == 6
    browser = house.browser("admin")
    assert not re.search("京禾|Jinghe", browser.first_page)
