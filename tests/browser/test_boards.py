"""Cards in lanes in a real browser: carried by the mouse, moved by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from keystead.accounts.queries import account_for
from keystead.pipeline.tests.deals import deal
from keystead.planning.tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]


def test_an_action_moves_by_keyboard_and_by_hand(
    house: dict[str, Any], open_page: Open, expect_accessible: Callable[[Page], None]
) -> None:
    kam = house["kam"]
    at = account_for(kam, house["account"])
    plan = factories.plan(kam, at)
    factories.action(kam, at, plan.id, title="Send the offer")
    page = open_page(f"/plans/{plan.id}/actions/", kam)
    expect_accessible(page)
    choice = page.get_by_label("Move Send the offer to")
    choice.focus()
    choice.select_option("waiting")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-lane=waiting]")).to_contain_text("Send the offer")
    page.locator("[data-card]").drag_to(page.locator("[data-lane=done]"))
    expect(page.locator("[data-lane=done]")).to_contain_text("Send the offer")
    expect(page.locator("[data-lane=waiting]")).not_to_contain_text("Send the offer")


def test_an_opportunity_is_carried_to_another_stage(house: dict[str, Any], open_page: Open) -> None:
    kam = house["kam"]
    deal(kam, account_for(kam, house["account"]), title="Second line")
    page = open_page("/opportunities/?view=board", kam)
    card = page.locator("[data-card]")
    wanted = card.locator("select option").nth(1).get_attribute("value")
    lane = page.locator(f"[data-lane={wanted}]")
    card.drag_to(lane)
    expect(lane).to_contain_text("Second line")
