"""The import desk in a real browser, with a real workbook: from the drop to the proof and back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from keystead.doors.web.tests.house import account
from keystead.kit.jobs import worker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]
WORKBOOK = "cn_pharmacy_sales_2018_pseudonymised.xlsx"
CARD = "社保卡号"


def press(page: Page, button: Locator) -> None:
    """Press a button, wait until the server has heard, and let the worker do what waits."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        button.click()
    worker.work(once=True)
    expect(page.locator("#desk[hx-get]")).to_have_count(0)


def sold_in_may(path: Path) -> Decimal:
    """Return the takings of 3 May 2018 of products with one name, added up by hand."""
    rows = list(openpyxl.load_workbook(path, read_only=True).active.iter_rows(
        min_row=2, values_only=True
    ))  # fmt: skip
    names: dict[str, set[str]] = {}
    for row in rows:
        names.setdefault(row[2], set()).add(row[3])
    day = dt.date(2018, 5, 3).isoformat()
    return sum(
        (Decimal(row[6]) for row in rows
         if str(row[0]).startswith(day) and len(names[row[2]]) == 1),
        Decimal(0),
    )  # fmt: skip


def answer_what_only_a_person_knows(page: Page) -> None:
    """Say whose sales they are and in which currency, one question after the other."""
    for _question in range(6):
        if not page.get_by_role("button", name="Answer").count():
            break
        form = page.locator("form", has=page.get_by_role("button", name="Answer")).first
        kind = form.locator("input[name=kind]").get_attribute("value")
        if kind == "currency":
            form.get_by_label("Currency").fill("CNY")
        elif kind == "field":
            form.get_by_label("One value for the whole file").fill("PH-1")
        press(page, form.get_by_role("button", name="Answer"))


def test_a_real_workbook_from_the_drop_to_the_figure_and_back(
    house: dict[str, Any], open_page: Callable[..., Page], shared: Path,
    expect_accessible: Callable[[Page], None],
) -> None:  # fmt: skip
    path = shared / "trade" / WORKBOOK
    if not path.exists():
        pytest.skip(f"the field data is not there: {path}")
    shop = account(house["ops"], "PH-1", house["kam"], name="朝阳药店", currency="CNY")

    page = open_page("/imports/", house["ops"])
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_text("I know what it is").click()
    page.get_by_label("What it is").first.select_option("off_take")
    page.get_by_label("Source").fill("pharmacy")
    press(page, page.get_by_role("button", name="Bring it in"))
    expect(page).to_have_url(re.compile(r"/imports/\d+/$"))

    # The card numbers stop it: nothing is kept, until it comes again without that column.
    expect(page.get_by_label(f"Leave out “{CARD}”")).to_be_checked()
    expect_accessible(page)
    page.locator("input[type=file]").set_input_files(path)
    press(page, page.get_by_role("button", name="Go on without these columns"))

    answer_what_only_a_person_knows(page)
    create = page.get_by_role("button", name=re.compile("Create .* products? from the file"))
    press(page, create)
    expect(page.get_by_role("button", name="Post 5,566 rows")).to_be_visible()
    expect(page.get_by_text("987 rows go on waiting and can follow later.")).to_be_visible()
    expect(page.locator("#problems")).to_contain_text("A date that does not exist")
    expect_accessible(page)
    press(page, page.get_by_role("button", name="Post 5,566 rows"))
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()

    # The figure of one day leads to the very cells of the workbook, and they add up to it.
    expected = sold_in_may(path)
    assert expected > 0
    sheet = page.context.request.get(
        f"/api/metrics/evaluate?metrics=off_take&period=2018-05-03..2018-05-03&account={shop}"
    ).json()["items"][0]["off_take"]
    assert Decimal(sheet["value"]) == expected
    page.goto(f"/proof/{sheet['proof']}/")
    expect(page.get_by_role("main")).to_contain_text(WORKBOOK)
    expect_accessible(page)
    page.goto("/imports/")
    page.get_by_role("link", name=WORKBOOK).click()
    page.get_by_label("Reason").fill("wrong pharmacy")
    press(page, page.get_by_role("button", name="Undo this import"))
    expect(page.get_by_text("Undone. The figures are as they were.")).to_be_visible()
    gone = page.context.request.get(
        f"/api/metrics/evaluate?metrics=off_take&period=2018-05-03..2018-05-03&account={shop}"
    ).json()["items"]
    assert not gone or gone[0]["off_take"]["value"] in {None, "0", "0.0000"}
