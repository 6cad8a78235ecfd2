"""The whitespace grid and the segments, from the ledger to the page and back from Excel."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from openpyxl import load_workbook

from keystead.accounts import services as accounts
from keystead.accounts.tests.factories import account, shared_with
from keystead.catalog import services as catalog
from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kernel.periods import add_months
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.planning import models, services
from keystead.planning.queries.segments import cuts_in_force, run_for
from keystead.planning.queries.whitespace import grid_of
from keystead.planning.tests.factories import TODAY, D
from keystead.planning.tests.sold import sell_in
from keystead.planning.types.segments import Cuts
from keystead.planning.types.whitespace import CellEntry, CellState

pytestmark = pytest.mark.django_db
LAST = TODAY.replace(day=1) - timedelta(days=1)


def text_of(answer):
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"[\s\u202f\u00a0]+", " ", plain)


@pytest.fixture
def chain(kam):
    """A chain with two shops and two brands; the first shop buys one of them."""
    top = account(kam, "CHAIN", currency="EUR")
    shops = [account(kam, code, name=f"Shop {code}", currency="EUR") for code in ("S1", "S2")]
    for one in shops:
        accounts.add_membership(actor=SYSTEM, member_id=one.id, group_id=top.id)
    made = [
        catalog.create_product(
            actor=SYSTEM, sku=f"P-{brand}", name=f"{brand} 10", brand=brand, kind="medicine",
            unit="pack",
        )
        for brand in ("Acu", "Bio")
    ]  # fmt: skip
    sell_in([(shops[0].id, made[0].id, LAST, 400)])
    return top, shops, made


def put(kam, site, brand, **values):
    entry = CellEntry(account_id=site.id, brand=brand, **values)
    return services.set_cell(actor=kam, entry=entry)


def test_the_grid_adds_up_both_ways(kam, chain):
    top, (one, two), _made = chain
    put(kam, one, "Acu", potential=D(1000), owner_id=kam.user_id)
    put(kam, two, "Acu", potential=D(300), state=CellState.COMPETITOR, competitor="Rival")
    put(kam, two, "Bio", state=CellState.UNSUITED)
    grid = grid_of(kam, top.id)
    assert [column.label for column in grid.columns] == ["Acu", "Bio"]
    first = grid.cells[one.id, "b:Acu"]
    assert (first.current, first.room, bool(first.proof_id)) == (D(400), D(600), True)
    assert (grid.total.current, grid.total.room, grid.total.other) == (D(400), D(600), D(300))
    assert sum(row.whole for row in grid.rows.values()) == grid.total.whole
    assert sum(column.whole for column in grid.totals.values()) == grid.total.whole
    alone = grid_of(kam, top.id, unowned=True)
    assert [(site.id, column.key) for site in alone.sites for column in alone.columns] == [
        (two.id, "b:Acu")
    ]
    by_product = grid_of(kam, top.id, by="product")
    assert by_product.total.current == D(400)


def test_the_page_a_cell_and_the_way_out_and_back(client_of, kam, other_kam, chain):
    top, (one, two), _made = chain
    client, home = client_of(kam), f"/accounts/{top.id}/whitespace/"
    assert "nothing is said to be open" in text_of(client.get(home))
    set_it = f"/accounts/{two.id}/whitespace/cell/?column=b%3ABio&from={top.id}"
    assert "Shop S2 · Bio" in text_of(client.get(set_it))
    typed = {"state": "open", "potential": "900", "currency": "EUR", "stale_days": 180,
             "stated_on": TODAY, "version": 0}  # fmt: skip
    assert client.post(set_it, {**typed, "state": "competitor"}).status_code == 422
    assert client.post(set_it, typed)["Location"] == home
    assert client.post(set_it, typed).status_code == 409
    page = text_of(client.get(home))
    assert re.search(r"€ ?900 is open at Account CHAIN; 1 cells have no owner", page), page[:900]
    assert client.get(f"{home}?unowned=1&by=product").status_code == 200
    file = client.get(f"{home}excel/").content
    book = load_workbook(io.BytesIO(file))
    assert [row[2].value for row in book.worksheets[0].iter_rows(min_row=2)] == [400, 0, 400]
    assert isinstance(book.worksheets[0]["C2"].value, int | float)
    sheet = book["Cells"]
    assert [cell.value for cell in sheet[2]][:5] == ["S2", "Bio", None, "Could be sold there", 900]
    sheet["E2"] = 950
    sheet.append(["S1", "Bio", None, "A competitor has it", 120, "EUR", "Rival", None])
    out = io.BytesIO()
    book.save(out)
    sent = SimpleUploadedFile("cells.xlsx", out.getvalue())
    assert client.post(f"{home}import/", {"file": sent}).status_code == 302
    grid = grid_of(kam, top.id)
    assert (grid.total.room, grid.total.other) == (D(950), D(120))
    entries = AuditEntry.objects.count()
    sheet.append(["ELSE", "Bio", None, "Could be sold there", 1, "EUR", None, None])
    sheet["E2"] = 1000
    out = io.BytesIO()
    book.save(out)
    refused = client.post(f"{home}import/", {"file": SimpleUploadedFile("c.xlsx", out.getvalue())})
    assert refused.status_code == 422
    assert (grid_of(kam, top.id).total.room, AuditEntry.objects.count()) == (D(950), entries)
    stranger = client_of(other_kam)
    for path in (home, f"{home}excel/", set_it):
        assert stranger.get(path).status_code == 404
    with pytest.raises(NotFound):
        put(other_kam, one, "Bio")


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


def months_of(one, value, *, steady=True):
    start = LAST.replace(day=1)
    return [
        (one.id, None, add_months(start, -place), value if steady or place % 7 == 0 else 1)
        for place in range(24)
    ]


def test_segments_are_kept_with_their_inputs(kam, director, viewer, client_of):
    big, mid, odd = (account(kam, code, currency="EUR") for code in ("BIG", "MID", "ODD"))
    for one in (big, mid, odd):
        shared_with(one, director)
    shared_with(odd, viewer)
    sell_in([*months_of(big, 9000), *months_of(mid, 1000), *months_of(odd, 800, steady=False)])
    put(kam, mid, "Acu", potential=D(15000))
    with pytest.raises(NotAllowed):
        services.run_segments(actor=kam, currency="EUR")
    before = add_months(TODAY, -3)
    first = services.run_segments(actor=director, currency="EUR", on=before)
    assert first.moved_pct is None
    now = services.run_segments(actor=director, currency="EUR")
    found = {one.account_code: one for one in now.placed}
    assert {code: one.segment.cell for code, one in found.items()} == {
        "BIG": "AX", "MID": "BX", "ODD": "CY",
    }  # fmt: skip
    assert found["BIG"].inputs.value == D("108000.00")
    assert found["MID"].segment.potential == "high"
    assert found["BIG"].segment.potential == "none"
    assert now.moved_pct is not None
    row = models.SegmentOf.objects.filter(run_id=now.id).first()
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        models.SegmentOf.objects.filter(pk=row.pk).update(value="C")
    assert [one.account_code for one in run_for(viewer).placed] == ["ODD"]
    assert run_for(viewer).placed[0].segment.relation == ""
    page = text_of(client_of(director).get("/segments/"))
    assert "3 accounts in segments" in page
    assert "Account BIG" not in text_of(client_of(viewer).get("/segments/"))


def test_cuts_are_stored_and_the_next_run_takes_them(director, kam, client_of):
    assert cuts_in_force() == (0, Cuts())
    with pytest.raises(Invalid):
        services.set_cuts(actor=director, cuts=Cuts(a_pct=D(99)), why="Few")
    with pytest.raises(NotAllowed):
        services.set_cuts(actor=kam, cuts=Cuts(), why="Mine")
    client = client_of(director)
    typed = {"metric": "sell_in", "a_pct": "70", "b_pct": "90", "x_cv": "0.5", "y_cv": "1",
             "potential_mid_pct": "25", "potential_high_pct": "100", "relation_mid": "40",
             "relation_high": "70", "hysteresis_pct": "10", "why": "Fewer A"}  # fmt: skip
    assert client.post("/segments/cuts/", typed).status_code == 302
    number, held = cuts_in_force()
    assert (number, held.a_pct, held.b_pct) == (1, D(70), D(90))
    assert client.get("/segments/run/").status_code == 200
    assert client_of(kam).get("/segments/cuts/").status_code == 403


def test_a_cell_of_no_column_is_missing(client_of, kam) -> None:
    at = account(kam)
    assert client_of(kam).get(f"/accounts/{at.id}/whitespace/cell/").status_code == 404
