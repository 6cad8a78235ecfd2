"""A setting, event, command, route or metric that is not documented fails here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.generate import HERE, NOTE, _kinds, pages

from keystead.kernel.events import Event
from tests.architecture.places import PACKAGE, ROOT, python_files

LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.django_db
def test_generated_pages_are_what_the_code_says() -> None:
    stale = [
        path
        for path, text in pages().items()
        if not (HERE / path).exists() or (HERE / path).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `just docs`"


@pytest.mark.django_db
def test_no_generated_page_is_left_over() -> None:
    written = {
        str(path.relative_to(HERE))
        for path in HERE.rglob("*.md")
        if path.read_text(encoding="utf-8").startswith(NOTE)
    }
    assert written == set(pages())


def test_every_setting_is_explained() -> None:
    read = {
        name
        for path in python_files(PACKAGE)
        if "tests" not in path.parts
        for name in re.findall(
            r"""environ[^"'\n]*["'](KEYSTEAD_\w+)["']""", path.read_text(encoding="utf-8")
        )
    }
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `(KEYSTEAD_\w+)` \|", page, re.MULTILINE))
    assert "KEYSTEAD_HOME" in read
    assert read == explained


@pytest.mark.parametrize("kind", list(_kinds(Event)), ids=lambda kind: kind.name)
def test_every_event_says_what_happened(kind: type[Event]) -> None:
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{kind.__name__}(")


def _pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *PACKAGE.rglob("*.md")]


@pytest.mark.parametrize("page", _pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    broken = [
        target
        for target in LINK.findall(text)
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_index_leads_to_every_page() -> None:
    """A newcomer finds each page that somebody wrote from ``docs/README.md``."""
    index = HERE / "README.md"
    named = {
        (HERE / target).resolve() for target in LINK.findall(index.read_text(encoding="utf-8"))
    }
    apart = {"metrics", "decisions", "rooms"}  # they have an index of their own
    lost = [
        str(path.relative_to(HERE))
        for path in HERE.rglob("*.md")
        if path != index
        and path.relative_to(HERE).parts[0] not in apart
        and path.resolve() not in named
    ]
    assert lost == []
