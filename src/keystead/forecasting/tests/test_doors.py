"""The same cycle by API and command line, through the same door."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from keystead.forecasting import models, queries, services
from keystead.forecasting.commands import forecast
from keystead.forecasting.tests.house import MONTH, opened, ran, typed
from keystead.forecasting.types.cycle import Node
from keystead.kernel.errors import Invalid, KeysteadError, NotAllowed, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle(house, sales_ops):
    return ran(sales_ops, opened(sales_ops))


def test_the_api_shows_overrides_and_refuses_stale_ones(
    cycle, house, kam, other_kam, sales_ops, client_of
):
    mine, theirs = client_of(kam), client_of(other_kam)
    at = f"/api/forecasts/{cycle.id}"
    table = mine.get(f"{at}/table").json()
    assert (table["total"], table["stamp"], len(table["months"])) == (3, 0, 6)
    body = {
        "account_id": house["jd"], "product_id": house["p"], "months": ["2026-02-01"],
        "kind": "absolute", "amount": "150", "reason": "tender", "seen": 0,
    }  # fmt: skip
    shown = mine.post(f"{at}/overrides/preview", body, content_type="application/json").json()
    assert [(one["before"], one["after"]) for one in shown["cells"]] == [("120.0000", "150.0000")]
    assert not models.OverrideRow.objects.exists()
    made = mine.post(f"{at}/overrides", body, content_type="application/json")
    assert made.status_code == 201
    foreign = theirs.post(f"{at}/overrides", body, content_type="application/json")
    assert foreign.status_code == 404
    stale = {**body, "amount": "170"}
    services.override(actor=kam, cycle_id=cycle.id, entry=typed(Node(house["jd"], house["p"]), 160))
    refused = mine.post(f"{at}/overrides", stale, content_type="application/json")
    assert refused.status_code == 409
    assert models.OverrideRow.objects.count() == 2
    whole = mine.get(at).json()
    assert whole["state"] == "open"
    assert [one["layer"] for one in whole["gaps"]] == ["account_manager"]
    assert theirs.get(f"{at}/overrides").json()["total"] == 0
    assert mine.post(f"{at}/runs", {}, content_type="application/json").status_code == 403
    handed = mine.post(f"{at}/submit", {}, content_type="application/json").json()
    assert {one["account_id"] for one in handed} == {house["jd"], house["ali"]}
    back = {"party": "account_manager", "account_id": house["jd"], "why": "too high"}
    assert theirs.post(f"{at}/send-back", back, content_type="application/json").status_code in (
        403, 404,
    )  # fmt: skip
    ops = client_of(sales_ops)
    sent = ops.post(f"{at}/send-back", back, content_type="application/json").json()
    assert (sent["stance"], sent["note"]) == ("returned", "too high")


def test_the_api_keeps_assumptions_under_their_version(cycle, house, kam, other_kam, client_of):
    mine, theirs = client_of(kam), client_of(other_kam)
    at = f"/api/forecasts/{cycle.id}/assumptions"
    body = {"text": "tender won", "account_id": house["jd"], "starts": "2026-01-01",
            "expires": "2026-06-30", "effect": "+5 %"}  # fmt: skip
    strange = mine.post(at, {**body, "category": "weather"}, content_type="application/json")
    assert strange.status_code == 422
    made = mine.post(at, body, content_type="application/json")
    assert made.status_code == 201
    one = made.json()
    assert theirs.get(at).json()["total"] == 0
    again = {**body, "text": "tender lost", "assumption_id": one["id"], "expected_version": 0}
    assert mine.post(at, again, content_type="application/json").status_code == 409
    verdict = {"verdict": "failed", "expected_version": one["version"]}
    judged = f"{at}/{one['id']}/verdict"
    assert theirs.post(judged, verdict, content_type="application/json").status_code == 404
    found = mine.post(judged, verdict, content_type="application/json").json()
    assert (found["text"], found["verdict"]) == ("tender won", "failed")


def test_the_api_tells_problems_of_accounts_one_may_read(cycle, house, kam, other_kam, client_of):
    run = models.RunRow.objects.get(cycle_id=cycle.id)
    run.problems = [{"code": "one_point", "account_id": house["jd"], "product_id": house["p"],
                     "month": None, "count": 1, "detail": ""}]  # fmt: skip
    run.save(update_fields=["problems"])
    told = {who.username: client_of(who).get(f"/api/forecasts/{cycle.id}").json()["runs"][0]
            for who in (kam, other_kam)}  # fmt: skip
    assert [one["account_id"] for one in told[kam.username]["problems"]] == [house["jd"]]
    assert told[other_kam.username]["problems"] == []


def test_the_command_line_runs_shows_overrides_and_hands_in(house, sales_ops, kam, monkeypatch):
    say = CliRunner()
    monkeypatch.setenv("KEYSTEAD_USER", "ops")
    ran_it = say.invoke(forecast, ["run", "2026-01", "--recipe", "naive", "--horizon", "6"])
    assert "4 series" in ran_it.output, ran_it.exception
    monkeypatch.setenv("KEYSTEAD_USER", "lin")
    assert isinstance(say.invoke(forecast, ["run", "2026-02"]).exception, NotAllowed)
    change = ["override", "2026-01", "+10%", "--months", "2026-02", "--account", "JD"]
    tried = say.invoke(forecast, [*change, "--reason", "tender", "--dry-run"])
    assert "180 > 198" in tried.output, tried.exception
    assert not models.OverrideRow.objects.exists()
    assert "account_manager" in say.invoke(forecast, [*change, "--reason", "tender"]).output
    wrong = ["override", "2026-01", "ten", "--months", "2026-02", "--reason", "tender"]
    assert isinstance(say.invoke(forecast, wrong).exception, Invalid)
    shown = say.invoke(forecast, ["show", "2026-01", "--account", "JD"])
    assert "132" in shown.output
    assert "2026-01" in say.invoke(forecast, ["show"]).output
    assert isinstance(say.invoke(forecast, ["show", "2025-07"]).exception, NotFound)
    assert "Handed in: 2" in say.invoke(forecast, ["submit", "2026-01"]).output
    assert isinstance(say.invoke(forecast, ["lock", "2026-01"]).exception, NotAllowed)
    assert models.CycleRow.objects.get().month == MONTH


def test_the_command_line_takes_what_is_below_zero_and_says_where_to_look(
    cycle, house, kam, monkeypatch, tmp_path
):
    monkeypatch.setenv("KEYSTEAD_USER", "lin")

    def call(*words):
        return CliRunner().invoke(forecast, list(words))

    shown = call("show", "2026-01")
    assert [line.split()[:2] for line in shown.output.splitlines()[:2]] == [
        ["account", "product"], ["JD", "P1"],
    ]  # fmt: skip
    less = call("override", "2026-01", "-20", "--months", "2026-02", "--account", "JD",
                "--sku", "P1", "--reason", "tender")  # fmt: skip
    assert less.exit_code == 0, less.output
    (made,) = queries.overrides_of(kam, cycle.id)
    assert (made.kind, made.change) == ("delta", -20)
    for words, hint in (
        (("show", "2031-01"), "forecast show"),
        (("export", "2026-01", "--out", str(tmp_path / "none" / "x.xlsx")), "Name a folder"),
        (("override", "2026-01", "+5%", "--months", "2028-01", "--account", "JD", "--reason",
          "tender"), "It goes from 2026-01 to 2026-06."),
    ):  # fmt: skip
        refused = call(*words).exception
        assert isinstance(refused, KeysteadError)
        assert hint in refused.hint
