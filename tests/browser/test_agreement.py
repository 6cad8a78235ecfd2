"""A manager's agreement in a real browser: written, priced while typing, approved, signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from keystead.accounts import services as accounts
from keystead.governance.queries.approvals import inbox
from keystead.governance.services import approvals
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.jobs import worker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]


def write_condition(page: Page) -> None:
    """Fill in a volume rebate; what it would pay stands beside the form before it is saved."""
    page.get_by_role("link", name="Add a condition").click()
    page.locator("#id_label").fill("Year-end rebate")
    for place, (lower, rate) in enumerate((("0", "1"), ("5000000", "2")), start=1):
        page.locator(f"#id_tiers-{place}-lower").fill(lower)
        page.locator(f"#id_tiers-{place}-rate").fill(rate)
    page.locator("#id_gl_code").fill("4711")
    page.locator("#id_examples-1-name").fill("at the bound")
    page.locator("#id_examples-1-tier_measure").fill("5000000")
    page.locator("#id_examples-1-expected").fill("50000")
    expect(page.locator("#preview h2")).to_contain_text("It would pay")
    expect(page.locator("#example-1")).to_contain_text("pays")
    page.locator("#id_examples-1-expected").fill("100000")
    expect(page.locator("#example-1")).to_contain_text("✓")
    expect(page.locator(".cliffs")).to_contain_text("jumps")


def test_from_a_new_agreement_to_its_amendment(
    house: dict[str, Any],
    make_actor: Callable[..., Actor],
    open_page: Callable[..., Page],
    expect_accessible: Callable[[Page], None],
) -> None:
    people = [make_actor(f"p_{role}", role) for role in ("director", "finance", "compliance")]
    for person in people:
        accounts.assign_team(actor=SYSTEM, account_id=house["account"], user_id=person.user_id)
    today = timezone.localdate()
    page = open_page(f"/agreements/new/?account={house['account']}", house["kam"])
    page.locator("#id_title").fill("Annual agreement")
    page.locator("#id_starts").fill(f"{today.year}-01-01")
    page.locator("#id_last").fill(f"{today.year + 1}-12-31")
    page.locator("#id_currency").select_option("CNY")
    page.get_by_role("button", name="Save").click()
    write_condition(page)
    expect_accessible(page)
    page.locator("#condition-form").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="1. Year-end rebate")).to_be_visible()
    expect_accessible(page)
    home = page.url
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.locator("main")).to_contain_text("in review")
    for person in people:
        for item in inbox(person):
            approvals.decide(actor=person, request_id=item.id, approve=True)
    worker.work(once=True)
    page.goto(home)
    page.get_by_role("link", name="Signed", exact=True).click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Bring into force").click()
    expect(page.locator("main")).to_contain_text("Frozen.")
    page.get_by_role("link", name="Amend", exact=True).click()
    page.locator("#id_last").fill(f"{today.year + 2}-06-30")
    page.locator("#id_reason").fill("Half a year more")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("What changes against the version before")
    expect_accessible(page)
