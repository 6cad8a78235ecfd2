"""The proof and the catalogue as pages: exact sums, foreign equals missing, cells of the file."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from keystead.kernel.standing import Worth
from keystead.kit.models import User
from keystead.metrics.queries import evaluate
from keystead.metrics.tests import room
from keystead.metrics.tests.test_proof import _line, house
from keystead.metrics.views.proof import worth_text

pytestmark = pytest.mark.django_db
__all__ = ["house"]


@pytest.fixture
def sign_in(client_of):
    return client_of


def bare(answer) -> str:
    page = re.sub(
        r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"', "", answer.content.decode()
    )
    return page.replace(answer.request["PATH_INFO"], "")


def test_the_proof_page_shows_rows_and_their_exact_sum(house, sign_in) -> None:
    figure = evaluate(actor=house["anna"], metrics="sell_in", period="2026").figure("sell_in")
    page = sign_in(house["anna"]).get(f"/proof/{figure.proof_id}/").content.decode()
    assert "2 rows that add up to 1,250.50" in page
    assert "250.50" in page
    assert f"/imports/{house['batch']}/" in page
    assert figure.proof_id in page


def test_a_foreign_proof_is_a_missing_one(house, sign_in) -> None:
    figure = evaluate(actor=house["anna"], metrics="sell_in", period="2026").figure("sell_in")
    client = sign_in(house["ben"])
    for ending in ("", "changes/", "cells/?batch=1&row=1"):
        foreign = client.get(f"/proof/{figure.proof_id}/{ending}")
        missing = client.get(f"/proof/nothing.1~c9~x/{ending}")
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert bare(foreign) == bare(missing)


def test_sections_turn_their_pages(house, sign_in) -> None:
    room.post("sell_in", [_line(house["a"], house["p"], "2026-03-05", 1, n) for n in range(1, 31)])
    figure = evaluate(actor=house["anna"], metrics="sell_in", period="2026-03").figure("sell_in")
    client = sign_in(house["anna"])
    page = client.get(f"/proof/{figure.proof_id}/").content.decode()
    assert "Rows 1 to 20 of 30" in page
    more = re.search(r'hx-get="([^"]*section=[^"]*)"', page).group(1).replace("&amp;", "&")
    part = client.get(more, headers={"HX-Request": "true"}).content.decode()
    assert "Rows 21 to 30 of 30" in part
    assert "465.00" in part


def test_what_changed_names_the_cause(house, sign_in) -> None:
    figure = evaluate(actor=house["anna"], metrics="sell_in", period="2026").figure("sell_in")
    client = sign_in(house["anna"])
    assert (
        "What changed since then?" not in client.get(f"/proof/{figure.proof_id}/").content.decode()
    )
    room.post("sell_in", [_line(house["a"], house["p"], "2026-04-05", 1, "49.5")], source="late")
    page = client.get(f"/proof/{figure.proof_id}/").content.decode()
    assert "What changed since then?" in page
    found = client.get(f"/proof/{figure.proof_id}/changes/").content.decode()
    assert "It was 1,250.50, it is 1,300.00 now" in found
    assert "New data" in found


def test_the_catalogue_lists_and_explains(house, sign_in) -> None:
    client = sign_in(house["anna"])
    assert "sell_in_growth" in client.get("/metrics/").content.decode()
    only = client.get("/metrics/?q=dispersion").content.decode()
    assert "price_dispersion" in only
    assert "sell_in_growth" not in only
    page = client.get("/metrics/sell_in/").content.decode()
    assert "Source of the formula" in page
    assert client.get("/metrics/nothing/").status_code == 404


def test_costs_are_not_in_the_catalogue_of_those_who_may_not_see_them(sign_in) -> None:
    viewer = room.user("vera", "viewer")
    client = sign_in(viewer)
    assert User.objects.filter(username="vera").exists()
    assert "gross_margin" not in client.get("/metrics/").content.decode()
    assert client.get("/metrics/gross_margin/").status_code == 404


def test_a_day_reads_as_a_day() -> None:
    assert worth_text(Worth(Decimal(20261218)), "day") == "18 Dec 2026"
    assert worth_text(Worth(None, "", "no_data"), "day") == "No data"
