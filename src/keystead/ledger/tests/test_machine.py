"""Any order of posts, restatements, releases, undoings and compactions, against plain Python."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from keystead.kernel.errors import Conflict
from keystead.kit.access import SYSTEM
from keystead.kit.files import duck
from keystead.ledger import queries, services
from keystead.ledger.tests.factories import FEB, JAN, MAR, post, rows_of, seen, sell_in
from keystead.ledger.types import Counts, Mode

Row = tuple[int, date, int, str]
ROWS = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from([JAN, FEB, MAR]),
        st.sampled_from([1, -1]),
        st.integers(-999, 999).map(lambda cents: f"{cents / 100:.2f}"),
    ),
    max_size=4,
)


@dataclasses.dataclass
class Told:
    """What the plain model remembers of one batch."""

    pk: int
    source: str
    replaces: bool
    said: set[date]
    rows: dict[date, list[Row]]
    waiting: int
    undone: bool = False


def plain(rows: list[Row]) -> list[tuple[int, str]]:
    found = []
    for account, _day, _quantity, value in rows:
        text = value.rstrip("0").rstrip(".") if "." in value else value
        found.append((account, "0" if text in {"-0", ""} else text))
    return sorted(found, key=lambda one: (one[0], float(one[1])))


class Ledger(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.told: list[Told] = []
        self.history: dict[int, list[tuple[int, str]]] = {0: []}

    def teardown(self) -> None:
        try:
            for commit, expected in self.history.items():
                assert seen(commit) == expected
            self.check_changes()
            assert services.verify(actor=SYSTEM).findings == ()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def check_changes(self) -> None:
        """What became visible minus what ceased to be is the difference of the two states."""
        last = queries.current_commit()
        for commit in {0, last // 2, max(last - 1, 0)}:
            net: dict[tuple, int] = defaultdict(int)
            for change in queries.slices_between("sell_in", commit, last):
                for row in rows_of([change.read]):
                    net[row] += change.sign
            for row in rows_of(queries.slice_set("sell_in", commit=commit).reads):
                net[row] += 1
            for row in rows_of(queries.slice_set("sell_in", commit=last).reads):
                net[row] -= 1
            assert not any(net.values())

    def expected(self) -> list[tuple[int, str]]:
        rows: list[Row] = []
        for source in "ab":
            for month in (JAN, FEB, MAR):
                visible: list[Row] = []
                for one in self.told:
                    if one.undone or one.source != source:
                        continue
                    if one.replaces and month in one.said:
                        visible = []
                    visible = visible + one.rows.get(month, [])
                rows += visible
        return plain(rows)

    def remember(self) -> None:
        self.history[queries.current_commit()] = self.expected()

    @rule(
        rows=ROWS,
        source=st.sampled_from("ab"),
        mode=st.sampled_from(list(Mode)),
        waiting=st.integers(0, 2),
        extra=st.sets(st.sampled_from([JAN, FEB]), max_size=1),
    )
    def post(self, rows, source, mode, waiting, extra) -> None:
        pk = post(*rows, source=source, mode=mode, waiting=waiting, months=extra)
        by_month: dict[date, list[Row]] = defaultdict(list)
        for row in rows:
            by_month[row[1]].append(row)
        said = set(by_month) | extra
        self.told.append(Told(pk, source, mode == Mode.REPLACE, said, by_month, waiting))
        self.remember()

    @precondition(lambda self: any(one.waiting and not one.undone for one in self.told))
    @rule(data=st.data(), row=ROWS.filter(bool))
    def release(self, data, row) -> None:
        waiting = [one for one in self.told if one.waiting and not one.undone]
        batch = data.draw(st.sampled_from(waiting))
        (line,) = row[:1]
        counts = queries.batch(SYSTEM, batch.pk).counts
        services.release_rows(
            actor=SYSTEM,
            batch_id=batch.pk,
            tables=[sell_in(line)],
            counts=dataclasses.replace(
                counts, posted=counts.posted + 1, waiting=counts.waiting - 1
            ),
        )
        batch.waiting -= 1
        batch.rows.setdefault(line[1], []).append(line)
        batch.said.add(line[1])
        self.remember()

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def undo(self, data) -> None:
        batch = data.draw(st.sampled_from(self.told))
        if batch.undone:
            with pytest.raises(Conflict):
                services.undo_batch(actor=SYSTEM, batch_id=batch.pk)
            return
        services.undo_batch(actor=SYSTEM, batch_id=batch.pk)
        batch.undone = True
        self.remember()

    @rule(target_rows=st.sampled_from([4, 1000]))
    def compact(self, target_rows) -> None:
        before = queries.current_commit()
        services.compact(actor=SYSTEM, dataset="sell_in", limit=1, target_rows=target_rows)
        for commit in range(before + 1, queries.current_commit() + 1):
            self.history[commit] = self.expected()

    @rule()
    def cache(self) -> None:
        if not services.build_cache("sell_in"):
            return
        found = queries.cache_for("sell_in")
        assert found is not None
        with duck.open_cache(found.path) as session:
            rows = session.rows("select account_id, value from facts order by all")
        assert [(account, f"{value.normalize():f}") for account, value in rows] == self.expected()

    @invariant()
    def now(self) -> None:
        assert seen() == self.expected()


@pytest.mark.django_db
def test_the_ledger_agrees_with_plain_python():
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=12,
            derandomize=True,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_counts_value_says_whether_rows_vanished():
    assert Counts(rows_in=0).balanced
    assert not Counts(rows_in=1).balanced
