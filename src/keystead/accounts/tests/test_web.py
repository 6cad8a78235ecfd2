"""Pages and panels: own, foreign and missing; forms, conflicts, search; few queries."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from keystead.accounts import models, queries, services
from keystead.accounts.tests.factories import account, shared_with
from keystead.accounts.urls import urlpatterns
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
MISSING = 999_999
POST_ONLY = {"remove_identifier", "remove_measure", "remove_membership", "review", "undo_merge",
             "end_share"}  # fmt: skip
WITHOUT_ACCOUNT = {
    "create", "search", "sheets", "template", "export", "import", "profile_fields",
    "add_profile_field", "profile_field", "territories", "add_territory", "territory",
    "inspect",  # for compliance only: its own test
}  # fmt: skip


@pytest.fixture
def rich(kam, make_actor):
    """An account with one row of everything."""
    one, group = (
        account(kam, "ONE", name="Ruijin 瑞金", country="CN", currency="CNY"),
        account(kam, "GRP", kind="group"),
    )
    services.set_profile(actor=kam, account_id=one.id, key="risks", value="Tender",
                         reviewed_on=timezone.localdate() - timedelta(days=400))  # fmt: skip
    old = account(kam, "OLD")
    return {
        "account_id": one.id,
        "identifier_id": services.add_identifier(
            actor=kam, account_id=one.id, scheme="other", value="X1"
        ).id,
        "measure_id": services.set_measure(
            actor=kam, account_id=one.id, kind="beds", value=900, as_of=date(2026, 1, 1)
        ).id,
        "membership_id": services.add_membership(actor=kam, member_id=one.id, group_id=group.id).id,
        "share_id": services.share_account(
            actor=SYSTEM,
            account_id=one.id,
            user_id=make_actor("guest", "viewer").user_id,
            reason="Covers the holidays",
            valid_to=timezone.localdate() + timedelta(days=9),
        ).id,
        "team_id": queries.team_for(kam, one.id)[0].id,
        "merge_id": services.merge_accounts(actor=SYSTEM, source_id=old.id, target_id=one.id).id,
        "key": "risks",
    }


def _address(name: str, values: dict) -> str:
    pattern = next(item for item in urlpatterns if item.name == name)
    names = pattern.pattern.converters
    return reverse(f"accounts:{name}", kwargs={key: values[key] for key in names})


def _plain(answer, url: str) -> str:
    """The page without its address and its tokens, which differ on every page."""
    text = answer.content.decode().replace(url, "")
    return re.sub(r'(name="csrf-token" content|name="csrfmiddlewaretoken" value)="[^"]+"', "", text)


NAMED = sorted(item.name for item in urlpatterns if item.name not in WITHOUT_ACCOUNT)


@pytest.mark.parametrize("name", NAMED)
def test_every_page_of_an_account_is_open_to_its_team_and_missing_to_others(
    name, rich, kam, make_actor, client_of
):
    method = "post" if name in POST_ONLY else "get"
    merger, stranger = make_actor("merger", "director"), make_actor("stranger", "director")
    for item in queries.accounts_for(kam):
        shared_with(item, merger)
    entries = AuditEntry.objects.count()
    url, missing = _address(name, rich), _address(name, {**rich, "account_id": MISSING})
    answers = [getattr(client_of(stranger), method)(address) for address in (url, missing)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert _plain(answers[0], url) == _plain(answers[1], missing)
    assert getattr(Client(), method)(url).status_code == 302
    assert AuditEntry.objects.count() == entries
    own = getattr(client_of(merger), method)(url)
    assert own.status_code == (302 if name in POST_ONLY else 200)


@pytest.mark.parametrize("name", [name for name in NAMED if name != "profile_panel"])
def test_a_reader_may_open_the_panel_and_nothing_that_writes(
    name, rich, kam, make_actor, client_of
):
    reader = make_actor("reader", "viewer")
    shared_with(queries.account_for(kam, rich["account_id"]), reader)
    entries = AuditEntry.objects.count()
    client = client_of(reader)
    assert client.get(_address("profile_panel", rich)).status_code == 200
    assert client.post(_address(name, rich)).status_code in (403, 405)
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(
    "name", ["identifier_id", "measure_id", "membership_id", "team_id", "merge_id", "key"]
)
def test_a_part_of_another_account_is_missing_below_this_one(
    name, rich, kam, make_actor, client_of
):
    """The account in the address and the row must belong together."""
    other = account(kam, "OTHER")
    director = shared_with(other, make_actor("dir", "director"))
    client = client_of(make_actor("ops", "sales_ops"))
    wrong = {**rich, "account_id": director.id} if name != "key" else {**rich, "key": "no-such"}
    used = [
        item.name
        for item in urlpatterns
        if name in item.pattern.converters and item.name not in WITHOUT_ACCOUNT
    ]
    assert used
    for page in used:
        method = "post" if page in POST_ONLY else "get"
        assert getattr(client, method)(_address(page, wrong)).status_code == 404


def test_the_panel_shows_what_is_stale_and_stays_cheap(
    rich, kam, client_of, django_assert_max_num_queries
):
    client = client_of(kam)
    url = _address("profile_panel", rich)
    client.get(url)
    with django_assert_max_num_queries(19):
        page = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "1 answer is out of date" in page
    assert "<html" not in page
    for word in ("Tender", "900", "X1", "Lin Wei", "Account GRP", "Account OLD"):
        assert word in page


@pytest.mark.parametrize(("language", "word"), [("fr", "réponse"), ("zh-hans", "过期")])
def test_the_panel_speaks_the_readers_language(rich, kam, client_of, language, word):
    page = client_of(kam).get(
        _address("profile_panel", rich), headers={"Accept-Language": language}
    )
    assert word in page.content.decode()


def test_create_leads_to_the_account_and_makes_its_maker_the_owner(kam, client_of):
    client = client_of(kam)
    assert client.get(reverse("accounts:create")).status_code == 200
    values = {"name": "New", "code": "NEW", "kind": "hospital", "status": "active", "country": "FR",
              "owner": kam.user_id}  # fmt: skip
    answer = client.post(reverse("accounts:create"), values)
    made = queries.account_by_code(kam, "NEW")
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/{made.id}/?tab=profile")
    assert queries.team_for(kam, made.id)[0].user_id == kam.user_id
    again = client.post(reverse("accounts:create"), values)
    assert again.status_code == 422
    assert "The code NEW is taken by another account." in again.content.decode()
    assert 'value="New"' in again.content.decode()


def test_a_wrong_field_is_told_beside_it(kam, client_of):
    answer = client_of(kam).post(
        reverse("accounts:create"), {"name": "", "code": "A", "kind": "ship"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This field is required." in page
    assert "ship is not one of the available choices" in page
    assert models.Account.objects.count() == 0


def test_a_conflict_shows_both_values_and_saving_mine_goes_over_it(kam, client_of):
    one = account(kam, "ONE", name="First", segment="A")
    client, url = client_of(kam), reverse("accounts:edit", args=[one.id])
    services.edit_account(actor=kam, account_id=one.id, name="Theirs", segment="B")
    values = {
        "name": "Mine",
        "code": "ONE",
        "kind": "platform",
        "status": "active",
        "segment": "A",
        "version": "1",
    }
    answer = client.post(url, values)
    page = answer.content.decode()
    assert answer.status_code == 409
    for word in (
        "Theirs",
        "Mine",
        "Stored now",
        'name="version" value="2"',
        'name="name" value="Mine"',
    ):
        assert word in page
    assert queries.account_for(kam, one.id).name == "Theirs"
    assert client.post(url, {**values, "version": "2"}).status_code == 302
    assert queries.account_for(kam, one.id).name == "Mine"


def test_forms_write_half_open_dates_from_last_days(kam, client_of):
    one = account(kam, "ONE")
    client = client_of(kam)
    values = {
        "scheme": "customer_code",
        "value": "77",
        "source": "erp",
        "valid_from": "2026-01-01",
        "last_day": "2026-01-31",
    }
    assert client.post(reverse("accounts:add_identifier", args=[one.id]), values).status_code == 302
    row = queries.identifiers_for(kam, one.id)[0]
    assert (row.span.valid_from, row.span.valid_to) == (date(2026, 1, 1), date(2026, 2, 1))
    page = client.get(reverse("accounts:edit_identifier", args=[one.id, row.id])).content.decode()
    assert 'value="2026-01-31"' in page
    wrong = client.post(
        reverse("accounts:add_identifier", args=[one.id]), {**values, "last_day": "2025-12-31"}
    )
    assert "The last day lies before the first." in wrong.content.decode()


def test_each_form_writes(rich, kam, client_of):
    client, pk = client_of(kam), rich["account_id"]
    other = account(kam, "CONS", name="The consortium", kind="consortium")
    colleague = account(SYSTEM, "X")  # any account; the colleague is a user below
    sends = [
        ("edit_identifier", {"value": "X2", "version": 1}),
        ("add_measure", {"kind": "outlets", "value": "1200", "as_of": "2026-06-30", "confidence": "high"}),
        ("edit_measure", {"value": "901.5", "confidence": "low", "version": 1}),
        ("add_membership", {"role": "consortium_member", "group": "the consortium", "valid_from": "2026-01-01", "weight": "2.5"}),
        ("end_membership", {"last_day": "2026-12-31", "version": 1}),
        ("answer", {"value": "New answer", "reviewed_on": timezone.localdate().isoformat(), "version": 1}),
    ]  # fmt: skip
    for name, values in sends:
        answer = client.post(_address(name, rich), values)
        assert answer.status_code == 302, (name, answer.content.decode()[:3000])
    assert queries.identifiers_for(kam, pk)[0].value == "X2"
    assert {str(item.kind): item.value for item in queries.measures_for(kam, pk)} == {
        "beds": 901.5,
        "outlets": 1200,
    }
    assert {item.group_code for item in queries.groups_of(kam, pk)} == {"GRP", other.code}
    assert (
        next(item for item in queries.profile_for(kam, pk) if item.key == "risks").value
        == "New answer"
    )
    for name in ("remove_identifier", "remove_measure", "remove_membership"):
        assert client.post(_address(name, rich)).status_code == 302
    assert queries.identifiers_for(kam, pk) == ()
    assert colleague


def test_an_unclear_account_is_asked_again(rich, kam, client_of):
    for code in ("SAME-1", "SAME-2"):
        account(kam, code, name="Same")
    answer = client_of(kam).post(
        _address("add_membership", rich), {"role": "parent", "group": "Same"}
    )
    assert answer.status_code == 422
    assert "Choose one account by its code." in answer.content.decode()


def test_handing_an_account_over_leads_back_to_the_list(kam, other_kam, client_of):
    one = account(kam, "ONE")
    models.AccountTeamMember.objects.update(valid_from=date(2025, 1, 1))
    values = {
        "user": other_kam.user_id,
        "role": "owner",
        "valid_from": timezone.localdate().isoformat(),
        "hand_over": "on",
    }
    answer = client_of(kam).post(reverse("accounts:add_team", args=[one.id]), values)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/")
    assert [item.username for item in queries.team_for(other_kam, one.id)] == ["claire"]


def test_still_right_renews_the_answer_in_place(rich, kam, client_of):
    answer = client_of(kam).post(
        _address("review", rich), {"version": 1}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "Current" in answer.content.decode()
    assert "Still right" not in answer.content.decode()


def test_merging_and_undoing_by_page(sales_ops, client_of):
    old, new = account(code="OLD"), account(code="NEW")
    client = client_of(sales_ops)
    url = reverse("accounts:merge", args=[old.id])
    assert client.post(url, {"target": "OLD", "version": 1}).status_code == 422
    answer = client.post(url, {"target": "new", "why": "twice", "version": 1})
    assert answer["Location"] == f"/accounts/{new.id}/?tab=profile"
    merge = queries.merges_for(sales_ops, new.id)[0]
    assert (merge.why, merge.undone) == ("twice", False)
    client.post(reverse("accounts:undo_merge", args=[new.id, merge.id]))
    assert queries.account_by_code(sales_ops, "OLD").id == old.id


def test_a_kam_may_not_merge(kam, client_of):
    one = account(kam, "ONE")
    assert client_of(kam).get(reverse("accounts:merge", args=[one.id])).status_code == 403


def test_search_gives_json_options_or_a_page_within_the_scope(kam, other_kam, client_of):
    account(kam, "JD", name="京东健康")
    account(other_kam, "SECRET", name="京东秘密")
    client, url = client_of(kam), reverse("accounts:search")
    found = client.get(url, {"q": "京东"}, headers={"Accept": "application/json"}).json()
    assert [item["code"] for item in found["items"]] == ["JD"]
    for values, word in (
        ({"q": "京东"}, "京东健康"),
        ({"group": "jd", "as": "options"}, '<option value="JD">'),
    ):
        page = client.get(url, values).content.decode()
        assert word in page
        assert "SECRET" not in page
        assert "秘密" not in page
    assert "No account of yours matches" in client.get(url, {"q": "zzzz"}).content.decode()


def test_questions_of_the_profile_can_be_added_changed_and_retired(sales_ops, kam, client_of):
    client = client_of(sales_ops)
    values = {
        "label": "Cold chain",
        "freshness_days": 30,
        "position": 5,
        "active": "on",
        "kinds": ["shop", "hospital"],
    }
    assert client.post(reverse("accounts:add_profile_field"), values).status_code == 302
    assert "Cold chain" in client.get(reverse("accounts:profile_fields")).content.decode()
    assert client.get(reverse("accounts:profile_field", args=["cold_chain"])).status_code == 200
    values.pop("active")
    assert (
        client.post(
            reverse("accounts:profile_field", args=["cold_chain"]), {**values, "version": 1}
        ).status_code
        == 302
    )
    question = queries.profile_questions()[0]
    assert (question.key, question.active, question.kinds) == (
        "cold_chain",
        False,
        ("hospital", "shop"),
    )
    assert client.get(reverse("accounts:profile_field", args=["nothing"])).status_code == 404
    assert client_of(kam).get(reverse("accounts:profile_fields")).status_code == 403


def test_sheets_go_out_and_come_back_by_page(kam, client_of):
    account(kam, "ONE")
    client = client_of(kam)
    assert client.get(reverse("accounts:sheets")).status_code == 200
    out = client.get(reverse("accounts:export"))
    assert out["Content-Disposition"].startswith('attachment; filename="keystead-accounts-')
    assert client.get(reverse("accounts:template")).content[:2] == b"PK"
    text = client.get(reverse("accounts:export"), {"format": "csv"}).content.decode("utf-8-sig")
    assert text.startswith("Account code,Name")

    def send(content, do):
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile("accounts.csv", content)
        return client.post(reverse("accounts:import"), {"file": file, "do": do})

    good = text.replace("Account ONE", "Renamed").encode()
    checked = send(good, "check")
    assert checked.status_code == 200
    assert "0 new, 1 changed" in checked.content.decode()
    assert queries.account_by_code(kam, "ONE").name == "Account ONE"
    assert send(good, "write")["Location"] == "/accounts/"
    assert queries.account_by_code(kam, "ONE").name == "Renamed"
    bad = send(b"Account code,Name,Kind\nA,A,ship\n", "write")
    assert bad.status_code == 422
    assert "!C2" in bad.content.decode()
    assert "x,y" not in send(b"x,y\n1,2\n", "check").content.decode()
    assert client.post(reverse("accounts:import"), {"do": "check"}).status_code == 422
