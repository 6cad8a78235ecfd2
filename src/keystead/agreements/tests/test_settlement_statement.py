"""The statement of one settlement: as it was calculated, over amendments, the same cents."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from click.testing import CliRunner

from keystead.agreements import commands, services
from keystead.agreements.queries.settlements import settlement_for
from keystead.agreements.queries.statement_book import statement_workbook
from keystead.agreements.queries.statements import statement_of, statement_of_settlement
from keystead.agreements.services.papers import Wanted, write_settlement
from keystead.agreements.tests.factories import D, rebate, tiers
from keystead.agreements.tests.sold import active, amended, sell
from keystead.agreements.tests.test_settling import calculated, paid
from keystead.agreements.tests.test_statement_book import cents, named, needs_office, recalculated
from keystead.agreements.types import Cap, Every, Floor, PartnerVolume
from keystead.kernel.errors import Conflict, NotFound
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
Q = Every.QUARTER
BOOKED = {"tier_period": Q, "gl_code": "4711"}
JUNE, SEPTEMBER = date(2025, 6, 30), date(2025, 9, 30)


@pytest.fixture
def finance(make_actor):
    return make_actor("cash", "finance")


@pytest.fixture
def one(kam, house):
    """Two rebates a quarter; from July on one at another rate, the other gone, a third new."""
    first = active(
        kam, house, rebate("year", tiers=tiers((0, 1), (1000, 2)), **BOOKED),
        rebate("old", tiers=tiers((0, "0.5")), **BOOKED),
    )  # fmt: skip
    found = amended(
        first, date(2025, 7, 1), rebate("year", tiers=tiers((0, "1.5"), (1000, 3)), **BOOKED),
        rebate("new", tiers=tiers((0, "0.25")), **BOOKED),
    )  # fmt: skip
    sell(house, ("jd", "p", "2025-02-10", "1000.10"), ("shop", "q", "2025-05-10", "333.33"),
         ("jd", "p", "2025-08-10", "2000.01"))  # fmt: skip
    return found


def told(statement):
    return [
        (r.key, r.period.start.month, r.version.number, f"{r.entitlement.amount:f}",
         f"{r.settled_before.amount:f}", f"{r.due.amount:f}") for r in statement.rows
    ]  # fmt: skip


def test_a_statement_over_two_versions_is_what_the_settlement_pays(kam, finance, one):
    first = paid(kam, finance, one, JUNE)
    assert first.total.amount == D("30.00")  # 20.00 + 5.00 of spring, 3.33 + 1.67 after it
    second = calculated(kam, one, SEPTEMBER)
    found = statement_of_settlement(kam, second.id)
    assert told(found) == [
        ("year", 1, 1, "20.00", "20.00", "0.00"), ("year", 4, 1, "3.33", "3.33", "0.00"),
        ("year", 7, 2, "60.00", "0.00", "60.00"), ("new", 7, 2, "5.00", "0.00", "5.00"),
        ("old", 1, 1, "5.00", "5.00", "0.00"), ("old", 4, 1, "1.67", "1.67", "0.00"),
    ]  # fmt: skip
    assert found.due == second.total
    assert (found.number, found.run.inputs_hash) == (str(second.id), second.run_hash)
    again = statement_of_settlement(kam, first.id)
    assert (again.due.amount, again.number) == (D("30.00"), first.credit_note)


@needs_office
def test_another_program_gives_the_same_cents_over_amendments(kam, finance, one, tmp_path):
    paid(kam, finance, one, JUNE)
    found = statement_of_settlement(kam, calculated(kam, one, SEPTEMBER).id)
    book = recalculated(statement_workbook(found), tmp_path)
    earned = [row.entitlement.amount for row in found.rows if row.line is not None]
    assert cents(named(book, "row_entitlement")) == earned
    assert cents(named(book, "total_due")) == [found.due.amount] == [D("65.00")]
    assert cents(named(book, "total_settled")) == [D("30.00")]


def test_what_happens_afterwards_does_not_move_it(kam, house, finance, one):
    first = paid(kam, finance, one, JUNE)
    before = told(statement_of_settlement(kam, first.id))
    sell(house, ("jd", "p", "2025-02-20", "500.00"), source="late")
    volume = PartnerVolume("", date(2025, 5, 1), value=D(9), product=house["q"], agreed_by="x")
    services.agree_volumes(actor=kam, agreement_id=one.id, volumes=[volume])
    amended(one, date(2025, 4, 1), rebate("year", tiers=tiers((0, 9)), **BOOKED))
    assert told(statement_of_settlement(kam, first.id)) == before
    assert statement_of(kam, one.id, as_of=JUNE).earned.amount != first.total.amount


def test_limits_over_the_whole_count_once_over_all_versions(kam, house):
    each = rebate("v", tiers=tiers((0, 1)), **BOOKED)
    first = active(kam, house, each)
    found = amended(first, date(2025, 7, 1), each, cap=Cap(D(25)), floor=Floor(D(40)))
    sell(house, ("jd", "p", "2025-02-10", "1000"), ("jd", "p", "2025-08-10", "2000"))
    second = calculated(kam, found, SEPTEMBER)
    assert second.total.amount == 25
    assert statement_of_settlement(kam, second.id).due.amount == 25
    # The guarantee of the amendment is over the whole year: nobody is topped up twice.
    floored = amended(found, date(2025, 7, 2), each, floor=Floor(D(40)))
    assert statement_of(kam, floored.id, as_of=date(2025, 12, 31)).earned.amount == 40


def test_only_a_calculation_can_be_stated(kam, make_actor, one):
    opened = services.open_settlement(actor=kam, agreement_id=one.id, last=JUNE)
    with pytest.raises(Conflict):
        statement_of_settlement(kam, opened.id)
    with pytest.raises(NotFound):
        statement_of_settlement(make_actor("far", "kam"), opened.id)


@pytest.mark.parametrize("kind", ["xlsx", "docx", "pdf"])
def test_as_a_paper_from_the_page_the_api_and_the_command_line(
    kam, one, client_of, kind, monkeypatch, tmp_path
):
    found = calculated(kam, one, JUNE)
    made = write_settlement(actor=kam, settlement_id=found.id, wanted=Wanted(kind, "fr"))
    assert made.name.endswith(f".{kind}")
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.new["settlement"]) == ("agreement.statement.send", found.id)
    client = client_of(kam)
    sent = client.get(f"/settlements/{found.id}/statement/?format={kind}&language=fr")
    assert sent.content == made.content
    again = client.get(
        f"/api/agreements/settlements/{found.id}/statement?format={kind}&language=fr"
    )
    assert again.content == made.content
    monkeypatch.setattr(commands, "local_actor", lambda: kam)
    out = tmp_path / f"s.{kind}"
    asked = [one.number, "--settlement", str(found.id), "--format", kind, "--out", str(out)]
    done = CliRunner().invoke(commands.agreement, ["statement", *asked, "--language", "fr"])
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == made.content
    if kind == "xlsx":
        cells = openpyxl.load_workbook(io.BytesIO(made.content)).worksheets[0]
        assert str(found.id) in {str(cell.value) for row in cells.iter_rows() for cell in row}
    assert settlement_for(kam, found.id) == found
