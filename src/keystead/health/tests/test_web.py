"""Screens, the answer page, endpoints and the command, through the client."""

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from keystead.accounts.tests.factories import account
from keystead.health import models, queries, services
from keystead.health.commands import health
from keystead.health.tests.factories import TODAY, answered, link_for, reader, stored, survey
from keystead.health.views.answer import TRIES
from keystead.kernel.periods import month_start
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db
MONTH_END = month_start(TODAY) - timedelta(days=1)


@pytest.fixture(autouse=True)
def _first_try():
    cache.clear()


@pytest.fixture
def uni(kam):
    return account(kam, "UNI", name="Université Lyon", kind="university")


def token_in(page):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]


def test_the_answer_page_takes_one_answer_from_anybody_with_the_link(kam, uni):
    secret = link_for(kam, survey(kam, uni), reader(kam, uni))
    stranger, path = Client(enforce_csrf_checks=True), f"/answer/{secret}/"
    page = stranger.get(path)
    assert page.status_code == 200
    assert "Recommanderiez-vous" in text_of(page)  # the contact reads French
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert stranger.post(path, {"nps": "9"}).status_code == 403  # without the token of the form
    assert not models.ResponseRow.objects.exists()
    token = token_in(page)
    wrong = stranger.post(path, {"nps": "12", "csrfmiddlewaretoken": token})
    assert wrong.status_code == 422
    empty = stranger.post(path, {"nps": "", "csrfmiddlewaretoken": token})
    assert empty.status_code == 422
    done = stranger.post(path, {"nps": "3", "why": "<b>slow</b>", "csrfmiddlewaretoken": token})
    assert (done.status_code, "Merci" in text_of(done)) == (200, True)
    again = stranger.post(path, {"nps": "10", "csrfmiddlewaretoken": token})
    assert (again.status_code, stranger.get(path).status_code) == (410, 410)
    assert models.AnswerRow.objects.get().value == 3
    assert models.RemarkRow.objects.get().text == "<b>slow</b>"


def test_looking_at_a_link_writes_nothing_and_a_wrong_one_is_missing(kam, uni):
    secret = link_for(kam, survey(kam, uni), reader(kam, uni))
    before = models.InvitationRow.objects.values().get()
    for _ in range(3):
        assert Client().get(f"/answer/{secret}/").status_code == 200
        assert Client().head(f"/answer/{secret}/").status_code == 200
    assert models.InvitationRow.objects.values().get() == before
    assert Client().get("/answer/nobody-made-this/").status_code == 404
    models.InvitationRow.objects.update(expires_at=timezone.now())
    assert Client().get(f"/answer/{secret}/").status_code == 410


@pytest.mark.parametrize(
    ("language", "words"), [("en", "How likely"), ("zh-hans", "推荐"), ("fr", "Recommanderiez")]
)
def test_the_answer_page_speaks_the_language_that_was_chosen(kam, uni, settings, language, words):
    secret = link_for(kam, survey(kam, uni), reader(kam, uni, language="de"))
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert words in text_of(client.get(f"/answer/{secret}/"))


def test_tries_from_one_address_are_limited(monkeypatch):
    monkeypatch.setattr("keystead.health.views.throttle.time", lambda: 1_800_000_000.0)
    client = Client()
    found = [client.get("/answer/guess/").status_code for _ in range(TRIES + 1)]
    assert found == [404] * TRIES + [429]


def test_from_the_form_to_the_results(client_of, kam, uni):
    client, who = client_of(kam), reader(kam, uni)
    given = {
        "account": uni.id, "name": "Autumn", "standard": ["nps", "csat"],
        "own": "text: What is missing?", "ends_on": (TODAY + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    made = client.post("/surveys/new/", given)
    assert made.status_code == 302, text_of(made)
    home = made["Location"]
    assert client.post("/surveys/new/", {**given, "own": "stars: ?"}).status_code == 422
    assert "Hélène Dupont" in text_of(client.get(f"{home}ask/"))
    assert client.post(f"{home}ask/", {"people": [who.id]}).status_code == 302
    invitation = models.InvitationRow.objects.get()
    shown = client.post(f"/surveys/links/{invitation.pk}/")
    secret = re.search(r"/answer/([^/]+)/", shown.content.decode())[1]
    assert secret not in client.get(home).content.decode()
    services.answer(secret=secret, given={"nps": 2, "own1": "an index", "why": "dear"})
    (found,) = queries.surveys_for(kam)
    stored(found, 9, 9, 10, 7)
    page = text_of(client.get(home))
    for words in ("n = 5", "promoters 3, passives 1, detractors 1", "an index", "dear", "+40",
                  "Too few answers"):  # fmt: skip
        assert words in page
    assert "Autumn" in text_of(client.get("/surveys/"))
    (task,) = models.FollowUpRow.objects.all()
    path = f"/follow-ups/{task.pk}/"
    assert "dear" in text_of(client.get(path))
    end = {"due_on": TODAY.isoformat(), "outcome": "solved", "version": 1}
    assert client.post(path, end).status_code == 422
    assert client.post(path, {**end, "note": "New price agreed"}).status_code == 302
    assert client.post(path, {**end, "note": "Other"}).status_code == 409
    assert client.post(f"{home}close/").status_code == 302
    assert models.SurveyRow.objects.get().state == "closed"


def test_a_file_on_the_page(client_of, kam, uni):
    found, client = survey(kam, uni), client_of(kam)
    path = f"/surveys/{found.id}/import/"
    assert client.get(path).status_code == 200
    bad = SimpleUploadedFile("a.csv", f"date,nps\n{TODAY},99\n".encode())
    said = client.post(path, {"file": bad})
    assert (said.status_code, "Nothing was stored" in text_of(said)) == (422, True)
    good = SimpleUploadedFile("a.csv", f"date,nps\n{TODAY},9\n".encode())
    assert client.post(path, {"file": good}).status_code == 302
    assert models.ResponseRow.objects.count() == 1
    assert client.post(path, {}).status_code == 422


def test_the_score_with_its_parts(client_of, kam, make_actor, uni):
    stored(survey(kam, uni), 10, 10, 10, on=MONTH_END)
    services.take_snapshots()
    client = client_of(kam)
    told = {"signal": "payment", "value": "9", "on": TODAY.isoformat(), "source": "Ageing list"}
    assert client.post(f"/account-health/accounts/{uni.id}/observe/", told).status_code == 302
    page = text_of(client.get(f"/account-health/accounts/{uni.id}/"))
    for words in ("Too little is known", "Ageing list", "missing", "n = 3", "Version of the rules"):
        assert words in page
    assert "Université Lyon" in text_of(client.get("/account-health/"))
    assert "Université Lyon" not in text_of(client.get("/account-health/?band=healthy"))
    assert "missing" in text_of(client.get(f"/accounts/{uni.id}/panels/health/"))
    stranger = client_of(make_actor("other", "kam"))
    assert stranger.get(f"/account-health/accounts/{uni.id}/").status_code == 404
    assert "Université" not in text_of(stranger.get("/account-health/"))
    assert client_of(make_actor("ads", "marketing")).get("/account-health/").status_code == 403


def test_rules_are_written_by_directors(client_of, kam, make_actor):
    boss = client_of(make_actor("boss", "director"))
    assert client_of(kam).get("/account-health/rules/new/").status_code == 403
    form = boss.get("/account-health/rules/new/").context["form"]
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    given = {key: str(value) for key, value in values.items() if value is not None}
    assert boss.post("/account-health/rules/new/", given).status_code == 422  # no reason
    given |= {"why": "Usage tells more", "usage_trend_weight": "50", "issues_weight": "0"}
    assert boss.post("/account-health/rules/new/", given).status_code == 302
    page = text_of(client_of(kam).get("/account-health/rules/"))
    assert "Rules of the score, version 2" in page
    assert "Usage tells more" in page
    row = models.RuleVersion.objects.get()
    assert len(row.definition["rules"]) == 5
    assert row.definition["rules"][1]["least"] == 3


def test_the_back_test_names_no_figure_before_its_time(client_of, kam):
    page = text_of(client_of(kam).get("/account-health/back-test/"))
    assert "Not validated: the record is too short" in page
    assert "0 of 50 closed renewals" in page
    assert "AUC" not in page


def test_endpoints(client_of, kam, uni):
    found = survey(kam, uni)
    stored(found, 10, 10, 2, on=MONTH_END)
    answered(kam, found, reader(kam, uni), 1, why="secret words")
    services.take_snapshots()
    client = client_of(kam)
    (one,) = client.get("/api/account-health").json()["items"]
    assert (one["account"], one["open_follow_ups"], one["rules_version"]) == ("UNI", 2, 1)
    body = client.get(f"/api/account-health/accounts/{uni.id}").json()
    assert [part["signal"] for part in body["today"]["parts"]][:2] == [
        "usage_trend",
        "satisfaction",
    ]
    assert (body["months"][0]["late_days"] >= 0, body["nps"]["n"]) == (True, 4)
    assert client.get("/api/account-health/rules").json()["items"][0]["version"] == 1
    assert client.get("/api/account-health/back-test").json()["items"][0]["validated"] is False
    answer = client.get(f"/api/surveys/{found.id}")
    assert (answer.json()["results"][0]["n"], answer.json()["answered"]) == (4, 4)
    assert "secret words" not in answer.content.decode()
    assert client.get("/api/surveys").json()["total"] == 1
    assert client.get("/api/follow-ups").json()["total"] == 2
    assert client.get(f"/api/surveys/{found.id + 999}").status_code == 404


def test_the_command(kam, uni, monkeypatch):
    stored(survey(kam, uni), 10, 10, 10, on=MONTH_END)
    services.take_snapshots()
    monkeypatch.setenv("KEYSTEAD_USER", kam.username)
    run = CliRunner().invoke
    assert "Université Lyon" in run(health, []).output
    assert json.loads(run(health, ["--json"]).output)[0]["account"] == "UNI"
    one = json.loads(run(health, ["--account", "uni", "--json"]).output)
    assert one["today"]["band"] == "unknown"
    assert "satisfaction" in run(health, ["--account", "UNI"]).output


def test_the_list_asks_the_same_questions_for_many_accounts(
    client_of, kam, uni, django_assert_max_num_queries
):
    rows = [uni] + [account(kam, f"A{n}") for n in range(4)]
    for one in rows:
        stored(survey(kam, one), 10, 10, 10, on=MONTH_END)
    services.take_snapshots()
    client = client_of(kam)
    client.get("/account-health/")
    with django_assert_max_num_queries(24):
        assert client.get("/account-health/").status_code == 200


def test_a_colleague_who_reads_may_not_write(client_of, kam, make_actor, uni):
    boss = make_actor("fin", "finance")
    found = survey(kam, uni)
    client = client_of(boss)
    assert client.get(f"/surveys/{found.id}/").status_code == 200
    assert client.get(f"/surveys/{found.id}/edit/").status_code == 403
    assert client.post(f"/surveys/{found.id}/close/").status_code == 403
