"""Screens and endpoints through the client: board, table, steps; rights; three languages."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from keystead.accounts.tests.factories import account, shared_with
from keystead.campaigns import models
from keystead.campaigns.queries.expenses import stored_expense
from keystead.campaigns.tests.factories import TODAY, answered, asked, committed, planned
from keystead.campaigns.types import ExpenseState
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db
S = ExpenseState
PLAN = {
    "title": "Shelf display", "category": "Display", "campaign": "", "amount": "1000",
    "currency": "CNY", "on": TODAY.isoformat(), "payee": "JD Ltd", "ledger_code": "6601",
    "recipient": "none",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


@pytest.fixture
def jd(kam, director):
    return shared_with(account(kam), director)


def test_from_the_form_to_the_payment(client_of, kam, jd, director, make_actor):
    client, money = client_of(kam), client_of(make_actor("fin", "finance"))
    name = {"account": jd.id, "name": "Spring", "starts": TODAY, "last": TODAY}
    assert client.post("/campaigns/named/new/", name).status_code == 302
    campaign = models.Campaign.objects.get()
    made = client.post(
        "/campaigns/expenses/new/", {**PLAN, "account": jd.id, "campaign": campaign.id}
    )
    assert made.status_code == 302, text_of(made)
    home = made["Location"]
    found = models.Expense.objects.get()
    client.post(f"{home}step/ask/", {"version": 1})
    assert "waits for approval" in text_of(client.get("/campaigns/"))
    answered(stored_expense(found.pk), director)
    page = text_of(client.get("/campaigns/?q=shelf"))
    assert re.search(r"approved 1 ¥ ?1,000\.00 Shelf display", page), page
    client.post(f"{home}commit/", {"amount": "900", "on": TODAY, "version": 3})
    file = SimpleUploadedFile("shelf.pdf", b"%PDF-1.7")
    client.post(f"{home}proof/", {"text": "", "file": file})
    proof = models.ExpenseProof.objects.get()
    assert client.get(f"{home}proof/{proof.pk}/").content == b"%PDF-1.7"
    assert client.get(f"{home}post/").status_code == 403
    posted = {"amount": "880", "on": TODAY, "document": "F-1"}
    assert money.post(f"{home}post/", posted).status_code == 302
    assert money.post(f"{home}pay/", {"on": TODAY, "payment": "S-1"}).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.actual) == ("paid", 880)
    table = text_of(client.get("/campaigns/?view=table"))
    assert re.search(r"Shelf display Spring .* 880\.00 CNY paid", table), table
    assert "Spring" in text_of(client.get("/campaigns/named/"))
    assert "F-1" in text_of(client.get(home))
    assert "Shelf display" in text_of(client.get(f"/accounts/{jd.id}/panels/expenses/"))


def test_against_budget_by_category(client_of, kam, jd, director):
    committed(kam, director, jd)
    client = client_of(kam)
    values = {"category": "Display", "year": TODAY.year, "amount": "900", "currency": "CNY"}
    assert client.post(f"/campaigns/budget/{jd.id}/", values).status_code == 302
    page = text_of(client.get(f"/campaigns/budget/?account={jd.id}"))
    assert re.search(r"Display ¥?900 ¥?1,000 ¥?1,000 ¥?0 .{0,2}100", page), page


def test_what_a_rule_stops_says_why(client_of, kam, jd, director, make_actor):
    found = committed(kam, director, jd, ledger_code="")
    client_of(kam).post(f"/campaigns/expenses/{found.id}/proof/", {"text": "seen"})
    client = client_of(make_actor("fin", "finance"))
    values = {"amount": "880", "on": TODAY, "document": "F-1"}
    answer = client.post(f"/campaigns/expenses/{found.id}/post/", values)
    assert answer.status_code == 403
    assert "Discounts must be open and booked." in text_of(answer)
    assert stored_expense(found.id).state is S.PROVED


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "0"}, "greater than or equal to"),
        ({"service_first": TODAY}, "A period has two days."),
        ({"product_code": "NOPE"}, "There is no product with this SKU."),
        ({"title": ""}, "This field is required."),
    ],
)
def test_wrong_input_stays_on_the_form(client_of, kam, jd, change, said):
    answer = client_of(kam).post("/campaigns/expenses/new/", {**PLAN, "account": jd.id, **change})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not models.Expense.objects.exists()


def test_foreign_is_missing(client_of, other_kam, kam, jd):
    found, client = planned(kam, jd), client_of(other_kam)
    for number in (found.id, 999999):
        home = f"/campaigns/expenses/{number}/"
        for path in ("", "edit/", "commit/", "cancel/", "proof/1/"):
            assert client.get(f"{home}{path}").status_code == 404
        for path in ("step/ask/", "proof/"):
            assert client.post(f"{home}{path}").status_code == 404
        assert client.get(f"/api/expenses/{number}").status_code == 404
    assert client.get(f"/accounts/{jd.id}/panels/expenses/").status_code == 404
    assert client.get(f"/campaigns/budget/?account={jd.id}").status_code == 404
    assert found.title not in client.get("/campaigns/?view=table").content.decode()
    assert client.get("/api/expenses").json()["items"] == []


@pytest.mark.parametrize(
    ("role", "reads", "plans"),
    [("viewer", 403, 403), ("marketing", 200, 302), ("finance", 200, 403), ("admin", 403, 403)],
)
def test_who_reads_and_plans(client_of, kam, jd, make_actor, role, reads, plans):
    found = planned(kam, jd)
    client = client_of(make_actor("reader", role))
    assert client.get(f"/campaigns/expenses/{found.id}/").status_code in (reads, 404)
    answer = client.post("/campaigns/expenses/new/", {**PLAN, "account": jd.id})
    assert answer.status_code == plans, text_of(answer)


def test_marketing_sees_no_terms_and_no_claims(client_of, jd, make_actor):
    client = client_of(make_actor("mara", "marketing"))
    page = client.get(f"/accounts/{jd.id}/").content.decode()
    assert "?tab=expenses" in page
    assert "?tab=claims" not in page
    assert client.get("/claims/").status_code == 403


def test_the_api_goes_the_first_steps(client_of, kam, jd, director):
    client = client_of(kam)
    body = {"account_id": jd.id, "title": "Banner", "category": "Online", "amount": "10.50",
            "currency": "CNY", "on": TODAY.isoformat()}  # fmt: skip
    made = client.post("/api/expenses", body, content_type="application/json")
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    assert (made.json()["state"], made.json()["planned"]) == ("planned", "10.5000")
    assert client.post(f"/api/expenses/{number}/ask").json()["waits"] is True
    answered(stored_expense(number), director)
    promised = client.post(
        f"/api/expenses/{number}/commit", {"amount": "10", "on": TODAY.isoformat()},
        content_type="application/json",
    )  # fmt: skip
    assert promised.json()["committed"] == "10.0000"
    assert [one["id"] for one in client.get("/api/expenses").json()["items"]] == [number]


@pytest.mark.parametrize(("language", "said"), [("fr", "Dépenses"), ("zh-hans", "费用")])
def test_the_board_speaks_the_readers_language(client_of, kam, jd, language, said):
    asked(kam, planned(kam, jd))
    page = client_of(kam).get("/campaigns/", headers={"Accept-Language": language})
    assert said in text_of(page)
