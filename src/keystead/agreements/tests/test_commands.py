"""The command line reads agreements through the same door."""

import hashlib
import json

import pytest
from click.testing import CliRunner

from keystead.agreements.commands import agreement
from keystead.agreements.tests.factories import draft, rebate, tiers
from keystead.agreements.tests.sold import active, sell
from keystead.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


def test_show_says_the_terms(kam, other_kam, monkeypatch):
    found = draft(kam)
    monkeypatch.setenv("KEYSTEAD_USER", "lin")
    said = CliRunner().invoke(agreement, ["show", found.number])
    assert said.exit_code == 0
    assert "Year-end rebate (volume)" in said.output
    assert "3 %" in said.output
    assert isinstance(
        CliRunner().invoke(agreement, ["show", found.number, "--version", "9"]).exception, NotFound
    )
    monkeypatch.setenv("KEYSTEAD_USER", "claire")
    assert isinstance(CliRunner().invoke(agreement, ["show", found.number]).exception, NotFound)


def test_every_answer_can_be_json(kam, house, monkeypatch, tmp_path):
    one = active(kam, house, rebate("v", label="Volume", tiers=tiers((0, 2)), gl_code="4711"))
    sell(house, ("jd", "p", "2025-01-10", "1000"))
    monkeypatch.setenv("KEYSTEAD_USER", "lin")
    monkeypatch.chdir(tmp_path)

    def told(*words):
        said = CliRunner().invoke(agreement, [words[0], one.number, *words[1:], "--json"])
        assert said.exit_code == 0, said.output
        return json.loads(said.output)

    shown = told("show")
    assert (shown["number"], shown["shown"]) == (one.number, 1)
    assert [one["name"] for one in shown["conditions"]] == ["Volume"]
    assert {"part": "Tiers", "says": "2 %"} in shown["conditions"][0]["terms"]
    assert told("evaluate", "--as-of", "2025-12-31")["total"].startswith("20.00")
    assert told("settle", "--as-of", "2025-12-31")["lines"]
    for words in (("statement", "--as-of", "2025-12-31"), ("contract",)):
        made = told(*words)
        content = (tmp_path / made["file"]).read_bytes()
        assert made["bytes"] == len(content)
        assert made["sha256"] == hashlib.sha256(content).hexdigest()
