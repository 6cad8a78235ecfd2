"""Each room has its card, and each dependency its reason."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture.places import PACKAGE, ROOT, rooms

CARDS = [*rooms(), "kernel", "kit", "config"]
CARDS += [f"connectors/{p.parent.name}" for p in sorted(PACKAGE.glob("connectors/*/__init__.py"))]
CARDS += [f"doors/{path.parent.name}" for path in sorted((PACKAGE / "doors").glob("*/__init__.py"))]


@pytest.mark.parametrize("place", CARDS)
def test_every_room_has_its_card(place: str) -> None:
    card = PACKAGE / place / "README.md"
    assert card.exists(), f"{card.relative_to(ROOT)} is missing"
    assert 5 <= len(card.read_text(encoding="utf-8").splitlines()) <= 60


def _dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = [
        *project["project"]["dependencies"],
        *(name for names in project["project"]["optional-dependencies"].values() for name in names),
        *project["dependency-groups"]["dev"],
    ]
    return {re.split(r"[\[<>=;!~ ]", name, maxsplit=1)[0] for name in listed}


def test_every_dependency_says_what_it_is_for() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))
    assert explained == _dependencies()
