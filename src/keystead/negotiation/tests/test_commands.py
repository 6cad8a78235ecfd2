"""``keystead allocate`` and ``keystead negotiate``: JSON in and out, faults with their place."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest
from click.testing import CliRunner, Result

from keystead import __version__
from keystead.governance.rules.outbound import look
from keystead.governance.types.outbound import Leak, Piece, Vocabulary
from keystead.kernel.errors import Invalid, KeysteadError, SourceProblem
from keystead.kit.office.inside import MARK
from keystead.kit.office.texts import texts
from keystead.negotiation.commands import allocate, negotiate

BODY: dict[str, Any] = {
    "currency": "EUR",
    "total": "657477.00",
    "method": {"kind": "mix", "parts": {"file_size": "0.5", "circulation": 0.5}},
    "limits": {"floor": "7775.00"},
    "members": {
        "big": {"file_size": 300000, "circulation": 900000, "previous": "540000.00"},
        "mid": {"file_size": 60000, "circulation": 150000},
        "small": {"file_size": 1000, "circulation": 1500},
    },
}


def run(command: click.Command, tmp_path: Path, body: Any, *words: str) -> Result:
    file = tmp_path / "case.json"
    file.write_text(body if isinstance(body, str) else json.dumps(body), encoding="utf-8")
    return CliRunner().invoke(command, [*words, str(file)])


def answer(command: click.Command, tmp_path: Path, body: Any, *words: str) -> Any:
    done = run(command, tmp_path, body, *words)
    assert done.exit_code == 0, done.exception
    return json.loads(done.output)


def fault(command: click.Command, tmp_path: Path, body: Any, *words: str) -> KeysteadError:
    done = run(command, tmp_path, body, *words)
    assert isinstance(done.exception, KeysteadError), done.output
    return done.exception


def test_a_fee_is_shared(tmp_path: Path) -> None:
    found = answer(allocate, tmp_path, BODY)
    assert {code: line["fee"] for code, line in found["fees"].items()} == {
        "big": "549158.09",
        "mid": "100543.91",
        "small": "7775.00",
    }
    assert found["sum"] == found["total"] == "657477.00"
    assert found["fees"]["small"]["held_by"] == "floor"
    assert found["fees"]["big"]["change"] == "9158.09"
    assert found["feasible"] == {"from": "23325.00", "to": None}


def test_members_as_a_list_and_from_standard_input() -> None:
    body = {
        "total": 100,
        "method": {"kind": "equal"},
        "members": [{"code": "B", "name": "Bern"}, {"code": "A"}],
    }
    done = CliRunner().invoke(allocate, ["-"], input=json.dumps(body))
    found = json.loads(done.output)
    assert [(code, line["name"], line["fee"]) for code, line in found["fees"].items()] == [
        ("A", "A", "50.00"),
        ("B", "Bern", "50.00"),
    ]


def test_who_pays_more_and_the_quorum(tmp_path: Path) -> None:
    steps = [{"from": 70, "fee": 2550}, {"from": 90, "change_pct": -2}]
    body = {**BODY, "opt_out": ["mid"], "quorum": {"measure": "file_size", "steps": steps}}
    found = answer(allocate, tmp_path, body)
    assert [one["member"] for one in found["opt_out"]["pays_more"]] == ["big"]
    assert found["opt_out"]["moved"][1] == {
        "member": "mid", "before": "100543.91", "after": None, "change": "-100543.91",
        "change_pct": None,
    }  # fmt: skip
    quorum = found["quorum"]
    assert (quorum["reached"], quorum["in_force"], quorum["fee"]) == ("83.3795", True, "2550")
    assert (quorum["next_from"], quorum["missing"]) == ("90", "6.6205")
    heads = {**BODY, "opt_out": ["mid"], "quorum": {"steps": [{"from": 3}]}}
    assert answer(allocate, tmp_path, heads)["quorum"]["in_force"] is False


@pytest.mark.parametrize(
    ("method", "fees"),
    [
        ({"kind": "equal"}, "50.00 50.00"),
        ({"kind": "proportional", "measure": "fte"}, "25.00 75.00"),
        ({"kind": "bands", "measure": "fte", "bands": [{"from": 0, "points": 2}, {"from": 3, "points": 3}]}, "40.00 60.00"),
        ({"kind": "fixed_plus", "fixed": 10, "rest": {"kind": "proportional", "measure": "fte"}}, "30.00 70.00"),
        ({"kind": "savings_share", "by": {"kind": "equal"}}, "30.00 70.00"),
        ({"kind": "bids", "bid": "alone", "rule": "equal"}, "40.00 60.00"),
        ({"kind": "contested_garment", "claim": "alone"}, "30.00 70.00"),
        ({"kind": "shapley", "discounts": [{"from": 100, "pct": 10}]}, "31.48 68.52"),
        ({"kind": "shapley", "costs": {"A": 40, "B": 80, "A,B": 100}}, "30.00 70.00"),
        ({"kind": "manual", "fees": {"A": 1, "B": 99}, "reason": "as agreed"}, "1.00 99.00"),
    ],
)  # fmt: skip
def test_every_method_from_a_file(method: dict[str, Any], fees: str, tmp_path: Path) -> None:
    members = {"A": {"fte": 1, "alone": 40}, "B": {"fte": 3, "alone": 80}}
    body = {"total": "100", "method": method, "members": members}
    found = answer(allocate, tmp_path, body)
    assert " ".join(line["fee"] for line in found["fees"].values()) == fees


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"total": "much"}, "total: This total is not a number: much"),
        ({"total": -1}, "total: -1 is below 0."),
        ({"totl": 1}, "totl: this field is not known."),
        ({"currency": None}, "currency: here stands nothing, but text is needed."),
        ({"currency": "euro"}, "currency: 'euro' is no currency code."),
        ({"method": {"kind": "fair"}}, "method.kind: 'fair' is not known."),
        ({"method": {"kind": "proportional", "measure": "beds"}}, "big has no beds."),
        ({"method": {"kind": "mix", "parts": {"equal": "x"}}}, "method.parts.equal: This number is not a number: x"),
        ({"members": {"A": {"fte": "many"}}}, "members.A.fte: This number is not a number: many"),
        ({"members": {"A": {"fte": -2}}}, "members.A.fte: -2 is below 0."),
        ({"members": [{"code": "A"}, {"fte": 1}]}, "members.1.code: this field is missing."),
        ({"members": {"A": 5}}, "members.A: here stands a number, but fields are needed."),
        ({"limits": {"floor": "1", "flor": 2}}, "limits.flor: this field is not known."),
        ({"limits": {"repair": "luck"}}, "limits.repair: 'luck' is not known."),
        ({"manual": {"big": {"fee": 5}}}, "manual.big.reason: this field is missing."),
        ({"manual": {"all": {"fee": 5, "reason": "x"}}}, "all is no member of this split."),
        ({"opt_out": ["nobody"]}, "nobody is no member of this split."),
        ({"quorum": {"measure": "beds", "steps": [{"from": 1}]}}, "quorum.measure: big has no beds."),
        ({"quorum": {"steps": [{"fee": 1}]}}, "quorum.steps.0.from: this field is missing."),
        ({"limits": {"floor": 300000}}, "A total of 657477.00 cannot be shared: the limits do not allow it."),
    ],
)  # fmt: skip
def test_a_fault_names_its_place(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert fault(allocate, tmp_path, {**BODY, **change}).message == said


@pytest.mark.parametrize(
    ("text", "kind"),
    [("{", SourceProblem), ("[" * 100_000, SourceProblem), ("[]", Invalid), ("3", Invalid),
     ('{"total": 1, "total": 2}', Invalid), ('{"total": NaN}', Invalid),
     ('{"total": 1e400}', Invalid), ("\x00", SourceProblem)],
)  # fmt: skip
def test_a_file_that_is_no_case(text: str, kind: type[KeysteadError], tmp_path: Path) -> None:
    assert isinstance(fault(allocate, tmp_path, text), kind)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = CliRunner().invoke(allocate, [str(tmp_path / "none.json")])
    assert isinstance(done.exception, SourceProblem)


def test_price_rules_from_a_file(tmp_path: Path) -> None:
    rule = {"kind": "path", "base": 100, "steps_pct": [-5]}
    assert answer(negotiate, tmp_path, rule, "price")["by_year"] == ["95.00"]
    both = answer(negotiate, tmp_path, {"rules": [rule, rule]}, "price")
    assert [one["kind"] for one in both["rules"]] == ["path", "path"]
    said = fault(negotiate, tmp_path, {"rules": [rule, {"kind": "x"}]}, "price").message
    assert said == "rules.1.kind: 'x' is not known."


CASE: dict[str, Any] = {
    "issues": [
        {"name": "price", "our_weight": 0.6, "their_weight": 0.3, "options": [
            {"name": "list", "ours": 10, "theirs": 0, "our_money": 100},
            {"name": "less", "ours": 5, "theirs": 2, "our_money": 50},
            {"name": "least", "ours": 0, "theirs": 4, "our_money": "0"},
        ]},
        {"name": "term", "our_weight": 0.4, "their_weight": 0.7, "options": [
            {"name": "one year", "ours": 0, "theirs": 1, "our_money": 0},
            {"name": "three years", "ours": 1, "theirs": 0, "our_money": 30},
        ]},
    ],
    "ours": {"reservation": "0.5"},
    "theirs": {"reservation": "0.5"},
}  # fmt: skip


def test_the_front_from_a_file(tmp_path: Path) -> None:
    found = answer(negotiate, tmp_path, CASE, "front")
    assert found["exact"] is True
    assert found["packages"] == "6"
    assert [(one["ours"][:4], one["theirs"][:4]) for one in found["front"]] == [
        ("1.00", "0.00"), ("0.70", "0.15"), ("0.60", "0.70"), ("0.30", "0.85"), ("0.00", "1.00"),
    ]  # fmt: skip
    nash = found["points"]["nash"]
    assert nash["options"] == {"price": "list", "term": "one year"}
    assert (nash["our_money"], nash["their_money"], nash["in_zone"]) == ("100", None, True)
    assert found["zone"]["exists"] is True
    assert found["trades"][0]["win"] == "price"


def test_by_money_with_what_no_deal_is_worth(tmp_path: Path) -> None:
    outcomes = [{"text": "half stay", "amount": 120, "probability_pct": 50}]
    body = {**CASE, "ours": {"measure": "money", "without_deal": outcomes, "margin": 10}}
    found = answer(negotiate, tmp_path, body, "front")
    assert found["without_deal"]["ours"] == "60.00"
    assert found["reservation"]["ours"] == "70.00"
    assert found["front"][0]["ours"] == "130.00"
    none = {**body, "theirs": {"reservation": "1.01"}}
    found = answer(negotiate, tmp_path, none, "front")
    assert (found["zone"]["exists"], found["points"], found["equal_offers"]) == (False, None, [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"issues": 3}, "issues: here stands a number, but a list is needed."),
        ({"issues": [{"name": "x"}]}, "issues.0.options: this field is missing."),
        ({"issues": [{"name": "x", "options": [{"name": "a", "ours": -1}]}]}, "issues.0.options.0.ours: -1 is below 0."),
        ({"issues": [{"name": "x", "options": []}]}, "issues.0: x has no options, or over 1000."),
        ({"issues": [{"name": "x", "options": [{"name": "a"}, {"name": "a"}]}]}, "issues.0: x has two options of the same name."),
        ({"ours": {"measure": "luck"}}, "ours.measure: 'luck' is not known."),
        ({"theirs": {"measure": "money"}}, "issues.0: price, list: their money is missing."),
        ({"offers": 11}, "offers: 11 is no whole number from 1 to 10."),
        ({"targt": 1}, "targt: this field is not known."),
    ],
)  # fmt: skip
def test_a_case_names_the_place_of_a_fault(
    change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    assert fault(negotiate, tmp_path, {**CASE, **change}, "front").message == said


def test_a_vote_from_a_file(tmp_path: Path) -> None:
    body = {
        "rule": {"weight": "spend", "threshold": "2/3", "strict": False},
        "voters": {"A": {"spend": 40}, "B": {"spend": 30, "vote": "no"}, "C": {"spend": 30}},
    }
    found = answer(negotiate, tmp_path, body, "vote")
    assert (found["passes"], found["yes_pct"]) == (True, "70.0000")
    assert found["blocking"]["by_no"] == [["A"], ["B", "C"]]
    said = fault(negotiate, tmp_path, {**body, "rule": {"threshold": "most"}}, "vote").message
    assert said == "rule.threshold: 'most' is no share."


def test_the_buyers_view_from_a_file(tmp_path: Path) -> None:
    title = {"name": "Used", "price": 1000, "downloads": 1000, "open_pct": 50}
    body = {"bundle": 4000, "titles": [title], "our_assumptions": {"loan_cost": 40}}
    found = answer(negotiate, tmp_path, body, "buyer")
    assert found["theirs"]["assumptions"]["loan_cost"] == "17"
    assert found["ours"]["assumptions"]["loan_cost"] == "40"
    assert len(found["theirs"]["years"]) == 5
    assert len(found["sensitivity"]) == 12
    trade = {"alternatives": [{"name": "we", "units": 10, "resale": 12, "purchase": 9}]}
    assert answer(negotiate, tmp_path, trade, "buyer")["alternatives"][0]["margin"] == "30.00"
    two = {**body, "keep": {"count": 1, "budget": 5}}
    said = fault(negotiate, tmp_path, two, "buyer").message
    assert said == "keep.budget: only one of most_per_use, count, budget, names can decide."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"assumptions": {"title_growth_pct": "1e10"}}, "assumptions.title_growth_pct: 10000000000 % a year is not between -50 and 100."),
        ({"assumptions": {"loan_cost": -1}}, "assumptions.loan_cost: -1 is below 0."),
        ({"assumptions": {"loan_share_pct": 101}}, "assumptions.loan_share_pct: 101 % is above 100."),
        ({"sensitivity_pct": 91}, "sensitivity_pct: 91 is above 90."),
        ({"titles": [{"name": "t", "price": 1}]}, "titles.0.downloads: this field is missing."),
    ],
)  # fmt: skip
def test_the_buyers_view_names_the_place_of_a_fault(
    change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    title = {"name": "Used", "price": 1000, "downloads": 1000}
    body = {"bundle": 4000, "titles": [title], **change}
    assert fault(negotiate, tmp_path, body, "buyer").message == said


def test_growth_at_its_ends_is_worked_out(tmp_path: Path) -> None:
    title = {"name": "Used", "price": "1e16", "downloads": 1}
    ends = {"title_growth_pct": 100, "bundle_growth_pct": -50}
    body = {
        "bundle": "1e16",
        "titles": [title],
        "years": 50,
        "assumptions": ends,
        "sensitivity_pct": 90,
    }
    assert len(answer(negotiate, tmp_path, body, "buyer")["theirs"]["years"]) == 50


def test_the_schedule_as_a_workbook(tmp_path: Path) -> None:
    out = tmp_path / "schedule.xlsx"
    members = {**BODY["members"], "mid": {**BODY["members"]["mid"], "name": "=HYPERLINK(1)"}}
    body = {**BODY, "members": members, "opt_out": ["small"]}
    answer(allocate, tmp_path, body, "--excel", str(out))
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Fees", "How", "Who left"]
    rows = list(book["Fees"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[2]) for row in rows] == [
        ("big", 555724.61), ("mid", 101752.39), (None, 657477.0),
    ]  # fmt: skip
    assert book["Fees"]["B3"].data_type == "s"  # a name is never a formula
    assert list(book["Who left"].iter_rows(min_row=2, values_only=True))[2][1:4] == (
        7775, None, -7775,
    )  # fmt: skip
    assert [one.name for one in tmp_path.iterdir() if "unfinished" in one.name] == []
    # no guard has looked it over: ours alone, and it says what it was worked out of
    assert book.properties.category == MARK
    assert all(MARK in (one.oddHeader.center.text or "") for one in book)
    how = dict(book["How"].iter_rows(min_row=2, values_only=True))
    case = hashlib.sha256((tmp_path / "case.json").read_bytes()).hexdigest()
    assert how["Worked out of"] == f"case with SHA-256 {case}"
    assert how["Worked out by"] == f"keystead allocate {__version__}"
    found = texts(out.read_bytes(), "xlsx")
    pieces = [Piece(one.place, one.text, one.kind) for one in found]
    leaks = {one.leak for one in look(pieces, (), Vocabulary(frozenset())).found}
    assert leaks == {Leak.INSIDE}  # the guard stops it


def test_a_schedule_that_cannot_be_written(tmp_path: Path) -> None:
    out = tmp_path / "none" / "schedule.xlsx"
    assert isinstance(fault(allocate, tmp_path, BODY, "--excel", str(out)), SourceProblem)
