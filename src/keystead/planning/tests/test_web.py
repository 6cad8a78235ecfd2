"""Screens through the client: from an empty account to an approved plan; rights; foreign plans."""

import re

import pytest

from keystead.accounts.tests.factories import account, shared_with
from keystead.planning import models, queries
from keystead.planning.tests.factories import (
    TODAY,
    D,
    action,
    asked,
    claim,
    initiative,
    objective,
    plan,
    whole_plan,
)
from keystead.planning.tests.sold import sell_in
from keystead.planning.types.plans import ClaimKind

pytestmark = pytest.mark.django_db


def text_of(answer):
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"[\s\u202f\u00a0]+", " ", plain)


@pytest.fixture
def uni(kam):
    return account(kam, "UNI", name="Université Lyon", currency="EUR")


def test_from_an_empty_account_to_a_plan_in_review(client_of, kam, uni):
    client = client_of(kam)
    assert "No plan yet" in text_of(client.get(f"/accounts/{uni.id}/panels/plan/"))
    given = {"account": uni.id, "year": TODAY.year, "currency": "EUR", "owner": kam.user_id,
             "headline": "Two more faculties"}  # fmt: skip
    made = client.post("/plans/new/", given)
    assert made.status_code == 302, text_of(made)
    home = made["Location"]
    assert client.post("/plans/new/", given).status_code == 422
    goal = {"kind": "goal", "text": "Open science for all", "stated_on": TODAY}
    assert client.post(f"{home}add/claim/?kind=goal", goal).status_code == 302
    target = {"title": "Sell in half a million", "metric": "sell_in", "target": "500"}
    assert client.post(f"{home}add/objective/", {**target, "target": ""}).status_code == 422
    assert client.post(f"{home}add/objective/", target).status_code == 302
    bound = models.ObjectiveRow.objects.get()
    do = {"title": "Train them", "state": "planned", "objective": bound.pk, "cost": "900"}
    assert client.post(f"{home}add/initiative/", do).status_code == 302
    step = {"title": "Call the dean", "state": "open", "owner": kam.user_id, "due_on": TODAY}
    assert client.post(f"{home}actions/new/", step).status_code == 302
    sell_in([(uni.id, None, TODAY.replace(month=1, day=5), 600)])
    page = text_of(client.get(home))
    assert "1 of 1 objective on track" in page
    assert "Open science for all" in page
    assert "Call the dean" in page
    assert "/proof/" in client.get(home).content.decode()
    for view in ("board", "table", "time"):
        assert "Call the dean" in text_of(client.get(f"{home}actions/?view={view}"))
    assert "500" in text_of(client.get(f"{home}years/"))
    assert "Université Lyon" in text_of(client.get("/plans/"))
    assert client.post(f"{home}submit/", {"version": 1}).status_code == 302
    assert "waits for approval" in text_of(client.get(home))
    refused = client.post(f"{home}add/claim/", goal)
    assert refused.status_code == 409
    client.post(f"{home}withdraw/")
    assert "draft" in text_of(client.get(home))
    assert "Nothing was approved yet" in text_of(client.get(f"{home}versions/"))


def test_a_stale_edit_shows_both(client_of, kam, uni):
    client = client_of(kam)
    one = claim(kam, plan(kam, uni))
    path = f"/plans/lines/claim/{one.id}/"
    typed = {"kind": "goal", "text": "Mine", "version": 1, "stated_on": TODAY}
    assert client.post(path, {**typed, "text": "First"}).status_code == 302
    both = client.post(path, typed)
    assert both.status_code == 409
    assert "First" in text_of(both)
    assert "Mine" in text_of(both)


def test_a_foreign_plan_is_a_missing_one(client_of, kam, other_kam, uni):
    held = whole_plan(kam, uni)
    found = queries.plan_for(kam, held.id)
    question = asked(kam, held, kam)
    client = client_of(other_kam)
    paths = [
        f"/plans/{held.id}/{part}"
        for part in (
            "",
            "edit/",
            "copy/",
            "versions/",
            "years/",
            "actions/",
            "add/claim/",
            "inputs/new/",
        )
    ]
    paths += [
        f"/plans/lines/claim/{found.claims[0].id}/",
        f"/plans/inputs/{question.id}/answer/",
        f"/plans/actions/{found.actions[0].id}/",
        f"/accounts/{uni.id}/panels/plan/",
    ]
    for path in paths:
        assert client.get(path).status_code == 404, path
    for part in ("submit/", "withdraw/", "revise/"):
        assert client.post(f"/plans/{held.id}/{part}").status_code == 404, part
    moved = client.post(f"/plans/actions/{found.actions[0].id}/move/", {"state": "done"})
    assert moved.status_code == 404
    assert "Université" not in text_of(client.get("/plans/"))


def test_a_viewer_reads_without_money_and_without_margins(client_of, kam, uni, viewer):
    shared_with(uni, viewer)
    held = plan(kam, uni)
    claim(kam, held, ClaimKind.BUDGET, text="Events", amount=D(7654321))
    objective(kam, held, title="Margin", metric="gross_margin", target=D(8765432))
    initiative(kam, held, cost=D(6543210))
    own = text_of(client_of(kam).get(f"/plans/{held.id}/"))
    client = client_of(viewer)
    seen = text_of(client.get(f"/plans/{held.id}/"))
    assert "Events" in seen
    assert "7,654,321" in own
    for number in ("7,654,321", "6,543,210", "8,765,432", "8.77"):
        assert number not in seen
    assert client.get(f"/plans/{held.id}/edit/").status_code == 403


def test_the_board_works_by_form_and_the_asked_person_answers(client_of, kam, uni, make_actor):
    mia = make_actor("mia", "marketing", first_name="Mia")
    held = plan(kam, uni)
    step = action(kam, uni, held.id, owner_id=mia.user_id)
    question = asked(kam, held, mia)
    client = client_of(mia)
    assert "Which budget?" in text_of(client.get("/plans/"))
    moved = client.post(f"/plans/actions/{step.id}/move/", {"state": "done", "version": 1})
    assert moved["Location"] == f"/plans/{held.id}/actions/"
    assert queries.action_for(kam, step.id).state == "done"
    assert client.post(f"/plans/actions/{step.id}/move/", {"state": "no"}).status_code == 404
    said = client.post(f"/plans/inputs/{question.id}/answer/", {"answer": "20 000 in May"})
    assert said.status_code == 302
    assert "20 000 in May" in text_of(client_of(kam).get(f"/plans/{held.id}/"))
    assert client_of(kam).post(
        f"/plans/inputs/{question.id}/answer/", {"answer": "me"}
    ).status_code == 403  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "fr"])
def test_the_page_speaks_the_languages(client_of, make_actor, language):
    actor = make_actor("lan")
    held = whole_plan(actor, account(actor, "JD", currency="CNY"))
    answer = client_of(actor).get(f"/plans/{held.id}/", headers={"Accept-Language": language})
    page = text_of(answer)
    assert {"zh-hans": "我们的目标", "fr": "Nos objectifs"}[language] in page


def test_a_plan_takes_few_questions(client_of, kam, uni, django_assert_max_num_queries):
    held = whole_plan(kam, uni)
    for _more in range(5):
        objective(kam, held)
    client = client_of(kam)
    client.get(f"/plans/{held.id}/")
    with django_assert_max_num_queries(45):
        assert client.get(f"/plans/{held.id}/").status_code == 200


def test_a_bar_moves_the_days_and_nothing_else(client_of, kam, viewer, uni):
    held = plan(kam, uni)
    step = action(kam, uni, held.id, starts=TODAY, due_on=TODAY, owner_id=kam.user_id)
    path, day = f"/plans/actions/{step.id}/days/", TODAY.replace(year=TODAY.year + 1)
    moved = client_of(kam).post(path, {"starts": "", "due_on": day, "version": step.version})
    assert moved["Location"] == f"/plans/{held.id}/actions/?view=time#bar-{step.id}"
    after = queries.action_for(kam, step.id)
    assert (after.starts, after.due_on, after.owner_id) == (None, day, kam.user_id)
    stale = client_of(kam).post(path, {"starts": "", "due_on": TODAY, "version": step.version})
    wrong = client_of(kam).post(path, {"starts": day, "due_on": TODAY, "version": after.version})
    words = client_of(kam).post(path, {"due_on": "soon"})
    assert (stale.status_code, wrong.status_code, words.status_code) == (409, 422, 404)
    shared_with(uni, viewer)
    assert client_of(viewer).post(path, {"due_on": day}).status_code == 403
    assert queries.action_for(kam, step.id) == after
    over_time = client_of(viewer).get(f"/plans/{held.id}/actions/?view=time").content.decode()
    assert f'href="/plans/actions/{step.id}/"' not in over_time
