"""The figures of a plan's Word file prove themselves, then and now."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal

import pytest

from keystead.accounts.tests.factories import account, shared_with
from keystead.kernel.standing import Worth
from keystead.kit.audit import trail_seq
from keystead.kit.office.carried import carried
from keystead.kit.office.word import document
from keystead.metrics.queries import standings
from keystead.metrics.queries.checking import check_figures
from keystead.metrics.types.checking import Verdict
from keystead.planning import queries, services
from keystead.planning.queries.papers import plan_paper
from keystead.planning.queries.proving import ACTION, CLAIM, INITIATIVE, OBJECTIVE, plan_proof
from keystead.planning.queries.state_proving import state_proof
from keystead.planning.rules.completeness import completeness
from keystead.planning.tests.factories import (
    TODAY,
    action,
    action_entry,
    claim,
    initiative,
    objective,
    plan,
)
from keystead.planning.tests.sold import sell_in
from keystead.planning.types.plans import ClaimKind

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def uni(kam):
    return account(kam, "UNI", name="Université Lyon", currency="EUR")


@pytest.fixture
def held(kam, uni):
    """A plan with one of each figure, and something sold."""
    sell_in([(uni.id, None, date(TODAY.year, 1, 5), 250)])
    made = plan(kam, uni)
    claim(kam, made, ClaimKind.RISK, amount=D(700), likelihood_pct=D(25))
    objective(kam, made)
    initiative(kam, made)
    action(kam, uni, made.id)
    return made


def written(kam, held):
    paper = plan_paper(kam, queries.plan_for(kam, held.id), "fr", TODAY)
    return carried(document(paper), "docx")


def verdicts(actor, figures):
    return {one.figure.text: one.verdict for one in check_figures(actor, figures)}


def test_the_word_file_of_a_plan_is_confirmed(kam, other_kam, uni, held) -> None:
    figures = written(kam, held)
    found = verdicts(kam, figures)
    assert len(figures) == 10
    assert set(found.values()) == {Verdict.EQUAL}
    assert set(verdicts(other_kam, figures).values()) == {Verdict.UNKNOWN}
    told = {one.proof.partition(":")[0]: one for one in figures}
    assert (D(told[ACTION].value), D(told[CLAIM].value)) == (
        D(action_entry().due_on.strftime("%Y%m%d")), D(25),
    )  # fmt: skip
    typed = [
        dataclasses.replace(one, text="1 €") if D(one.value) == 250 else one for one in figures
    ]
    assert verdicts(kam, typed)["1 €"] is Verdict.EDITED


def test_what_was_changed_since_is_told(kam, uni, held) -> None:
    figures = written(kam, held)
    step = queries.plan_for(kam, held.id).actions[0]
    services.edit_action(
        actor=kam, action_id=step.id, entry=action_entry(due_on=date(TODAY.year + 1, 2, 1)),
        expected_version=step.version,
    )  # fmt: skip
    services.edit_plan(
        actor=kam, plan_id=held.id, expected_version=None, headline="", currency="CNY",
        owner_id=None,
    )  # fmt: skip
    checked = {one.figure.proof: one for one in check_figures(kam, figures)}
    moved = {
        key.partition(":")[0] for key, one in checked.items() if one.verdict is not Verdict.EQUAL
    }
    # The plan counts in another currency now: its amounts are others, what was sold is not.
    assert {OBJECTIVE, CLAIM, INITIATIVE, ACTION} <= moved
    due = next(one for key, one in checked.items() if key.startswith(ACTION))
    assert due.standing
    assert due.standing.now
    assert (due.standing.now.value, due.standing.unit) == (D(f"{TODAY.year + 1}0201"), "day")
    sold = next(one for one in checked.values() if D(one.figure.value) == 250)
    assert sold.verdict is Verdict.EQUAL


def test_the_score_and_what_is_stale_are_led_back_through_the_trail(kam, other_kam, held) -> None:
    old = claim(kam, held, ClaimKind.GOAL, stated_on=TODAY - timedelta(days=900))
    figures = [one for one in written(kam, held) if one.proof.startswith("plan_state:")]
    score, stale = figures
    assert (D(stale.value), D(score.value) > 0) == (1, True)
    services.remove_line(actor=kam, kind="claim", line_id=old.id)
    for line in queries.plan_for(kam, held.id).initiatives:
        services.remove_line(actor=kam, kind="initiative", line_id=line.id)
    step = queries.plan_for(kam, held.id).actions[0]
    services.edit_action(
        actor=kam, action_id=step.id, entry=action_entry(owner_id=None),
        expected_version=step.version,
    )  # fmt: skip
    claim(kam, held, ClaimKind.STRATEGY)
    checked = {one.figure.text: one for one in check_figures(kam, figures)}
    assert {one.verdict for one in checked.values()} == {Verdict.CHANGED}
    told = {one.proof: one for one in figures}
    found = standings(actor=kam, proof_ids=list(told))
    for proof, figure in told.items():
        assert found[proof].then.value == D(figure.value)
    now = completeness(queries.plan_for(kam, held.id), TODAY).score
    assert (found[score.proof].now.value, found[stale.proof].now.value) == (now, 0)
    assert now != D(score.value)
    assert standings(actor=other_kam, proof_ids=list(told)) == {}
    early = state_proof(held.id, "score", TODAY, 0)
    strange = state_proof(held.id, "headline", TODAY, trail_seq())
    assert standings(actor=kam, proof_ids=[early, strange]) == {}


def test_no_proof_tells_what_the_reader_may_not_see(kam, uni, viewer, held) -> None:
    shared_with(uni, viewer)
    found = queries.plan_for(kam, held.id)
    money = plan_proof(CLAIM, found.claims[0].id, "amount")
    cost = plan_proof(INITIATIVE, found.initiatives[0].id, "cost")
    due = plan_proof(ACTION, found.actions[0].id, "due_on")
    assert standings(actor=kam, proof_ids=[money, cost])[money].then == Worth(D(700), "EUR")
    assert set(standings(actor=viewer, proof_ids=[money, cost, due])) == {due}
    forged = [
        plan_proof(ACTION, found.actions[0].id, "title"),
        plan_proof(OBJECTIVE, 10**9, "target"),
        plan_proof(CLAIM, found.claims[0].id, "amount", trail_seq() + 9),
    ]
    assert standings(actor=kam, proof_ids=forged) == {}
