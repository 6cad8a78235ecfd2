"""Every page of every room: no serious axe finding, no sideways scroll, at desktop and phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.test_shell import no_sideways_scroll

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]
PAGES = (
    "/imports/", "/metrics/", "/metrics/stock_days/", "/products/", "/products/sheets/",
    "/scorecards/", "/scorecards/new/", "/scorecards/snapshots/", "/reference/rates/",
    "/approvals/", "/approvals/matrix/", "/approvals/delegate/", "/periods/", "/accounts/sheets/",
)  # fmt: skip
TABS = ("money", "range", "stock", "prices", "spend", "scorecard", "listings", "profile", "files")
LOOKS = [(1440, False, "fr"), (390, True, "zh-hans")]


@pytest.mark.parametrize(("width", "dark", "language"), LOOKS)
def test_the_pages_of_the_rooms(
    house: dict[str, Any], open_page: Callable[..., Page],
    expect_accessible: Callable[[Page], None], width: int, dark: bool, language: str,
) -> None:  # fmt: skip
    for path in PAGES:
        page = open_page(path, house["ops"], width=width, dark=dark, language=language)
        assert page.locator("h1").count() == 1, path
        expect_accessible(page)
        no_sideways_scroll(page)
        page.close()


@pytest.mark.parametrize(("width", "dark", "language"), LOOKS)
def test_the_panels_of_an_account(
    house: dict[str, Any], open_page: Callable[..., Page],
    expect_accessible: Callable[[Page], None], width: int, dark: bool, language: str,
) -> None:  # fmt: skip
    for tab in TABS:
        path = f"/accounts/{house['account']}/?tab={tab}"
        page = open_page(path, house["kam"], width=width, dark=dark, language=language)
        expect_accessible(page)
        no_sideways_scroll(page)
        page.close()
