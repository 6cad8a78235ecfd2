"""Django merges the catalogues of all rooms: one sentence has one translation in the house.

Where English has one word for two things (to share; a share of the sales), the code names the
context: ``pgettext("verb", "Share")``, ``{% translate "Share" context "verb" %}``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.architecture.places import PACKAGE

LANGUAGES = ("zh_Hans", "fr")
Key = tuple[str | None, str]  # context, English


def _text(value: object) -> str:
    return " | ".join(value) if isinstance(value, list | tuple) else str(value or "")


def clashes(catalogues: Iterable[Path]) -> list[str]:
    """Return each sentence that the catalogues translate in more than one way."""
    found: dict[Key, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in catalogues:
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and not message.fuzzy and _text(message.string):
                    key = (message.context, _text(message.id))
                    found[key][_text(message.string)].append(path.parents[3].name)
    return [
        f"{english!r} ({context or 'no context'}): "
        + "; ".join(f"{text!r} in {', '.join(rooms)}" for text, rooms in said.items())
        for (context, english), said in sorted(found.items(), key=str)
        if len(said) > 1
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_sentence_has_one_translation(language: str) -> None:
    catalogues = sorted(PACKAGE.rglob(f"locale/{language}/LC_MESSAGES/django.po"))
    assert catalogues
    found = clashes(catalogues)
    assert not found, "\n".join(("say it one way, or name the context (pgettext):", *found))


def test_a_clash_is_found_and_a_context_ends_it(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    paths = []
    for room, text in (("one", "partager"), ("two", "part")):
        path = tmp_path / room / "locale" / "fr" / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        path.write_text(f'{head}msgid "Share"\nmsgstr "{text}"\n', encoding="utf-8")
        paths.append(path)
    assert clashes(paths) == ["'Share' (no context): 'partager' in one; 'part' in two"]
    entry = (
        paths[0]
        .read_text(encoding="utf-8")
        .replace('msgid "Share"', 'msgctxt "verb"\nmsgid "Share"')
    )
    paths[0].write_text(entry, encoding="utf-8")
    assert clashes(paths) == []
