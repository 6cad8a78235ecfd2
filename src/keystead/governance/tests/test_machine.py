"""Approvals in any order of acts, against a model that knows only the rules as they are told."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from keystead.governance.models import ApprovalPolicy
from keystead.governance.queries import approvals as reads
from keystead.governance.services import approvals
from keystead.governance.types.approvals import Ask, Facts, RequestState, SubjectKind
from keystead.kernel.errors import Conflict
from keystead.kit.access import SYSTEM, actor_for
from keystead.kit.models import User
from keystead.kit.testing.machines import StoredMachine, play

PEOPLE: dict[str, tuple[str, ...]] = {
    "lin": ("kam",),
    "bo": ("kam", "director"),
    "dora": ("director",),
    "fei": ("finance",),
    "cleo": ("compliance",),
    "duo": ("finance", "compliance"),
}
AMOUNTS = [10, 500, 5000]
LIMITS = [100, 1000, 10_000]
WHO = st.sampled_from(sorted(PEOPLE))


@dataclasses.dataclass
class Seen:
    """What the model remembers of a request."""

    pk: int
    subject: str
    content: str
    author: str
    amount: int
    flagged: bool
    steps: list[tuple[frozenset[str], bool, int]]  # roles, whether all of them, days
    due: timezone.datetime
    state: str = "open"
    at: int = 0
    given: list[tuple[int, str, str]] = dataclasses.field(default_factory=list)
    escalated: bool = False

    def missing(self) -> frozenset[str]:
        roles, every, _days = self.steps[self.at]
        have = {role for step, _who, role in self.given if step == self.at}
        if not every:
            return frozenset() if have else roles
        return roles - have


@dataclasses.dataclass
class Deputy:
    pk: int
    giver: str
    to: str
    starts: date
    ends: date


class Approvals(StoredMachine):
    people: ClassVar[dict[str, int]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Seen] = []
        self.deputies: list[Deputy] = []
        self.limit = 1000
        self.roles = {name: set(roles) for name, roles in PEOPLE.items()}
        self.active = dict.fromkeys(PEOPLE, True)
        self.lost: list[str] = []  # who had a right that is gone

    @initialize()
    def begin(self) -> None:
        self.people.clear()
        for name, roles in PEOPLE.items():
            self.people[name] = User.objects.create(username=name, roles=list(roles)).pk
        lines = [
            ("All", [{"roles": ["director"], "due_days": 2}], {}),
            ("Large", [{"roles": ["finance"]}], {"amount_from": Decimal(1000)}),
            ("Late", [{"roles": ["finance", "compliance"], "mode": "all"}], {"flags": ["late"]}),
        ]
        for name, steps, bands in lines:
            row = {"kind": "agreement", "name": name, "steps": steps, **bands}
            approvals.save_policy(actor=SYSTEM, row=row)

    # what the rules say, told once more in plain Python

    def wanted(self, amount: int, flagged: bool) -> list[tuple[frozenset[str], bool, int]]:
        steps = [(frozenset({"director"}), False, 2)]
        if amount >= self.limit:
            steps.append((frozenset({"finance"}), False, 3))
        if flagged:
            steps.append((frozenset({"finance", "compliance"}), True, 3))
        return steps

    def holds(self, name: str) -> frozenset[str]:
        return frozenset(self.roles[name]) if self.active[name] else frozenset()

    def may_answer_as(self, name: str, one: Seen) -> frozenset[tuple[str, str]]:
        """Return the (role, for whom) in which a person may answer the present step."""
        if one.state != "open" or name == one.author or not self.active[name]:
            return frozenset()
        if any(step == one.at and who == name for step, who, _role in one.given):
            return frozenset()
        own = one.missing() & self.holds(name)
        if own:
            return frozenset((role, "") for role in own)
        today = timezone.localdate()
        return frozenset(
            (role, deputy.giver)
            for deputy in self.deputies
            if deputy.to == name
            and deputy.starts <= today < deputy.ends
            and deputy.giver != one.author
            for role in one.missing() & self.holds(deputy.giver)
        )

    def who(self, name: str):
        return actor_for(User.objects.get(pk=self.people[name]))

    # what people do

    @rule(
        who=WHO,
        subject=st.sampled_from("12"),
        content=st.sampled_from("abc"),
        amount=st.sampled_from(AMOUNTS),
        flagged=st.booleans(),
    )
    def ask(self, who, subject, content, amount, flagged) -> None:
        digest = f"{content}{amount}{flagged}"
        made = approvals.request_approval(
            actor=self.who(who),
            ask=Ask(
                kind=SubjectKind.AGREEMENT,
                subject_id=subject,
                title="Contract",
                content_hash=digest,
                facts=Facts(Decimal(amount), flags=frozenset({"late"} if flagged else ())),
            ),
        )
        for older in self.requests:
            if older.subject == subject and older.state == "open":
                if older.content == digest:
                    assert made.id == older.pk
                    return
                older.state = "superseded"
        steps = self.wanted(amount, flagged)
        due = self.now + timedelta(days=steps[0][2])
        self.requests.append(Seen(made.id, subject, digest, who, amount, flagged, steps, due))

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), who=WHO)
    def anybody_decides(self, data, who) -> None:
        self.decide(data.draw(st.sampled_from(self.requests)), who, approve=True, stale=1)

    @precondition(lambda self: self.lost and self.open_ones())
    @rule(data=st.data())
    def who_lost_a_right_tries(self, data) -> None:
        for one in self.open_ones():
            self.decide(one, data.draw(st.sampled_from(self.lost)), approve=True, stale=1)

    @precondition(lambda self: self.open_ones())
    @rule(data=st.data(), approve=st.integers(0, 4).map(bool), stale=st.integers(0, 5))
    def an_approver_decides(self, data, approve, stale) -> None:
        one = data.draw(st.sampled_from(self.open_ones()))
        able = [name for name in PEOPLE if self.may_answer_as(name, one)]
        self.decide(one, data.draw(st.sampled_from(able or [one.author])), approve, stale)

    def open_ones(self) -> list[Seen]:
        return [one for one in self.requests if one.state == "open"]

    def decide(self, one: Seen, who: str, approve: bool, stale: int) -> None:
        ways = self.may_answer_as(who, one)
        done = self.attempt(
            lambda: approvals.decide(
                actor=self.who(who),
                request_id=one.pk,
                approve=approve,
                reason="" if approve else "Too dear",
                content_hash="what I read before" if stale == 0 else one.content,
            ),
            allowed=bool(ways) and stale != 0,
        )
        if done is None:
            return
        last = done.decisions[-1]
        names = {pk: name for name, pk in self.people.items()}
        behalf = names.get(last.on_behalf_of or 0, "")
        assert (last.role, behalf) in ways
        assert names[last.user_id] == who != one.author != behalf
        for step in self.wanted(one.amount, one.flagged):  # limits are those of this moment
            if step not in one.steps:
                one.steps.append(step)
        if not approve:
            one.state = "returned"
            return
        one.given.append((one.at, who, last.role))
        if one.missing():
            return
        if one.at + 1 == len(one.steps):
            one.state = "approved"
            return
        one.at, one.escalated = one.at + 1, False
        one.due = self.now + timedelta(days=one.steps[one.at][2])

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), who=WHO)
    def withdraw(self, data, who) -> None:
        one = data.draw(st.sampled_from(self.requests))
        allowed = one.state == "open" and one.author == who
        call = lambda: approvals.withdraw(actor=self.who(who), request_id=one.pk)  # noqa: E731
        if self.attempt(call, allowed=allowed) is not None:
            one.state = "withdrawn"

    @rule(giver=WHO, to=WHO, starts=st.integers(0, 2), days=st.integers(0, 3))
    def anybody_delegates(self, giver, to, starts, days) -> None:
        self.delegate(giver, to, starts, days)

    def delegate(self, giver, to, starts, days) -> None:
        first = timezone.localdate() + timedelta(days=starts)
        last = first + timedelta(days=days)
        made = self.attempt(
            lambda: approvals.delegate(
                actor=self.who(giver),
                to_user_id=self.people[to],
                starts=first,
                ends=last,
                reason="Leave",
            ),
            allowed=days > 0 and giver != to and self.active[to],
        )
        if made is not None:
            self.deputies.append(Deputy(made.id, giver, to, first, last))

    @precondition(lambda self: self.deputies)
    @rule(data=st.data())
    def end_delegation(self, data) -> None:
        one = data.draw(st.sampled_from(self.deputies))
        self.lost.append(one.to)
        approvals.end_delegation(actor=self.who(one.giver), delegation_id=one.pk)
        today = timezone.localdate()
        if one.starts >= today:
            self.deputies.remove(one)
        else:
            one.ends = min(one.ends, today)

    @precondition(lambda self: self.open_ones())
    @rule(data=st.data(), to=WHO)
    def go_on_leave(self, data, to) -> None:
        """Who is waited for names a deputy; so that deputies have something to decide."""
        one = data.draw(st.sampled_from(self.open_ones()))
        able = [name for name in PEOPLE if one.missing() & self.holds(name) and name != to]
        if able:
            self.delegate(data.draw(st.sampled_from(able)), to, 0, 2)

    @rule(limit=st.sampled_from(LIMITS))
    def change_the_limit(self, limit) -> None:
        line = ApprovalPolicy.objects.get(name="Large")
        approvals.save_policy(
            actor=SYSTEM, policy_id=line.pk, row={"amount_from": limit, "steps": line.steps}
        )
        self.limit = limit

    @rule(who=WHO, role=st.sampled_from(["director", "finance", "compliance"]))
    def give_or_take_a_role(self, who, role) -> None:
        self.roles[who] ^= {role}
        self.lost.append(who)
        User.objects.filter(pk=self.people[who]).update(roles=sorted(self.roles[who]))

    @rule(data=st.data(), who=WHO)
    def end_or_give_access(self, data, who) -> None:
        deputies = [one.to for one in self.deputies]
        who = data.draw(st.sampled_from(deputies)) if deputies else who
        self.lost.append(who)
        self.active[who] = not self.active[who]
        User.objects.filter(pk=self.people[who]).update(is_active=self.active[who])

    @rule(hours=st.sampled_from([1, 24, 75]))
    def wait(self, hours) -> None:
        self.pass_time(hours=hours)

    @rule()
    def escalate(self) -> None:
        late = [
            one
            for one in self.requests
            if one.state == "open" and one.due < self.now and not one.escalated
        ]
        assert set(approvals.escalate_overdue(actor=SYSTEM)) == {one.pk for one in late}
        for one in late:
            one.escalated = True

    # what must hold after each act

    @invariant()
    def every_request_stands_where_the_model_says(self) -> None:
        for one in self.requests[-2:]:
            found = reads.request(one.pk)
            assert (found.state, found.current_step) == (RequestState(one.state), one.at)
            assert [(frozenset(step.roles), step.due_days) for step in found.steps] == [
                (roles, days) for roles, _every, days in one.steps
            ]
            assert found.requested_by == self.people[one.author]
            assert (found.escalated_at is not None) is one.escalated

    @invariant()
    def what_is_used_is_what_was_approved(self) -> None:
        for subject in "12":
            asked = [one for one in self.requests if one.subject == subject]
            for content in {one.content for one in asked[-2:]} | {"edited since"}:
                usable = bool(asked) and (asked[-1].state, asked[-1].content) == (
                    "approved",
                    content,
                )
                try:
                    used = approvals.assert_approved(
                        kind=SubjectKind.AGREEMENT, subject_id=subject, content_hash=content
                    )
                except Conflict:
                    assert not usable
                else:
                    assert usable
                    assert used.content_hash == content

    @precondition(lambda self: self.requests)
    @rule(who=WHO)
    def an_inbox_holds_what_its_owner_may_answer(self, who) -> None:
        wanted = {one.pk for one in self.requests if self.may_answer_as(who, one)}
        assert {item.id for item in reads.inbox(self.who(who))} == wanted


@pytest.mark.django_db
def test_approvals_agree_with_the_rules_in_any_order():
    play(Approvals, runs=22, steps=25)
