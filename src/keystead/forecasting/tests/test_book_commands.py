"""Workbooks and accuracy by command line: out, home, both values of each conflict."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from keystead.forecasting import models, services
from keystead.forecasting.commands import forecast
from keystead.forecasting.tests.cells import lock as locked
from keystead.forecasting.tests.cells import shelves, stored
from keystead.forecasting.tests.house import typed
from keystead.forecasting.tests.test_workbook import _typed
from keystead.forecasting.types.cycle import Key, Node
from keystead.kernel.errors import Conflict, Invalid, NotAllowed
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def shop(kam, other_kam, settings, tmp_path, monkeypatch):
    settings.KEYSTEAD_HOME = tmp_path / "home"
    monkeypatch.setenv("KEYSTEAD_USER", "lin")
    return shelves(kam, other_kam)


@pytest.fixture
def cycle(shop):
    return stored({(shop["jd"], shop["p1"]): [100, 110, 120], (shop["far"], shop["p1"]): [1, 1, 1]})


def say(*words):
    return CliRunner().invoke(forecast, list(words))


def test_a_workbook_goes_out_and_home_and_both_values_of_a_conflict_are_told(
    shop, cycle, kam, tmp_path, monkeypatch
):
    out = tmp_path / "mine.xlsx"
    sent = say("export", "2026-01", "--out", str(out), "--json")
    assert json.loads(sent.output)["bytes"] == out.stat().st_size, sent.exception
    key = Key(shop["jd"], shop["p1"])
    out.write_bytes(_typed(out.read_bytes(), {(key, 1): 150, (key, 2): 160}))
    services.override(
        actor=kam, cycle_id=cycle.id,
        entry=typed(Node(key.account_id, key.product_id), 140, periods=(FEBRUARY,)),
    )  # fmt: skip
    stopped = say("merge", str(out), "--month", "2026-01")
    assert isinstance(stopped.exception, Conflict)
    assert "1 cells changed in the workbook, 1 on both sides" in stopped.output
    assert "JD           P1           2026-02  sent out 110.0000, workbook 150" in stopped.output
    tried = json.loads(say("merge", str(out), "--dry-run", "--json").output)
    assert tried["conflicts"] == [
        {"account": "JD", "sku": "P1", "month": "2026-02-01", "sent_out": "110.0000",
         "workbook": "150.0000", "stands": "140.0000"}
    ]  # fmt: skip
    for wrong in ("JD/P1/2026-03=theirs", "JD/P1/2026-02=maybe", "mine"):
        assert isinstance(say("merge", str(out), "--take", wrong).exception, Invalid)
    assert models.OverrideRow.objects.count() == 1
    one = ["--take", "JD/P1/2026-02=155", "--reason", "tender", "--json"]
    done = json.loads(say("merge", str(out), *one).output)
    assert (done["written"], len(done["overrides"])) == (2, 1)
    shown = json.loads(say("show", "2026-01", "--layer", "account_manager", "--json").output)
    assert [row["quantities"][1:] for row in shown["rows"]] == [["155.0000", "160.0000"]]


def test_accuracy_says_who_added_value_and_that_one_cycle_is_not_enough(shop, cycle, kam):
    assert "No locked cycle has come true yet." in say("accuracy").output
    key = (shop["jd"], shop["p1"])
    locked(cycle, {(*key, 0): 95, (*key, 1): 110, (*key, 2): 120}, account_manager={(*key, 0): 95})
    rows = [
        {"account_id": key[0], "product_id": key[1], "date": date(2026, 1, 9), "quantity": 90,
         "value": 900, "doc_no": "I1"}
    ]  # fmt: skip
    room.post("sell_in", rows)
    told = say("accuracy")
    assert "Not enough data" in told.output, told.exception
    body = json.loads(say("accuracy", "--json").output)
    stairs = {one["layer"]: one["wape"] for one in body["stairs"]}
    assert stairs["statistical"] == pytest.approx(100 / 9)
    assert stairs["agreed"] == pytest.approx(50 / 9)
    assert [one["cells"] for one in body["lags"] if one["lag"] == 1] == [1, 1, 1]


def test_who_may_not_write_gets_no_workbook(shop, cycle, make_actor, monkeypatch, tmp_path):
    make_actor("reader", "viewer")
    monkeypatch.setenv("KEYSTEAD_USER", "reader")
    refused = say("export", "2026-01", "--out", str(tmp_path / "no.xlsx"))
    assert isinstance(refused.exception, NotAllowed)
    assert not (tmp_path / "no.xlsx").exists()
