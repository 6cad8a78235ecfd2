"""Front-end files: vendored as the manifest says, light, and nothing evaluated."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parents[4]
VENDOR = ROOT / "src/keystead/kit/static/vendor"
TEST_VENDOR = ROOT / "tests/browser/vendor"
LICENCES = {"Apache-2.0", "BSD-3-Clause", "MIT", "OFL-1.1", "MPL-2.0"}


@pytest.mark.parametrize("folder", [VENDOR, TEST_VENDOR], ids=["pages", "tests"])
def test_the_manifest_is_what_is_there(folder: Path) -> None:
    entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    named = {entry["file"] for entry in entries}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there - named == {"manifest.json"}
    for entry in entries:
        content = (folder / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]
        assert entry["licence"] in LICENCES
        assert entry["version"]


def weight(*names: str) -> int:
    total = 0
    for name in names:
        found = finders.find(name)
        assert found, name
        total += len(gzip.compress(Path(found).read_bytes(), 6))
    return total


def test_pages_stay_light() -> None:
    """SCREENS.md: 45 kB of script before charts, 260 kB with them."""
    always = weight("django_htmx/htmx-2.min.js", "ui/keystead.js")
    assert always <= 45_000
    assert always + weight("ui/charts.js", "vendor/echarts/echarts.min.js") <= 260_000


def test_styles_and_font_stay_light() -> None:
    assert weight("ui/tokens.css", "ui/base.css", "ui/shell.css", "ui/parts.css") <= 15_000
    assert (VENDOR / "inter/inter-latin.woff2").stat().st_size <= 60_000


def test_our_scripts_evaluate_nothing() -> None:
    for name in ("keystead.js", "charts.js"):
        text = (ROOT / "src/keystead/kit/static/ui" / name).read_text(encoding="utf-8")
        for word in ("eval(", "new Function", "document.write", 'setAttribute("style"'):
            assert word not in text, (name, word)


def test_colours_are_named_in_one_place() -> None:
    for path in (ROOT / "src/keystead/kit/static/ui").glob("*.css"):
        if path.name == "tokens.css":
            continue
        lines = [
            line for line in path.read_text(encoding="utf-8").splitlines() if "#fff" not in line
        ]
        assert not any("rgb(" in line or "light-dark(" in line for line in lines), path.name
