"""Any order of files, answers, corrections, posts and undoings at the desk, against plain Python."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.ledger import queries
from keystead.ledger.models import Batch
from keystead.ledger.services import desk, undo_batch, verify
from keystead.ledger.services.desk import kept, staging
from keystead.ledger.tests.desk_factories import again, bring, facts, outcome, world
from keystead.ledger.tests.factories import FEB, JAN, MAR
from keystead.ledger.types import BatchState

HEAD = "Invoice No,Customer ID,SKU,Invoice date,Qty,Unit price,Currency\n"
UNKNOWN = "X-9"
Fact = tuple[int, date, Decimal]
LINES = st.lists(
    st.tuples(
        st.sampled_from(["A-1", "A-2", UNKNOWN]),
        st.sampled_from([JAN, FEB, MAR]),
        st.booleans().map(lambda wrong: wrong),
        st.integers(-5, 9).filter(bool),
    ),
    min_size=1,
    max_size=4,
)


@dataclasses.dataclass
class Line:
    """A row of a file: whose, when, and if its date is an impossible one."""

    code: str
    month: date
    wrong: bool
    quantity: int
    out: bool = False  # somebody rejected it
    posted: tuple[int, date, Decimal] | None = None

    @property
    def value(self) -> Decimal:
        return Decimal(self.quantity) * Decimal("2.5")


@dataclasses.dataclass
class File:
    """What plain Python knows of one import."""

    pk: int
    source: str
    mode: str
    text: str
    lines: list[Line]
    state: BatchState
    shown: Any = None
    said: set[date] = dataclasses.field(default_factory=set)

    @property
    def is_open(self) -> bool:
        return self.state not in (BatchState.POSTED, BatchState.UNDONE, BatchState.CANCELLED)


class Desk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.files: list[File] = []
        self.order: list[File] = []  # as they were posted
        self.aliases: dict[str, int | None] = {}
        self.number = 0

    @initialize()
    def begin(self) -> None:
        self.ids = world()

    def teardown(self) -> None:
        try:
            assert verify(actor=SYSTEM).findings == ()
        finally:
            for file in self.files:  # the next example has batches of the same numbers
                staging.forget(file.pk)
                kept.forget(file.pk)
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # What should be

    def account(self, file: File, line: Line) -> int | None:
        return self.aliases.get(file.source) if line.code == UNKNOWN else self.ids[line.code]

    def is_in(self, file: File, line: Line) -> str:
        if line.posted is not None:
            return "posted"
        if line.out or line.wrong:
            return "rejected"
        return "waiting" if self.account(file, line) is None else "ready"

    def rows(self, file: File, state: str) -> list[Line]:
        return [line for line in file.lines if self.is_in(file, line) == state]

    def figures(self, file: File) -> Any:
        """Return what the totals on the page are made of."""
        found: dict[Any, Any] = defaultdict(lambda: (0, 0))
        for line in file.lines:
            state = self.is_in(file, line)
            month = None if line.wrong else line.month
            rows, quantity = found[state, month]
            found[state, month] = (rows + 1, quantity + line.quantity)
        return dict(found)

    def expected(self) -> Counter[Fact]:
        seen: list[Fact] = []
        for source in "ab":
            for month in (JAN, FEB, MAR):
                here: list[Fact] = []
                for file in self.order:
                    if file.source != source or file.state != BatchState.POSTED:
                        continue
                    if file.mode == "replace" and month in file.said:
                        here = []
                    here += [
                        line.posted
                        for line in file.lines
                        if line.posted is not None and line.month == month
                    ]
                seen += here
        return Counter(seen)

    def checked(self, file: File) -> None:
        """Take over what a check finds."""
        file.shown = self.figures(file)
        if file.is_open:
            ready, waiting = self.rows(file, "ready"), self.rows(file, "waiting")
            file.state = (
                BatchState.READY if ready
                else BatchState.MATCHING if waiting
                else BatchState.CHECKING
            )  # fmt: skip

    def one_line_in_the_trail(self, call: Any) -> Any:
        before = AuditEntry.objects.count()
        found = call()
        assert AuditEntry.objects.count() == before + 1
        return found

    def pick(self, data: Any, *, posted: bool = True) -> File:
        return data.draw(
            st.sampled_from(
                [f for f in self.files if f.is_open or (posted and f.state == BatchState.POSTED)]
            )
        )

    # What people do

    @rule(lines=LINES, source=st.sampled_from("ab"), mode=st.sampled_from(["append", "replace"]))
    def bring(self, lines, source, mode) -> None:
        text = HEAD
        for code, month, wrong, quantity in lines:
            self.number += 1
            day = f"{month:%Y-%m}-41" if wrong else f"{month:%Y-%m}-05"
            text += f"F{self.number},{code},P-1,{day},{quantity},2.50,EUR\n"
        batch = bring(text, source=source, mode=mode)
        file = File(batch.id, source, mode, text, [Line(*one) for one in lines], batch.state)
        file.state = BatchState.CHECKING
        self.files.append(file)
        self.checked(file)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def bring_the_same_again(self, data) -> None:
        file = data.draw(st.sampled_from(self.files))
        if file.state in (BatchState.UNDONE, BatchState.CANCELLED):
            return
        assert bring(file.text, source=file.source, mode=file.mode).id == file.pk
        if file.is_open:
            self.checked(file)

    @precondition(lambda self: any(f.is_open or f.state == BatchState.POSTED for f in self.files))
    @rule(data=st.data(), whom=st.sampled_from(["A-1", "A-2", None]), look=st.booleans())
    def confirm(self, data, whom, look) -> None:
        file = self.pick(data)
        target = self.ids[whom] if whom else None
        self.one_line_in_the_trail(
            lambda: desk.confirm_match(
                actor=SYSTEM, batch_id=file.pk, kind="account", text=f"c:{UNKNOWN}",
                target_id=target,
            )
        )  # fmt: skip
        self.aliases[file.source] = target
        if look:
            self.look(file)

    @precondition(lambda self: any(f.is_open or f.state == BatchState.POSTED for f in self.files))
    @rule(data=st.data(), out=st.booleans(), look=st.booleans())
    def reject_or_take_back(self, data, out, look) -> None:
        file = self.pick(data)
        place = data.draw(st.integers(0, len(file.lines) - 1))
        row = (Batch.objects.get(pk=file.pk).report["sheets"][0]["name"], place + 2)
        self.one_line_in_the_trail(
            lambda: desk.reject_rows(actor=SYSTEM, batch_id=file.pk, rows=[row], reject=out)
        )
        file.lines[place].out = out
        if look:
            self.look(file)

    @precondition(lambda self: any(f.is_open or f.state == BatchState.POSTED for f in self.files))
    @rule(data=st.data(), look=st.booleans())
    def mend_a_date(self, data, look) -> None:
        file = self.pick(data)
        place = data.draw(st.integers(0, len(file.lines) - 1))
        line = file.lines[place]
        if not line.wrong or line.posted is not None:
            return
        sheet = Batch.objects.get(pk=file.pk).report["sheets"][0]["name"]
        self.one_line_in_the_trail(
            lambda: desk.resolve_problem(
                actor=SYSTEM, batch_id=file.pk, sheet=sheet, row=place + 2,
                column="Invoice date", value=f"{line.month:%Y-%m}-05",
            )
        )  # fmt: skip
        line.wrong = False
        if look:
            self.look(file)

    def look(self, file: File) -> None:
        again(file.pk)
        self.checked(file)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def post(self, data) -> None:
        file = data.draw(st.sampled_from(self.files))
        before = AuditEntry.objects.count()
        if file.state == BatchState.POSTED:
            assert desk.post_batch(actor=SYSTEM, batch_id=file.pk).id == file.pk
        elif file.state != BatchState.READY:
            with pytest.raises((Invalid, Conflict)):
                desk.post_batch(actor=SYSTEM, batch_id=file.pk)
        elif file.shown != self.figures(file):
            with pytest.raises(Conflict, match="figures changed"):
                desk.post_batch(actor=SYSTEM, batch_id=file.pk)
        else:
            posted = self.one_line_in_the_trail(
                lambda: desk.post_batch(actor=SYSTEM, batch_id=file.pk)
            )
            file.said = {line.month for line in self.rows(file, "ready")}
            self.count(file)
            file.state = BatchState.POSTED
            self.order.append(file)
            assert posted.counts.rows_in == len(file.lines)
            self.checked(file)
            return
        assert AuditEntry.objects.count() == before

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def release(self, data) -> None:
        file = data.draw(st.sampled_from(self.files))
        before = AuditEntry.objects.count()
        ready = self.rows(file, "ready")
        if file.state == BatchState.POSTED and ready and file.shown == self.figures(file):
            self.one_line_in_the_trail(lambda: desk.release_waiting(actor=SYSTEM, batch_id=file.pk))
            file.said |= {line.month for line in ready}
            self.count(file)
            self.checked(file)
            return
        with pytest.raises((Invalid, Conflict)):
            desk.release_waiting(actor=SYSTEM, batch_id=file.pk)
        assert AuditEntry.objects.count() == before

    def count(self, file: File) -> None:
        for line in self.rows(file, "ready"):
            account = self.account(file, line)
            assert account is not None
            line.posted = (account, line.month.replace(day=5), line.value)

    @precondition(lambda self: any(f.is_open for f in self.files))
    @rule(data=st.data())
    def cancel(self, data) -> None:
        file = self.pick(data, posted=False)
        self.one_line_in_the_trail(lambda: desk.cancel_batch(actor=SYSTEM, batch_id=file.pk))
        file.state = BatchState.CANCELLED

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def undo(self, data) -> None:
        file = data.draw(st.sampled_from(self.files))
        if file.state == BatchState.POSTED:
            self.one_line_in_the_trail(lambda: undo_batch(actor=SYSTEM, batch_id=file.pk))
            file.state = BatchState.UNDONE
            return
        with pytest.raises(Conflict):
            undo_batch(actor=SYSTEM, batch_id=file.pk)

    @invariant()
    def what_counts_is_what_was_posted(self) -> None:
        assert Counter(facts(columns="account_id, date, value")) == self.expected()

    @invariant()
    def no_row_is_lost(self) -> None:
        for file in self.files:
            batch = queries.batch(SYSTEM, file.pk)
            if file.is_open:
                assert sum(outcome(file.pk)["counts"].values()) == len(file.lines)
            elif file.state == BatchState.POSTED:
                assert batch.counts.balanced
                assert batch.counts.posted == len(self.rows(file, "posted"))
            assert batch.state == file.state


@pytest.mark.django_db
def test_the_desk_agrees_with_plain_python() -> None:
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=10,
            derandomize=True,
            stateful_step_count=12,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
