"""The group: lazy, helpful when mistyped, calm when something goes wrong."""

from __future__ import annotations

import doctest
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from keystead.doors.cli import site, trouble
from keystead.doors.cli.main import cli, run
from keystead.doors.cli.registry import COMMANDS
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, SourceProblem


@pytest.mark.parametrize("module", [site, trouble])
def test_examples_in_docstrings(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_help_imports_neither_django_nor_a_room() -> None:
    program = (
        "import sys; from keystead.doors.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'django', 'duckdb', 'pyarrow', 'granian', 'rich', 'sqlglot'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("HEAVY []")


@pytest.mark.django_db
@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_overview_says_what_the_command_says(name: str) -> None:
    command = COMMANDS[name].load()
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.get_short_help_str(200).rstrip(".") == COMMANDS[name].line.rstrip(".")


def test_a_mistyped_command_gets_a_proposal(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(lambda: cli.main(["srve"], standalone_mode=False), ["srve"])
    assert code == 2
    assert "Did you mean `serve`?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Invalid("no"), 3),
        (SourceProblem("no", file="a.csv", row=7), 4),
        (NotFound("no"), 5),
        (NotAllowed("no"), 6),
        (Conflict("no"), 7),
        (RuntimeError("no"), 1),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (click.UsageError("no"), 2),
    ],
)
def test_exit_codes(error: BaseException, code: int) -> None:
    def fail() -> None:
        raise error

    assert run(fail, []) == code


def test_a_problem_in_a_file_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise SourceProblem(
            "This is no date.", file="may.csv", sheet="May", row=7, column="C", hint="Write 2026."
        )

    run(fail, [])
    told = capsys.readouterr().err
    assert told == "This is no date. (may.csv, May, row 7, C)\n  Write 2026.\n"


def test_a_command_without_a_database_tells_a_fault_and_makes_no_home(tmp_path: Path) -> None:
    left = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from keystead.doors.cli.main import main; main()",
            "allocate",
            "no.json",
        ],
        cwd=tmp_path,
        env={**left, "KEYSTEAD_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert done.stderr.startswith("no.json cannot be read: ")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_errors_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise NotFound("There is no such account.", code="no_account", account="X1")

    assert run(fail, ["--json"]) == 5
    told = json.loads(capsys.readouterr().err)
    assert told["error"]["code"] == "no_account"
    assert told["error"]["data"] == {"account": "X1"}
