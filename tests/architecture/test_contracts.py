"""The import contracts hold, name every room, and have no exceptions."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from pathlib import Path

from tests.architecture.places import FLOORS, PACKAGE, ROOT, rooms


def _contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return parser


def test_the_import_contracts_are_kept() -> None:
    tool = Path(sys.executable).parent / "lint-imports"
    paths = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [str(tool), "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_contracts_have_no_exceptions() -> None:
    parser = _contracts()
    exceptions = [
        f"{section}: {option}"
        for section in parser.sections()
        for option in parser.options(section)
        if option in ("ignore_imports", "exhaustive_ignores", "skip_descendants")
    ]
    assert exceptions == []


def test_every_room_is_inside_the_room_contract() -> None:
    listed = _contracts()["importlinter:contract:room"]["containers"].split()
    slices = [f"connectors.{path.parent.name}" for path in PACKAGE.glob("connectors/*/__init__.py")]
    assert sorted(listed) == sorted(f"keystead.{place}" for place in [*rooms(), *slices])


def test_every_package_has_a_floor() -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages <= FLOORS.keys()
