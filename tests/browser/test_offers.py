"""Two offers in a real browser: a tier is moved, cliffs are named, one becomes a contract."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from keystead.agreements.tests.world import tiers
from keystead.agreements.types import Condition, Family, Method
from keystead.kit.access import Actor
from keystead.profitability import services
from keystead.profitability.services.offers import Start
from keystead.profitability.types.offers import Offer, OfferCase, Origin

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]


def _case(actor: Actor, account_id: int) -> OfferCase:
    """Two offers for next year, each with a yearly rebate from the first unit."""
    year = timezone.localdate().year + 1
    start = Start(
        account_id=account_id, name="Next year", starts=dt.date(year, 1, 1),
        last=dt.date(year, 12, 31), currency="CNY", origin=Origin.BLANK,
    )  # fmt: skip
    case = services.start_case(actor=actor, start=start)
    rebate = Condition(
        "year", Family.VOLUME_REBATE, label="Year-end rebate", method=Method.ALL_UNITS,
        tiers=tiers((0, 1), (2_400_000, 3)), gl_code="4711",
    )  # fmt: skip
    for one in case.offers:
        terms = one.terms.__class__((rebate,))
        case = services.save_offer(
            actor=actor, case_id=case.id, expected_version=case.version,
            offer=Offer(one.key, one.name, terms),
        )  # fmt: skip
    return case


def test_a_tier_is_moved_and_an_offer_becomes_a_contract(
    house: dict[str, Any],
    open_page: Callable[..., Page],
    expect_accessible: Callable[[Page], None],
) -> None:
    case = _case(house["kam"], house["account"])
    page = open_page(f"/offers/{case.id}/", house["kam"])
    expect(page.locator(".o-marks")).to_contain_text("Cliff at")
    for name in ("Marginal rate", "Effective rate", "Break-even volume", "Expected payout"):
        expect(page.locator("#answer dl")).to_contain_text(name)
    expect_accessible(page)
    before = page.locator("#answer dl").inner_text()
    page.locator("[name=c-year-rate-1]").fill("9")
    expect(page.locator("#answer")).to_contain_text("Not saved yet.")
    assert page.locator("#answer dl").inner_text() != before
    page.get_by_role("button", name="Save this offer").click()
    expect(page.locator("#answer")).to_contain_text("Saved.")
    page.get_by_role("button", name="Draft the contract").click()
    page.wait_for_url("**/agreements/**")
    expect(page.locator("main")).to_contain_text("Year-end rebate")
    expect(page.locator("main")).to_contain_text("9 %")
    narrow = open_page(f"/offers/{case.id}/", house["kam"], width=390)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
    expect(narrow.locator("main")).to_contain_text("became")
