"""Money is never a float: not in the kernel, not in storage, not in the facts."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.places import PACKAGE, ROOT, python_files, tree


def _money_files() -> list[Path]:
    kernel = [PACKAGE / "kernel" / name for name in ("money.py", "quantity.py")]
    return [
        path
        for path in [*kernel, *python_files(PACKAGE / "reference")]
        if path.exists() and "tests" not in path.parts and "migrations" not in path.parts
    ]


@pytest.mark.parametrize("path", _money_files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_money_modules_hold_no_float(path: Path) -> None:
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.value}")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float":
            found.append(f"{path.relative_to(ROOT)}:{node.lineno} float()")
    assert found == []


def test_no_model_stores_a_float() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files(PACKAGE)
        if "models" in path.as_posix()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "FloatField"
    ]
    assert found == []


def test_facts_hold_no_float() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files(PACKAGE / "ledger")
        if path.relative_to(PACKAGE / "ledger").parts[0].startswith("types")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("float64", "float32")
    ]
    assert found == []
