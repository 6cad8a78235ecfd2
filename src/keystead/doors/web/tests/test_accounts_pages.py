"""Home, portfolio, account page, log and search: the right figures, for the right people."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from unittest.mock import patch

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from keystead.accounts.services import edit_account, set_profile
from keystead.doors.web.models import Look, SavedView
from keystead.doors.web.tests.house import TODAY, account, sell_in, under
from keystead.kit.access import Actor
from keystead.ledger.services import undo_batch
from keystead.ledger.types import Mode

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Actor], Client]
Queries = Callable[[int], AbstractContextManager[object]]
MARCH, MAY = dt.date(2026, 3, 10), dt.date(2026, 5, 12)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with patch("keystead.doors.web.measures.timezone.localdate", return_value=TODAY):
        yield


@pytest.fixture
def mine(sales_ops: Actor, kam: Actor, other_kam: Actor) -> int:
    """Two accounts of kam, one foreign, with invoices of this year and last."""
    first = account(sales_ops, "QH-1", kam, segment="Strategic", territory="Shanghai")
    second = account(sales_ops, "LJ-2", kam, segment="Growth", kind="platform")
    foreign = account(sales_ops, "ZZ-9", other_kam, segment="Secret")
    rows = [
        (first, MARCH, 1_000_000), (first, MAY, 500_000), (first, MAY.replace(year=2025), 750_000),
        (second, MARCH, 200_000), (foreign, MARCH, 9_000_000),
    ]  # fmt: skip
    sell_in(sales_ops, rows, lineage="first")
    return first


def text(client: Client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_portfolio_shows_own_accounts_with_exact_figures(
    mine: int, kam: Actor, client_of: ClientOf
) -> None:
    page = text(client_of(kam), "/accounts/")
    assert "QH-1 Pharmacy" in page
    assert "ZZ-9" not in page
    assert "Secret" not in page
    assert "2 accounts are yours to see." in page
    assert 'data-value="1500000.0000"' in page
    assert page.index("QH-1 Pharmacy") < page.index("LJ-2 Pharmacy")
    assert ">1,700</a>" in page  # the total in thousands


def test_two_currencies_are_never_added_into_one_total(
    mine: int, kam: Actor, sales_ops: Actor, client_of: ClientOf
) -> None:
    account(sales_ops, "FR-1", kam, country="FR", currency="EUR")
    account(sales_ops, "CN-1", kam, currency="CNY")
    page = text(client_of(kam), "/accounts/")
    assert "1 account in EUR" in page
    assert "1 account in CNY" in page
    assert "2 accounts without a currency" in page
    assert "All 4 accounts" not in page
    assert "All 4 accounts" in text(client_of(kam), "/accounts/?currency=CNY")


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("q=lj", "LJ-2", "QH-1 "),
        ("segment=Strategic", "QH-1", "LJ-2 "),
        ("kind=platform", "LJ-2", "QH-1 "),
    ],
)
def test_the_portfolio_filters(
    mine: int, kam: Actor, client_of: ClientOf, query: str, there: str, gone: str
) -> None:
    page = text(client_of(kam), f"/accounts/?{query}", **{"HX-Request": "true",
                                                          "HX-Target": "portfolio"})  # fmt: skip
    assert there in page
    assert gone not in page
    assert "<html" not in page
    assert "All 1 accounts" in page


def test_the_portfolio_sorts_with_the_empty_last(
    mine: int, kam: Actor, sales_ops: Actor, client_of: ClientOf
) -> None:
    account(sales_ops, "AA-0", kam)
    page = text(client_of(kam), "/accounts/?sort=sell_in")
    order = [page.index(name) for name in ("LJ-2 Pharmacy", "QH-1 Pharmacy", "AA-0 Pharmacy")]
    assert order == sorted(order)
    by_name = text(client_of(kam), "/accounts/?sort=name")
    assert by_name.index("AA-0 Pharmacy") < by_name.index("LJ-2 Pharmacy")


def test_the_portfolio_rolls_up_by_tree_and_hides_a_foreign_top(
    mine: int, kam: Actor, other_kam: Actor, sales_ops: Actor, client_of: ClientOf
) -> None:
    hidden = account(sales_ops, "TOP", other_kam, name="Hidden Holding", kind="group")
    under(sales_ops, mine, hidden)
    page = text(client_of(kam), "/accounts/?group=root")
    assert "Hidden Holding" not in page
    assert "Without a group" in page
    assert "Hidden Holding" in text(client_of(sales_ops), "/accounts/?group=root")


def test_unknown_choices_fall_back(mine: int, kam: Actor, client_of: ClientOf) -> None:
    page = text(
        client_of(kam), "/accounts/?group=x&m=nonsense&period=never&sort=%27&page=99&currency=XXX"
    )
    assert "QH-1 Pharmacy" in page


def test_excel_has_the_same_figures_as_numbers(mine: int, kam: Actor, client_of: ClientOf) -> None:
    response = client_of(kam).get("/accounts/portfolio.xlsx?m=sell_in&m=sell_in_growth")
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][:2] == ("Code", "Account")
    values = {row[0]: row[6:] for row in rows[1:]}
    assert values["QH-1"] == (1_500_000, "CNY", 1.0)
    assert set(values) == {"QH-1", "LJ-2"}
    proofs = {row[0]: row[2] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert proofs["QH-1"].startswith("sell_in.")


def test_excel_needs_the_right_to_take_data_along(
    mine: int, viewer: Actor, client_of: ClientOf
) -> None:
    assert client_of(viewer).get("/accounts/portfolio.xlsx").status_code == 403
    assert "portfolio.xlsx" not in text(client_of(viewer), "/accounts/")


def test_views_are_kept_for_their_owner_alone(
    mine: int, kam: Actor, other_kam: Actor, client_of: ClientOf
) -> None:
    client = client_of(kam)
    given = {"name": "Strategic only", "query": "segment=Strategic&bad=1&page=3"}
    assert client.post("/accounts/views/", given)["Location"].endswith("?segment=Strategic")
    assert "Strategic only" in text(client, "/accounts/")
    assert "Strategic only" not in text(client_of(other_kam), "/accounts/")
    view = SavedView.objects.get()
    assert client_of(other_kam).post(f"/accounts/views/{view.pk}/forget/").status_code == 404
    assert SavedView.objects.count() == 1
    client.post(f"/accounts/views/{view.pk}/forget/")
    assert SavedView.objects.count() == 0


def test_a_view_needs_a_name(kam: Actor, client_of: ClientOf) -> None:
    assert client_of(kam).post("/accounts/views/", {"name": " "}).status_code == 422
    assert SavedView.objects.count() == 0


def test_the_account_page_shows_the_strip_and_its_tabs(
    mine: int, kam: Actor, client_of: ClientOf
) -> None:
    page = text(client_of(kam), f"/accounts/{mine}/")
    assert "<h1>QH-1 Pharmacy</h1>" in page
    assert "Shop, Shanghai, China. Segment Strategic. Lin Wei." in page
    assert "¥\u00a01.5\u00a0m" in page
    assert 'class="variance up"' in page
    assert 'role="tab"' in page
    assert f'hx-get="/accounts/{mine}/panels/log/"' in page


def test_a_tab_is_a_link(mine: int, kam: Actor, client_of: ClientOf) -> None:
    page = text(client_of(kam), f"/accounts/{mine}/?tab=log")
    start = page.index('id="tab-log"')
    assert 'aria-selected="true"' in page[start : start + 200]


@pytest.mark.parametrize("path", ["", "panels/log/"])
def test_a_foreign_account_answers_like_a_missing_one(
    mine: int, other_kam: Actor, client_of: ClientOf, path: str
) -> None:
    client = client_of(other_kam)
    foreign = client.get(f"/accounts/{mine}/{path}")
    missing = client.get(f"/accounts/999999/{path}")
    assert foreign.status_code == missing.status_code == 404
    strip = str.maketrans("", "", "0123456789")
    assert foreign.content.decode().translate(strip).count("QH-") == 0


def test_the_log_says_who_changed_what(mine: int, kam: Actor, client_of: ClientOf) -> None:
    edit_account(actor=kam, account_id=mine, segment="Core")
    page = text(client_of(kam), f"/accounts/{mine}/panels/log/", **{"HX-Request": "true"})
    assert "<html" not in page
    assert "Account changed" in page
    assert "<del>Strategic</del>" in page
    assert "<ins>Core</ins>" in page
    assert "Lin Wei" in page


def test_marketing_sees_no_log(
    mine: int, sales_ops: Actor, make_actor, client_of: ClientOf
) -> None:
    shown = account(sales_ops, "V-1")
    client = client_of(make_actor("mark", "marketing"))
    assert "panels/log" not in text(client, f"/accounts/{shown}/")
    assert client.get(f"/accounts/{shown}/panels/log/").status_code == 403


def test_search_stays_within_what_one_may_see(mine: int, kam: Actor, client_of: ClientOf) -> None:
    client = client_of(kam)
    page = text(client, "/search/?q=pharmacy")
    assert "QH-1 Pharmacy" in page
    assert "ZZ-9" not in page
    assert "/metrics/sell_in/" in text(client, "/search/?q=sell-in")
    assert "Nothing fits these words" in text(client, "/search/?q=qqqwwwxxx")


def test_home_says_what_moved_since_the_last_look(
    mine: int, kam: Actor, sales_ops: Actor, client_of: ClientOf
) -> None:
    client = client_of(kam)
    assert "moved since" not in text(client, "/")
    earlier = timezone.now()
    Look.objects.update(latest=earlier - dt.timedelta(hours=5))
    Look.objects.update(since=earlier)
    sell_in(sales_ops, [(mine, MARCH.replace(month=6), 300_000)], lineage="new", mode=Mode.APPEND)
    with patch("keystead.doors.web.views.home.look", return_value=earlier):
        page = text(client, "/")
    assert "1 account moved since you last looked" in page
    moved = page[page.index("moved since") : page.index("My accounts")]
    assert "QH-1 Pharmacy" in moved
    assert "LJ-2" not in moved
    assert "300</span>" in moved


def test_an_undone_import_moves_the_figures_back(
    mine: int, kam: Actor, sales_ops: Actor, client_of: ClientOf
) -> None:
    batch = sell_in(
        sales_ops, [(mine, MARCH.replace(month=6), 300_000)], lineage="new", mode=Mode.APPEND
    )
    assert 'data-value="1800000.0000"' in text(client_of(kam), "/accounts/")
    undo_batch(actor=sales_ops, batch_id=batch.id, why="wrong file")
    assert 'data-value="1500000.0000"' in text(client_of(kam), "/accounts/")


def test_home_asks_to_renew_answers_that_are_out_of_date(
    mine: int, kam: Actor, other_kam: Actor, client_of: ClientOf
) -> None:
    set_profile(actor=kam, account_id=mine, key="needs", value="Strips", reviewed_on=MARCH)
    late = MARCH + dt.timedelta(days=4000)
    with patch("keystead.accounts.queries.attention.timezone.localdate", return_value=late):
        assert "1 answer about QH-1 Pharmacy is out of date" in text(client_of(kam), "/")
        assert "out of date</b>" not in text(client_of(other_kam), "/")


def test_home_without_accounts_says_what_to_do(kam: Actor, client_of: ClientOf) -> None:
    page = text(client_of(kam), "/")
    assert "No account is yours yet" in page


def test_an_administrator_starts_with_the_people(admin: Actor, client_of: ClientOf) -> None:
    assert client_of(admin).get("/")["Location"] == "/users/"
    assert client_of(admin).get("/accounts/").status_code == 403


def test_pages_cost_few_queries(
    mine: int, kam: Actor, sales_ops: Actor, client_of: ClientOf,
    django_assert_max_num_queries: Queries,
) -> None:  # fmt: skip
    for number in range(12):
        account(sales_ops, f"N-{number}", kam)
    client = client_of(kam)
    for path in ("/", "/accounts/", f"/accounts/{mine}/"):
        text(client, path)
    with django_assert_max_num_queries(15):
        text(client, f"/accounts/{mine}/")
    with django_assert_max_num_queries(20):
        text(client, "/accounts/?group=root")
    with django_assert_max_num_queries(32):
        text(client, "/")
