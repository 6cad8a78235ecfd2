"""An empty home with people, made once; each test works on its own copy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.site import new_home

PEOPLE = ("ada", "ben", "chen", "dora")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The homes here have a SQLite database of their own."""
    if os.environ.get("KEYSTEAD_DATABASE_URL"):
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="the home has a database of its own"))


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    return new_home(tmp_path_factory.mktemp("faults"), *PEOPLE)


@pytest.fixture
def tokens(first_home: tuple[Path, dict[str, str]]) -> dict[str, str]:
    """A token of each person; all of them may edit accounts."""
    return first_home[1]


@pytest.fixture
def copy_home(first_home: tuple[Path, dict[str, str]]) -> Callable[[Path], Path]:
    """Copy the home to a place: ``copy_home(folder)`` returns the new home."""

    def copy(folder: Path) -> Path:
        home = folder / "home"
        shutil.copytree(first_home[0], home)
        return home

    return copy


@pytest.fixture
def home(copy_home: Callable[[Path], Path], tmp_path: Path) -> Path:
    return copy_home(tmp_path)
