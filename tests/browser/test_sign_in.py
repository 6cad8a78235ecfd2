"""Coming in, in a real browser: the second step by hand, codes to keep, sessions to end."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from keystead.doors.web.tests.signing import PASSWORD, code_of
from keystead.kit.models import User
from tests.browser.test_shell import no_sideways_scroll

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]
Check = Callable[[Page], None]
SIZES = [("en", 1440, False), ("zh-hans", 390, False), ("fr", 390, True)]


def enter(page: Page) -> None:
    page.locator("input[name=username]").first.fill("lin")
    page.locator("input[name=password]").first.fill(PASSWORD)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("language", "width", "dark"), SIZES)
def test_the_second_step_from_end_to_end(
    make_user: Callable[..., User], open_page: Open, expect_accessible: Check,
    language: str, width: int, dark: bool,
) -> None:  # fmt: skip
    make_user("lin", "kam", language=language)
    page = open_page("/sign-in/?next=/profile/code/", width=width, language=language, dark=dark)
    enter(page)
    expect(page.locator("svg.qr")).to_be_visible()
    no_sideways_scroll(page)
    expect_accessible(page)
    secret = page.locator("#totp-secret").inner_text().replace(" ", "")
    page.keyboard.type(code_of(secret))  # the field has the focus
    page.keyboard.press("Enter")
    codes = page.locator(".recovery-codes code")
    expect(codes).to_have_count(10)
    no_sideways_scroll(page)
    expect_accessible(page)
    with page.expect_download() as kept:
        page.locator("a[download]").click()
    text = Path(kept.value.path()).read_text()
    assert codes.first.inner_text() in text.splitlines()
    code = codes.nth(3).inner_text()
    page.context.clear_cookies(name="sessionid")
    page.goto("/sign-in/?next=/profile/")
    enter(page)
    expect(page).to_have_url(re.compile("/sign-in/code/"))
    no_sideways_scroll(page)
    expect_accessible(page)
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/profile/$"))
    expect(page.locator("#sessions tbody tr")).to_have_count(2)
    no_sideways_scroll(page)
    expect_accessible(page)
    page.locator("#sessions tbody form button").click()
    expect(page.locator("#sessions tbody tr")).to_have_count(1)


def test_a_stale_sign_in_is_confirmed_and_leads_back(
    house: dict[str, Any], make_actor: Callable[..., Any], open_page: Open,
    expect_accessible: Check,
) -> None:  # fmt: skip
    admin = make_actor("ada", "admin")
    page = open_page("/users/add/", admin)  # this session never saw a password
    expect(page).to_have_url(re.compile("/sign-in/again/"))
    expect_accessible(page)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/users/add/$"))
    page.goto(f"/users/{house['kam'].user_id}/")
    no_sideways_scroll(page)
    expect_accessible(page)
