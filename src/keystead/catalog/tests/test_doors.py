"""The API and the command line of products and listings."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from keystead.accounts.tests.factories import account, shared_with
from keystead.catalog import queries, services
from keystead.catalog.commands import products
from keystead.catalog.tests.factories import product
from keystead.kernel.errors import Invalid
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client_of):
    """Send JSON as an actor; returns (status, body)."""

    clients = {}

    def send(actor, method, path, body=None, **query):
        client = clients.get(actor) or clients.setdefault(actor, client_of(actor))
        values = {"content_type": "application/json"} if body is not None else {}
        answer = getattr(client, method)(path, body if body is not None else query, **values)
        return answer.status_code, json.loads(answer.content or b"null")

    return send


def test_products_page_filter_and_open(kam, api, django_assert_max_num_queries):
    for number in range(4):
        product(sku=f"P{number}", atc="A10BA02" if number % 2 else "B01AC06", pack_size="2.5")
    api(kam, "get", "/api/me")
    with django_assert_max_num_queries(3):
        status, page = api(kam, "get", "/api/products", limit=1, atc="A10")
    assert (status, page["items"][0]["sku"], page["total"]) == (200, "P1", 2)
    _, rest = api(kam, "get", "/api/products", limit=5, atc="A10", after=page["next"])
    assert ([item["sku"] for item in rest["items"]], rest["next"]) == (["P3"], None)
    assert [item["sku"] for item in api(kam, "get", "/api/products", offset=3)[1]["items"]] == [
        "P3"
    ]
    one = queries.product_by_sku(SYSTEM, "P1")
    services.add_code(actor=SYSTEM, product_id=one.id, scheme="other", value="7")
    body = api(kam, "get", f"/api/products/{one.id}")[1]
    assert (body["pack_size"], body["codes"][0]["value"], body["parts"]) == ("2.5000", "7", [])
    assert api(kam, "get", "/api/products/999")[1]["code"] == "product_not_found"


def test_products_are_written_by_those_who_may(sales_ops, kam, admin, api):
    values = {"sku": "N", "name": "New", "kind": "device", "pack_size": "10"}
    assert api(kam, "post", "/api/products", values)[0] == 403
    status, body = api(sales_ops, "post", "/api/products", values)
    assert (status, body["version"]) == (201, 1)
    path = f"/api/products/{body['id']}"
    assert api(sales_ops, "patch", path, {"version": 1, "brand": "B"})[1]["version"] == 2
    assert api(sales_ops, "patch", path, {"version": 1, "brand": "C"})[0] == 409
    assert api(sales_ops, "patch", path, {"version": 2, "gtin": "1"})[1]["data"]["fields"]["gtin"]
    assert api(kam, "patch", path, {"version": 2, "brand": "C"})[0] == 403
    assert api(admin, "get", path)[0] == 403
    assert queries.product_for(SYSTEM, body["id"]).brand == "B"


def test_listings_by_api_stay_in_the_scope(kam, other_kam, viewer, api):
    one, mine, theirs = (
        product(),
        shared_with(account(kam, "MINE"), viewer),
        account(other_kam, "THEIRS"),
    )
    body = {"account_id": mine.id, "product_id": one.id, "valid_from": "2026-01-01", "agreed": True}
    status, made = api(kam, "post", "/api/listings", body)
    assert (status, made["sku"], made["valid_to"]) == (201, "QH-001", None)
    entries = AuditEntry.objects.count()
    for account_id in (theirs.id, 999):
        assert api(kam, "post", "/api/listings", {**body, "account_id": account_id})[0] == 404
        assert api(kam, "get", "/api/listings", account_id=account_id)[0] == 404
    path = f"/api/listings/{made['id']}"
    change = {"version": 1, "valid_from": "2026-01-01", "valid_to": "2026-07-01"}
    assert api(other_kam, "put", path, change)[0] == api(other_kam, "delete", path)[0] == 404
    assert api(viewer, "put", path, change)[0] == 403
    assert api(other_kam, "get", "/api/listings")[1]["items"] == []
    assert AuditEntry.objects.count() == entries
    assert api(kam, "put", path, change)[1]["valid_to"] == "2026-07-01"
    assert api(kam, "get", "/api/listings", on="2026-08-01")[1]["total"] == 0
    assert api(kam, "delete", path)[0] == 204
    assert queries.listings(SYSTEM) == ()


@pytest.fixture
def cli(monkeypatch):
    """Run the command as a user."""

    def run(actor, *args):
        monkeypatch.setenv("KEYSTEAD_USER", actor.username)
        return CliRunner().invoke(products, [str(arg) for arg in args])

    return run


def test_the_command_lists_takes_out_and_back(sales_ops, cli, tmp_path):
    one = product(sku="ONE", brand="B", pack_size=24)
    product(sku="TWO")
    services.add_listing(
        actor=SYSTEM,
        account_id=account(code="A").id,
        product_id=one.id,
        valid_from=date(2026, 1, 1),
    )
    assert [line.split()[0] for line in cli(sales_ops).output.splitlines()] == ["ONE", "TWO", "2"]
    found = json.loads(cli(sales_ops, "--json", "--brand", "B").output)
    assert (found["total"], found["products"][0]["pack_size"]) == (1, "24")
    book, text = tmp_path / "p.xlsx", tmp_path / "p.csv"
    for file in (book, text):
        assert cli(sales_ops, "export", file).exit_code == 0
    assert cli(sales_ops, "template", tmp_path / "t.xlsx").exit_code == 0
    assert json.loads(cli(sales_ops, "import", book, "--json").output)["unchanged"] == 3
    text.write_text(text.read_text("utf-8-sig").replace("Medicine", "Pill"), "utf-8")
    done = cli(sales_ops, "import", text, "--dry-run")
    assert isinstance(done.exception, Invalid)
    assert "!C2: Choose one of" in done.output
