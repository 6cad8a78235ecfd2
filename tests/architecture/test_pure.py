"""Pure files work where Django, the kit and any database driver are missing."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.architecture.places import ROOT, pure_modules

# Runs in a fresh interpreter: every blocked package answers as if it were not installed.
PROGRAM = """
import sys
from importlib.abc import MetaPathFinder
from importlib import import_module

class Wall(MetaPathFinder):
    blocked = ("django", "ninja", "duckdb", "psycopg", "sqlite3", "keystead.kit")
    def find_spec(self, name, path=None, target=None):
        if name in self.blocked or name.startswith(tuple(b + "." for b in self.blocked)):
            raise ModuleNotFoundError(f"{name} is behind the wall", name=name)

sys.meta_path.insert(0, Wall())
failed = []
for name in sys.argv[1:]:
    try:
        import_module(name)
    except ModuleNotFoundError as error:
        failed.append(f"{name}: {error}")
print("\\n".join(failed))
sys.exit(1 if failed else 0)
"""


def test_pure_modules_import_without_django() -> None:
    modules = pure_modules()
    assert "keystead.kernel.errors" in modules
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *modules],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
