"""Where things are: the tree of the project as the architecture tests walk it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src" / "keystead"
NOT_ROOMS = {"config", "doors", "connectors", "kit", "kernel"}
PURE_FILES = ("types", "calc", "rules", "engine")

# The floors of the house, from the lowest. A neighbour has the same number.
FLOORS = {
    "kernel": 0,
    "kit": 1,
    "reference": 2,
    "accounts": 3,
    "catalog": 4,
    "governance": 3,
    "ledger": 5,
    "stakeholders": 5,
    "market": 5,
    "metrics": 6,
    "agreements": 7,
    "pipeline": 8,
    "profitability": 9,
    "forecasting": 9,
    "campaigns": 9,
    "health": 9,
    "planning": 10,
    "negotiation": 10,
    "scorecards": 11,
    "reviews": 12,
    "connectors": 13,
    "doors": 14,
    "config": 15,
}


def rooms() -> list[str]:
    """Return the names of the rooms that exist."""
    return sorted(
        path.name
        for path in PACKAGE.iterdir()
        if path.is_dir() and (path / "__init__.py").exists() and path.name not in NOT_ROOMS
    )


def python_files(*folders: Path) -> list[Path]:
    """Return the Python files below the folders (the whole project by default)."""
    roots = folders or (PACKAGE, ROOT / "tests", ROOT / "benchmarks")
    return sorted(
        path for root in roots if root.exists() for path in root.rglob("*.py") if path.is_file()
    )


def is_test(path: Path) -> bool:
    return "tests" in path.relative_to(ROOT).parts or path.name == "conftest.py"


def module_of(path: Path) -> str:
    """Return the dotted name of a file of the package."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def pure_modules() -> list[str]:
    """Return every module that must work without Django."""
    found = []
    for path in python_files(PACKAGE):
        parts = module_of(path).split(".")
        if "tests" in parts:
            continue
        inner = parts[3:4] if parts[1:2] == ["connectors"] else parts[2:3]
        if parts[1:2] == ["kernel"] or (inner and inner[0] in PURE_FILES):
            found.append(".".join(parts))
    return found


@cache
def tree(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
