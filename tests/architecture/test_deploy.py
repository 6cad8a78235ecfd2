"""What is shipped for servers names only settings and commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import click

from keystead.doors.cli.main import cli

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = sorted(path for path in (ROOT / "deploy").iterdir() if path.is_file())
OF_COMPOSE = {"KEYSTEAD_DB_PASSWORD"}  # handed on inside KEYSTEAD_DATABASE_URL


def test_every_variable_is_a_documented_setting() -> None:
    documented = set(re.findall(r"KEYSTEAD_[A-Z_]+", (ROOT / "docs/settings.md").read_text()))
    for path in DEPLOY:
        named = set(re.findall(r"KEYSTEAD_[A-Z_]+", path.read_text()))
        assert named - documented - OF_COMPOSE == set(), path.name
    assert "KEYSTEAD_HOSTS" in documented


def test_every_command_exists() -> None:
    known = set(cli.list_commands(click.Context(cli)))
    called = set()
    for path in DEPLOY:
        called |= set(re.findall(r"bin/keystead (?:--home \S+ )?([a-z]+)", path.read_text()))
        called |= set(re.findall(r'"keystead", "([a-z]+)"', path.read_text()))
    assert called == {"serve", "backup"}
    assert called <= known
