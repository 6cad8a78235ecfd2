"""Every sentence of every room is there in Chinese and French, whole, and compiled."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.utils.translation.template import templatize

from tests.architecture.places import PACKAGE, ROOT, python_files, tree

LANGUAGES = ("zh_Hans", "fr")
CALLS = {"gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "_": 0, "_lazy": 0}
PLURAL_CALLS = {"ngettext", "ngettext_lazy"}
CONTEXT_CALLS = {"pgettext", "pgettext_lazy"}
HOLES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TEMPLATE_CALL = re.compile(
    r"""\b(n?p?gettext|_)\(\s*u?((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:\s*,\s*u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))*)""",
    re.DOTALL,
)
Message = tuple[str | None, str]  # context, English


def _places() -> list[Path]:
    inside = (Path(config.path) for config in apps.get_app_configs())
    return sorted(path for path in inside if path.is_relative_to(PACKAGE))


def _aliases(path: Path) -> dict[str, str]:
    """Return what a module calls the functions of translation, with what they are."""
    return {
        one.asname: one.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for one in node.names
        if one.asname
    }


def _in_python(path: Path) -> set[Message]:
    found: set[Message] = set()
    aliases = _aliases(path)
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        name = aliases.get(name, name)
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        if name in CONTEXT_CALLS and len(texts) > 1:
            found.add((texts[0], texts[1]))
        elif (name in CALLS or name in PLURAL_CALLS) and texts and isinstance(texts[0], str):
            found.add((None, texts[0]))
    return found


def _in_template(path: Path) -> set[Message]:
    found: set[Message] = set()
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for match in TEMPLATE_CALL.finditer(source):
        texts = ast.literal_eval(f"({match.group(2)},)")
        if match.group(1) in ("pgettext", "npgettext"):
            found.add((texts[0], texts[1]))
        else:
            found.add((None, texts[0]))
    return found


def _code(place: Path) -> list[Path]:
    return [
        path
        for path in python_files(place)
        if "tests" not in path.parts and "migrations" not in path.parts
    ]


def _templates(place: Path) -> list[Path]:
    found = [path for kind in ("*.html", "*.txt") for path in place.rglob(kind)]
    return [path for path in found if "templates" in path.parts]


def _plurals(place: Path) -> set[tuple[str, str]]:
    """Return singular and plural of each sentence with a count and without a context."""
    found = set()
    for path in _code(place):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
                if name in PLURAL_CALLS and len(texts) > 1:
                    found.add((str(texts[0]), str(texts[1])))
    for path in _templates(place):
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        for match in TEMPLATE_CALL.finditer(source):
            if match.group(1) == "ngettext":
                found.add(ast.literal_eval(f"({match.group(2)},)")[:2])
    return found


def _messages(place: Path) -> set[Message]:
    found: set[Message] = set()
    for path in _code(place):
        found |= _in_python(path)
    for path in _templates(place):
        found |= _in_template(path)
    return {message for message in found if message[1]}


def _catalogue(place: Path, language: str) -> Catalog:
    path = place / "locale" / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value or "")]


def _context(value: str | bytes | None) -> str | None:
    return value.decode() if isinstance(value, bytes) else value  # Babel leaves it as bytes


CASES = [(place, language) for place in _places() for language in LANGUAGES]
IDS = [f"{place.relative_to(PACKAGE)}-{language}" for place, language in CASES]


@pytest.mark.parametrize(("place", "language"), CASES, ids=IDS)
def test_every_sentence_is_translated(place: Path, language: str) -> None:
    catalogue = _catalogue(place, language)
    missing = []
    for context, english in sorted(_messages(place), key=str):
        found = catalogue.get(english, context)
        if found is None or found.fuzzy or not all(_texts(found.string)):
            missing.append(english)
    assert missing == []


@pytest.mark.parametrize(("place", "language"), CASES, ids=IDS)
def test_a_sentence_with_a_count_is_translated_with_its_plural(place: Path, language: str) -> None:
    """gettext looks a counted sentence up by both forms: an entry of one is never found."""
    catalogue = _catalogue(place, language)
    missing = []
    for singular, plural in sorted(_plurals(place)):
        found = catalogue.get(singular)
        if found is None or found.id != (singular, plural):
            missing.append(singular)
    assert missing == []


@pytest.mark.parametrize(("place", "language"), CASES, ids=IDS)
def test_translations_keep_the_holes_for_values(place: Path, language: str) -> None:
    broken = []
    for message in _catalogue(place, language):
        if not message.id:
            continue
        known = {hole for text in _texts(message.id) for hole in HOLES.findall(text)}
        for text in _texts(message.string):
            if set(HOLES.findall(text)) - known:
                broken.append(text)
        lacking = known - set(HOLES.findall(_texts(message.string)[-1]))
        if lacking:
            broken.append(f"{_texts(message.string)[-1]} lacks {sorted(lacking)}")
    assert broken == []


@pytest.mark.parametrize(("place", "language"), CASES, ids=IDS)
def test_compiled_catalogues_are_up_to_date(place: Path, language: str) -> None:
    source = place / "locale" / language / "LC_MESSAGES" / "django.po"
    if not source.exists():
        return
    with source.with_suffix(".mo").open("rb") as file:
        compiled = {
            (_context(m.context), _texts(m.id)[0]): _texts(m.string) for m in read_mo(file) if m.id
        }
    written = {
        (m.context, _texts(m.id)[0]): _texts(m.string)
        for m in _catalogue(place, language)
        if m.id and not m.fuzzy and any(_texts(m.string))
    }
    assert compiled == written, f"run `just messages`: {source.relative_to(ROOT)}"


@pytest.mark.parametrize(
    "path",
    sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/django.po")),
    ids=lambda path: f"{path.parents[3].name}-{path.parents[1].name}",
)
def test_every_catalogue_is_well_formed(path: Path) -> None:
    """No sentence stands twice, no line is torn: what a merge of two catalogues can do."""
    seen: set[str] = set()
    entries = [part for part in path.read_text().split("\n\n") if "msgid " in part]
    for entry in entries:
        lines = [line for line in entry.splitlines() if not line.startswith("#")]
        starts = [line.split(" ", 1)[0] for line in lines if not line.startswith('"')]
        assert starts.count("msgid") == 1, entry
        assert len(starts) == len(set(starts)), entry
        key = "\n".join(lines[: lines.index(next(x for x in lines if x.startswith("msgstr")))])
        assert key not in seen, f"twice: {entry}"
        seen.add(key)
