"""Our own scripts hold nothing that lets a text from outside change every object."""

from __future__ import annotations

import re

import pytest

from tests.architecture.places import ROOT

OWN = sorted(path for path in (ROOT / "src").rglob("static/**/*.js") if "vendor" not in path.parts)
# A key that is not written down, on something that is not a list or a typed place of the browser.
COMPUTED = re.compile(r"([\w.$\])]+)\[(?![\"'\d])([^\]]+)\]\s*=(?!=)")
LISTS = {"shift"}  # by number
ELSE = re.compile(
    r"__proto__|\.prototype\b|Object\.assign\(\s*\{|\bfor\s*\(\s*(?:const|let|var)\s+\w+\s+in\b"
)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_no_script_writes_under_a_name_that_came_from_outside(path) -> None:  # type: ignore[no-untyped-def]
    text = path.read_text(encoding="utf-8")
    found = [
        f"{path.name}: {hit.group(0)}"
        for hit in COMPUTED.finditer(text)
        if hit.group(1).split(".")[-1] not in LISTS and not hit.group(1).endswith("dataset")
    ] + [f"{path.name}: {hit.group(0)}" for hit in ELSE.finditer(text)]
    assert found == [], "use a Map or a Set"


def test_a_script_with_such_a_line_would_be_found() -> None:
    assert COMPUTED.search("options[name] = value;")
    assert COMPUTED.search("this.all[item.key] = item;")
    assert not COMPUTED.search('headers["X-CSRFToken"] = token;')
    assert not COMPUTED.search("if (a[key] === b) {")
    assert ELSE.search("for (const key in options) {")
