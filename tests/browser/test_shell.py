"""The shell in a real browser: keyboard, tabs, proofs, languages, light, phone, accessibility."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]
Check = Callable[[Page], None]


def no_sideways_scroll(page: Page) -> None:
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0, f"{page.url} is {wider} px wider than the screen"


def test_signing_in_by_keyboard(house: dict[str, Any], open_page: Open) -> None:
    page = open_page("/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.keyboard.type("lin")
    page.keyboard.press("Tab")
    page.keyboard.type("a-long-password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("waits? for you"))
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in/"))


def test_the_first_tab_skips_to_the_content(house: dict[str, Any], open_page: Open) -> None:
    page = open_page("/accounts/", house["kam"])
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_keys_search_go_and_help(house: dict[str, Any], open_page: Open) -> None:
    page = open_page("/", house["kam"])
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("[data-find]")).to_be_focused()
    page.keyboard.type("qinghe")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Qinghe Pharmacy Online")).to_be_visible()
    page.locator("body").press("g")
    page.locator("body").press("a")
    expect(page).to_have_url(re.compile(r"/accounts/$"))


def test_keys_can_be_switched_off(house: dict[str, Any], open_page: Open) -> None:
    page = open_page("/", house["kam"])
    page.keyboard.press("?")
    page.get_by_label("Single-key shortcuts are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("[data-find]")).not_to_be_focused()


def test_tabs_by_keyboard_and_as_links(house: dict[str, Any], open_page: Open) -> None:
    page = open_page(f"/accounts/{house['account']}/?tab=log", house["kam"])
    log = page.get_by_role("tab", name="Log")
    expect(log).to_have_attribute("aria-selected", "true")
    # Of the trail a key account manager sees the own acts; these accounts were made by another.
    expect(page.locator("#panel-log")).to_contain_text("Nothing was done here yet")
    names = page.get_by_role("tab").all_inner_texts()
    log.focus()
    page.keyboard.press("Home")
    first = page.get_by_role("tab").first
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-selected", "true")
    if len(names) > 1:
        expect(page.locator("#panel-log")).to_be_hidden()
        assert "tab=log" not in page.url


def test_a_table_sorts_and_walks_by_arrows(house: dict[str, Any], open_page: Open) -> None:
    page = open_page("/design/", house["kam"])
    table = page.locator("#table table").first
    table.get_by_role("button", name="Sell-in", exact=True).click()
    expect(table.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    names = table.locator("tbody th").all_inner_texts()
    assert names[0] == "Glucose test strips 50"
    assert names[-1] == "Total"
    table.get_by_role("button", name="Sell-in", exact=True).click()
    assert table.locator("tbody th").all_inner_texts()[0] == "Coagu test strips 24"
    table.locator("tbody tr").nth(0).locator("a").nth(1).focus()
    page.keyboard.press("ArrowDown")
    expect(table.locator("tbody tr").nth(1).locator("a").nth(1)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(table.locator("tbody tr").nth(1).locator("a").nth(0)).to_be_focused()


def test_a_figure_slides_its_proof_in(house: dict[str, Any], open_page: Open) -> None:
    page = open_page("/accounts/", house["kam"])
    figure = page.locator("#portfolio-table .proof").first
    figure.focus()
    page.keyboard.press("Enter")
    slide = page.locator("#slide")
    expect(slide).to_be_visible()
    expect(slide.get_by_role("link", name="Open as a page")).to_have_attribute(
        "href", re.compile("^/proof/")
    )
    expect(page.locator("#slide-body")).not_to_contain_text("Loading")
    page.keyboard.press("Escape")
    expect(slide).to_be_hidden()
    expect(figure).to_be_focused()


def test_the_portfolio_filters_without_losing_the_place(
    house: dict[str, Any], open_page: Open
) -> None:
    page = open_page("/accounts/", house["kam"])
    search = page.get_by_label("Name or code")
    search.fill("lujia")
    expect(page.locator("#portfolio-table")).not_to_contain_text("Qinghe")
    expect(search).to_be_focused()
    assert "q=lujia" in page.url
    page.get_by_role("button", name="Keep this view").click()
    page.locator("#view-name").fill("Lujia")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("link", name="Lujia", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    expect(page.locator(".toast")).to_contain_text("Lujia")


def test_charts_are_drawn_and_follow_the_light(house: dict[str, Any], open_page: Open) -> None:
    page = open_page("/design/", house["kam"])
    plot = page.locator("[data-chart=columns]")
    plot.scroll_into_view_if_needed()
    expect(plot).to_have_attribute("data-ready", "1")
    light = plot.screenshot()
    page.locator("#ui-theme").select_option("dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert plot.screenshot() != light
    page.locator("figure", has=plot).get_by_text("Show table").click()
    expect(
        page.locator("figure", has=plot).locator("tbody td").filter(has_text="4.2").first
    ).to_be_visible()


def test_the_language_switches_the_whole_page(house: dict[str, Any], open_page: Open) -> None:
    page = open_page("/accounts/", house["kam"])
    page.locator("#ui-language").select_option("zh-hans")
    expect(page.get_by_role("heading", level=1)).to_have_text("客户")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.locator("#ui-language").select_option("fr")
    expect(page.get_by_role("heading", level=1)).to_have_text("Comptes")


def test_inline_edit_opens_and_closes_by_keyboard(house: dict[str, Any], open_page: Open) -> None:
    page = open_page("/design/", house["kam"])
    value = page.get_by_role("button", name="Edit Owner")
    value.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Owner")).to_be_focused()
    page.keyboard.press("Escape")
    expect(value).to_be_focused()


def test_the_phone_has_a_menu(house: dict[str, Any], open_page: Open) -> None:
    page = open_page("/", house["kam"], width=390, height=844)
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Accounts", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")


def paths(house: dict[str, Any]) -> list[str]:
    account = house["account"]
    return [
        "/", "/accounts/", "/accounts/?group=root", f"/accounts/{account}/",
        f"/accounts/{account}/?tab=log", "/search/?q=pharmacy", "/profile/", "/design/", "/nothing/",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("width", "dark", "language"), [(1440, False, "en"), (390, True, "zh-hans"), (390, False, "fr")]
)
def test_every_page_is_accessible_and_fits(
    house: dict[str, Any], open_page: Open, expect_accessible: Check,
    width: int, dark: bool, language: str,
) -> None:  # fmt: skip
    page = open_page("/sign-in/", width=width, dark=dark, language=language)
    expect_accessible(page)
    no_sideways_scroll(page)
    for path in paths(house)[:-1]:
        page = open_page(path, house["kam"], width=width, dark=dark, language=language)
        expect_accessible(page)
        no_sideways_scroll(page)
        page.close()


def test_the_people_pages_are_accessible(
    house: dict[str, Any], make_actor: Callable[..., Any], open_page: Open, expect_accessible: Check
) -> None:
    boss = make_actor("boss", "admin")
    for path in ("/users/", "/users/add/", f"/users/{boss.user_id}/"):
        page = open_page(path, boss, width=390)
        expect_accessible(page)
        no_sideways_scroll(page)


def test_the_proof_and_dialogs_are_accessible(
    house: dict[str, Any], open_page: Open, expect_accessible: Check
) -> None:
    page = open_page("/design/", house["kam"])
    page.get_by_role("button", name="Open a dialog").click()
    expect_accessible(page)
