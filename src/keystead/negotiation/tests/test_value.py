"""The value story: lines, ranges, confirmations, use beside cost, peers, publishing, deck tables."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from keystead.accounts.tests.factories import account, shared_with
from keystead.governance.services.acknowledgements import enforce
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kernel.periods import add_months, month_start
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.kit.provers import standings_of
from keystead.kit.testing.pack import RoomPack
from keystead.ledger.services import post_facts
from keystead.ledger.types import dataset_def
from keystead.metrics.queries import open_proof
from keystead.negotiation import models, queries, services
from keystead.negotiation.calc.value.economic import economic_value, line_value
from keystead.negotiation.calc.value.peers import bands
from keystead.negotiation.calc.value.publishing import publishing_years
from keystead.negotiation.calc.value.sharing import title_fees
from keystead.negotiation.tests.house import case
from keystead.negotiation.tests.test_buyer_web import words
from keystead.negotiation.types.value import (
    Article,
    Bands,
    Basis,
    Factor,
    Hidden,
    LineKind,
    Spread,
    ValueLine,
)

D = Decimal
DAY = date(2026, 11, 2)


def line(kind, value, name="Line", low=None, high=None, **more):
    factor = Factor("input", D(value), *(None if one is None else D(one) for one in (low, high)))
    return ValueLine("", kind, name, (factor,), source="their budget", owner="Claire", **more)


def of(one, story=None, deal=None):
    return services.Of(account_id=one.id, negotiation_id=deal,
                       expected_version=story.version if story else None)  # fmt: skip


def keep(actor, one, *lines):
    story = None
    for each in lines:
        story = services.save_value_line(actor=actor, of=of(one, story), line=each)
    return story


class TestStoryPack(RoomPack):
    model = models.ValueStoryRow

    def prepare(self):
        self.one = account(self.writer, code="VAL")

    def create(self, actor):
        return services.save_value_line(
            actor=actor, of=of(self.one), line=line(LineKind.REFERENCE, 80)
        ).id

    def change(self, actor, pk, version):
        services.set_value_head(
            actor=actor,
            of=services.Of(account_id=self.one.id, expected_version=version),
            head=services.StoryHead(currency="EUR", price=D(90)),
        )


def test_the_total_takes_low_plus_and_high_minus_for_its_low_end():
    """Worked by hand: 80 (70 to 90) + 40 (30 to 50) - 15 (10 to 25) = 105 (75 to 130)."""
    found = economic_value(
        [line(LineKind.REFERENCE, 80, low=70, high=90), line(LineKind.PLUS, 40, low=30, high=50),
         line(LineKind.MINUS, 15, low=10, high=25)], "EUR", D(95),
    )  # fmt: skip
    assert found.total == Spread(D(75), D(105), D(130))
    assert found.customers_share == Spread(D(-20), D(10), D(35))
    assert economic_value([line(LineKind.PLUS, 40)], "EUR").total is None


def test_inputs_multiply_and_divide_and_a_range_holds_its_value():
    parts = (Factor("beds", D(300)), Factor("hours", D("1.5"), D(1), D(2)),
             Factor("rate", D(40)), Factor("share", D(4), D(4), D(5), divides=True))  # fmt: skip
    made = ValueLine("a", LineKind.PLUS, "Time", parts)
    assert line_value(made) == Spread(D("2400.00"), D("4500.00"), D("6000.00"))
    for wrong in (Factor("x", D(5), D(6)), Factor("x", D(-1)), Factor("x", D(5), None, D(4)),
                  Factor("x", D(0), divides=True)):  # fmt: skip
        with pytest.raises(Invalid):
            line_value(dataclasses.replace(made, factors=(wrong,)))
    with pytest.raises(Invalid):
        line_value(dataclasses.replace(made, factors=()))


costs = st.tuples(
    st.decimals(min_value=1, max_value=10**6, places=2),
    st.decimals(min_value=1, max_value=10**6, places=0),
)


@given(st.lists(costs, max_size=12))
def test_bands_never_show_a_small_or_dominated_group(peers):
    found = bands(peers)
    sums = [sum(one[at] for one in peers) for at in (0, 1)]
    dominated = any(one[at] * 2 > sums[at] for one in peers for at in (0, 1))
    assert isinstance(found, Bands) == (len(peers) >= 5 and not dominated)
    if isinstance(found, Bands):
        assert found.lower <= found.middle <= found.upper
        for limit in (found.lower, found.middle, found.upper):
            digits = "".join(map(str, limit.as_tuple().digits)).strip("0")
            assert len(digits) <= 2  # what is shown is no peer's own price to the cent


def test_an_article_counts_once_in_its_first_year():
    """Regensburg, Wiley 2023: 96 articles, 6 of them paid in 2022: 2,942.44 becomes 3,138.60."""
    fee = D("2942.44")
    before = [Article(f"10.1002/{at}", 2022, fee) for at in range(6)]
    after = [Article(f"https://doi.org/10.1002/{at}", 2023, fee) for at in range(96)]
    years = publishing_years(before + after, {2023: D(1000)})
    assert [(one.year, one.articles, one.repeated) for one in years] == [(2022, 6, 0),
                                                                        (2023, 90, 6)]  # fmt: skip
    assert (years[1].each, years[1].as_invoiced) == (D("3138.60"), D("2942.44"))
    assert years[1].total == D("283474.24")


@given(
    st.decimals(min_value=0, max_value=10**7, places=2),
    st.lists(st.decimals(min_value=0, max_value=10**6, places=0), min_size=1, max_size=30),
    st.sampled_from(Basis),
)
def test_the_parts_of_titles_add_up_to_the_fee(fee, uses, basis):
    titles = [(f"T{at}", one) for at, one in enumerate(uses)]
    parts = title_fees(fee, titles, basis, {"T0": D(10)}, "EUR")
    assert sum(parts.values()) == fee
    assert min(parts.values()) >= 0


@pytest.mark.django_db
def test_a_confirmation_holds_until_the_line_changes(kam):
    one = account(kam, code="VAL")
    story = keep(kam, one, line(LineKind.REFERENCE, 80, "Elsewhere"))
    key = story.lines[0].key
    story = services.confirm_value_line(
        actor=kam, of=of(one, story), key=key, who="Dr Roche", on=DAY, evidence="mail of 2 Nov"
    )
    said = story.lines[0].confirmed
    assert (said.who, said.on, said.evidence, bool(said.by_name)) == (
        "Dr Roche", DAY, "mail of 2 Nov", True,
    )  # fmt: skip
    same = dataclasses.replace(story.lines[0], owner="Marie")
    story = services.save_value_line(actor=kam, of=of(one, story), line=same)
    assert story.lines[0].confirmed == said
    assert economic_value(story.lines, "EUR").confirmed_pct == 100
    moved = dataclasses.replace(same, factors=(Factor("input", D(81)),))
    story = services.save_value_line(actor=kam, of=of(one, story), line=moved)
    assert story.lines[0].confirmed is None
    trail = AuditEntry.objects.filter(subject_type="value_story").count()
    with pytest.raises(Conflict):
        services.drop_value_line(
            actor=kam, of=services.Of(account_id=one.id, expected_version=1), key=key
        )
    with pytest.raises(Invalid):
        services.confirm_value_line(
            actor=kam, of=of(one, story), key=key, who=" ", on=DAY, evidence="x"
        )
    assert AuditEntry.objects.filter(subject_type="value_story").count() == trail
    assert services.drop_value_line(actor=kam, of=of(one, story), key=key).lines == ()


@pytest.mark.django_db
def test_what_is_ours_alone_is_in_no_table_for_the_deck_and_not_for_a_stranger(
    kam, other_kam, make_actor
):
    deal = case(kam)
    one = queries.value_story(kam, deal.account_id)
    at = services.Of(account_id=one.account_id, negotiation_id=deal.id)
    story = services.save_value_line(actor=kam, of=at, line=line(LineKind.REFERENCE, 500, "Open"))
    at = dataclasses.replace(at, expected_version=story.version)
    hidden = line(LineKind.PLUS, 77123, "QSECRET", shown=False)
    story = services.save_value_line(actor=kam, of=at, line=hidden)
    assert len(queries.value_story(kam, one.account_id, deal.id).lines) == 2
    assert queries.value_story(kam, one.account_id).lines == ()  # the deal's, not the account's
    table = queries.value_tables(kam, one.account_id, deal.id)["lines"]
    assert "QSECRET" not in repr(table)
    assert table.rows[-1][1].value == 500
    reader = make_actor("ming", "sales_ops")
    seen = queries.value_story(reader, one.account_id, deal.id)
    assert (len(seen.lines), seen.hidden) == (1, 1)
    assert "QSECRET" not in repr(list(AuditEntry.objects.values_list("new", flat=True)))
    with pytest.raises(NotFound):
        queries.value_story(other_kam, one.account_id, deal.id)
    with pytest.raises(NotFound):
        queries.value_tables(other_kam, one.account_id)


def post(dataset, rows, lineage=""):
    schema = dataset_def(dataset).schema
    names = [name for name in schema.names if name not in {"batch_id", "sheet", "source_row"}]
    table = pa.Table.from_pylist(
        [{name: row.get(name) for name in names} for row in rows],
        schema=pa.schema([schema.field(name) for name in names]),
    )
    post_facts(
        actor=SYSTEM, dataset=dataset, source="test", table=table, lineage=lineage or dataset
    )


def usage(account_id, title, count, metric="Unique_Item_Requests", access="Controlled"):
    day = add_months(month_start(timezone.localdate()), -1)
    return {
        "account_id": account_id, "date": day, "month": day, "platform": "P", "title": title,
        "data_type": "Journal", "metric_type": metric, "access_type": access,
        "access_method": "Regular", "family": "TR", "report": "TR", "release": "5.1",
        "quantity": D(count),
    }  # fmt: skip


def invoice(account_id, value):
    day = add_months(month_start(timezone.localdate()), -1)
    return {"account_id": account_id, "date": day, "month": day, "value": D(value),
            "currency": "EUR", "quantity": D(1), "unit": "each", "is_return": False}  # fmt: skip


@pytest.fixture
def used(kam, settings, tmp_path):
    """Eight hospitals in France that pay and read; the first is ours to look at."""
    settings.KEYSTEAD_HOME = tmp_path / "home"
    made = [
        account(kam, code=f"P{at}", name=f"Peer {at}", kind="hospital", country="FR",
                currency="EUR")
        for at in range(8)
    ]  # fmt: skip
    rows = [usage(one.id, "Oncology", 100 + 10 * at) for at, one in enumerate(made)]
    rows += [usage(made[0].id, "Nursing", 50), usage(made[0].id, "Oncology", 30, access="Open"),
             usage(made[0].id, "Surgery", 7, "No_License")]  # fmt: skip
    post("usage", rows)
    post("sell_in", [invoice(one.id, 900) for one in made])
    return made


@pytest.mark.django_db
def test_use_stands_beside_what_it_cost_title_by_title(kam, used):
    one = used[0]
    story = keep(kam, one, line(LineKind.REFERENCE, 80))
    use = queries.value_of_use(kam, story)
    assert (use.fee, use.fee_from) == (900, "sales")
    found = {row.name: (row.uses, row.fee, row.each, row.turnaways) for row in use.titles}
    assert found == {
        "Oncology": (130, 300, D("2.3077"), 0), "Nursing": (50, 300, D("6.0000"), 0),
        "Surgery": (0, 300, None, 7),
    }  # fmt: skip
    story = services.set_value_head(
        actor=kam, of=of(one, story),
        head=services.StoryHead(currency="EUR", basis=Basis.LIST_PRICE),
    )  # fmt: skip
    story = services.set_list_prices(
        actor=kam, of=of(one, story), prices={"Oncology": D(200), "Nursing": D(100)}
    )
    parts = {row.name: row.fee for row in queries.value_of_use(kam, story).titles}
    assert parts == {"Oncology": 600, "Nursing": 300, "Surgery": 0}
    totals = queries.totals_of_use(kam, one.id, "EUR")
    assert totals["cost_per_use"].value == 5
    shown = queries.value_tables(kam, one.id)
    cell = next(row for row in shown["titles"].rows if row[0] == "Oncology")[1]
    assert (cell.text, cell.value) == ("130", 130)
    assert open_proof(actor=kam, proof_id=cell.proof).figure.value == 130


def opened(account_id, title, package, issn="", access="Controlled"):
    day = add_months(month_start(timezone.localdate()), -1)
    return {"account_id": account_id, "date": day, "month": day, "title": title,
            "package": package, "online_issn": issn or None, "access_type": access,
            "quantity": D(1)}  # fmt: skip


@pytest.mark.django_db
def test_title_lists_say_what_is_not_read_and_what_is_read_beyond(kam, used, client_of):
    one = used[0].id
    post("entitlement", [
        opened(one, "Oncology", "All"), opened(one, "Oncology", "Cancer"),
        opened(one, "Dentistry", "All"), opened(one, "Free Letters", "All", access="Open"),
    ])  # fmt: skip
    use = queries.value_of_use(kam, queries.value_story(kam, one))
    assert (use.entitled, use.unused) == (2, ("Dentistry",))
    assert [(row.name, row.uses) for row in use.beyond] == [("Nursing", 50)]
    assert {row.name: (row.fee, row.each) for row in use.titles} == {
        "Oncology": (450, D("3.4615")), "Dentistry": (450, None),
    }  # fmt: skip
    assert {row.name: (row.fee, row.uses, row.each) for row in use.packages} == {
        "All": (900, 130, D("6.9231")), "Cancer": (450, 130, D("3.4615")),
    }  # fmt: skip
    page = words(client_of(kam).get(reverse("negotiation:value", args=[one])))
    assert "2 titles in the title lists 1 of them without any use" in page.replace(",", "")
    assert "Read without an entitlement" in page
    assert set(queries.value_tables(kam, one)) >= {"packages", "titles", "use"}


@pytest.mark.django_db
def test_an_input_may_be_measured_with_its_proof(kam, used):
    made = ValueLine("", LineKind.PLUS, "Time", (
        Factor("uses", D(1), metric="unique_requests"), Factor("minutes", D(6)),
    ), source="usage")  # fmt: skip
    story = keep(kam, used[0], made)
    first = story.lines[0].factors[0]
    assert first.value == 180
    assert open_proof(actor=kam, proof_id=first.proof).figure.value == 180
    wrong = dataclasses.replace(made, factors=(Factor("cost", D(1), metric="cost"),))
    with pytest.raises(Invalid):
        services.save_value_line(actor=kam, of=of(used[0], story), line=wrong)
    forged = dataclasses.replace(made, factors=(Factor("x", D(1), proof="forged"),))
    story = services.save_value_line(actor=kam, of=of(used[0], story), line=forged)
    assert story.lines[1].factors[0].proof == ""


@pytest.mark.django_db
def test_peers_are_those_one_sees_and_never_fewer_than_five(kam, other_kam, used, make_actor):
    found = queries.peers_of(kam, queries.value_story(kam, used[0].id))
    assert (found.peers, found.place) == (7, 1)
    assert found.lower < found.middle < found.upper
    few = [shared_with(one, other_kam) for one in used[:5]]
    assert queries.peers_of(other_kam, queries.value_story(other_kam, few[0].id)) is Hidden.FEW
    alone = account(kam, code="BE", kind="hospital", country="BE", currency="EUR")
    assert queries.peers_of(kam, queries.value_story(kam, alone.id)) is Hidden.OWN


@pytest.mark.django_db
def test_peers_need_the_confirmed_competition_law(kam, used, client_of, make_actor):
    enforce(actor=make_actor("zhou", "compliance"), topic="competition_law", on=True, why="law")
    with pytest.raises(NotAllowed):
        queries.peers_of(kam, queries.value_story(kam, used[0].id))
    assert "peers" not in queries.value_tables(kam, used[0].id)
    page = client_of(kam).get(reverse("negotiation:value", args=[used[0].id]))
    assert page.status_code == 200
    assert "This needs your acknowledgement" in words(page)


@pytest.mark.django_db
def test_the_page_writes_lines_confirms_and_drops_them(kam, other_kam, used, client_of):
    one, client = used[0], client_of(kam)
    url = reverse("negotiation:value", args=[one.id])
    assert "next best alternative costs" in words(client.get(url))
    typed = {
        "kind": "reference", "name": "Elsewhere", "factors": "titles; 40\nprice; 2000; 1500; 2500",
        "source": "their tender", "owner": "Claire", "shown": "on", "version": "",
    }  # fmt: skip
    assert (
        client.post(reverse("negotiation:new_value_line", args=[one.id]), typed).status_code == 302
    )
    story = queries.value_story(kam, one.id)
    key = story.lines[0].key
    wrong = client.post(reverse("negotiation:value_line", args=[one.id, key]),
                        {**typed, "version": story.version, "factors": "titles; many"})  # fmt: skip
    assert wrong.status_code == 422
    assert "Line 1 is not a plain number" in words(wrong)
    upside = client.post(reverse("negotiation:value_line", args=[one.id, key]),
                         {**typed, "version": story.version, "factors": "titles; 4; 5; 6"})  # fmt: skip
    assert "the range must hold the value" in words(upside)
    said = {"who": "Dr Roche", "on": "2026-11-02", "evidence": "minutes", "version": story.version}
    there = reverse("negotiation:value_confirm", args=[one.id, key])
    assert client.post(there, said).status_code == 302
    client.post(reverse("negotiation:value_settings", args=[one.id]),
                {"currency": "EUR", "price": "70000", "basis": "equal", "prices": "Oncology; 5",
                 "version": story.version + 1})  # fmt: skip
    story = queries.value_story(kam, one.id)
    client.post(reverse("negotiation:value_articles", args=[one.id]),
                {"articles": "10.1/a; 2025; 2000; gold\n10.1/A; 2026; 2000",
                 "read_fees": "2026; 500", "version": story.version})  # fmt: skip
    page = words(client.get(url))
    for part in ("Worth € 80000 a year", "At our price of € 70000 they keep € 10000",
                 "The customer confirmed 100 %", "confirmed by the customer", "7 peers",
                 "stands here", "Reading and publishing"):  # fmt: skip
        assert part.replace("€ ", "€") in page.replace("€ ", "€"), part
    version = queries.value_story(kam, one.id).version
    assert client.post(reverse("negotiation:value_drop", args=[one.id, key]),
                       {"version": version}).status_code == 302  # fmt: skip
    assert queries.value_story(kam, one.id).lines == ()
    stranger = client_of(other_kam)
    for name in ("value", "new_value_line", "value_settings", "value_articles"):
        assert stranger.get(reverse(f"negotiation:{name}", args=[one.id])).status_code == 404


@pytest.mark.django_db
def test_the_api_answers_with_what_the_customer_may_see(kam, other_kam, used, client_of):
    one = used[0]
    keep(kam, one, line(LineKind.REFERENCE, 80, "Elsewhere"),
         line(LineKind.PLUS, 9, "QSECRET", shown=False))  # fmt: skip
    answer = client_of(kam).get(f"/api/accounts/{one.id}/value")
    body = answer.json()
    assert [row["name"] for row in body["lines"]] == ["Elsewhere"]
    assert body["total"] == {"low": "80.00", "likely": "80.00", "high": "80.00"}
    assert body["titles"][0]["name"] == "Oncology"
    assert "QSECRET" not in answer.content.decode()
    assert client_of(other_kam).get(f"/api/accounts/{one.id}/value").status_code == 404


@pytest.mark.django_db
def test_a_line_in_a_deck_is_proved_then_and_now(kam, other_kam):
    one = account(kam, code="VAL", currency="EUR")
    story = keep(kam, one, line(LineKind.REFERENCE, 80, "Elsewhere"), line(LineKind.MINUS, 5))
    services.save_value_line(actor=kam, of=of(one, story), line=line(LineKind.PLUS, 7, shown=False))
    rows = queries.value_tables(kam, one.id)["lines"].rows
    ids = [row[1].proof for row in rows]
    found = standings_of(kam, ids)
    assert [found[each].then.value for each in ids] == [80, -5, 75]  # what is ours alone is out
    assert not any(found[each].moved for each in ids)
    story = queries.value_story(kam, one.id)
    moved = dataclasses.replace(story.lines[0], factors=(Factor("input", D(90)),))
    services.save_value_line(actor=kam, of=of(one, story), line=moved)
    found = standings_of(kam, ids)
    assert [(found[each].then.value, found[each].now.value) for each in ids] == [
        (80, 90), (-5, -5), (75, 85),
    ]  # fmt: skip
    assert standings_of(other_kam, ids) == {}
