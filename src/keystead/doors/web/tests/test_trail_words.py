"""The trail in words: every action has a sentence, ids have names, foreign names stay hidden."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

import keystead
from keystead.doors.web.tests.house import account, under
from keystead.doors.web.trail import sentence
from keystead.doors.web.trail_words import ACTIONS
from keystead.kit.access import Actor, actor_for
from keystead.kit.models import User

SOURCE = Path(keystead.__file__).parent


def actions() -> set[str]:
    """Return every action that the code writes into the trail with a fixed name."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr != "record" or ast.unparse(node.func.value) != "audit":
                continue
            for given in node.keywords:
                if given.arg == "action" and isinstance(given.value, ast.Constant):
                    found.add(str(given.value.value))
    return found


def test_every_action_has_a_sentence() -> None:
    written = actions()
    assert "account.create" in written
    assert written - set(ACTIONS) == set()


def test_every_act_on_an_agreement_has_a_sentence() -> None:
    """Its services name the act by a word, which ``keep`` puts behind ``agreement.``"""
    words = set()
    for path in (SOURCE / "agreements" / "services").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            named = isinstance(node, ast.Call) and ast.unparse(node.func) == "keep"
            if named and len(node.args) > 2:  # the keeper of files has the same name
                given = ast.walk(node.args[2])
                words |= {str(part.value) for part in given if isinstance(part, ast.Constant)}
    assert {"sign", "approve", "return"} <= words
    assert {f"agreement.{word}" for word in words} <= set(ACTIONS)


def test_sentences_are_in_the_readers_language() -> None:
    with override("zh-hans"):
        assert sentence("listing.add") == "已添加上架"
    with override("fr"):
        assert sentence("prices.view") == "Prix en rayon consultés"


@pytest.mark.django_db
def test_ids_are_named_but_never_a_foreign_account(
    make_user: Callable[..., User], sales_ops: Actor, client_of: Callable[[Actor], Client]
) -> None:
    boss = make_user("boss", "director")
    kam = actor_for(make_user("lin", "kam", manager=boss, first_name="Lin", last_name="Wei"))
    own = account(sales_ops, "QH-1", kam)
    foreign = account(sales_ops, "ZZ-9", name="Hidden Holding", kind="group")
    under(sales_ops, own, foreign)
    page = client_of(actor_for(boss)).get(f"/accounts/{own}/panels/log/").content.decode()
    assert "Membership added" in page
    assert "QH-1 Pharmacy" in page
    assert "Lin Wei" in page
    assert "Hidden Holding" not in page
    auditor = actor_for(make_user("sofia", "compliance"))
    seen = client_of(auditor).get(f"/accounts/{own}/panels/log/").content.decode()
    assert "Hidden Holding" in seen
