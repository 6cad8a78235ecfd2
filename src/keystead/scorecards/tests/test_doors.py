"""Command line and API: the same card, the same rights."""

import json

import pytest
from click.testing import CliRunner

from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.models import User
from keystead.scorecards import models, queries, services
from keystead.scorecards.commands import scorecard
from keystead.scorecards.tests.factories import PERIOD, account, shared_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("half_year")]


@pytest.fixture
def jd(kam):
    return account(kam)


@pytest.fixture
def run(monkeypatch, kam):
    monkeypatch.setenv("KEYSTEAD_USER", kam.username)

    def call(*args):
        return CliRunner().invoke(scorecard, args, catch_exceptions=False, standalone_mode=False)

    return call


def test_the_command_prints_the_card(run, jd):
    answer = run("jd", "--period", "2026-H1")
    assert answer.output.splitlines()[0] == "Account JD, Trade accounts, 2026-H1"
    assert "970,000 CNY" in answer.output
    assert "missing (no value)" in answer.output
    assert answer.output.splitlines()[-1] == "Total 82.1, good; 95 % of the weight."


def test_the_command_answers_json(run, jd, kam):
    body = json.loads(run("JD", "--json").output)
    assert (body["total"], body["period"], body["account"]["code"]) == ("82.1", "2026-H1", "JD")
    first = body["lines"][0]
    assert (first["metric"], first["actual"]["value"], first["points"]) == (
        "sell_in",
        "970000",
        "92.5",
    )
    assert first["actual"]["proof"].startswith("sell_in.1~")
    assert body == queries.card(kam, jd.id, PERIOD).as_dict()


def test_the_command_freezes(run, jd, kam):
    answer = run("JD", "--period", "2026-H1", "--freeze", "--comment", "By hand")
    stored = models.Snapshot.objects.get()
    assert f"Frozen as snapshot {stored.pk}" in answer.output
    assert queries.snapshot(kam, stored.pk).comment == "By hand"


def test_wrong_calls(run, jd):
    with pytest.raises(NotFound):
        run("NOBODY")
    with pytest.raises(Invalid):
        run("JD", "--period", "soon")


@pytest.fixture
def api(client):
    def of(actor):
        client.force_login(User.objects.get(pk=actor.user_id))
        return client

    return of


def test_the_api_gives_the_same_card(api, kam, jd):
    body = api(kam).get(f"/api/accounts/{jd.id}/scorecard?period=2026-H1").json()
    assert body == json.loads(json.dumps(queries.card(kam, jd.id, PERIOD).as_dict()))


def test_the_api_freezes_and_reads_back(api, kam, other_kam, jd):
    client = api(kam)
    answer = client.post(
        f"/api/accounts/{jd.id}/scorecard/freeze",
        {"period": "2026-H1", "comment": "API"},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["total"], made["intact"], made["comment"]) == ("82.1", True, "API")
    assert client.get(f"/api/scorecards/snapshots/{made['id']}").json() == made
    listed = client.get("/api/scorecards/snapshots").json()
    assert [row["id"] for row in listed["items"]] == [made["id"]]
    foreign = api(other_kam)
    assert foreign.get(f"/api/scorecards/snapshots/{made['id']}").status_code == 404
    assert foreign.get("/api/scorecards/snapshots").json()["items"] == []
    assert foreign.get(f"/api/accounts/{jd.id}/scorecard").status_code == 404


def test_totals_and_sets(api, kam, viewer, jd):
    shared_with(jd, viewer)
    services.refresh_scores()
    client = api(viewer)
    (row,) = client.get("/api/scorecards/totals").json()["items"]
    assert (row["account_id"], row["total"], row["fresh"]) == (jd.id, "82.1", True)
    sets = client.get("/api/scorecards/sets").json()
    assert {"trade", "information"} <= {one["code"] for one in sets}
    assert sum(float(line["weight"]) for line in sets[0]["lines"]) == 100


def test_who_may_not(api, viewer, admin, kam, jd):
    shared_with(jd, viewer)
    answer = api(viewer).post(
        f"/api/accounts/{jd.id}/scorecard/freeze", {}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert api(admin).get("/api/scorecards/sets").status_code == 403
    assert not models.Snapshot.objects.exists()
