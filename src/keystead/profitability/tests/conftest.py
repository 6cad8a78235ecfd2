"""A day that stays, two readers, and the small house they read."""

from __future__ import annotations

from typing import Any

import pytest

from keystead.kit.access import Actor
from keystead.metrics.tests import room
from keystead.profitability.tests.house import TODAY, build


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, settings, tmp_path) -> None:
    settings.KEYSTEAD_HOME = tmp_path / "home"
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: TODAY)


@pytest.fixture
def anna() -> Actor:
    return room.user("anna", "kam")


@pytest.fixture
def vera() -> Actor:
    return room.user("vera", "viewer")


@pytest.fixture
def house(anna: Actor, vera: Actor) -> dict[str, Any]:
    return build(anna, vera)
