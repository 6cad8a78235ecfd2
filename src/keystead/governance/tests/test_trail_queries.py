from __future__ import annotations

import pytest
from django.db import transaction

from keystead.governance.queries.trail import account_trail, history
from keystead.kernel.errors import NotAllowed
from keystead.kit import audit
from keystead.kit.access import SYSTEM, Actor


@pytest.mark.django_db
def test_history_of_one_object_newest_first():
    with transaction.atomic():
        for value in (1, 2):
            audit.record(
                actor=SYSTEM,
                action="thing.edit",
                subject=("thing", 7),
                new={"n": value},
                account_id=5,
            )
        audit.record(actor=SYSTEM, action="thing.edit", subject=("thing", 70), new={"n": 9})
    found = history(actor=SYSTEM, subject=("thing", 7))
    assert [entry.new for entry in found] == [{"n": 2}, {"n": 1}]
    assert {entry.subject_id for entry in found} == {"7"}
    assert [entry.id for entry in account_trail(actor=SYSTEM, account_id=5)] == [
        e.id for e in found
    ]


@pytest.mark.django_db
def test_history_needs_the_capability():
    with pytest.raises(NotAllowed):
        history(actor=Actor(1, "v", "V", frozenset({"marketing"})), subject=("thing", 7))


def _rows(*acts: tuple[Actor, str]) -> None:
    with transaction.atomic():
        for actor, action in acts:
            audit.record(
                actor=actor, action=action, subject=("x", 1), new={"v": action}, account_id=5
            )


@pytest.mark.django_db
def test_each_role_reads_the_trail_as_far_as_the_matrix_says(make_actor):
    lin, vera = make_actor("lin", "kam"), make_actor("vera", "viewer")
    director, finance = make_actor("anna", "director"), make_actor("fin", "finance")
    compliance = make_actor("com", "compliance")
    _rows((lin, "account.edit"), (lin, "ledger.post"), (vera, "account.share"))

    def seen(actor: Actor) -> list[str]:
        return [row.action for row in account_trail(actor=actor, account_id=5)]

    assert seen(lin) == ["ledger.post", "account.edit"]
    assert seen(vera) == ["account.share"]
    assert seen(director) == ["account.share", "ledger.post", "account.edit"]
    assert seen(finance) == ["ledger.post"]
    assert seen(compliance) == ["account.share", "ledger.post", "account.edit"]
    for role in ("sales_ops", "marketing", "admin"):
        with pytest.raises(NotAllowed):
            account_trail(actor=make_actor(role, role), account_id=5)


@pytest.mark.django_db
def test_the_trail_does_not_tell_what_a_private_note_says(make_actor):
    lin, anna = make_actor("lin", "kam"), make_actor("anna", "director")
    _rows((lin, "account.notes.set"), (lin, "account.terms.set"))

    def values(actor: Actor) -> list[dict]:
        return [row.new for row in account_trail(actor=actor, account_id=5)]

    assert values(lin) == values(anna)
    assert values(lin) == [{"v": "account.terms.set"}, {"v": "account.notes.set"}]
    compliance = make_actor("com", "compliance")
    assert values(compliance) == [{"v": "account.terms.set"}, {}]
