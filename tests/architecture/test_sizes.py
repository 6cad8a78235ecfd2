"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.places import ROOT, python_files, tree

FILE_LINES = 500
FUNCTION_LINES = 60
FORBIDDEN_NAMES = {"utils.py", "util.py", "helpers.py", "managers.py", "signals.py", "common.py"}


def _counted() -> list[Path]:
    return [path for path in python_files() if "migrations" not in path.parts]


def test_files_are_short() -> None:
    long = []
    for path in _counted():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES:
            long.append(f"{path.relative_to(ROOT)}: {lines} lines")
    assert long == []


def test_functions_are_short() -> None:
    long = []
    for path in _counted():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    assert long == []


def test_no_file_is_a_drawer_for_anything() -> None:
    found = [str(p.relative_to(ROOT)) for p in python_files() if p.name in FORBIDDEN_NAMES]
    assert found == []
