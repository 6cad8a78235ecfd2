"""The import desk in the browser's words: what a person sends, sees, answers, posts and undoes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from keystead.kit.access import Actor
from keystead.kit.jobs import worker
from keystead.ledger import models
from keystead.ledger.tests.desk_factories import INVOICES, bring, facts, world

pytestmark = pytest.mark.django_db(transaction=True)

UNKNOWN = INVOICES.replace("A-2,South Clinic", "X-9,Southern Clinic")
CARDS = (
    "Invoice No,Customer ID,SKU,Invoice date,Qty,Unit price,Currency,Card number\n"
    "F1,A-1,P-1,2026-01-05,10,2.50,EUR,4111 1111 1111 1111\n"
    "F2,A-1,P-2,2026-01-06,1,5.00,EUR,5500 0000 0000 0004\n"
)


@pytest.fixture
def desk(sales_ops: Actor, client_of: Callable[[Actor], Client]) -> Client:
    """Somebody who may import, signed in, in a house with two accounts and two products."""
    world()
    return client_of(sales_ops)


def send(client: Client, text: str, name: str = "invoices.csv", **fields: str) -> str:
    """Upload a file as the form does, let the worker work, and return its page's address."""
    upload = SimpleUploadedFile(name, text.encode(), content_type="text/csv")
    response = client.post("/imports/", {"file": upload, **fields})
    assert response.status_code == 302
    worker.work(once=True)
    return str(response["Location"])


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def field(page: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, f"no {name} in the page"
    return found.group(1)


def press(client: Client, address: str, what: str, **values: Any) -> str:
    """Send one of the page's forms as htmx does, let the worker work, and look again."""
    response = client.post(f"{address}{what}/", values, headers={"HX-Request": "true"})
    assert response.status_code == 200, response.content
    worker.work(once=True)
    return shown(client, address)


def test_a_file_is_recognised_shown_posted_and_undone(desk: Client) -> None:
    address = send(desk, INVOICES, source="erp")
    page = shown(desk, address)
    assert "Sell-in" in page
    assert "Post 4 rows" in page
    assert "quantity * unit_price" in page
    assert facts() == []
    page = press(desk, address, "post", digest=field(page, "digest"))
    assert len(facts()) == 4
    assert "Undo this import" in page
    page = press(desk, address, "undo", why="wrong month")
    assert facts() == []
    assert "Undo this import" not in page
    assert models.Batch.objects.get().state == "undone"


def test_the_post_button_counts_once(desk: Client) -> None:
    address = send(desk, INVOICES, source="erp")
    digest = field(shown(desk, address), "digest")
    for _again in range(2):
        desk.post(f"{address}post/", {"digest": digest})
        worker.work(once=True)
    assert len(facts()) == 4


def test_posting_what_was_not_seen_is_refused(desk: Client) -> None:
    address = send(desk, INVOICES, source="erp")
    press(desk, address, "post", digest="0" * 64)
    assert facts() == []


def test_an_unknown_code_waits_is_confirmed_and_remembered(desk: Client) -> None:
    address = send(desk, UNKNOWN, source="erp")
    page = shown(desk, address)
    assert "Southern Clinic" in page
    assert "Post 2 rows" in page
    assert "2 rows go on waiting" in page
    text = field(page.split('id="codes"')[1], "text")
    page = press(desk, address, "match", kind="account", text=text, code="A-2", shown="X-9")
    assert "Post 4 rows" in page
    later = send(desk, UNKNOWN.replace("2026-02", "2026-03"), source="erp")
    assert "Post 4 rows" in shown(desk, later)


def test_an_unknown_code_can_be_created_from_the_file(desk: Client) -> None:
    address = send(desk, UNKNOWN, source="erp")
    page = press(desk, address, "create", kind="account")
    assert "Post 4 rows" in page


def test_a_wrong_cell_is_corrected_in_place(desk: Client) -> None:
    address = send(desk, INVOICES.replace("2026-02-03", "2026-02-30"), source="erp")
    assert "A date that does not exist" in shown(desk, address)
    batch = models.Batch.objects.get()
    rows = desk.get(f"{address}problems/?kind=impossible_date").content.decode()
    assert "2026-02-30" in rows
    page = press(
        desk, address, "fix", sheet=field(rows, "sheet"), row=field(rows, "row"), column="Invoice date",
        value="2026-02-28",
    )  # fmt: skip
    assert "A date that does not exist" not in page
    press(desk, address, "post", digest=field(page, "digest"))
    batch.refresh_from_db()
    assert (batch.rows_posted, batch.rows_rejected) == (4, 0)


def test_card_numbers_stop_the_file_before_anything_is_kept(desk: Client) -> None:
    address = send(desk, CARDS, source="erp")
    page = shown(desk, address)
    assert "Leave out “Card number”" in page
    assert "4111" not in page
    upload = SimpleUploadedFile("invoices.csv", CARDS.encode())
    desk.post(f"{address}drop/", {"file": upload, "drop": ["Card number"]})
    worker.work(once=True)
    page = shown(desk, address)
    assert "Post 2 rows" in page
    assert "4111" not in page


def test_rejected_rows_go_out_and_come_back_corrected(desk: Client) -> None:
    address = send(desk, INVOICES.replace("2026-02-03", "2026-02-30"), source="erp")
    out = desk.get(f"{address}rejects.csv").content.decode("utf-8-sig")
    assert "2026-02-30" in out
    corrected = SimpleUploadedFile("rows.csv", out.replace("2026-02-30", "2026-02-27").encode())
    desk.post(f"{address}return/", {"file": corrected})
    worker.work(once=True)
    assert "Post 4 rows" in shown(desk, address)


def test_a_total_that_differs_is_told(desk: Client) -> None:
    address = send(desk, INVOICES, source="erp")
    page = press(desk, address, "total", measure="value", expected="55.00", currency="EUR")
    assert "The sender's 55.00 is right" in page
    page = press(desk, address, "total", measure="value", expected="56.00", currency="EUR")
    assert "The sender says 56.00, the file sums to 55.00: -1.00 apart" in page
    page = press(desk, address, "post", digest=field(page, "digest")) if "digest" in page else page
    assert facts() == []


def test_who_may_not_import_reads_but_sees_no_form(
    desk: Client, make_actor: Callable[..., Actor], client_of: Callable[[Actor], Client]
) -> None:
    address = send(desk, INVOICES, source="erp")
    press(desk, address, "post", digest=field(shown(desk, address), "digest"))
    reader = client_of(make_actor("paul", "finance"))
    page = shown(reader, address)
    assert "Undo this import" not in page
    assert 'type="file"' not in shown(reader, "/imports/")
    assert reader.post(f"{address}undo/").status_code == 403
    assert len(facts()) == 4


def test_a_foreign_import_is_missing(
    desk: Client, kam: Actor, client_of: Callable[[Actor], Client]
) -> None:
    address = send(desk, INVOICES, source="erp")
    stranger = client_of(kam)
    missing = stranger.get("/imports/999999/")
    foreign = stranger.get(address)
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert stranger.post(f"{address}cancel/").status_code == 404
    assert "invoices.csv" not in stranger.get("/imports/").content.decode()


def test_the_list_shows_the_newest_and_leads_to_older_ones(desk: Client) -> None:
    for number in range(27):
        bring(INVOICES.replace("F1", f"N{number}"), name=f"file-{number:02}.csv", dataset="sell_in")
    models.Batch.objects.update(state="posted")
    page = shown(desk, "/imports/")
    assert "file-26.csv" in page
    assert "file-02.csv" in page
    assert "file-01.csv" not in page
    older = re.search(r'href="(\?before=\d+)" rel="next"', page)
    assert older
    page = shown(desk, f"/imports/{older.group(1)}")
    assert "file-01.csv" in page
    assert "file-02.csv" not in page
    assert "file-26.csv" not in shown(desk, "/imports/?dataset=stock")
    assert "file-26.csv" in shown(desk, "/imports/?dataset=nonsense&before=x")
