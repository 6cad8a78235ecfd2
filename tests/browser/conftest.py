"""A real Chromium on a live server with a small house in it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from keystead.doors.web.tests.house import account, sell_in, under
from keystead.kit.access import Actor
from keystead.kit.models import User
from keystead.kit.testing.flush import flushable_trail

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
PATIENCE = 20_000  # milliseconds: a busy build machine is slow, a broken page is for ever
SERIOUS = {"serious", "critical"}

# Playwright keeps an event loop in this thread; Django asks to be told that this is meant.
expect.set_options(timeout=PATIENCE)
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def chromium_path() -> str | None:
    """Return the browser to drive: from the environment, the system, or Playwright's own."""
    named = os.environ.get("KEYSTEAD_CHROMIUM") or shutil.which("chromium")
    return named or next((place for place in PLACES if Path(place).exists()), None)


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """Start the browser once, after the database is there.

    From then on this thread has an event loop, and Django gives it a database connection of its
    own: the lifting of the frozen tables at each flush has to be told to that one too.
    """
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        with flushable_trail():
            yield launched
        launched.close()


@pytest.fixture
def house(
    browser: Browser, transactional_db: None, make_actor: Callable[..., Actor]
) -> dict[str, Any]:
    """Ops, a manager with three accounts, an administrator; two years of invoices."""
    ops = make_actor("ops", "sales_ops")
    kam = make_actor("lin", "kam", first_name="Lin", last_name="Wei")
    group = account(ops, "NB-0", kam, name="North Bund Health Group", kind="group")
    first = account(ops, "QH-1", kam, name="Qinghe Pharmacy Online", segment="Strategic")
    second = account(ops, "LJ-2", kam, name="Lujia Chain", segment="Growth")
    under(ops, first, group)
    rows = [
        (pk, dt.date(year, month, 10), 40_000 * month * (1 + place))
        for place, pk in enumerate((first, second))
        for year in (2025, 2026)
        for month in range(1, 11)
    ]
    sell_in(ops, rows, lineage="house")
    return {"ops": ops, "kam": kam, "account": first, "second": second, "group": group}


@pytest.fixture
def session_of() -> Callable[[Actor], str]:
    """Return the session cookie of an actor without going through the sign-in page."""

    def make(actor: Actor) -> str:
        client = Client()
        client.force_login(User.objects.get(pk=actor.user_id))
        return client.cookies["sessionid"].value

    return make


@pytest.fixture
def open_page(
    browser: Browser, live_server: Any, session_of: Callable[[Actor], str]
) -> Iterator[Callable[..., Page]]:
    """Open a path as an actor; what the console complains about is kept and fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(
        path: str, actor: Actor | None = None, *, width: int = 1440, height: int = 900,
        language: str = "en", dark: bool = False,
    ) -> Page:  # fmt: skip
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",  # what fades in has too little contrast for a moment
        )
        contexts.append(context)
        cookies = {"django_language": language}
        if actor is not None:
            cookies["sessionid"] = session_of(actor)
        context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url}
             for name, value in cookies.items()]
        )  # fmt: skip
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_
    for context in contexts:
        for page in context.pages:  # a panel still loading would write into the next test's house
            page.wait_for_load_state("networkidle")
        context.close()
    assert complaints == []


@pytest.fixture
def expect_accessible() -> Callable[[Page], None]:
    """Fail when axe-core finds something serious or critical."""
    source = (HERE / "vendor" / "axe.min.js").read_text(encoding="utf-8")

    def check(page: Page) -> None:
        page.evaluate(source)
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        serious = {
            one["id"]: [node["html"][:160] for node in one["nodes"][:3]]
            for one in found["violations"]
            if one["impact"] in SERIOUS
        }
        assert serious == {}, page.url

    return check
