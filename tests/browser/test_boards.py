"""Cards in lanes and bars over time in a real browser: by the mouse and by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from keystead.accounts.queries import account_for
from keystead.pipeline.tests.deals import deal
from keystead.planning.queries import action_for
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


def test_a_bar_is_drawn_to_other_days(
    house: dict[str, Any], open_page: Open, expect_accessible: Callable[[Page], None]
) -> None:
    kam = house["kam"]
    at = account_for(kam, house["account"])
    plan = factories.plan(kam, at)
    factories.initiative(kam, plan)
    first, last = factories.ahead(5), factories.ahead(30)
    step = factories.action(kam, at, plan.id, title="Train", starts=first, due_on=last)
    page = open_page(f"/plans/{plan.id}/actions/?view=time", kam)
    expect_accessible(page)
    bar = page.locator(f"#bar-{step.id}")
    bar.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    moved = action_for(kam, step.id)
    assert (moved.starts, moved.due_on) == (factories.ahead(6), factories.ahead(32))
    expect(bar).to_be_focused()
    grip = bar.locator(".grip").bounding_box()
    assert grip
    page.mouse.move(grip["x"] + grip["width"] - 4, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(grip["x"] + grip["width"] + 60, grip["y"] + grip["height"] / 2, steps=4)
    expect(bar.locator(".when")).not_to_be_empty()
    with page.expect_navigation():
        page.mouse.up()
    drawn = action_for(kam, step.id)
    assert drawn.starts == factories.ahead(6)
    assert drawn.due_on is not None
    assert drawn.due_on > factories.ahead(32)
