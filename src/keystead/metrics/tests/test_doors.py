"""The same figures by command line and API, with rights and paging."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from django.test import Client

from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.models import AuditEntry, User
from keystead.metrics.commands import metric, proof
from keystead.metrics.tests import room
from keystead.metrics.tests.worlds import day

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(client: Client, monkeypatch) -> dict:
    anna, ben = room.user("anna", "kam"), room.user("ben", "kam")
    a, b = room.account("A1", anna), room.account("B1", ben)
    p = room.product("P1", brand="Acu")
    rows = [
        {"account_id": one, "product_id": p, "date": day(when), "quantity": 1, "value": value}
        for one, when, value in ((a, "2026-01-05", "10.25"), (a, "2026-02-05", 20), (b, "2026-01-05", 7))
    ]  # fmt: skip
    room.post("sell_in", rows)
    monkeypatch.setenv("KEYSTEAD_USER", "anna")
    client.force_login(User.objects.get(username="anna"))
    return {"anna": anna, "a": a, "b": b, "p": p}


def run(command, *args: str) -> str:
    found = CliRunner().invoke(command, list(args), catch_exceptions=False)
    assert found.exit_code == 0
    return found.stdout


def test_table_csv_json_and_parquet_agree(house, tmp_path: Path) -> None:
    asked = ("sell_in", "--by", "account,month", "--period", "2026-Q1")
    text = run(metric, *asked)
    assert "10.25 CNY" in text
    assert "2 rows, commit 1, 2026-Q1" in text
    rows = list(csv.DictReader(io.StringIO(run(metric, *asked, "--format", "csv"))))
    assert [(row["account_code"], Decimal(row["sell_in"])) for row in rows] == [
        ("A1", Decimal("10.25")),
        ("A1", Decimal(20)),
    ]
    beside = [rows[0][f"sell_in_{what}"] for what in ("currency", "unit", "note")]
    assert beside == ["CNY", "CNY", ""]
    first = run(metric, "sell_in_units,sell_in", "--period", "2026-01", "--format", "csv")
    assert first.splitlines()[0].split(",") == [
        "sell_in_units", "sell_in_units_unit", "sell_in_units_note",
        "sell_in", "sell_in_unit", "sell_in_note", "sell_in_units_currency", "sell_in_currency",
    ]  # fmt: skip
    kept = tmp_path / "figures.csv"
    run(metric, *asked, "--format", "csv", "--out", str(kept))
    assert kept.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel opens it as UTF-8"
    body = json.loads(run(metric, *asked, "--json", "--proof"))
    assert [row["sell_in"]["value"] for row in body["rows"]] == ["10.25", "20"]
    target = tmp_path / "figures.parquet"
    run(metric, *asked, "--format", "parquet", "--proof", "--out", str(target))
    table = pq.read_table(target)
    assert table["sell_in"].to_pylist() == [Decimal("10.2500"), Decimal("20.0000")]
    assert table["sell_in_proof"][0].as_py() == body["rows"][0]["sell_in"]["proof"]


def test_days_default_to_the_year_of_the_data(house) -> None:
    assert "30.25 CNY" in run(metric, "sell_in")
    assert "20 CNY" in run(metric, "sell_in", "--from", "2026-02-01", "--to", "2026-02-28")
    assert "10.25 CNY" in run(metric, "sell_in", "--period", "2026-01", "--account", "a1")


def test_a_foreign_account_and_a_bad_filter_are_refused(house) -> None:
    with pytest.raises(NotFound):
        run(metric, "sell_in", "--account", "B1")
    with pytest.raises(Invalid):
        run(metric, "sell_in", "--filter", "brand")
    with pytest.raises(Invalid):
        run(metric, "sell_in", "--as-of", "yesterday")


def test_the_proof_of_a_printed_figure_opens(house) -> None:
    body = json.loads(run(metric, "sell_in", "--period", "2026", "--json"))
    proof_id = body["rows"][0]["sell_in"]["proof"]
    text = run(proof, proof_id, "--rows", "1", "--changes")
    assert "Sell-in: 30.25 CNY" in text
    assert "… 1 more rows" in text
    found = json.loads(run(proof, proof_id, "--json"))
    assert found["sections"][0]["total"] == "30.25"
    assert [row["amount"] for row in found["sections"][0]["rows"]] == ["10.25", "20"]


def test_listing_names_every_metric_once(house) -> None:
    assert run(metric, "--list").count("\n") == len(
        {m["id"] for m in json.loads(run(metric, "--list", "--json"))}
    )


def test_api_evaluates_pages_and_proves(house, client: Client) -> None:
    first = client.get("/api/metrics/evaluate?metrics=sell_in&by=month&period=2026&limit=1").json()
    assert [row["sell_in"]["value"] for row in first["items"]] == ["10.25"]
    rest = client.get(
        f"/api/metrics/evaluate?metrics=sell_in&by=month&period=2026&limit=1&after={first['next']}"
    ).json()
    assert (rest["items"][0]["sell_in"]["value"], rest["next"]) == ("20", None)
    proof_id = rest["items"][0]["sell_in"]["proof"]
    found = client.get(f"/api/proof/{proof_id}").json()
    assert (found["figure"]["value"], found["sections"][0]["rows_total"]) == ("20", 1)
    since = client.get(f"/api/proof/{proof_id}/changes").json()
    assert (since["difference"], since["parts"]) == ("0", [])


def test_api_refuses_what_is_foreign_or_wrong(house, client: Client) -> None:
    for path, status in (
        (f"/api/metrics/evaluate?metrics=sell_in&period=2026&account={house['b']}", 404),
        ("/api/metrics/evaluate?metrics=sell_in", 422),
        ("/api/metrics/evaluate?metrics=nothing&period=2026", 404),
        ("/api/metrics/nothing", 404),
        ("/api/proof/sell_in.1~c1", 404),
        ("/api/metrics/evaluate?metrics=price_index&by=shop&period=2026", 403),
    ):
        assert client.get(path).status_code == status, path
    assert client.get("/api/metrics").json()["items"][0]["id"] == "sell_in"
    assert client.get("/api/metrics/sell_in").json()["additivity"] == "additive"


def test_each_look_at_resale_prices_leaves_a_trace(house, client: Client) -> None:
    client.get("/api/metrics/evaluate?metrics=sell_in&period=2026")
    assert not AuditEntry.objects.filter(action="prices.view").exists()
    client.get("/api/metrics/evaluate?metrics=price_index,sell_in&period=2026")
    entry = AuditEntry.objects.get(action="prices.view")
    assert (entry.new["metrics"], entry.new["period"]) == (["price_index"], "2026")
