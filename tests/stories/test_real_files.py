"""Real files, through the command line, to rows that count: nothing lost, nothing invented.

The files lie beside the project and are never copied into it. Every expected figure is stated
here, and found once more from the raw file with plain Python (csv, openpyxl, Decimal), so that
Keystead's own code is not its own witness.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from django.conf import settings

from keystead.accounts.queries import account_by_code
from keystead.kernel.errors import Invalid, KeysteadError, SourceProblem
from keystead.kit.access import SYSTEM
from keystead.kit.files import duck
from keystead.ledger import models, queries
from keystead.ledger.commands.imports import import_file
from keystead.ledger.services import desk

TRADE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "trade"
RETAIL = TRADE / "online_retail_2010_2011.parquet"
PHARMACY = TRADE / "cn_pharmacy_sales_2018_pseudonymised.xlsx"
SHELF = TRADE / "taobao_1111_cosmetics_gb18030.csv"
FLAGSHIP = TRADE / "flagship_monthly_estimate_cn.xlsx"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not TRADE.is_dir(), reason="the field data is not beside the project"),
]


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path: Path) -> Iterator[None]:
    settings.KEYSTEAD_HOME = tmp_path / "home"
    yield
    duck.close_all()


def bring(path: Path, *flags: str) -> dict[str, Any]:
    """Run ``keystead import`` and return what it says to programs."""
    result = CliRunner().invoke(import_file, [str(path), *flags, "--json"])
    if isinstance(result.exception, KeysteadError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return dict(json.loads(result.stdout))


def facts(dataset: str, select: str) -> list[tuple[Any, ...]]:
    """Return rows of a query over what counts now; ``facts`` is the table."""
    paths = [read.path for read in queries.slice_set(dataset).reads]
    with duck.session() as session:
        return session.rows(select.replace("from facts", "from read_parquet(?) as facts"), [paths])


def test_invoice_lines_as_sell_in_without_a_mapping_file() -> None:
    found = bring(
        RETAIL, "--as", "sell_in", "--source", "online retail", "--currency", "GBP",
        "--create", "products,accounts", "--post",
    )  # fmt: skip
    assert {name: rule for name, rule in found["columns"].items() if name != "currency"} == {
        "doc_no": {"column": "InvoiceNo"},
        "product": {"column": "StockCode"},
        "product_name": {"column": "Description"},
        "quantity": {"column": "Quantity"},
        "date": {"column": "InvoiceDate"},
        "unit_price": {"column": "UnitPrice"},
        "account": {"column": "CustomerID"},
        "value": {"formula": "quantity * unit_price"},
    }
    counts = [found[name] for name in ("rows_in", "posted", "waiting", "rejected", "skipped")]
    assert counts == [541_909, 406_829, 135_080, 0, 0]
    assert found["repeated"] == 5_268

    lines = pq.read_table(RETAIL).to_pydict()
    sums: dict[bool, Decimal] = defaultdict(Decimal)
    returns: Counter[bool] = Counter()
    for customer, quantity, price in zip(
        lines["CustomerID"], lines["Quantity"], lines["UnitPrice"], strict=True
    ):
        sums[customer is not None] += quantity * Decimal(repr(price))
        returns[customer is not None] += quantity < 0
    assert sums[True] == Decimal("8300065.814")
    assert sums[True] + sums[False] == Decimal("9747747.934")
    assert dict(returns) == {True: 8_905, False: 1_719}

    posted = facts("sell_in", "select sum(value), count(*) filter (is_return) from facts")
    assert posted == [(sums[True], returns[True])]
    told: dict[str, Decimal] = defaultdict(Decimal)
    for one in found["totals"]:
        if one["measure"] == "value":
            told[one["state"]] += Decimal(one["value"])
    assert told == {"ready": sums[True], "waiting": sums[False]}

    _is_the_customer_17850(found, lines)

    again = bring(RETAIL, "--as", "sell_in", "--source", "online retail", "--post")
    assert again["batch"] == found["batch"]
    assert facts("sell_in", "select count(*) from facts") == [(406_829,)]


def _is_the_customer_17850(found: dict[str, Any], lines: dict[str, list[Any]]) -> None:
    """A customer stored as 17850.0 is 17850, with every line of theirs, back to its cells."""
    account = account_by_code(SYSTEM, "17850")
    assert (account.country, account.currency) == ("GB", "GBP")
    own = [
        (at, doc) for at, (customer, doc) in enumerate(
            zip(lines["CustomerID"], lines["InvoiceNo"], strict=True), start=1
        ) if customer == 17850.0
    ]  # fmt: skip
    rows = facts(
        "sell_in",
        f"select source_row, doc_no from facts where account_id = {account.id} order by all",  # noqa: S608
    )
    assert rows == sorted(own)

    sheet = facts("sell_in", "select any_value(sheet) from facts")[0][0]
    (cells,) = queries.source_cells(SYSTEM, [(found["batch"], sheet, 1)])
    assert {cell.header: cell.value for cell in cells.cells} == {
        "InvoiceNo": "536365", "StockCode": "85123A", "Quantity": "6", "UnitPrice": "2.55",
        "Description": "WHITE HANGING HEART T-LIGHT HOLDER", "CustomerID": "17850.0",
        "InvoiceDate": "2010-12-01 08:26:00", "Country": "United Kingdom",
    } | {
        cell.header: cell.value for cell in cells.cells if cell.header in {"CustomerID"}
    }  # fmt: skip


def _pharmacy() -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(PHARMACY, read_only=True).active
    return list(sheet.iter_rows(min_row=2, values_only=True))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def test_pharmacy_sales_as_off_take_only_without_the_card_column() -> None:
    flags = ("--as", "off_take", "--source", "pharmacy", "--account", "PH-1", "--currency", "CNY")
    with pytest.raises(SourceProblem) as caught:
        bring(PHARMACY, *flags)
    assert caught.value.code == "personal_data"
    assert caught.value.data["columns"] == ["社保卡号"]
    assert not models.Batch.objects.exists()
    assert [path for area in ("raw", "staging") for path in _files(area)] == []

    made = ("--drop", "社保卡号", "--create", "accounts,products", "--post")
    found = bring(PHARMACY, *flags, *made)
    rows = _pharmacy()
    filled = [row for row in rows if any(cell is not None for cell in row)]
    assert (len(rows), len(filled)) == (6_578, 6_577)
    dated = [row for row in filled if _day(row[0])]
    impossible = [row for row in filled if row[0] and not _day(row[0])]
    assert len(impossible) == 23
    assert {row[0][:10] for row in impossible} == {"2018-02-29"}
    names: dict[str, set[str]] = defaultdict(set)
    for row in filled:
        names[row[2]].add(row[3])
    several = {code for code, known in names.items() if len(known) > 1}
    assert len(several) == 9
    ready = [row for row in dated if row[2] not in several]
    counts = [found[name] for name in ("rows_in", "posted", "waiting", "rejected", "skipped")]
    assert counts == [6_578, len(ready), len(dated) - len(ready), 24, 1]
    assert counts == [6_578, 5_566, 987, 24, 1]

    value, units, returns = facts(
        "off_take", "select sum(value), sum(quantity), count(*) filter (is_return) from facts"
    )[0]
    assert value == sum(Decimal(row[6]) for row in ready)
    assert units == sum(Decimal(row[4]) for row in ready)
    assert returns == sum(Decimal(row[4]) < 0 for row in ready)

    rejected, _count = queries.problem_lines(SYSTEM, found["batch"], kind="impossible_date")
    assert [line.row for line in rejected] == [
        at for at, row in enumerate(rows, start=2) if row in impossible
    ]
    asked, _total = queries.code_lines(
        SYSTEM, found["batch"], "product", states=["ambiguous"], limit=200
    )
    assert {line.code for line in asked} == several

    kept = b"".join(path.read_bytes() for path in _files("raw"))
    assert kept
    for path in _files("staging"):
        if path.suffix == ".parquet":
            text = json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str)
            assert "C00001" not in text
    book = next(iter(_files("raw")))
    copy = book.with_suffix(".xlsx")
    copy.write_bytes(kept)
    cards = [row[1] for row in openpyxl.load_workbook(copy).active.iter_rows(values_only=True)]
    assert set(cards[1:]) == {None}
    copy.unlink()


def test_shelf_prices_in_gb18030_are_recognised() -> None:
    with SHELF.open(encoding="gb18030", newline="") as file:
        lines = list(csv.DictReader(file))
    with pytest.raises(Invalid) as caught:
        bring(SHELF, "--source", "tmall")
    assert caught.value.data["questions"] == ["currency"]
    found = bring(
        SHELF, "--source", "tmall", "--currency", "CNY", "--create", "accounts",
        "--account-kind", "shop", "--post",
    )  # fmt: skip
    assert found["dataset"] == "shelf_price"
    assert (found["rows_in"], found["posted"]) == (len(lines), len(lines)) == (27_598, 27_598)
    repeats = len(lines) - len({tuple(line.values()) for line in lines})
    assert (found["repeated"], repeats) == (86, 86)
    expected = sum(Decimal(line["price"]) for line in lines)
    rows = facts("shelf_price", "select sum(price), count(distinct account_id) from facts")
    assert rows == [(expected, 22)]

    highest: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        highest[line["id"]] = max(highest[line["id"]], Decimal(line["price"]))
    days: dict[str, Counter[bool]] = defaultdict(Counter)
    for line in lines:
        year, month, day = line["update_time"].split("/")
        when = date(int(year), int(month), int(day)).isoformat()
        days[when][Decimal(line["price"]) < highest[line["id"]]] += 1
    below = facts(
        "shelf_price",
        "select cast(date as varchar), count(*) filter (price < top), count(*) from (select date, "
        "price, max(price) over (partition by item) as top from facts) group by 1 order by 1",
    )
    assert below == [(when, count[True], count.total()) for when, count in sorted(days.items())]


def test_the_estimates_workbook_needs_its_date_said() -> None:
    bring(SHELF, "--source", "tmall", "--currency", "CNY", "--create", "accounts", "--post")
    flags = ("--as", "shelf_price", "--source", "estimates", "--account", "自然堂")
    with pytest.raises(Invalid) as caught:
        bring(FLAGSHIP, *flags)
    assert "field:date" in caught.value.data["questions"]
    found = bring(FLAGSHIP, *flags, "--date", "2018-07-31", "--currency", "CNY", "--post")
    sheet = openpyxl.load_workbook(FLAGSHIP, read_only=True).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert (found["rows_in"], found["posted"]) == (len(rows), len(rows)) == (76, 76)
    batch = found["batch"]
    total = facts("shelf_price", f"select sum(price) from facts where batch_id = {batch}")  # noqa: S608
    assert total == [(sum(Decimal(repr(row[2])) for row in rows).quantize(Decimal("0.0001")),)]
    assert desk.post_batch(actor=SYSTEM, batch_id=batch).id == batch


def _files(area: str) -> list[Path]:
    return [path for path in (settings.KEYSTEAD_HOME / area).rglob("*") if path.is_file()]
