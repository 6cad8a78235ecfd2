"""The API and the command line: the same answers, the same rights, clear errors."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner
from django.test import Client

from keystead.accounts import queries, services
from keystead.accounts.commands import accounts
from keystead.accounts.tests.factories import account, shared_with
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
LIST = "/api/accounts"


@pytest.fixture
def api(client_of):
    """Send JSON as an actor; returns (status, body)."""

    clients = {None: Client()}

    def send(actor, method, path, body=None, **query):
        client = clients.get(actor) or clients.setdefault(actor, client_of(actor))
        values = {"content_type": "application/json"} if body is not None else {}
        answer = getattr(client, method)(path, body if body is not None else query, **values)
        return answer.status_code, json.loads(answer.content or b"null")

    return send


def test_the_list_pages_by_cursor_and_by_offset(kam, api, django_assert_max_num_queries):
    for number in range(5):
        account(kam, f"A{number}", segment="x" if number else "y")
    api(kam, "get", "/api/me")
    with django_assert_max_num_queries(4):  # who asks (2), what they see, the page
        status, page = api(kam, "get", LIST, limit=2, segment="x")
    assert (status, [item["code"] for item in page["items"]], page["total"]) == (
        200,
        ["A1", "A2"],
        4,
    )
    _, rest = api(kam, "get", LIST, limit=2, segment="x", after=page["next"])
    assert ([item["code"] for item in rest["items"]], rest["next"]) == (["A3", "A4"], None)
    _, skipped = api(kam, "get", LIST, segment="x", offset=3)
    assert [item["code"] for item in skipped["items"]] == ["A4"]
    assert api(kam, "get", LIST, limit=0)[0] == 422
    assert api(kam, "get", LIST, after="?")[1]["code"] == "cursor"


def test_one_account_with_all_that_hangs_on_it(kam, api):
    one, group = account(kam, "ONE"), account(kam, "GRP", kind="group")
    services.add_identifier(
        actor=kam, account_id=one.id, scheme="other", value="7", valid_to=date(2026, 1, 1)
    )
    services.add_membership(actor=kam, member_id=one.id, group_id=group.id)
    services.set_measure(
        actor=kam, account_id=one.id, kind="beds", value=900, as_of=date(2026, 1, 1)
    )
    status, body = api(kam, "get", f"{LIST}/{one.id}")
    assert status == 200
    assert (
        body["code"],
        body["identifiers"][0]["valid_to"],
        body["memberships"][0]["group_code"],
    ) == ("ONE", "2026-01-01", "GRP")
    assert (body["measures"][0]["value"], body["team"][0]["role"], len(body["profile"])) == (
        "900.0000",
        "owner",
        13,
    )
    assert api(kam, "get", f"{LIST}/by-code/one")[1] == body


def test_foreign_and_missing_accounts_answer_alike(kam, other_kam, api):
    theirs = account(other_kam, "THEIRS")
    foreign = api(kam, "get", f"{LIST}/{theirs.id}")
    missing = api(kam, "get", f"{LIST}/999999")
    for status, body in (foreign, missing):
        assert (status, body["code"]) == (404, "account_not_found")
    assert foreign[1]["message"] == missing[1]["message"]
    for code in ("THEIRS", "NOTHING"):
        assert api(kam, "get", f"{LIST}/by-code/{code}")[0] == 404
    for account_id in (theirs.id, 999999):
        assert api(kam, "patch", f"{LIST}/{account_id}", {"version": 1, "name": "x"})[0] == 404
    assert queries.account_for(other_kam, theirs.id).name == "Account THEIRS"
    assert api(None, "get", LIST)[0] == 401


def test_create_and_change_with_a_version(kam, viewer, api):
    status, body = api(kam, "post", LIST, {"code": "N", "name": "New", "kind": "shop"})
    assert (status, body["version"]) == (201, 1)
    assert api(kam, "post", LIST, {"code": "N", "name": "New", "kind": "shop"})[1]["data"][
        "fields"
    ]["code"]
    path = f"{LIST}/{body['id']}"
    assert api(kam, "patch", path, {"version": 1, "name": "Newer"})[1]["version"] == 2
    status, clash = api(kam, "patch", path, {"version": 1, "name": "Older"})
    assert (status, clash["data"]["mine"]["name"], clash["data"]["theirs"]["name"]) == (
        409,
        "Older",
        "Newer",
    )
    assert api(kam, "patch", path, {"version": 2, "kind": "ship"})[0] == 422
    shared_with(queries.account_for(kam, body["id"]), viewer)
    entries = AuditEntry.objects.count()
    assert api(viewer, "patch", path, {"version": 2, "name": "x"})[0] == 403
    assert api(viewer, "post", LIST, {"code": "V", "name": "V", "kind": "shop"})[0] == 403
    assert AuditEntry.objects.count() == entries


@pytest.fixture
def cli(monkeypatch):
    """Run the command as a user."""

    def run(actor, *args):
        monkeypatch.setenv("KEYSTEAD_USER", actor.username)
        return CliRunner().invoke(accounts, [str(arg) for arg in args])

    return run


def test_the_command_lists_the_own_accounts(kam, other_kam, cli):
    account(kam, "ONE", segment="A")
    account(kam, "TWO", kind="shop")
    account(other_kam, "THEIRS")
    lines = cli(kam).output.splitlines()
    assert [line.split()[0] for line in lines] == ["ONE", "TWO", "2"]
    found = json.loads(cli(kam, "--json", "--search", "tw").output)
    assert (found["total"], found["accounts"][0]["code"]) == (1, "TWO")
    assert json.loads(cli(kam, "--json", "--kind", "shop", "--limit", 1).output)["total"] == 1


def test_the_command_takes_accounts_out_and_back(kam, cli, tmp_path):
    account(kam, "ONE")
    book, text = tmp_path / "a.xlsx", tmp_path / "a.csv"
    for file in (book, text):
        assert cli(kam, "export", file).exit_code == 0
    assert cli(kam, "template", tmp_path / "t.xlsx").exit_code == 0
    assert "0 new, 0 changed, 2 as before." in cli(kam, "import", book).output
    text.write_text(text.read_text("utf-8-sig").replace("Account ONE", "Renamed"), "utf-8")
    assert (
        "Nothing written. It would be: 0 new, 1 changed"
        in cli(kam, "import", text, "--dry-run").output
    )
    assert json.loads(cli(kam, "import", text, "--json").output)["changed"] == 1
    assert queries.account_by_code(kam, "ONE").name == "Renamed"


def test_a_wrong_cell_is_told_with_its_address_and_the_exit_is_invalid(kam, finance, cli, tmp_path):
    file = tmp_path / "accounts.csv"
    file.write_text("Account code,Name,Kind\nA,A,shop\nB,B,ship\n")
    done = cli(kam, "import", file)
    assert "!C3: Choose one of" in done.output
    assert isinstance(done.exception, Invalid)
    assert queries.accounts_for(kam) == ()
    assert isinstance(cli(finance, "import", file).exception, NotAllowed)
