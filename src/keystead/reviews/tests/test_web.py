"""Reviews on screen, by API and command: the way through, rights, languages, the live view."""

from __future__ import annotations

import io
import json
import re
import zipfile
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner

from keystead.governance.queries.outbound import releases_for
from keystead.kernel.errors import Conflict
from keystead.kernel.periods import Period
from keystead.kit import jobs
from keystead.kit.models import AuditEntry
from keystead.profitability.tests import house
from keystead.reviews import models, queries, services
from keystead.reviews.commands import deck, review
from keystead.reviews.queries.frozen import story_of
from keystead.reviews.services.batches import Wanted, make_decks, start_decks
from keystead.reviews.tests.factories import deck_file
from keystead.reviews.types.cycle import ReviewEntry, ReviewKind

pytestmark = pytest.mark.django_db
HALF = Period.parse("2026-01..2026-06")


def text_of(answer):
    plain = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"[\s\u202f\u00a0]+", " ", re.sub(r"<[^>]+>", " ", plain))


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


@pytest.fixture
def sold(kam, director):
    return house.build(kam, director)


@pytest.fixture
def frozen(kam, sold):
    entry = ReviewEntry(account_id=sold["own"], kind=ReviewKind.MID_YEAR, period=HALF)
    made = services.create_review(actor=kam, entry=entry)
    return services.freeze_review(actor=kam, review_id=made.id)


def test_from_the_form_to_the_follow_up(client_of, kam, director, sold):
    client = client_of(kam)
    given = {"account": sold["own"], "kind": "mid_year", "period": "2026-01..2026-06",
             "owner": kam.user_id}  # fmt: skip
    assert client.post("/reviews/new/", {**given, "period": "2026-Q1"}).status_code == 422
    home = client.post("/reviews/new/", given)["Location"]
    page = text_of(client.get(home))
    assert "A preview" in page
    assert "What moved most" in page
    changed = {"planned_on": "2026-07-10", "place": "Lyon", "owner": kam.user_id,
               "colleagues": [kam.user_id], "agenda": "15 What moved, and why\n5 Our own point"}  # fmt: skip
    assert client.post(f"{home}edit/", {**changed, "version": 1}).status_code == 302
    assert client.post(f"{home}edit/", {**changed, "place": "X", "version": 1}).status_code == 409
    assert client.post(f"{home}edit/", {**changed, "agenda": "no minutes"}).status_code == 422
    told = story_of(kam, queries.reviews_for(kam)[0])
    assert [(one.code, one.minutes) for one in told.agenda] == [("movers", 15), ("", 5)]
    bad = {f"shown_{one.key}": "on" for one in told.parts} | {"text_wins": "Up by 12 %"}
    refused = client.post(f"{home}story/", bad)
    assert refused.status_code == 422
    assert "Up by 12 %" in text_of(refused)
    good = {**bad, "text_wins": "We sold {sell_in}."}
    assert client.post(f"{home}story/", good).status_code == 302
    assert "We sold" in text_of(client.get(home))
    assert client.post(f"{home}step/frozen/", {}).status_code == 302
    assert client.post(f"{home}step/frozen/", {}).status_code == 409
    assert client.post(f"{home}step/approved/", {}).status_code == 403
    assert client_of(director).post(f"{home}step/approved/", {}).status_code == 302
    assert client.post(f"{home}hold/", {"held_on": "2026-07-10"}).status_code == 302
    kept = client.post(f"{home}notes/", {"notes": "Prices by May"})
    assert kept.status_code == 302
    stale = client.post(f"{home}notes/", {"notes": "Mine", "version": 1})
    assert stale.status_code == 409
    assert "Prices by May" in text_of(stale)
    said = {"kind": "action", "text": "Send prices", "side": "ours", "owner": kam.user_id,
            "due": "2026-08-01", "quote": "Prices by May"}  # fmt: skip
    client.post(f"{home}items/", said)
    item = models.ItemRow.objects.get()
    assert "Send prices" in text_of(client.get("/reviews/actions/"))
    assert client.get(f"/reviews/items/{item.pk}/").status_code == 200
    client.post(f"/reviews/items/{item.pk}/answer/", {"state": "done", "outcome": "sent"})
    rated = {"theirs": "4", "ours": "3", "words": "open", "next_on": "2026-10-10"}
    assert client.post(f"{home}rate/", rated).status_code == 302
    assert client.post(f"{home}step/followed_up/", {}).status_code == 302
    page = text_of(client.get(home))
    assert "4 · good" in page
    assert "sent" in page
    panel = text_of(client.get(f"/accounts/{sold['own']}/panels/review/"))
    assert "followed up" in panel


def test_foreign_is_missing_and_readers_do_not_write(client_of, other_kam, make_actor, frozen):
    stranger, finance = client_of(other_kam), client_of(make_actor("fin", "finance"))
    for path in ("", "edit/", "story/", "live/", "deck/", "minutes/", "versions/1/", "rate/"):
        told = {stranger.get(f"/reviews/{pk}/{path}").status_code for pk in (frozen.id, 9**9)}
        assert told == {404}, path
    assert finance.get(f"/reviews/{frozen.id}/").status_code == 200
    assert finance.get(f"/reviews/{frozen.id}/edit/").status_code == 403
    assert stranger.get(f"/api/reviews/{frozen.id}").status_code == 404


def test_the_live_view_is_safe_for_the_customer(client_of, kam, frozen):
    client, home = client_of(kam), f"/reviews/{frozen.id}/live/"
    safe = text_of(client.get(home))
    assert "ours alone" not in safe.replace("Show what is ours alone", "")
    assert "Contribution" not in safe
    ours = text_of(client.get(f"{home}?inside=1"))
    assert "Contribution" in ours
    material = story_of(kam, frozen).material
    shown = urlencode({"proof": material.fact("sell_in").proof})
    assert "Frozen for this review" in text_of(client.get(f"{home}figure/?{shown}"))
    hidden = next(one for one in material.records("pnl") if one.key == "contribution")
    query = urlencode({"proof": hidden.fact("actual").proof})
    assert client.get(f"{home}figure/?{query}").status_code == 404


def test_files_and_kept_things(client_of, kam, director, frozen):
    client = client_of(director)
    upload = io.BytesIO(deck_file())
    upload.name = "house.pptx"
    assert client.post("/reviews/kept/templates/new/", {"name": "House", "file": upload}) \
        .status_code == 302  # fmt: skip
    wrong = io.BytesIO(b"no presentation")
    wrong.name = "x.pptx"
    refused = client.post("/reviews/kept/templates/new/", {"name": "X", "file": wrong})
    assert "This is no PowerPoint file" in text_of(refused)
    given = {"name": "Short", "kind": "month", "agenda": "10 Results against target and last year"}
    assert client.post("/reviews/kept/agendas/new/", given).status_code == 302
    page = text_of(client.get("/reviews/kept/"))
    assert "House" in page
    assert "Short" in page
    master = models.MasterRow.objects.get()
    wanted = f"/reviews/{frozen.id}/deck/?lang=fr&template={master.pk}"
    for _time in range(2):  # to look is not to ask
        stopped = client_of(kam).get(wanted)
        assert stopped.status_code == 409
        assert "The review is not approved" in text_of(stopped)
        assert "Ask for its release" in text_of(stopped)
    assert releases_for(kam) == ()
    for _time in range(2):
        asked = client_of(kam).post(wanted)
    (waits,) = releases_for(kam)
    assert (asked.status_code, asked["Location"]) == (302, f"/outbound/{waits.id}/")
    assert f"number {waits.id}" in text_of(client_of(kam).get(wanted))
    assert AuditEntry.objects.filter(action="outbound.block").count() == 1
    ours = client_of(kam).get(f"{wanted}&inside=1")
    assert "A1-2026-H1-internal.pptx" in ours.headers["Content-Disposition"]
    services.approve_review(actor=director, review_id=frozen.id)
    made = client_of(kam).get(wanted)
    assert made.content[:2] == b"PK"
    assert "A1-2026" in made.headers["Content-Disposition"]
    assert client.get(f"/reviews/{frozen.id}/deck/?lang=tlh").status_code == 422
    assert client.get(f"/reviews/{frozen.id}/minutes/?lang=zh-hans").content[:2] == b"PK"


def test_decks_of_many_accounts(client_of, kam, director, sold):
    wanted = Wanted(period=HALF, kind=ReviewKind.MID_YEAR, manager_id=kam.user_id)
    job = start_decks(actor=director, wanted=wanted)
    told = jobs.run_inline(job)
    assert told["result"]["decks"] == 1
    client = client_of(director)
    assert "1 deck is ready" in text_of(client.get(f"/reviews/decks/{job}/"))
    bundle = zipfile.ZipFile(io.BytesIO(client.get(f"/reviews/decks/{job}/file/").content))
    assert bundle.namelist() == ["A1-2026-H1-internal.pptx", "notes.txt"]
    assert "The review is not approved" in bundle.read("notes.txt").decode()
    (found,) = queries.reviews_for(kam)
    services.approve_review(actor=director, review_id=found.id)
    assert list(make_decks(actor=director, wanted=wanted).files) == ["A1-2026-H1.pptx"]
    assert client_of(kam).get(f"/reviews/decks/{job}/").status_code == 403


def test_three_languages(client_of, kam, frozen):
    for language, words in (("fr", "Revue semestrielle"), ("zh-hans", "年中回顾")):
        for path in ("", f"{frozen.id}/"):
            page = client_of(kam).get(f"/reviews/{path}", headers={"Accept-Language": language})
            assert words in text_of(page), (language, path)


def test_endpoints(client_of, kam, director, sold):
    client = client_of(kam)

    def post(path, body, who=client):
        return who.post(f"/api/reviews{path}", json.dumps(body), content_type="application/json")

    made = post("", {"account_id": sold["own"], "kind": "mid_year", "period": "2026-01..2026-06"})
    assert made.status_code == 201
    one = made.json()["id"]
    assert post(f"/{one}/freeze", {}).json()["frozen"]["number"] == 1
    body = client.get(f"/api/reviews/{one}").json()
    assert body["story"]["figures"]["sell_in"]["value"] == "1910.0000"
    assert body["story"]["figures"]["sell_in"]["proof_id"].startswith("sell_in.1~")
    stopped = client.get(f"/api/reviews/{one}/deck")
    assert (stopped.status_code, stopped.json()["code"]) == (409, "outbound_blocked")
    assert stopped.json()["data"]["findings"][0]["leak"] == "no_approval"
    assert (stopped.json()["data"]["release"], releases_for(kam)) == (None, ())
    asked = client.post(f"/api/reviews/{one}/deck")
    assert (asked.status_code, asked.json()["data"]["release"]) == (202, releases_for(kam)[0].id)
    assert client.get(f"/api/reviews/{one}/deck?inside=true").content[:2] == b"PK"
    assert post(f"/{one}/approve", {}, client_of(director)).json()["state"] == "approved"
    assert client.get(f"/api/reviews/{one}/deck").content[:2] == b"PK"
    assert client.get(f"/api/reviews/{one}/minutes").content[:2] == b"PK"
    assert post(f"/{one}/hold", {}).json()["state"] == "held"
    item = post(f"/{one}/items", {"kind": "action", "text": "x", "owner_id": kam.user_id,
                                  "due": "2026-08-01"}).json()  # fmt: skip
    assert client.get("/api/reviews/actions").json()["total"] == 1
    done = post(f"/items/{item['id']}/answer", {"state": "done"})
    assert done.json()["state"] == "done"
    assert post(f"/{one}/unfreeze", {"why": "x"}).status_code == 409


def test_the_commands(kam, director, sold, monkeypatch, tmp_path):
    monkeypatch.setattr("keystead.reviews.commands.local_actor", lambda: kam)
    run, span = CliRunner(), ["--period", "2026-01..2026-06", "--kind", "mid_year"]
    assert run.invoke(review, ["show", "A1", *span]).exit_code != 0
    assert "version 1" in run.invoke(review, ["freeze", "A1", *span]).output
    checked = run.invoke(review, ["check", "A1", *span, "--json"])
    assert (checked.exit_code, json.loads(checked.output)["different"]) == (0, [])
    listed = run.invoke(review, ["list", "--json"])
    assert [one["account_code"] for one in json.loads(listed.output)["items"]] == ["A1"]
    assert "sell_in" in run.invoke(review, ["show", "A1", *span]).output
    master = tmp_path / "master.pptx"
    master.write_bytes(deck_file())
    out = tmp_path / "a.pptx"
    options = [*span, "--template", str(master), "--lang", "zh-hans", "--out", str(out)]
    stopped = run.invoke(deck, ["A1", *options])
    assert isinstance(stopped.exception, Conflict)
    assert not out.exists()
    assert run.invoke(deck, ["A1", *options, "--inside"]).exit_code == 0
    (found,) = queries.reviews_for(kam)
    services.approve_review(actor=director, review_id=found.id)
    assert run.invoke(deck, ["A1", *options]).exit_code == 0
    assert out.read_bytes()[:2] == b"PK"
    many = run.invoke(deck, ["--all", *span, "--out", str(tmp_path / "many")])
    assert "decks in" in many.output
    assert (tmp_path / "many" / "A1-2026-H1.pptx").exists()
