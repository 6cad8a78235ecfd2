"""Screens through the client: panel, notes, freeze, snapshots, KPI sets; rights; three languages."""

from decimal import Decimal

import pytest

from keystead.kit.testing.page import text_of
from keystead.scorecards import models, queries, services
from keystead.scorecards.tests.factories import PERIOD, account, shared_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("half_year")]
D = Decimal


@pytest.fixture
def jd(kam):
    return account(kam)


def panel_of(one):
    return f"/accounts/{one.id}/panels/scorecard/"


def test_the_panel_says_the_message_and_every_line(client_of, kam, jd):
    answer = client_of(kam).get(panel_of(jd), headers={"HX-Request": "true"})
    text = text_of(answer)
    assert answer.status_code == 200
    assert "82.1 points: Customer stock" in text or "82.1 points:" in text
    for words in ("92.5", "¥ 970,000", "to 45 days", "There is no value for this period.", "26.3"):
        assert words in text
    assert "95% of the weight has points" in text
    page = answer.content.decode()
    assert page.count('<tr id="line-') == 9
    assert f"/proof/sell_in.1~c7~2026-H1~account{jd.id}" in page
    assert "<html" not in page


def test_the_panel_is_also_a_page(client_of, kam, jd):
    assert "<html" in client_of(kam).get(panel_of(jd)).content.decode()


def test_another_period(client_of, kam, jd, half_year):
    client_of(kam).get(panel_of(jd) + "?period=2026-Q1")
    assert str(half_year.asked[0]["period"]) == "2026-Q1"
    assert client_of(kam).get(panel_of(jd) + "?period=yesterday").status_code == 422


@pytest.mark.parametrize("path", ["panels/scorecard/", "scorecard/sell_in/", "scorecard/freeze/"])
def test_foreign_is_missing(client_of, other_kam, jd, path):
    client = client_of(other_kam)
    for number in (jd.id, 99_999):
        for answer in (
            client.get(f"/accounts/{number}/{path}"),
            client.post(f"/accounts/{number}/{path}", {"version": 0}),
        ):
            assert answer.status_code in (404, 405) or "freeze" in path
    assert not models.AccountLine.objects.exists()
    assert not models.Snapshot.objects.exists()


def test_a_viewer_reads_and_writes_nothing(client_of, viewer, kam, jd):
    shared_with(jd, viewer)
    client = client_of(viewer)
    page = client.get(panel_of(jd)).content.decode()
    assert "line-note" not in page
    assert 'data-opens="freeze"' not in page
    for path in ("scorecard/sell_in/", "scorecard/freeze/"):
        assert client.post(f"/accounts/{jd.id}/{path}", {"version": 0}).status_code == 403
    assert client.post("/scorecards/new/", {}).status_code == 403
    assert not models.Snapshot.objects.exists()


def test_owner_comment_and_own_target(client_of, kam, jd):
    client, url = client_of(kam), f"/accounts/{jd.id}/scorecard/stock_days/"
    form = text_of(client.get(url, headers={"HX-Request": "true"}))
    assert "Owner" in form
    assert "Own target" in form
    given = {
        "owner": kam.user_id,
        "comment": "Agreed 40 to 60",
        "target": "40",
        "target_high": "60",
    }
    answer = client.post(url, {**given, "version": 0}, headers={"HX-Request": "true"})
    text = text_of(answer)
    assert "Agreed 40 to 60" in text
    assert "agreed with this account" in text
    assert "90.0 points" in text
    row = models.AccountLine.objects.get()
    assert (row.owner_id, row.target, row.version) == (kam.user_id, D(40), 1)


def test_a_stale_or_senseless_note_stays_in_the_dialog(client_of, kam, jd):
    client, url = client_of(kam), f"/accounts/{jd.id}/scorecard/stock_days/"
    client.post(url, {"owner": "", "comment": "first", "version": 0})
    for given, words in (
        ({"comment": "second", "version": 0}, "Somebody else changed this"),
        ({"comment": "x", "target": "50", "target_high": "40", "version": 1}, "below the lower"),
        ({"comment": "x", "target": "abc", "version": 1}, "number"),
    ):
        answer = client.post(url, {"owner": "", **given}, headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Retarget"]) == (422, "#line-note-body")
        assert words in answer.content.decode()
    assert models.AccountLine.objects.get().comment == "first"


def test_a_line_that_is_not_on_the_card_is_missing(client_of, kam, jd):
    assert client_of(kam).get(f"/accounts/{jd.id}/scorecard/nonsense/").status_code == 404


def test_freeze_then_read_the_snapshot(client_of, kam, other_kam, jd):
    client = client_of(kam)
    answer = client.post(
        f"/accounts/{jd.id}/scorecard/freeze/",
        {"comment": "Half-year review"},
        headers={"Idempotency-Key": "abc"},
    )
    stored = models.Snapshot.objects.get()
    assert answer.url == f"/scorecards/snapshots/{stored.pk}/"
    again = client.post(
        f"/accounts/{jd.id}/scorecard/freeze/",
        {"comment": "Half-year review"},
        headers={"Idempotency-Key": "abc"},
    )
    assert again["Location"] == answer.url
    assert models.Snapshot.objects.count() == 1
    text = text_of(client.get(answer.url))
    for words in ("Account JD", "Half-year review", "unchanged since", "82.1", "Lin Wei"):
        assert words in text
    assert "Half-year review" not in text_of(client_of(other_kam).get(answer.url))
    assert client_of(other_kam).get(answer.url).status_code == 404
    assert "Account JD" in text_of(client.get("/scorecards/snapshots/"))
    assert "Account JD" in text_of(client.get(f"/scorecards/snapshots/?account={jd.id}"))
    assert "Account JD" not in text_of(client_of(other_kam).get("/scorecards/snapshots/"))
    assert "Frozen before" in text_of(client.get(panel_of(jd)))


def test_the_list_shows_totals_lowest_first(client_of, kam, jd, django_assert_max_num_queries):
    account(kam, "NEW")
    services.refresh_scores()
    client = client_of(kam)
    with django_assert_max_num_queries(16):
        text = text_of(client.get("/scorecards/"))
    assert "82.1" in text
    assert "Trade accounts" in text
    assert "Institutions" in text


def test_an_account_without_a_set(client_of, kam):
    models.KpiSet.objects.update(active=False)
    text = text_of(client_of(kam).get(panel_of(account(kam, "ODD"))))
    assert "No KPI set counts for this account yet." in text


def form_of(client, url):
    """Return what the form of a page would send, unchanged."""
    page = client.get(url)
    form, lines = page.context["form"], page.context["lines"]
    data = {bound.html_name: bound.value() for bound in form}
    data |= {bound.html_name: bound.value() for bound in lines.management_form}
    for line in lines:
        data |= {bound.html_name: bound.value() for bound in line}
    return {key: value for key, value in data.items() if value is not None and value is not False}


def test_saving_a_set_unchanged_keeps_it(client_of, kam):
    client = client_of(kam)
    trade = next(one for one in queries.kpi_sets(kam) if one.code == "trade")
    url = f"/scorecards/{trade.id}/"
    assert client.post(url, form_of(client, url)).url == "/scorecards/"
    again = queries.kpi_set(kam, trade.id)
    assert (again.lines, again.version) == (trade.lines, trade.version + 1)


def test_edit_reorder_add_and_remove_lines(client_of, kam):
    client = client_of(kam)
    trade = next(one for one in queries.kpi_sets(kam) if one.code == "trade")
    url = f"/scorecards/{trade.id}/"
    data = form_of(client, url)
    last = len(trade.lines)
    data |= {
        "lines-1-DELETE": "on",  # growth, 10
        "lines-0-ORDER": "99",
        f"lines-{last}-metric": "run_rate", f"lines-{last}-weight": "10",
        f"lines-{last}-target_source": "last_year", f"lines-{last}-uplift_pct": "5",
        f"lines-{last}-zero_at": "60", f"lines-{last}-ORDER": "1",
    }  # fmt: skip
    answer = client.post(url, data)
    assert answer.status_code == 302
    names = [line.metric for line in queries.kpi_set(kam, trade.id).lines]
    assert "sell_in_growth" not in names
    assert names[-1] == "sell_in"
    assert "run_rate" in names[:2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lines-0-weight": "26"}, "The weights must add up to 100."),
        ({"lines-1-metric": "sell_in"}, "already on the card"),
        ({"lines-3-target_high": "10"}, "upper edge"),
        ({"name": ""}, "required"),
        ({"good_from": "20"}, "watch below good"),
        ({"version": "77"}, "Somebody else changed this set"),
        ({"lines-0-weight": "abc"}, "number"),
    ],
)
def test_a_senseless_set_is_refused_in_place(client_of, kam, change, words):
    client = client_of(kam)
    trade = next(one for one in queries.kpi_sets(kam) if one.code == "trade")
    url = f"/scorecards/{trade.id}/"
    answer = client.post(url, {**form_of(client, url), **change})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert queries.kpi_set(kam, trade.id) == trade


def test_resale_prices_are_neither_offered_nor_taken(client_of, kam):
    client = client_of(kam)
    page = client.get("/scorecards/new/").content.decode()
    assert "price_index" not in page
    assert "stock_days" in page


def test_a_new_set(client_of, kam):
    client = client_of(kam)
    data = form_of(client, "/scorecards/new/")
    data |= {
        "name": "Chains", "segment": "chains", "kinds": ["pharmacy_chain"], "active": "on",
        "lines-0-metric": "sell_in", "lines-0-weight": "100", "lines-0-target_source": "dataset",
    }  # fmt: skip
    assert client.post("/scorecards/new/", data).status_code == 302
    made = queries.kpi_sets(kam)[-1]
    assert (made.name, made.code, made.kinds) == ("Chains", "chains", ("pharmacy_chain",))
    assert made.lines[0].weight == D(100)


def test_who_only_reads_sees_the_set_but_no_button(client_of, finance):
    trade = queries.kpi_sets(finance)[0]
    page = client_of(finance).get(f"/scorecards/{trade.id}/").content.decode()
    assert "<fieldset disabled>" in page
    assert client_of(finance).post(f"/scorecards/{trade.id}/", {}).status_code == 403


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "on track"), ("zh-hans", "达标"), ("fr", "en bonne voie")],
)
def test_three_languages(client_of, make_actor, language, words):
    actor = make_actor("speaker", "kam", language=language)
    client, one = client_of(actor), account(actor, "L")
    client.cookies["django_language"] = language
    assert words in text_of(client.get(panel_of(one)))
    for path in ("/scorecards/", "/scorecards/new/", "/scorecards/snapshots/"):
        assert client.get(path).status_code == 200


def test_the_admin_has_no_business_here(client_of, admin):
    assert client_of(admin).get("/scorecards/").status_code == 403


def test_the_period_of_a_link_is_kept(client_of, kam, jd):
    page = client_of(kam).get(panel_of(jd) + f"?period={PERIOD}").content.decode()
    assert "scorecard/sell_in/?period=2026-H1" in page
    assert '<input type="hidden" name="period" value="2026-H1">' in page
