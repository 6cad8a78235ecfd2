"""The process is killed at each step of an import; done again, the result is the same, once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.stories.surroundings import surroundings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
CALL = [sys.executable, "-m", "keystead.doors.cli.main"]
STEPS = [
    "import.after_parse",
    "import.after_stage",
    "import.after_raw",
    "import.after_plan",
    "import.after_check",
    "post.after_segments",
    "post.before_commit",
    "post.after_commit",
]
LINES = """Invoice No,Customer ID,SKU,Invoice date,Qty,Unit price
F1,A-1,P-1,2026-01-05,10,2.50
F1,A-1,P-2,2026-01-05,4,5.00
F1,A-1,P-2,2026-01-05,4,5.00
F2,A-2,P-1,2026-02-03,6,2.50
C3,A-2,P-1,2026-02-30,-2,2.50
C4,,P-1,2026-02-11,-2,2.50
"""
FLAGS = ["--as", "sell_in", "--source", "erp", "--currency", "EUR",
         "--create", "products,accounts", "--post", "--json"]  # fmt: skip
EXPECTED = {"rows_in": 6, "posted": 4, "waiting": 1, "rejected": 1, "skipped": 0, "repeated": 1}


def keystead(home: Path, *args: str, fault: str = "") -> subprocess.CompletedProcess[str]:
    compiled = home.parent.with_name("compiled")  # shared: most of a short command is imports
    environment = surroundings(
        home,
        KEYSTEAD_FAULT=fault,
        PYTHONDONTWRITEBYTECODE="",
        PYTHONPYCACHEPREFIX=str(compiled),
    )
    return subprocess.run(
        [*CALL, *args], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("file") / "invoices.csv"
    path.write_text(LINES)
    return path


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty database, made once: laying its tables takes longer than the story."""
    home = tmp_path_factory.mktemp("empty") / "home"
    made = keystead(home, "verify", "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["batches"] == 0
    return home


@pytest.mark.skipif(
    bool(os.environ.get("KEYSTEAD_DATABASE_URL")), reason="each home has a database of its own"
)
@pytest.mark.parametrize("step", STEPS)
def test_killed_and_done_again_is_done_once(
    step: str, file: Path, empty: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(empty, home)
    killed = keystead(home, "import", str(file), *FLAGS, fault=step)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = keystead(home, "import", str(file), *FLAGS)
    assert done.returncode == 0, done.stderr
    body: dict[str, Any] = json.loads(done.stdout)
    assert {name: body[name] for name in EXPECTED} == EXPECTED
    checked = keystead(home, "verify", "--json")
    assert checked.returncode == 0, checked.stdout
    report = json.loads(checked.stdout)
    assert (report["rows"], report["batches"], report["findings"]) == (4, 1, [])
    left = [path.name for path in home.rglob("*") if path.name.startswith((".gone-", ".writing-"))]
    assert left == []
