"""Our own import contracts catch what they are there for, and nothing else."""

from __future__ import annotations

import grimp
import pytest
from importlinter import Contract

from tests.architecture.import_contracts import PrivateContract, ScreensContract


def _graph(importer: str, imported: str) -> grimp.ImportGraph:
    graph = grimp.ImportGraph()
    graph.add_import(importer=importer, imported=imported)
    return graph


def _private() -> Contract:
    return PrivateContract(
        name="private",
        session_options={},
        contract_options={
            "private_files": ["models", "views"],
            "mounted_files": ["urls"],
            "mounted_by": ["keystead.config", "keystead.doors"],
        },
    )


def _screens() -> Contract:
    return ScreensContract(
        name="screens",
        session_options={},
        contract_options={
            "screen_files": ["views", "api"],
            "doors": ["keystead.doors"],
            "storage": ["models"],
        },
    )


@pytest.mark.parametrize(
    ("importer", "imported", "kept"),
    [
        ("keystead.ledger.services", "keystead.ledger.models", True),
        ("keystead.ledger.services.post", "keystead.accounts.models.account", False),
        ("keystead.metrics.tests.test_x", "keystead.ledger.views", False),
        ("keystead.config.urls", "keystead.ledger.urls", True),
        ("keystead.metrics.views", "keystead.ledger.urls", False),
        ("keystead.ledger.models", "keystead.kit.models.base", True),
        ("keystead.ledger.services", "keystead.accounts.queries", True),
    ],
)
def test_inner_files_are_private(importer: str, imported: str, kept: bool) -> None:
    assert _private().check(_graph(importer, imported), verbose=False).kept is kept


@pytest.mark.parametrize(
    ("importer", "imported", "kept"),
    [
        ("keystead.ledger.views.desk", "keystead.ledger.models", False),
        ("keystead.ledger.api", "keystead.kit.models", False),
        ("keystead.doors.web.context", "keystead.kit.models", False),
        ("keystead.doors.web.tests.test_entry", "keystead.kit.models", True),
        ("keystead.ledger.services", "keystead.ledger.models", True),
        ("keystead.ledger.views", "keystead.ledger.queries", True),
    ],
)
def test_screens_never_touch_storage(importer: str, imported: str, kept: bool) -> None:
    assert _screens().check(_graph(importer, imported), verbose=False).kept is kept
