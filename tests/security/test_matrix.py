"""The permission matrix in the code is the agreed one, typed here a second time as it was agreed."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from keystead.governance.views.roles import CONDITION_NAMES, OBJECT_NAMES
from keystead.kit.access import Actor
from keystead.kit.access.matrix import MATRIX, ROLE_ORDER, scope_in
from keystead.kit.access.rules import ADDED, CAPABILITIES, FIELD_GROUPS, ROLES

AGREED = """
| object | viewer | KAM | director | sales ops | marketing | finance | compliance | admin (technical) |
| Account profile, contacts | O r | O rw | T rw | A rw | A r, no private notes | A r, no private notes | A r | - |
| Stakeholder map, private notes | - | O rw | T r | - | - | - | A r with reason, trailed | - |
| Sell-in, sell-out, stock, prices | O r | O r x | T r x | A rw x (import) | A r | A r x | A r | - |
| Contract, price, margin, rebate terms | - | O rw s | T r a (to limit) | A r | - | A r a (above limit) | A r a (policy flags) | - |
| Budget, expense, account P&L | - | O rw s, P&L r | T r a | A r | own campaigns rw s | A rw a, close period | A r | - |
| Forecast | O r | O rw s | T rw a | A rw, consensus | A rw own lines | A r, lock | A r | - |
| Campaign, HCP activity | O r | O rw s | T r a | A r | A rw s | A r | A r a (must) | - |
| QBR deck, account plan | O r | O rw x | T rw a x | A r | A r | A r | A r | - |
| Sharing, handover | - | O w (read share, ends by date) | T w | A w | - | - | A r | - |
| Period close / reopen | - | - | - | s | - | a close; reopen needs finance + compliance | a reopen | - |
| Audit trail | own acts r | own acts r | T r | - | - | A r (money) | A r x | verify only |
| Users, roles, SSO, backup, jobs | - | - | - | - | - | - | access review r | rw, no business data |
| Raw import files | - | O r | T r | A rw x | - | A r | A r | - |
"""
LINES = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in AGREED.split("\n") if line
]
CASES = [
    (line[0], role, text)
    for line in LINES[1:]
    for role, text in zip(ROLE_ORDER, line[1:], strict=True)
]


def taken_apart(text: str) -> tuple[str, set[str], set[str]]:
    """Return scope letter, rights and conditions of a cell as it was agreed in words."""
    if text == "-":
        return "", set(), set()
    scope, rest = ("", text)
    if re.match(r"[OTA] ", text):
        scope, rest = text[0], text[2:]
    parts = [part.strip() for part in re.split(r"[,;()]", rest) if part.strip()]
    rights: set[str] = set()
    conditions: set[str] = set()
    for part in parts:
        words = part.split()
        letters = [word for word in words if re.fullmatch(r"[rwsax]+", word)]
        if part == "P&L r":  # the second half of a cell names what its letter is for
            conditions.add(part)
            continue
        rights |= set("".join(letters))
        others = " ".join(word for word in words if word not in letters)
        if others:
            conditions.add(others)
    return scope, rights, conditions


@pytest.mark.parametrize(("thing", "role", "text"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_each_cell_is_the_agreed_one(thing: str, role: str, text: str) -> None:
    with translation.override("en"):
        name = {str(label): key for key, label in OBJECT_NAMES.items()}[thing]
        cell = MATRIX[name][role]
        scope = cell.scope if cell.scope in ("O", "T", "A") else ""
        words = {str(CONDITION_NAMES[condition]) for condition in cell.conditions}
    expected_scope, rights, conditions = taken_apart(text)
    assert (scope, set(cell.rights), words) == (expected_scope, rights, conditions)


def test_the_matrix_has_the_agreed_objects_and_roles_and_no_other() -> None:
    with translation.override("en"):
        assert [str(OBJECT_NAMES[name]) for name in MATRIX] == [line[0] for line in LINES[1:]]
    assert [name.lower() for name in LINES[0][1:]] == [
        "viewer", "kam", "director", "sales ops", "marketing", "finance", "compliance",
        "admin (technical)",
    ]  # fmt: skip
    assert set(ROLES) == set(ROLE_ORDER)


def test_what_goes_beyond_the_matrix_is_only_the_import_of_own_files() -> None:
    assert {"kam": {"ledger.import", "ledger.undo"}} == ADDED


@pytest.mark.parametrize(
    ("capability", "roles"),
    [
        ("accounts.edit", {"kam", "director", "sales_ops"}),
        ("metrics.cost", {"kam", "director", "sales_ops", "finance", "compliance"}),
        ("export.data", {"kam", "director", "sales_ops", "finance"}),
        ("notes.view", {"kam", "director"}),
        ("notes.edit", {"kam"}),
        ("notes.inspect", {"compliance"}),
        (
            "stakeholders.view",
            {"viewer", "kam", "director", "sales_ops", "marketing", "finance", "compliance"},
        ),
        ("stakeholders.edit", {"kam", "director", "sales_ops"}),
        ("terms.edit", {"kam"}),
        ("shares.edit", {"kam", "director", "sales_ops"}),
        ("shares.view", {"kam", "director", "sales_ops", "compliance"}),
        ("territories.edit", {"sales_ops"}),
        ("periods.close", {"finance"}),
        ("policies.edit", {"finance"}),
        ("users.manage", {"admin"}),
        ("access.break_glass", {"admin"}),
        ("access.review", {"compliance"}),
        ("audit.view", {"viewer", "kam", "director", "finance", "compliance"}),
        (
            "forecasting.view",
            {"viewer", "kam", "director", "sales_ops", "marketing", "finance", "compliance"},
        ),
        ("forecasting.edit", {"kam", "director", "sales_ops", "marketing", "finance"}),
        ("forecasting.run", {"sales_ops"}),
        ("forecasting.lock", {"sales_ops", "finance"}),
        ("negotiation.view", {"kam", "director", "sales_ops", "finance", "compliance"}),
        ("negotiation.edit", {"kam"}),
        (
            "planning.view",
            {"viewer", "kam", "director", "sales_ops", "marketing", "finance", "compliance"},
        ),
        ("planning.edit", {"kam", "director"}),
        ("planning.approve", {"director"}),
        (
            "planning.budgets",
            {"kam", "director", "sales_ops", "marketing", "finance", "compliance"},
        ),
        ("negotiation.private", {"kam", "director", "finance", "compliance"}),
    ],
)
def test_who_holds_a_capability(capability: str, roles: set[str]) -> None:
    assert {role for role, held in ROLES.items() if capability in held} == roles


def test_an_administrator_holds_nothing_that_shows_business_data() -> None:
    assert ROLES["admin"] == {"users.manage", "access.break_glass", "profile.self"}
    assert {scope_in(frozenset({"admin"}), name, "r") for name in MATRIX} == {""}


def test_field_groups_name_what_exists() -> None:
    for name, (thing, *capabilities) in FIELD_GROUPS.items():
        assert thing in MATRIX, name
        assert set(capabilities) <= CAPABILITIES, name


def test_rows_add_up_and_fields_take_the_strictest() -> None:
    both = Actor(1, "b", "B", frozenset({"kam", "finance"}))
    assert (both.scope_of("profile"), both.scope_of("profile", "w")) == ("A", "O")
    assert both.scope_of("notes") == ""
    assert Actor(1, "k", "K", frozenset({"kam", "sales_ops"})).scope_of("notes") == "O"
