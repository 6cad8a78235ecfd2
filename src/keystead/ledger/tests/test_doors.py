"""The ledger through the API and the command line: same answers, same rights."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from keystead.kit.access import SYSTEM
from keystead.ledger import models, queries
from keystead.ledger.commands.batches import batches, undo
from keystead.ledger.commands.verify import verify
from keystead.ledger.tests.factories import FEB, JAN, post, seen

pytestmark = pytest.mark.django_db


def test_list_and_one_over_the_api(client_of, sales_ops):
    ids = [post((1, JAN, 1, "1"), source=str(place)) for place in range(3)]
    client = client_of(sales_ops)
    first = client.get("/api/batches", {"limit": 2}).json()
    assert [one["id"] for one in first["items"]] == [ids[2], ids[1]]
    rest = client.get("/api/batches", {"limit": 2, "after": first["next"]}).json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([ids[0]], None)
    one = client.get(f"/api/batches/{ids[0]}").json()
    assert (one["posted"], one["months"], one["state"]) == (1, ["2026-01-01"], "posted")
    for bad in ({"limit": 0}, {"after": "x"}, {"state": "gone"}):
        assert client.get("/api/batches", bad).status_code == 422


def test_a_foreign_import_answers_like_a_missing_one(client_of, kam, other_kam, own):
    own(kam, 1)
    own(other_kam, 2)
    pk = post((1, JAN, 1, "1"), actor=kam)
    client = client_of(other_kam)
    for place in ("", "/rows?sheet=s&rows=2"):
        foreign = client.get(f"/api/batches/{pk}{place}")
        missing = client.get(f"/api/batches/999999{place}")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content
    for number in (pk, 999999):
        answer = client.post(
            f"/api/batches/{number}/undo", data="{}", content_type="application/json"
        )
        assert answer.status_code == 404
    assert client.get("/api/batches").json()["items"] == []
    assert seen() == [(1, "1")]


def test_undo_over_the_api_needs_the_right(client_of, viewer, finance, sales_ops):
    pk = post((1, JAN, 1, "1"))
    for actor in (viewer, finance):
        answer = client_of(actor).post(
            f"/api/batches/{pk}/undo", data="{}", content_type="application/json"
        )
        assert answer.status_code == 403
    assert seen() == [(1, "1")]
    answer = client_of(sales_ops).post(
        f"/api/batches/{pk}/undo",
        data=json.dumps({"why": "sent twice"}),
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "undone")
    assert seen() == []


def test_the_command_line_lists_undoes_and_verifies(sales_ops, monkeypatch):
    monkeypatch.setenv("KEYSTEAD_USER", "ops")
    run = CliRunner().invoke
    assert "Nothing was imported yet" in run(batches).output
    pk = post((1, JAN, 1, "1"), (1, FEB, 2, "1234.5"), file_name="jan.csv")
    assert "jan.csv" in run(batches).output
    listed = json.loads(run(batches, ["--json", "--dataset", "sell_in"]).output)
    assert [one["id"] for one in listed] == [pk]
    good = run(verify)
    assert good.exit_code == 0
    assert "sell_in.value.CNY: 1,235.5000" in good.output
    assert "All is well." in good.output
    done = run(undo, [str(pk), "--why", "wrong"])
    assert "Undone" in done.output
    assert queries.batch(SYSTEM, pk).state == "undone"
    models.Segment.objects.update(sha256="0" * 64)
    bad = run(verify, ["--json"])
    assert bad.exit_code == 3
    assert json.loads(bad.output)["findings"][0]["check"] == "hash"
