"""Price list, whole agreement, clauses through the client; what is wrong is told and kept."""

from decimal import Decimal

import pytest

from keystead.agreements.tests.factories import account, draft, now
from keystead.catalog.tests.factories import product
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def found(kam):
    return draft(kam, account(kam))


def test_a_price_list_is_pasted_and_shown_again(client_of, kam, found):
    one, two = product(sku="ASP-1"), product(sku="ASP-2")
    place, year = f"/agreements/{found.id}/prices/", found.valid.start.year + 1
    pasted = (
        "product\tprice\tfrom\tfirst\tlast\n"
        f"asp-1\t1,234.50\t\t{year}-01-01\t{year}-03-31\n"
        f"ASP-1\t1200\t\t{year}/4/1\t{year}/6/30\n"
        "ASP-1\t1100\t500\nASP-2\t0,95"
    )
    answer = client_of(kam).post(place, {"prices": pasted, "version": 1})
    assert answer.status_code == 302, text_of(answer)
    rows = now(found.id).versions[0].prices
    assert [(row.product, row.amount, row.min_quantity) for row in rows] == [
        (one.id, D("1234.50"), 0), (one.id, D(1200), 0), (one.id, D(1100), 500),
        (two.id, D("0.95"), 0),
    ]  # fmt: skip
    again = client_of(kam).get(place).content.decode()
    assert f"ASP-1\t1234.5\t\t{year}-01-01\t{year}-03-31" in again


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("NONE-1\t5", "Line 1: “NONE-1” is not known here."),
        ("ASP-1\t", "Line 1: The price is missing."),
        ("ASP-1\tfive", "Line 1: The price is missing."),
        ("ASP-1\t5.5.5", "is no number"),
        ("ASP-1\t5\nASP-1\t6", "Lines 1 and 2 hold for the same thing at once."),
        ("ASP-1\t5\t\t2027-13-01", "is no day"),
        ("ASP-1\tUSD 5", "USD does not fit an agreement in CNY"),
    ],
)
def test_a_wrong_price_list_is_kept_as_typed(client_of, kam, found, pasted, said):
    product(sku="ASP-1")
    before = now(found.id)
    answer = client_of(kam).post(
        f"/agreements/{found.id}/prices/", {"prices": pasted, "version": 1}
    )
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert pasted.split("\t")[0] in answer.content.decode()
    assert now(found.id) == before


def test_what_holds_over_the_whole_agreement(client_of, kam, found):
    product(sku="ASP-1", brand="Aspira")
    place = f"/agreements/{found.id}/whole/"
    values = {
        "cap_amount": "500000", "floor_amount": "1000", "in_brands": "aspira",
        "targets-1-key": "Year", "targets-1-measure": "net_value", "targets-1-value": "9000000",
        "gates-1-name": "data_on_time", "gates-1-kind": "flag", "gates-1-scale_pct": "50",
        "share_of_wallet_pct": "60", "version": 1,
    }  # fmt: skip
    answer = client_of(kam).post(place, values)
    assert answer.status_code == 302, text_of(answer)
    version = now(found.id).versions[0]
    assert (version.cap.amount, version.floor.amount) == (500000, 1000)
    assert version.scope.include.brands == ("Aspira",)
    assert (version.targets[0].value, version.gates[0].scale_pct) == (9000000, 50)
    shown = client_of(kam).get(place).content.decode()
    assert 'value="500000"' in shown
    assert 'value="data_on_time"' in shown
    wrong = client_of(kam).post(place, {**values, "version": 2, "in_brands": "Aspirra"})
    assert wrong.status_code == 422
    assert "Did you mean aspira?" in text_of(wrong)


def test_clauses_come_from_the_library_in_every_language(client_of, kam, found):
    client, home = client_of(kam), f"/agreements/{found.id}/"
    taken = client.post(f"{home}clauses/", {"clauses": ["resale", "proof"], "version": 1})
    assert taken.status_code == 302
    first = now(found.id).versions[0].clauses[0]
    assert first.told("fr")[0] == "Liberté des prix de revente"
    assert "客户自由制定" in first.told("zh-hans")[1]
    assert "Free resale prices" in text_of(client.get(home))
    in_french = client.get(home, headers={"Accept-Language": "fr"})
    assert "Liberté des prix de revente" in text_of(in_french)
    own = {"heading": "Samples", "text": "Ten a month.", "text_fr": "Dix par mois.", "version": 2}
    assert client.post(f"{home}clauses/new/", own).status_code == 302
    assert now(found.id).versions[0].clauses[2].told("fr")[1] == "Dix par mois."
    own |= {"text": "Twelve a month.", "version": 3}
    assert client.post(f"{home}clauses/samples/", own).status_code == 302
    assert now(found.id).versions[0].clauses[2].text == "Twelve a month."
    client.post(f"{home}clauses/samples/remove/", {"version": 4})
    assert len(now(found.id).versions[0].clauses) == 2
    assert client.get(f"{home}clauses/samples/").status_code == 404
    assert client.post(f"{home}clauses/new/", {**own, "version": 2}).status_code == 409


def test_foreign_is_missing(client_of, other_kam, found):
    client = client_of(other_kam)
    for path in ("prices/", "whole/", "clauses/", "clauses/new/", "clauses/x/"):
        assert client.get(f"/agreements/{found.id}/{path}").status_code == 404
    assert client.post(f"/agreements/{found.id}/clauses/x/remove/").status_code == 404
