"""Months that close and open again, in any order: a closed one changes in no way at all."""

from __future__ import annotations

import contextlib
import dataclasses
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from keystead.governance.services import approvals, periods
from keystead.kit.access import SYSTEM, actor_for
from keystead.kit.models import User
from keystead.kit.testing.machines import StoredMachine, play
from keystead.ledger import models, services
from keystead.ledger.tests.factories import FEB, JAN, MAR, post, seen

MONTHS = [JAN, FEB, MAR]
ENDS = {JAN: FEB, FEB: MAR, MAR: date(2026, 4, 1)}
PEOPLE = {
    "kam": "kam",
    "ops": "sales_ops",
    "fin": "finance",
    "fay": "finance",
    "cleo": "compliance",
    "dora": "director",
}
WHO = st.sampled_from(sorted(PEOPLE))


@dataclasses.dataclass
class File:
    pk: int
    month: date
    value: int
    undone: bool = False


@dataclasses.dataclass
class Closing:
    """A closing with what was decided about its reopening."""

    pk: int
    months: tuple[date, ...]
    open_again: bool = False
    asked: int = 0
    author: str = ""
    approved: frozenset[str] = frozenset()
    returned: bool = False

    @property
    def released(self) -> bool:
        return not self.returned and self.approved == {"finance", "compliance"}


class Periods(StoredMachine):
    def __init__(self) -> None:
        super().__init__()
        self.files: list[File] = []
        self.closings: list[Closing] = []
        self.next_value = 1

    @initialize()
    def begin(self) -> None:
        self.ids = {
            name: User.objects.create(username=name, roles=[role]).pk
            for name, role in PEOPLE.items()
        }

    def who(self, name: str):
        return actor_for(User.objects.get(pk=self.ids[name]))

    def shown(self, month: date) -> File | None:
        standing = [one for one in self.files if one.month == month and not one.undone]
        return standing[-1] if standing else None

    def closed(self, month: date) -> bool:
        return any(month in one.months and not one.open_again for one in self.closings)

    @rule(month=st.sampled_from(MONTHS))
    def post_a_newer_file(self, month) -> None:
        value = self.next_value
        pk = self.attempt(lambda: post((1, month, 1, str(value))), allowed=not self.closed(month))
        if pk is not None:
            self.next_value += 1
            self.files.append(File(pk, month, value))

    @precondition(lambda self: any(not one.undone for one in self.files))
    @rule(data=st.data())
    def undo(self, data) -> None:
        one = data.draw(st.sampled_from([one for one in self.files if not one.undone]))
        hidden = one is not self.shown(one.month)
        done = self.attempt(
            lambda: services.undo_batch(actor=SYSTEM, batch_id=one.pk),
            allowed=hidden or not self.closed(one.month),
        )
        if done is not None:
            one.undone = True

    @rule(
        who=st.sampled_from(["fin", "fin", "fay", "ops", "cleo"]),
        first=st.integers(0, 2),
        count=st.integers(1, 2),
    )
    def close(self, who, first, count) -> None:
        months = tuple(MONTHS[first : first + count])
        made = self.attempt(
            lambda: periods.close_period(
                actor=self.who(who),
                ledger="sell_in",
                label=f"{months[0]:%Y-%m}",
                start=months[0],
                end=ENDS[months[-1]],
            ),
            allowed=PEOPLE[who] == "finance" and not any(self.closed(one) for one in months),
        )
        if made is not None:
            self.closings.append(Closing(made.id, months))

    @precondition(lambda self: self.closings)
    @rule(data=st.data(), who=WHO)
    def ask_to_reopen(self, data, who) -> None:
        one = data.draw(st.sampled_from(self.closings))
        made = self.attempt(
            lambda: periods.ask_to_reopen(
                actor=self.who(who), lock_id=one.pk, why="An invoice was missing"
            ),
            allowed=not one.open_again,
        )
        if made is not None and made.id != one.asked:
            one.asked, one.author, one.approved, one.returned = made.id, who, frozenset(), False

    @precondition(lambda self: any(one.asked for one in self.closings))
    @rule(data=st.data(), who=WHO, approve=st.integers(0, 3).map(bool))
    def answer(self, data, who, approve) -> None:
        one = data.draw(st.sampled_from([one for one in self.closings if one.asked]))
        role = PEOPLE[who]
        done = self.attempt(
            lambda: approvals.decide(
                actor=self.who(who), request_id=one.asked, approve=approve, reason="So it is"
            ),
            allowed=role in {"finance", "compliance"} - one.approved
            and who != one.author
            and not one.returned,
        )
        if done is None:
            return
        if approve:
            one.approved |= {role}
        else:
            one.returned = True

    @precondition(lambda self: self.closings)
    @rule(data=st.data(), who=st.sampled_from(["fin", "fay", "cleo", "kam"]))
    def reopen(self, data, who) -> None:
        one = data.draw(st.sampled_from(self.closings))
        done = self.attempt(
            lambda: periods.reopen_period(actor=self.who(who), lock_id=one.pk),
            allowed=PEOPLE[who] == "finance" and one.released and not one.open_again,
        )
        if done is not None:
            one.open_again = True

    @precondition(lambda self: any(self.shown(month) for month in MONTHS))
    @rule(data=st.data(), new=st.booleans())
    def go_round_the_services(self, data, new) -> None:
        month = data.draw(st.sampled_from([one for one in MONTHS if self.shown(one)]))
        live = models.Slice.objects.filter(until_commit=None, part__month=month)
        part = live.get().part
        refused = pytest.raises(DatabaseError, match="closed")
        with refused if self.closed(month) else contextlib.nullcontext(), transaction.atomic():
            if new:
                models.Slice.objects.create(
                    part=part, dataset="sell_in", from_commit=999, until_commit=1000
                )
            else:
                assert live.update(until_commit=999) == 1
            transaction.set_rollback(True)

    @invariant()
    def what_counts_is_what_the_model_says(self) -> None:
        standing = [self.shown(month) for month in MONTHS]
        assert sorted(seen()) == sorted((1, str(one.value)) for one in standing if one)


@pytest.mark.django_db
def test_a_closed_month_stays_closed_in_any_order():
    play(Periods, runs=14, steps=25)
