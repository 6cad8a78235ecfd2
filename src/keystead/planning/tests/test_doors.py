"""Plans for programs: the API, the commands, the Word file in three languages."""

import io
import json

import pytest
from click.testing import CliRunner
from docx import Document

from keystead.accounts.tests.factories import account, shared_with
from keystead.planning import queries
from keystead.planning.commands import plan as command
from keystead.planning.tests.factories import TODAY, plan, whole_plan
from keystead.planning.tests.sold import sell_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def uni(kam):
    return account(kam, "UNI", name="Université Lyon", currency="EUR")


def said(actor, *words):
    return CliRunner().invoke(command, list(words), env={"KEYSTEAD_USER": actor.username})


def sent(client, path, body, verb="post"):
    return getattr(client, verb)(path, json.dumps(body), content_type="application/json")


def test_a_plan_by_api(client_of, kam, other_kam, uni):
    client = client_of(kam)
    made = sent(client, "/api/plans", {"account_id": uni.id, "year": TODAY.year})
    assert made.status_code == 201, made.content
    home = f"/api/plans/{made.json()['id']}"
    assert sent(client, f"{home}/claims", {"kind": "goal", "text": "Grow"}).status_code == 201
    aim = {"title": "Sell", "metric": "sell_in", "target": "1000", "filters": {"brand": ["Acu"]}}
    assert sent(client, f"{home}/objectives", aim).status_code == 201
    assert sent(client, f"{home}/objectives", {**aim, "metric": "none"}).status_code == 422
    assert sent(client, f"{home}/initiatives", {"title": "Train"}).status_code == 201
    told = {"source": "review:1", "items": [{"title": "Call", "item": "1"}]}
    for _twice in range(2):
        assert sent(client, f"/api/accounts/{uni.id}/actions", told).status_code == 201
    listed = client.get(f"/api/accounts/{uni.id}/actions").json()["items"]
    assert [one["title"] for one in listed] == ["Call"]
    move = f"/api/plans/actions/{listed[0]['id']}/move"
    assert sent(client, move, {"state": "done"}).json()["state"] == "done"
    body = client.get(home).json()
    assert (body["claims"][0]["text"], body["objectives"][0]["target"]) == ("Grow", "1000")
    assert body["completeness"]["score"] > 0
    cell = {"brand": "Acu", "potential": "500"}
    assert sent(client, f"/api/accounts/{uni.id}/whitespace", cell, "put").status_code == 200
    grid = client.get(f"/api/accounts/{uni.id}/whitespace").json()
    assert grid["total"] == {
        "current": "0",
        "room": "500",
        "other": "0",
        "states": {"potential": 1},
    }
    assert client.get("/api/segments").status_code == 404
    stranger = client_of(other_kam)
    for path in (home, f"/api/accounts/{uni.id}/plans", f"/api/accounts/{uni.id}/whitespace"):
        assert stranger.get(path).status_code == 404
    assert sent(stranger, move, {"state": "open"}).status_code == 404


def test_a_plan_by_command(kam, uni, tmp_path):
    held = whole_plan(kam, uni)
    sell_in([(uni.id, None, TODAY.replace(month=1, day=5), 1200)])
    shown = said(kam, "UNI").output
    assert f"Université Lyon {TODAY.year}: draft, 100 % complete" in shown
    assert "reached" in shown
    body = json.loads(said(kam, "UNI", "--json").output)
    assert (body["objectives"][0]["value"], body["id"]) == ("1200", held.id)
    assert body["objectives"][0]["proof_id"]
    assert "Together" in said(kam, "whitespace", "UNI").output
    assert "carried over" in said(kam, "copy", "UNI").output
    assert [one.year for one in queries.plans_of(kam, uni.id)] == [TODAY.year + 1, TODAY.year]
    path = tmp_path / "plan.docx"
    assert (
        "Written" in said(kam, "show", "UNI", "--year", str(TODAY.year), "--word", str(path)).output
    )
    assert "Université Lyon" in "".join(one.text for one in Document(str(path)).paragraphs)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Our objectives"), ("zh-hans", "我们的目标"), ("fr", "Nos objectifs")]
)  # fmt: skip
def test_the_word_file_speaks_the_languages(client_of, kam, uni, language, words):
    held = whole_plan(kam, uni)
    answer = client_of(kam).get(f"/plans/{held.id}/word/", headers={"Accept-Language": language})
    assert answer.status_code == 200
    made = Document(io.BytesIO(answer.content))
    text = [one.text for one in made.paragraphs]
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    assert words in text
    assert "Sell more" in cells
    assert any("One risk" in one for one in cells)


def test_a_viewer_takes_no_word_file(client_of, kam, uni, viewer):
    shared_with(uni, viewer)
    held = plan(kam, uni)
    assert client_of(viewer).get(f"/plans/{held.id}/word/").status_code == 403
