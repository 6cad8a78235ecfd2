"""Splits: begun with the members of a day, worked out live, frozen once agreed, kept from others."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from docx import Document
from openpyxl import load_workbook

from keystead.accounts import services as accounts
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.models import AuditEntry
from keystead.kit.testing.pack import RoomPack
from keystead.negotiation import models, queries, services
from keystead.negotiation.calc.plans.working import comparison, split
from keystead.negotiation.services.fee_papers import LettersWanted, write_letters, write_schedule
from keystead.negotiation.tests.house import consortium
from keystead.negotiation.types.fees import Limits, Override
from keystead.negotiation.types.plans import Answer, PlanQuorum, PlanState, Rules

D = Decimal
HEAD = services.PlanHead(
    name="Fees 2027", starts=date(2027, 1, 1), last=date(2027, 12, 31), currency="EUR",
    total=D("1000.00"), note="QNOTE up to 1200",
)  # fmt: skip
BY_BEDS = Rules(method={"kind": "proportional", "measure": "beds"})


def begun(actor, **more):
    """A split of 1000 over three hospitals with 100, 200 and 300 beds."""
    group = consortium(actor)
    made = services.start_plan(
        actor=actor, account_id=group.id, head=dataclasses.replace(HEAD, **more)
    )
    return services.set_rules(
        actor=actor, plan_id=made.id, expected_version=made.version, rules=BY_BEDS
    )


class TestPlanPack(RoomPack):
    model = models.FeePlanRow

    def prepare(self):
        self.group = consortium(self.writer, 1)

    def create(self, actor):
        return services.start_plan(actor=actor, account_id=self.group.id, head=HEAD).id

    def change(self, actor, pk, version):
        head = dataclasses.replace(HEAD, total=D(500))
        services.edit_plan(actor=actor, plan_id=pk, expected_version=version, head=head)


@pytest.mark.django_db
def test_members_of_the_day_are_measured_and_share_the_total_to_the_cent(kam):
    plan = begun(kam)
    assert [(one.code, one.figures["beds"]) for one in plan.members] == [
        ("H1", 100), ("H2", 200), ("H3", 300),
    ]  # fmt: skip
    found = split(plan).allocation
    assert [str(line.fee) for line in found.lines] == ["166.67", "333.33", "500.00"]
    ended = accounts.add_membership(
        actor=kam, member_id=accounts.create_account(actor=kam, code="GONE", name="Gone",
                                                     kind="hospital").id,
        group_id=plan.account_id, role="consortium_member", valid_to=date(2026, 12, 31),
    )  # fmt: skip
    again = services.read_again(actor=kam, plan_id=plan.id, expected_version=plan.version)
    assert ended.member_id not in {one.account_id for one in again.members}


@pytest.mark.django_db
def test_who_stays_out_moves_the_fees_of_the_others_and_the_quorum(kam):
    plan = begun(kam)
    out = plan.members[2].account_id
    rules = dataclasses.replace(BY_BEDS, quorum=PlanQuorum("beds", D(70)))
    plan = services.set_rules(
        actor=kam, plan_id=plan.id, expected_version=plan.version, rules=rules,
        answers={out: Answer.OUT},
    )  # fmt: skip
    found = split(plan)
    assert [str(line.fee) for line in found.allocation.lines] == ["333.33", "666.67"]
    assert [(one.code, one.change) for one in found.left.pays_more] == [
        ("H2", D("333.34")), ("H1", D("166.66")),
    ]  # fmt: skip
    assert (found.quorum.reached, found.quorum.missing, found.quorum.waiting) == (50, 20, 2)
    entries = AuditEntry.objects.count()
    with pytest.raises(Invalid, match="quorum"):
        services.agree_plan(actor=kam, plan_id=plan.id, expected_version=plan.version)
    assert models.AgreedSplitRow.objects.count() == 0
    assert AuditEntry.objects.count() == entries
    assert queries.fee_plan_for(kam, plan.id) == plan


@pytest.mark.django_db
def test_limits_that_cannot_work_are_kept_and_say_between_which_totals_they_would(kam):
    plan = begun(kam)
    rules = dataclasses.replace(BY_BEDS, limits=Limits(floor=D(100), cap=D(300)))
    plan = services.set_rules(
        actor=kam, plan_id=plan.id, expected_version=plan.version, rules=rules
    )
    with pytest.raises(Invalid) as caught:
        split(plan)
    assert (caught.value.code, caught.value.data["feasible_from"]) == ("infeasible", "300.00")
    assert caught.value.data["feasible_to"] == "900.00"
    own, equal, *_rest = comparison(plan)
    assert (own.problem, own.allocation, equal.problem) == ("infeasible", None, "infeasible")
    with pytest.raises(Invalid):
        services.agree_plan(actor=kam, plan_id=plan.id, expected_version=plan.version)


@pytest.mark.django_db
def test_an_agreed_split_is_frozen_and_goes_on_as_a_new_version(kam):
    plan = begun(kam)
    one = plan.members[0]
    plan = services.set_members(
        actor=kam, plan_id=plan.id, expected_version=plan.version,
        entries=[services.MemberEntry(
            account_id=one.account_id, answer=Answer.IN, previous=D(150),
            figures={"beds": D(100), "bid": D(9)}, by_hand=Override(D("100.01"), "pilot year"),
        )],
    )  # fmt: skip
    agreed = services.agree_plan(actor=kam, plan_id=plan.id, expected_version=plan.version)
    assert agreed.state is PlanState.AGREED
    held = queries.agreed_split_of(kam, plan.id)
    assert [(share.code, str(share.fee), share.reason) for share in held.shares] == [
        ("H1", "100.01", "pilot year"), ("H2", "360.00", ""), ("H3", "539.99", ""),
    ]  # fmt: skip
    with pytest.raises(Conflict, match="new version"):
        services.set_rules(
            actor=kam, plan_id=plan.id, expected_version=agreed.version, rules=Rules()
        )
    for model in (models.AgreedSplitRow, models.MemberShareRow):
        for write in (lambda rows: rows.update(id=99), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                write(model.objects.all())
    second = services.revise_plan(actor=kam, plan_id=plan.id)
    assert (second.number, second.replaces, second.state) == (2, plan.id, PlanState.DRAFT)
    with pytest.raises(Conflict, match="already"):
        services.revise_plan(actor=kam, plan_id=plan.id)
    later = services.start_plan(
        actor=kam, account_id=plan.account_id,
        head=dataclasses.replace(
            HEAD, name="Fees 2028", starts=date(2028, 1, 1), last=date(2028, 12, 31)
        ),
    )  # fmt: skip
    assert [str(member.previous) for member in later.members] == ["100.01", "360.00", "539.99"]


@pytest.mark.django_db
def test_the_schedule_adds_up_in_excel_and_a_letter_holds_its_own_member_alone(kam):
    plan = begun(kam)
    book = load_workbook(io.BytesIO(write_schedule(actor=kam, plan_id=plan.id).content))
    sheet = book.worksheets[0]
    fees = [sheet.cell(row, 4).value for row in (6, 7, 8)]
    assert fees == [166.67, 333.33, 500]
    assert sheet["D3"].value == 1000
    assert (sheet["D9"].value, sheet["C6"].value) == ("=SUM(D6:D8)", '=IF($D$3=0,"",D6/$D$3)')
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.new["name"]) == ("negotiation.fees.schedule", "Fees 2027")
    for language, word in (("en", "Dear"), ("zh-hans", "您好"), ("fr", "Madame")):
        wanted = LettersWanted(language=language, on=date(2026, 11, 2), sender="Lin Wei")
        made = write_letters(actor=kam, plan_id=plan.id, wanted=wanted)
        with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
            assert archive.namelist() == [f"H{n} Hospital {n}.docx" for n in (1, 2, 3)]
            letter = Document(io.BytesIO(archive.read("H2 Hospital 2.docx")))
        text = "\n".join(
            [one.text for one in letter.paragraphs]
            + [cell.text for table in letter.tables for row in table.rows for cell in row.cells]
        )
        assert word in text
        assert "Hospital 2" in text
        assert "333" in text
        for other in ("Hospital 1", "Hospital 3", "166", "QNOTE", "{{"):
            assert other not in text, (language, other)


@pytest.mark.django_db
def test_an_own_template_is_filled_or_named_for_what_is_wrong(kam):
    plan = begun(kam)

    def template(text):
        made, buffer = Document(), io.BytesIO()
        made.add_paragraph(text)
        made.save(buffer)
        return LettersWanted(language="en", on=date(2026, 11, 2), template=buffer.getvalue())

    made = write_letters(actor=kam, plan_id=plan.id, wanted=template("{{ member }} pays {{ fee }}"))
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        first = Document(io.BytesIO(archive.read("H1 Hospital 1.docx")))
    assert first.paragraphs[0].text == "Hospital 1 pays €\xa0166.67"
    with pytest.raises(Invalid, match="mandate"):
        write_letters(actor=kam, plan_id=plan.id, wanted=template("{{ mandate }}"))


@pytest.mark.django_db
def test_a_draft_is_ours_alone_and_so_is_its_trail(kam, other_kam, make_actor):
    plan = begun(kam)
    reader = make_actor("ming", "sales_ops")
    with pytest.raises(NotFound):
        queries.fee_plan_for(reader, plan.id)
    with pytest.raises(NotFound):
        queries.fee_plan_for(other_kam, plan.id)
    assert queries.fee_plans_of(reader, plan.account_id) == ()
    with pytest.raises(NotFound):
        write_schedule(actor=reader, plan_id=plan.id)
    services.agree_plan(actor=kam, plan_id=plan.id, expected_version=plan.version)
    seen = queries.fee_plan_for(reader, plan.id)
    assert (seen.note, seen.total.amount) == ("", D("1000.00"))
    told = repr(list(AuditEntry.objects.filter(action__startswith="negotiation").values()))
    assert "Fees 2027" in told
    assert "QNOTE" not in told
