"""The living page shows every component, and every page of the shell is well made."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from keystead.doors.web.context import groups_for
from keystead.kit.access import Actor
from keystead.kit.ui.tags import register

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Actor], Client]


def components() -> list[str]:
    ends = {name for name in register.tags if name.startswith("end")}
    return sorted({*register.tags, *register.filters} - ends)


@pytest.fixture
def page(kam: Actor, client_of: ClientOf) -> str:
    return client_of(kam).get("/design/").content.decode()


def test_every_component_is_on_the_living_page(page: str) -> None:
    shown = set(re.findall(r'data-component="(\w+)"', page))
    assert set(components()) - shown == set()


def test_every_kind_of_chart_is_on_the_living_page(page: str) -> None:
    shown = set(re.findall(r'data-chart="(\w+)"', page))
    kinds = {"columns", "bars", "variance", "waterfall", "lines", "shares", "dots"}
    assert shown == kinds


def test_every_state_is_on_the_living_page(page: str) -> None:
    for kind in ("empty", "loading", "error", "denied"):
        assert f'class="state {kind}"' in page


def test_ids_are_there_once(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted({one for one in ids if ids.count(one) > 1}) == []


@pytest.mark.parametrize("language", ["zh-hans", "fr"])
def test_the_living_page_is_translated(kam: Actor, client_of: ClientOf, language: str) -> None:
    client = client_of(kam)
    client.cookies["django_language"] = language
    page = client.get("/design/").content.decode()
    words = re.sub(r"<[^>]+>", " ", page)
    for english in ("Show table", "Last year", "Key figures", "Sign out", "Nothing to show yet"):
        assert english not in words


def test_the_navigation_shows_what_one_may_open(kam: Actor, viewer: Actor, admin: Actor) -> None:
    def urls(actor: Actor) -> list[str]:
        return [item.url for group in groups_for(actor, "/accounts/17/") for item in group.items]

    assert "/imports/" in urls(kam)
    assert "/imports/" not in urls(viewer)
    assert urls(admin) == ["/", "/acknowledgements/", "/break-glass/", "/users/"]


def test_the_navigation_marks_where_one_is(kam: Actor) -> None:
    def marked(path: str) -> list[str]:
        return [one.url for group in groups_for(kam, path) for one in group.items if one.current]

    assert marked("/accounts/17/") == ["/accounts/"]
    assert marked("/settlements/3/") == marked("/offers/4/") == ["/agreements/"]


def test_shortcuts_are_there_once(kam: Actor) -> None:
    keys = [item.key for group in groups_for(kam, "/") for item in group.items if item.key]
    assert len(keys) == len(set(keys))
