"""A cycle by week from its opening to its lock, beside a cycle by month of the same demand."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from click.testing import CliRunner
from django.utils import translation

from keystead.accounts.services import assign_team
from keystead.forecasting import models, services
from keystead.forecasting.commands import forecast
from keystead.forecasting.queries import cycle_for, runs_of
from keystead.forecasting.queries.people import record_of
from keystead.forecasting.queries.periods import heads, period_words
from keystead.forecasting.queries.problems import problems_of
from keystead.forecasting.queries.promised import promised_gaps
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.queries.value_added import accuracy
from keystead.forecasting.queries.workbook import forecast_book
from keystead.forecasting.queries.workbook_reading import read_book
from keystead.forecasting.services.locking import freeze
from keystead.forecasting.services.merging import merge_book
from keystead.forecasting.tests.cells import lock, shelves, stored
from keystead.forecasting.tests.house import opened, ran, typed
from keystead.forecasting.types.cycle import (
    Calendar,
    CycleState,
    Key,
    Layer,
    Node,
    Reason,
    RunState,
)
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.errors import Conflict, Invalid
from keystead.kernel.periods import Period, month_start
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.queries import sums
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
W, D = Rhythm.WEEK, Decimal
MONDAY = date(2026, 1, 5)  # 2026-W02
DAYS = Calendar(MONDAY, date(2026, 1, 6), date(2026, 1, 7), date(2026, 1, 8))
WEEKLY = {"rhythm": W, "month": MONDAY, "calendar": DAYS, "horizon": 8}


@pytest.fixture
def ids(kam: Actor, other_kam: Actor) -> dict[str, int]:
    return shelves(kam, other_kam)


@pytest.fixture
def sales(ids):
    """70 weeks of invoices with their day: jd 20 and 10 a week, far 5; ali only knows months."""
    rows = []
    for at in range(1, 71):
        monday = W.step(MONDAY, -at)
        for who, what, units in (("jd", "p1", 20), ("jd", "q1", 10), ("far", "p1", 5)):
            rows += [
                line(ids, who, what, monday + timedelta(days=day), D(units) / 2) for day in (1, 4)
            ]
    rows += [line(ids, "ali", "p1", date(2025, month, 1), D(90)) for month in range(1, 13)]
    room.post("sell_in", rows)
    return ids


def line(ids, who, what, day, units):
    return {"account_id": ids[who], "product_id": ids[what], "date": day, "quantity": units,
            "value": units * 10, "doc_no": f"{who}{what}{day}"}  # fmt: skip


def said(answer) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def test_a_run_by_week_counts_days_and_names_what_only_knows_months(sales, sales_ops):
    cycle = ran(sales_ops, opened(sales_ops, **WEEKLY))
    assert (cycle.name, cycle.cut_off) == ("2026-W02", date(2026, 1, 4))
    assert cycle.periods == W.periods(MONDAY, 8)
    table = cycle_table(sales_ops, cycle.id)
    assert [one.key for one in table.series] == sorted([
        Key(sales["jd"], sales["p1"]), Key(sales["jd"], sales["q1"]),
        Key(sales["far"], sales["p1"]),
    ])  # fmt: skip
    for layer in (Layer.NAIVE, Layer.STATISTICAL):
        assert table.layers[layer].sum(axis=0).round(6).tolist() == [35.0] * 8
    left = [one for one in problems_of(sales_ops, cycle.id) if one.code == "month_only"]
    assert [(one.account_id, one.product_id, one.month, one.count, one.rhythm) for one in left] == [
        (sales["ali"], sales["p1"], date(2025, 12, 1), 12, Rhythm.MONTH)
    ]
    assert left[0].proof
    (run,) = runs_of(sales_ops, cycle.id)
    assert [one["lag"] for one in run.backtest["lags"]] == [] or run.backtest["lags"]
    again = ran(sales_ops, cycle)
    assert {one.output_hash for one in runs_of(sales_ops, cycle.id)} == {run.output_hash}
    assert again.run_id != cycle.run_id


def test_who_has_no_line_in_it_is_told_why(sales, sales_ops, make_actor, client_of):
    cycle = ran(sales_ops, opened(sales_ops, **WEEKLY))
    other = make_actor("mona", "kam")
    assign_team(actor=SYSTEM, account_id=sales["ali"], user_id=other.user_id, role="backup",
                valid_from=date(2020, 1, 1))  # fmt: skip
    page = said(client_of(other).get(f"/forecasts/{cycle.id}/"))
    assert "No line of yours is in this cycle" in page
    assert "needs sales or invoices with their day" in page


def test_with_months_alone_the_run_refuses_in_a_sentence(ids, sales_ops):
    room.post("sell_in", [line(ids, "ali", "p1", date(2025, n, 1), D(9)) for n in range(3, 13)])
    cycle = opened(sales_ops, **WEEKLY)
    with pytest.raises(Invalid, match=r"only knows its months.*ALI Ltd, P1.*2025-12"):
        ran(sales_ops, cycle)
    assert cycle_for(sales_ops, cycle.id).run_id is None
    assert not models.ForecastVersion.objects.exists()


def test_weeks_and_months_stand_beside_each_other(sales, sales_ops):
    """The same first day, name and accounts: two cycles; two of one rhythm are still refused."""
    first = date(2026, 6, 1)  # a Monday and a first of the month
    monthly = opened(sales_ops, month=first)
    weekly = opened(sales_ops, **{**WEEKLY, "month": date(2026, 6, 3)})  # its week begins then
    assert (monthly.name, weekly.name) == ("2026-06", "2026-W23")
    assert weekly.head.month == first
    with pytest.raises(Conflict, match="This week has a cycle"):
        opened(sales_ops, **{**WEEKLY, "month": first})
    part = {**WEEKLY, "month": date(2026, 6, 15), "accounts": frozenset({sales["jd"]})}
    with pytest.raises(Conflict, match="same weeks"):
        opened(sales_ops, **part)
    with pytest.raises(Invalid, match="104 weeks"):
        opened(sales_ops, **{**WEEKLY, "month": date(2027, 2, 1), "horizon": 105})


def week_cycle(ids, first, units, **more):
    jd = ids["jd"]
    cells = {(jd, ids["p1"]): units, (jd, ids["q1"]): [1] * len(units)}
    return stored(cells, month=first, rhythm="week", **more)


def posted(dataset, *keys):
    table = sums(actor=SYSTEM, dataset=dataset, keys=keys,
                 period=Period(date(2025, 12, 1), date(2027, 1, 1)))  # fmt: skip
    return {tuple(row[key] for key in keys): row["quantity"] for row in table.to_pylist()}


def frozen(cycle):
    models.CycleRow.objects.filter(pk=cycle.id).update(state=CycleState.REVIEW.value)
    row = models.CycleRow.objects.get(pk=cycle.id)
    freeze(row)
    row.save_checked(SYSTEM)
    return row


def test_the_lock_posts_weeks_to_their_own_dataset_and_loses_none(ids):
    """A later cycle replaces the months it touches; weeks of the first month that it does not
    forecast stay as they were agreed."""
    first = date(2026, 1, 12)
    early = week_cycle(ids, first, [10, 20, 30, 40, 50])  # 12 January to 9 February
    frozen(early)
    assert posted("forecast_week", "date") == {
        (W.step(first, at),): D(units + 1) for at, units in enumerate([10, 20, 30, 40, 50])
    }
    assert posted("forecast", "date") == {}
    assert posted("forecast_week", "month") == {
        (date(2026, 1, 1),): D(63), (date(2026, 2, 1),): D(92),
    }  # fmt: skip
    later = week_cycle(ids, date(2026, 1, 26), [300, 400, 500, 600])
    frozen(later)
    found = posted("forecast_week", "date")
    assert found == {
        (date(2026, 1, 12),): D(11), (date(2026, 1, 19),): D(21), (date(2026, 1, 26),): D(301),
        (date(2026, 2, 2),): D(401), (date(2026, 2, 9),): D(501), (date(2026, 2, 16),): D(601),
    }  # fmt: skip
    for (monday,), _units in found.items():
        assert monday.weekday() == 0
    by_month = posted("forecast_week", "month")
    assert by_month == {
        (month,): sum(units for (monday,), units in found.items() if month_start(monday) == month)
        for month in (date(2026, 1, 1), date(2026, 2, 1))
    }


def test_a_month_and_its_weeks_are_never_added_up(ids, sales_ops):
    monthly = stored({(ids["jd"], ids["p1"]): [100]}, month=date(2026, 1, 1))
    frozen(monthly)
    frozen(week_cycle(ids, MONDAY, [25, 25, 25, 25]))
    assert posted("forecast", "month") == {(date(2026, 1, 1),): D(100)}
    assert sum(posted("forecast_week", "month").values()) == 104


def test_targets_by_month_are_not_held_against_weeks(ids):
    room.post("target", [{"account_id": ids["jd"], "product_id": None, "date": date(2026, 1, 1),
                          "metric": "sell_in_units", "quantity": D(500), "unit": "pack"}])  # fmt: skip
    cycle = week_cycle(ids, MONDAY, [25, 25, 25, 25])
    assert list(promised_gaps(SYSTEM, cycle_table(SYSTEM, cycle.id))) == []


def test_changes_of_weeks_carry_and_mix_within_their_rhythm(ids, kam, sales_ops):
    before = week_cycle(ids, MONDAY, [10, 10, 10])
    stored({(ids["jd"], ids["p1"]): [1000]}, month=date(2026, 1, 1), state="locked")
    lock(before, {(ids["jd"], ids["p1"], 1): 30, (ids["jd"], ids["q1"], 1): 10})
    now = week_cycle(ids, W.step(MONDAY, 1), [10, 10])
    shown = services.preview(
        actor=kam, cycle_id=now.id,
        entry=typed(Node(ids["jd"]), 40, "delta", periods=(W.step(MONDAY, 1),)),
    )  # fmt: skip
    # 40 more by the mix agreed for that week last time: 3 to 1
    assert {one.key.product_id: one.after - one.before for one in shown.splits} == {
        ids["p1"]: 30, ids["q1"]: 10,
    }  # fmt: skip
    with pytest.raises(Invalid, match="2026-W10 is not forecast"):
        services.preview(
            actor=kam, cycle_id=now.id,
            entry=typed(Node(ids["jd"]), 40, periods=(date(2026, 3, 2),)),
        )  # fmt: skip


def test_the_workbook_goes_out_and_comes_home_by_week(ids, kam):
    cycle = week_cycle(ids, MONDAY, [10, 20, 30], frozen_months=1)
    content = forecast_book(kam, cycle.id)
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    assert [page.cell(6, 7 + at).value for at in range(3)] == ["2026-W02", "2026-W03", "2026-W04"]
    place = next(
        n for n in range(1, page.max_row + 1) if page.cell(n, 1).value == f"{ids['jd']}:{ids['p1']}"
    )
    page.cell(place, 8).value = 77
    services.override(
        actor=kam, cycle_id=cycle.id,
        entry=typed(Node(ids["jd"], ids["p1"]), 44, periods=(W.step(MONDAY, 2),)),
    )  # fmt: skip
    kept = io.BytesIO()
    book.save(kept)
    read = read_book(kept.getvalue(), name="weeks.xlsx")
    assert read.periods == cycle.periods
    taken = merge_book(actor=kam, book=read, cycle_id=cycle.id, reason=Reason.TENDER)
    assert taken.cells == 1
    table = cycle_table(kam, cycle.id)
    at = [one.key for one in table.series].index(Key(ids["jd"], ids["p1"]))
    assert table.layers[Layer.ACCOUNT_MANAGER][at].tolist() == [10, 77, 44]
    page.cell(place, 7).value = 5
    kept = io.BytesIO()
    book.save(kept)
    with pytest.raises(Conflict, match="2026-W02 is frozen"):
        merge_book(actor=kam, book=read_book(kept.getvalue(), name="weeks.xlsx"),
                   cycle_id=cycle.id, reason=Reason.TENDER)  # fmt: skip


def test_heads_of_weeks_name_the_iso_year_once():
    weeks = W.periods(date(2026, 12, 14), 4)
    assert heads(W, weeks) == ["2026-W51", "W52", "W53", "2027-W01"]
    told = {}
    for language in ("zh-hans", "fr"):
        with translation.override(language):
            told[language] = period_words(W, weeks[3]), period_words(W, weeks[0], year=False)
    assert told == {"zh-hans": ("2027年第01周", "第51周"), "fr": ("2027-S01", "S51")}


def test_the_grid_shows_and_saves_weeks(ids, kam, sales_ops, client_of):
    room.post("sell_in", [
        line(ids, "jd", "p1", W.step(MONDAY, -at) + timedelta(days=2), D(6)) for at in range(1, 20)
    ])  # fmt: skip
    cycle = week_cycle(ids, MONDAY, [10, 20, 30])
    client = client_of(kam)
    page = client.get(f"/forecasts/{cycle.id}/")
    assert "by week from Monday" in said(page)
    assert "This week is over" in page.content.decode()
    rows = client.get(f"/forecasts/{cycle.id}/rows/").json()
    assert rows["labels"] == [
        "2025-W48",
        "W49",
        "W50",
        "W51",
        "W52",
        "2026-W01",
        "W02",
        "W03",
        "W04",
    ]
    line_of = next(one for one in rows["series"] if one[1] == ids["p1"])
    assert line_of[3] == [6] * 6 + [10, 20, 30]
    edit = {"account": ids["jd"], "product": ids["p1"], "month": 7, "kind": "percent",
            "amount": "50"}  # fmt: skip
    sent = {"layer": "account_manager", "reason": "tender", "edits": [edit], "seen": rows["seen"]}
    saved = client.post(
        f"/forecasts/{cycle.id}/edit/", sent, content_type="application/json"
    ).json()
    assert saved["cells"] == [[ids["jd"], ids["p1"], 7, 30]]
    look = client.post(f"/forecasts/{cycle.id}/edit/", {
        **sent, "preview": True, "seen": saved["seen"],
        "edits": [{"account": ids["jd"], "month": 8, "kind": "delta", "amount": "4"}],
    }, content_type="application/json").json()  # fmt: skip
    assert "2026-W04" in look["html"]
    side = said(client.get(f"/forecasts/{cycle.id}/node/", {"account": ids["jd"]}))
    assert "W03" in side
    desk = said(client_of(sales_ops).get(f"/forecasts/{cycle.id}/cycle/"))
    assert "By week" in desk
    assert "over all weeks of the cycle" in desk


def test_a_week_is_opened_on_the_page_and_by_the_api(ids, sales_ops, client_of):
    ops = client_of(sales_ops)
    form = {
        "rhythm": "week", "month": "2026-01-08", "kind": "sell_in", "frozen_months": "0",
        "gap_pct": "10", "opens": "2026-01-05", "submit_by": "2026-01-06",
        "review_by": "2026-01-07", "lock_by": "2026-01-08", "parties": ["account_manager"],
    }  # fmt: skip
    assert ops.post("/forecasts/open/", form).status_code == 302
    row = models.CycleRow.objects.get()
    assert (row.rhythm, row.month, row.horizon) == ("week", MONDAY, 13)
    body = {"month": "2026-02-09", "rhythm": "week", "name": "b", "opens": "2026-02-09",
            "submit_by": "2026-02-10", "review_by": "2026-02-11", "lock_by": "2026-02-12"}  # fmt: skip
    made = ops.post("/api/forecasts", body, content_type="application/json").json()
    assert (made["rhythm"], made["horizon"], made["cut_off"]) == ("week", 13, "2026-02-08")
    plain = {**body, "month": "2026-03-01", "rhythm": "month", "name": ""}
    assert (
        ops.post("/api/forecasts", plain, content_type="application/json").json()["horizon"] == 18
    )
    assert "By week" in said(ops.get("/forecasts/"))


def test_the_command_line_runs_shows_and_changes_weeks(sales, sales_ops, kam, monkeypatch):
    say = CliRunner()
    monkeypatch.setenv("KEYSTEAD_USER", "ops")
    made = say.invoke(forecast, ["run", "2026-W02", "--recipe", "naive", "--horizon", "4"])
    assert "Cycle 2026-W02, run 1: 3 series" in made.output, made.exception
    same = say.invoke(forecast, ["run", "2026-01-07", "--rhythm", "week", "--recipe", "naive"])
    assert "Cycle 2026-W02, run 2" in same.output, same.exception
    assert models.CycleRow.objects.count() == 1
    assert models.RunRow.objects.filter(state=RunState.DONE.value).count() == 2
    told = say.invoke(forecast, ["remarks", "2026-W02"])
    assert "2025-12" in told.output
    assert "left out of the forecast by week" in told.output
    monkeypatch.setenv("KEYSTEAD_USER", "lin")
    shown = say.invoke(forecast, ["show", "2026-W02", "--layer", "statistical"])
    assert "2026-W02  2026-W03  2026-W04  2026-W05" in shown.output
    change = ["override", "2026-W02", "+50%", "--months", "2026-W03..2026-W04", "--account", "JD"]
    assert "60 > 90" in say.invoke(forecast, [*change, "--reason", "tender"]).output
    assert "week " in say.invoke(forecast, ["show"]).output


def test_accuracy_by_week_counts_weeks_ahead_and_no_month(ids, kam, client_of):
    jd, p1 = ids["jd"], ids["p1"]
    lock(week_cycle(ids, MONDAY, [10] * 8), {(jd, p1, 0): 12, (jd, p1, 7): 30})
    lock(stored({(jd, p1): [500]}, month=date(2026, 1, 1)), {(jd, p1, 0): 500})
    room.post("sell_in", [line(ids, "jd", "p1", W.step(MONDAY, at) + timedelta(days=3), D(20))
                          for at in range(8)])  # fmt: skip
    found = accuracy(kam, rhythm=W)
    by = {(one.lag, one.layer): one for one in found.lags}
    assert sorted({one.lag for one in found.lags}) == [1, 2, 4, 8, 13]
    # 20 sold; 10 said and 12 agreed, 30 agreed eight weeks ahead; the other product 1 for nothing
    assert (by[1, "statistical"].wape, by[1, "agreed"].wape) == (55.0, 45.0)
    assert by[8, "agreed"].wape == 55.0
    assert by[13, "agreed"].cells == 0
    assert (found.cycles, found.last) == (1, W.step(MONDAY, 7))
    monthly = accuracy(kam)
    assert monthly.cycles == 1
    assert {one.lag for one in monthly.lags if one.cells} == {1}
    assert monthly.case.cells == 1
    with pytest.raises(Invalid, match="4, 8 or 13 weeks"):
        accuracy(kam, rhythm=W, lag=3)
    page = said(client_of(kam).get("/forecasts/value-added/?rhythm=week&lag=8"))
    assert "Error 8 weeks ahead" in page
    assert "2026-W02" in page
    body = client_of(kam).get("/api/forecast-accuracy?rhythm=week&lag=4").json()
    assert (body["rhythm"], body["lag"]) == ("week", 4)


def test_a_record_by_week_stands_by_itself(ids, kam):
    jd, p1 = ids["jd"], ids["p1"]
    cycle = week_cycle(ids, MONDAY, [10] * 2)
    services.override(
        actor=kam, cycle_id=cycle.id, entry=typed(Node(jd, p1), 18, periods=(MONDAY,))
    )
    lock(cycle, {(jd, p1, 0): 18})
    room.post("sell_in", [line(ids, "jd", "p1", MONDAY + timedelta(days=2), D(20))])
    assert record_of(kam, rhythm=W).track.helped == 1
    assert record_of(kam).track.overrides == 0
