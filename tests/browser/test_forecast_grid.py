"""The forecast grid in a real browser: typed, pasted, spread, taken back, and somebody was first."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from keystead.accounts import services as accounts
from keystead.forecasting import services
from keystead.forecasting.queries.table import cycle_table
from keystead.forecasting.tests.cells import MONTH, lock, shelves, stored
from keystead.forecasting.types.cycle import (
    Cycle,
    Key,
    Layer,
    Node,
    OverrideEntry,
    OverrideKind,
    Reason,
)
from keystead.kernel.periods import add_months
from keystead.kit.access import SYSTEM, Actor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]
Desk = tuple[Actor, Actor, Cycle, dict[str, int]]
JD1 = "P1 strips"  # the last of two lines of this name is that of JD Ltd
PAST = 6  # months of the past before those that are forecast; the first of these is frozen here


@pytest.fixture
def desk(browser: Any, transactional_db: None, make_actor: Callable[..., Actor]) -> Desk:
    """A manager with two shops, their director, a locked cycle and an open one of four months."""
    lin, anna = make_actor("lin", "kam", first_name="Lin"), make_actor("anna", "director")
    ids = shelves(lin, make_actor("far", "kam"))
    for one in ("jd", "ali"):
        accounts.assign_team(actor=SYSTEM, account_id=ids[one], user_id=anna.user_id)
    jd, ali = ids["jd"], ids["ali"]
    series = {
        (jd, ids["p1"]): [100] * 4, (jd, ids["p2"]): [50] * 4,
        (jd, ids["q1"]): [10] * 4, (ali, ids["p1"]): [30] * 4,
    }  # fmt: skip
    longer = {key: [*values, values[-1]] for key, values in series.items()}
    before = stored(longer, month=add_months(MONTH, -1))
    lock(before, {(*key, step): value for key, values in longer.items()
                  for step, value in enumerate(values)})  # fmt: skip
    return lin, anna, stored(series, frozen_months=1), ids


def cell(page: Page, line: str, month: int) -> Locator:
    """Return the cell of a line (by its name, the last of them) in a forecast month."""
    row = page.locator(".tabulator-row", has=page.get_by_text(line, exact=True)).last
    return row.locator(f'[tabulator-field="m{PAST + month}"]')


def line(actor: Actor, cycle: Cycle, key: Key) -> list[Decimal]:
    table = cycle_table(actor, cycle.id)
    row = next(at for at, one in enumerate(table.series) if one.key == key)
    return [table.quantity(Layer.ACCOUNT_MANAGER, row, at) for at in range(len(table.periods))]


def opened(page: Page, cycle: Cycle) -> list[str]:
    """Open the grid with all its lines; return what the console will complain about."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/forecasts/{cycle.id}/")
    expect(page.locator("#forecast-grid[data-ready]")).to_be_visible()
    page.get_by_role("button", name="All lines").click()
    for name in ("JD Ltd", "ALI Ltd"):
        expect(
            page.locator(".tabulator-row", has=page.get_by_text(name, exact=True))
        ).to_be_visible()
    return said


def press(page: Page, at: Locator, *keys: str) -> None:
    """Click a cell and type: single characters and named keys."""
    at.click()
    for one in keys:
        page.keyboard.press(one)


LATE = """() => {
  const { open, send } = XMLHttpRequest.prototype;
  let late = 0;
  XMLHttpRequest.prototype.open = function (verb, ...rest) {
    this.late = verb.toUpperCase() === "GET";
    return open.call(this, verb, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...rest) {
    const load = this.onload;
    if (this.late) this.onload = (event) => setTimeout(() => {
      load.call(this, event);
      document.documentElement.dataset.late = ++late;
    }, 1500);
    return send.apply(this, rest);
  };
}"""
"""Answers to questions come late, those to what is sent do not."""


def test_a_forecast_is_typed_pasted_spread_and_taken_back(
    desk: Desk, open_page: Callable[..., Page], expect_accessible: Callable[[Page], None]
) -> None:
    lin, _anna, cycle, ids = desk
    page = open_page("/forecasts/", lin)
    said = opened(page, cycle)
    note, p1, p2 = page.locator("#grid-say"), *(Key(ids["jd"], ids[one]) for one in ("p1", "p2"))
    expect_accessible(page)

    # A frozen month says so; a change without a reason waits for it.
    press(page, cell(page, JD1, 0), "9")
    expect(note).to_have_text("This month is frozen in this cycle.")
    press(page, cell(page, JD1, 1), *"120", "Enter")
    expect(note).to_have_text("Choose a reason first; your change waits for it.")
    assert line(lin, cycle, p1) == [100, 100, 100, 100]
    page.locator("#grid-reason").select_option("tender")
    expect(note).to_have_text("1 cell saved.")
    expect(cell(page, JD1, 1)).to_have_text("120")
    expect(cell(page, "JD Ltd", 1)).to_have_text("180")
    page.keyboard.press("ArrowUp")  # Enter went down; the chart and the reasons follow
    expect(page.locator("#grid-detail")).to_contain_text("Tender")

    # In percent, below the first guard rail.
    press(page, cell(page, JD1, 2), *"+3%", "Enter")
    expect(cell(page, JD1, 2)).to_have_text("103")
    expect(page.locator("#grid-warnings")).to_contain_text("Changes below 5 %")
    assert line(lin, cycle, p1) == [100, 120, 103, 100]

    # A block from the clipboard, as Excel puts it there; the frozen month keeps what it has.
    page.evaluate("navigator.clipboard.writeText('7\\t130\\t131\\r\\n8\\t+10\\t53\\r\\n')")
    press(page, cell(page, JD1, 0), "Control+V")
    expect(note).to_have_text("4 cells saved.")
    assert line(lin, cycle, p1) == [100, 130, 131, 100]
    assert line(lin, cycle, p2) == [50, 60, 53, 50]

    # Above the leaves: the split is shown, left, shown again, saved, and taken back.
    press(page, cell(page, "JD Ltd", 3), *"+10%", "Enter")
    split = page.locator("#grid-split")
    expect(split).to_contain_text("Spread by the last agreed mix.")
    expect(split.locator("tbody tr")).to_have_count(3)
    split.get_by_role("button", name="Leave it").click()
    expect(note).to_have_text("Nothing was saved.")
    assert line(lin, cycle, p1)[3] == 100
    press(page, cell(page, "JD Ltd", 3), *"+10%", "Enter")
    split.get_by_role("button", name="Save").click()
    expect(note).to_have_text("3 cells saved.")
    expect(cell(page, JD1, 3)).to_have_text("110")
    page.evaluate(LATE)
    press(page, cell(page, JD1, 3), "Control+Z")
    expect(note).to_have_text("Taken back.")
    expect(cell(page, JD1, 3)).to_have_text("100")
    assert line(lin, cycle, p1)[3] == 100
    _remark_stays(page)
    assert said == []


def _remark_stays(page: Page) -> None:
    """A remark stays with the line it was written on."""
    page.keyboard.press("c")
    expect(page.locator("#grid-comment")).to_be_focused()
    page.keyboard.type("They ask for twice as much.")
    page.get_by_role("button", name="Add the remark").click()
    remark = page.locator("#grid-detail .said").filter(has_text="They ask for twice as much.")
    expect(remark).to_have_count(1)
    late = re.compile("[1-9]")  # an answer asked for before the remark comes after it
    expect(page.locator("html")).to_have_attribute("data-late", late)
    expect(remark).to_have_count(1)


def test_somebody_else_was_first(desk: Desk, open_page: Callable[..., Page]) -> None:
    lin, anna, cycle, ids = desk
    page = open_page("/forecasts/", lin)
    said = opened(page, cycle)
    p1 = Key(ids["jd"], ids["p1"])
    page.locator("#grid-reason").select_option("tender")
    for mine, theirs, choice, kept in (
        ("140", 125, "Keep theirs", 125), ("150", 135, "Save mine over them", 150),
    ):  # fmt: skip
        services.override(actor=anna, cycle_id=cycle.id, entry=OverrideEntry(
            node=Node(p1.account_id, p1.product_id), periods=(cycle.periods[1],),
            kind=OverrideKind.ABSOLUTE, amount=Decimal(theirs), reason=Reason.PROMOTION,
        ))  # fmt: skip
        press(page, cell(page, JD1, 1), *mine, "Enter")
        shown = page.locator("#grid-conflict")
        expect(shown.locator("tbody tr")).to_contain_text([f"{theirs}anna{mine}"])
        shown.get_by_role("button", name=choice).click()
        expect(cell(page, JD1, 1)).to_have_text(str(kept))
        expect(page.locator("#grid-say")).to_have_text(
            "Theirs was kept." if kept == theirs else "1 cell saved."
        )
        assert line(lin, cycle, p1)[1] == kept
    assert said == []
