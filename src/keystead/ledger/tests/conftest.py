"""Fixtures of the ledger's tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from keystead.accounts.types import Scope
from keystead.kit.access import Actor
from keystead.kit.files import duck


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path: Path) -> Iterator[None]:
    settings.KEYSTEAD_HOME = tmp_path / "home"
    yield
    duck.close_all()
    shutil.rmtree(settings.KEYSTEAD_HOME, ignore_errors=True)


@pytest.fixture
def own(monkeypatch) -> Callable[..., None]:
    """Give an actor accounts by number: ``own(kam, 1, 2)``; roles that see all still do."""
    held: dict[str, frozenset[int]] = {}

    def scope_for(actor: Actor) -> Scope:
        if actor.sees_all_accounts:
            return Scope(everything=True)
        return Scope(everything=False, account_ids=held.get(actor.username, frozenset()))

    for place in ("queries.imports", "queries.cells", "services.rights"):
        monkeypatch.setattr(f"keystead.ledger.{place}.scope_for", scope_for)

    def give(actor: Actor, *account_ids: int) -> None:
        held[actor.username] = frozenset(account_ids)

    return give
