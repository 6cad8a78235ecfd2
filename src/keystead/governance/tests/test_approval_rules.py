"""Which steps a policy asks for, and who may answer."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.governance.rules.approvals import (
    after,
    answering_role,
    content_hash,
    missing_roles,
    route,
    usable,
)
from keystead.governance.rules.matrix import SHIPPED
from keystead.governance.types.approvals import (
    ApprovalRequest,
    Band,
    Decided,
    Delegation,
    Facts,
    PolicyRow,
    RequestState,
    Step,
    StepMode,
    SubjectKind,
)
from keystead.kernel.errors import Conflict, Invalid, NotAllowed

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 18)
D = Decimal
DIRECTOR, FINANCE = Step(("director",)), Step(("finance",))
MATRIX = (
    PolicyRow(1, SubjectKind.AGREEMENT, "All agreements", (DIRECTOR,)),
    PolicyRow(
        2, SubjectKind.AGREEMENT, "Large", (DIRECTOR, FINANCE), Band(D(1_000_000)), "CNY"
    ),
    PolicyRow(
        3,
        SubjectKind.AGREEMENT,
        "Back-dated",
        (Step(("compliance", "finance"), StepMode.ALL),),
        flags=frozenset({"back_dated"}),
    ),
    PolicyRow(
        4, SubjectKind.AGREEMENT, "Old rule", (Step(("admin",)),), valid_until=date(2026, 1, 1)
    ),
)  # fmt: skip


def request(steps=(DIRECTOR,), state=RequestState.OPEN, decisions=(), at=0):
    return ApprovalRequest(
        id=1,
        kind=SubjectKind.AGREEMENT,
        subject_id="7",
        title="",
        account_id=None,
        content_hash="h",
        state=state,
        steps=steps,
        current_step=at,
        facts=Facts(),
        changes=(),
        evidence={},
        policy_names=(),
        requested_by=1,
        requested_by_name="",
        requested_at=NOW,
        due_at=None,
        escalated_at=None,
        decisions=tuple(decisions),
        version=1,
    )


def yes(user, role, step=0):
    return Decided(step, user, role, True, "", NOW)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(), (DIRECTOR,)),
        (Facts(D("999999.99"), "CNY"), (DIRECTOR,)),
        (Facts(D(1_000_000), "CNY"), (DIRECTOR, FINANCE)),
        (Facts(D(5_000_000), "EUR"), (DIRECTOR,)),
        (
            Facts(D(2_000_000), "CNY", flags=frozenset({"back_dated", "x"})),
            (DIRECTOR, FINANCE, Step(("compliance", "finance"), StepMode.ALL)),
        ),
    ],
)
def test_route(facts, expected):
    assert route(MATRIX, SubjectKind.AGREEMENT, facts, TODAY) == expected


def test_what_no_policy_covers_cannot_be_approved():
    with pytest.raises(Invalid) as caught:
        route(MATRIX, SubjectKind.CLAIM, Facts(), TODAY)
    assert caught.value.code == "no_policy"


def test_the_author_never_answers_even_as_deputy():
    with pytest.raises(NotAllowed) as caught:
        answering_role(request(), user_id=1, roles=frozenset({"director"}), on=TODAY)
    assert caught.value.code == "own_request"


def test_the_authors_role_does_not_travel_to_a_deputy():
    given_by_author = Delegation(1, 1, 2, date(2026, 11, 1), date(2026, 12, 1))
    with pytest.raises(NotAllowed):
        answering_role(
            request(),
            user_id=2,
            roles=frozenset({"kam"}),
            delegations=[(given_by_author, frozenset({"director"}))],
            on=TODAY,
        )


@pytest.mark.parametrize(
    ("on", "allowed"),
    [(date(2026, 11, 1), True), (date(2026, 11, 30), True), (date(2026, 12, 1), False)],
)
def test_a_delegation_ends_on_its_day(on, allowed):
    deputy = Delegation(1, 9, 2, date(2026, 11, 1), date(2026, 12, 1))
    ask = {
        "user_id": 2,
        "roles": frozenset({"kam"}),
        "delegations": [(deputy, frozenset({"director"}))],
        "on": on,
    }
    if allowed:
        assert answering_role(request(), **ask) == ("director", 9)
    else:
        with pytest.raises(NotAllowed):
            answering_role(request(), **ask)


def test_all_of_a_joint_step_must_approve_each_by_another_person():
    joint = Step(("finance", "compliance"), StepMode.ALL)
    asked = request((joint,), decisions=[yes(2, "finance")])
    assert missing_roles(joint, asked.decisions) == ("compliance",)
    with pytest.raises(NotAllowed) as caught:
        answering_role(asked, user_id=2, roles=frozenset({"compliance"}), on=TODAY)
    assert caught.value.code == "answered"
    assert after(request((joint,)), yes(2, "finance")) == (RequestState.OPEN, 0)
    assert after(asked, yes(3, "compliance")) == (RequestState.APPROVED, 0)


def test_steps_follow_in_order_and_one_return_ends_it():
    asked = request((DIRECTOR, FINANCE))
    assert after(asked, yes(2, "director")) == (RequestState.OPEN, 1)
    no = Decided(0, 2, "director", False, "price", NOW)
    assert after(asked, no) == (RequestState.RETURNED, 0)


def test_closed_requests_take_no_answer():
    with pytest.raises(Conflict):
        answering_role(
            request(state=RequestState.APPROVED),
            user_id=2,
            roles=frozenset({"director"}),
            on=TODAY,
        )


def test_use_needs_the_same_content():
    usable(request(state=RequestState.APPROVED), "h")
    for asked, now_hash in [
        (None, "h"),
        (request(), "h"),
        (request(state=RequestState.APPROVED), "other"),
    ]:
        with pytest.raises(Conflict):
            usable(asked, now_hash)


@given(st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.none())))
def test_hash_ignores_order_and_sees_every_change(content):
    shuffled = dict(reversed(list(content.items())))
    assert content_hash(content) == content_hash(shuffled)
    assert content_hash({**content, "\x00new": 1}) != content_hash(content)


@given(st.decimals(0, 10**7, places=4), st.decimals(0, 10**7, places=4))
def test_more_money_never_asks_for_fewer_steps(first, second):
    low, high = sorted([first, second])
    steps = [
        set(route(MATRIX, SubjectKind.AGREEMENT, Facts(amount, "CNY"), TODAY))
        for amount in (low, high)
    ]
    assert steps[0] <= steps[1]


def test_the_shipped_matrix_covers_every_kind_and_names_known_roles():
    assert {row.kind for row in SHIPPED} == set(SubjectKind)
    roles = {role for row in SHIPPED for step in row.steps for role in step.roles}
    assert roles == {"director", "finance", "compliance"}
    back_dated = Facts(flags=frozenset({"back_dated"}))
    assert route(SHIPPED, SubjectKind.AGREEMENT, back_dated, TODAY) == (
        DIRECTOR,
        Step(("finance", "compliance"), StepMode.ALL),
    )
