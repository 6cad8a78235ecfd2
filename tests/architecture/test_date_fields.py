"""A field for a day gives the browser the form it reads in every language."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "keystead"


def _days(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [one for one in calls if ast.unparse(one.func).endswith("DateInput")]


def test_every_day_is_written_as_browsers_read_it() -> None:
    """Without a format Django writes 01/11/2026 on a French page, and the field shows nothing."""
    found = [(path, call) for path in sorted(SOURCE.rglob("*.py")) for call in _days(path)]
    assert len(found) > 15
    wrong = [
        f"{path.relative_to(SOURCE)}:{call.lineno}"
        for path, call in found
        if "%Y-%m-%d" not in ast.unparse(call)
    ]
    assert wrong == []
