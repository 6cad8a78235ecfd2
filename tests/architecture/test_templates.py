"""Pages work under a strict content security policy: nothing inline."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.places import PACKAGE, ROOT, python_files, tree

INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "inline script": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=[\"']application/json[\"'])", re.IGNORECASE
    ),
    "script address": re.compile(r"(href|action)\s*=\s*[\"']javascript:", re.IGNORECASE),
}
COMMENTS = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}", re.DOTALL)


def _faults(text: str) -> list[str]:
    return [fault for fault, pattern in INLINE.items() if pattern.search(text)]


def _templates() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.html") if "templates" in path.parts)


def test_templates_have_nothing_inline() -> None:
    found = {
        str(path.relative_to(ROOT)): faults
        for path in _templates()
        if (faults := _faults(COMMENTS.sub("", path.read_text(encoding="utf-8"))))
    }
    assert found == {}


def test_code_writes_nothing_inline() -> None:
    found = []
    for path in python_files(PACKAGE):
        if "tests" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found += [f"{path.relative_to(ROOT)}:{node.lineno}" for _ in _faults(node.value)]
    assert found == []
