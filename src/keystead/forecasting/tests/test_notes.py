"""What a forecast rests on, and what became of it."""

from __future__ import annotations

from datetime import date

import pytest

from keystead.forecasting import models, services
from keystead.forecasting.queries import assumptions_of, comments_of
from keystead.forecasting.tests.house import opened
from keystead.forecasting.types.cycle import AssumptionEntry, Node, Verdict
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.access import SYSTEM
from keystead.kit.testing.pack import RoomPack
from keystead.metrics.tests import room

DAY = date(2026, 2, 1)


class TestAssumptionPack(RoomPack):
    model = models.AssumptionRow
    reader_roles = ("compliance",)

    def prepare(self):
        self.cycle = opened(SYSTEM)
        self.account = room.account("PACK", self.writer)

    def create(self, actor):
        return self.write(actor, "The tender is ours").id

    def change(self, actor, pk, version):
        self.write(actor, "The tender is lost", assumption_id=pk, expected_version=version)

    def write(self, actor, text, **more):
        entry = AssumptionEntry(text=text, node=Node(self.account), starts=DAY, expires=DAY)
        return services.write_assumption(actor=actor, cycle_id=self.cycle.id, entry=entry, **more)


@pytest.mark.django_db
def test_an_assumption_is_judged_later_and_a_foreign_one_is_missing(house, kam, other_kam):
    cycle = opened(SYSTEM)
    entry = AssumptionEntry(text="No rival", node=Node(house["far"]), starts=DAY, expires=DAY)
    with pytest.raises(NotFound):
        services.write_assumption(actor=kam, cycle_id=cycle.id, entry=entry)
    made = services.write_assumption(actor=other_kam, cycle_id=cycle.id, entry=entry)
    assert assumptions_of(kam, cycle.id) == ()
    with pytest.raises(NotFound):
        services.judge_assumption(actor=kam, assumption_id=made.id, verdict=Verdict.HELD)
    judged = services.judge_assumption(
        actor=other_kam, assumption_id=made.id, verdict=Verdict.FAILED, note="a rival came"
    )
    assert (judged.verdict, judged.verdict_note) == (Verdict.FAILED, "a rival came")
    assert assumptions_of(other_kam, cycle.id) == (judged,)
    backwards = AssumptionEntry(text="x", starts=DAY, expires=date(2026, 1, 1))
    with pytest.raises(Invalid):
        services.write_assumption(actor=kam, cycle_id=cycle.id, entry=backwards)


@pytest.mark.django_db
def test_remarks_at_foreign_accounts_are_not_read(house, kam, other_kam, sales_ops):
    cycle = opened(sales_ops)
    services.comment(actor=other_kam, cycle_id=cycle.id, text="mine", node=Node(house["far"]))
    services.comment(actor=other_kam, cycle_id=cycle.id, text="for all")
    services.comment(actor=kam, cycle_id=cycle.id, text="ours", node=Node(house["group"]))
    assert [one.text for one in comments_of(kam, cycle.id)] == ["for all", "ours"]
    assert [one.text for one in comments_of(sales_ops, cycle.id)] == ["mine", "for all", "ours"]
    with pytest.raises(Invalid):
        services.comment(actor=kam, cycle_id=cycle.id, text="  ")
