"""Expenses from plan to payment: each step, what stands in the ledger, and what is refused."""

import dataclasses
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from keystead.accounts.tests.factories import account, shared_with
from keystead.campaigns import models, services
from keystead.campaigns.queries import budget_lines, expenses_for, postings_of
from keystead.campaigns.queries.expenses import stored_expense
from keystead.campaigns.tests.factories import (
    TODAY,
    answered,
    asked,
    committed,
    entry,
    figures,
    planned,
)
from keystead.campaigns.types import (
    CampaignEntry,
    Deliverable,
    ExpenseState,
    RecipientKind,
    Transfer,
)
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.services.periods import close_period
from keystead.governance.types.approvals import SubjectKind
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kernel.money import Money
from keystead.kit.models import AuditEntry
from keystead.kit.testing.pack import RoomPack

pytestmark = pytest.mark.django_db
S = ExpenseState


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


@pytest.fixture
def finance(make_actor):
    return make_actor("fin", "finance")


@pytest.fixture
def marketing(make_actor):
    return make_actor("mara", "marketing")


@pytest.fixture
def jd(kam, director):
    return shared_with(account(kam), director)


class TestExpensePack(RoomPack):
    model = models.Expense

    def prepare(self):
        self.account = account(self.writer)

    def create(self, actor):
        return planned(actor, self.account).id

    def change(self, actor, pk, version):
        changed = entry(self.account, title="Changed")
        services.edit_expense(actor=actor, expense_id=pk, expected_version=version, entry=changed)


class TestCampaignPack(RoomPack):
    model = models.Campaign

    def prepare(self):
        self.account = account(self.writer)

    def entry(self, name):
        return CampaignEntry(account_id=self.account.id, name=name, starts=TODAY, last=TODAY)

    def create(self, actor):
        return services.create_campaign(actor=actor, entry=self.entry(f"Spring {actor.name}")).id

    def change(self, actor, pk, version):
        services.edit_campaign(
            actor=actor, campaign_id=pk, expected_version=version, entry=self.entry("Autumn")
        )


class TestBudgetPack(RoomPack):
    model = models.Budget
    reader_roles = ("viewer",)

    def prepare(self):
        self.account = account(self.writer)

    def set(self, actor, amount, version=None):
        return services.set_budget(
            actor=actor, account_id=self.account.id, category="Display", year=TODAY.year,
            amount=amount, currency="CNY", expected_version=version,
        )  # fmt: skip

    def create(self, actor):
        return self.set(actor, 5000).id

    def change(self, actor, pk, version):
        self.set(actor, 6000, version)


def proved(actor, expense):
    return services.add_proof(
        actor=actor, expense_id=expense.id, file_name="shelf.pdf", content=b"%PDF-1.7 shelf"
    )


def post(actor, expense, amount=900, on=TODAY, document="F-1"):
    return services.post_expense(
        actor=actor, expense_id=expense.id, amount=amount, on=on, document=document
    )


def test_from_plan_to_payment_and_into_the_metrics(kam, jd, director, finance):
    found = planned(kam, jd)
    assert (found.state, figures(jd)) == (S.PLANNED, ["0.00", "0.00", "0.00"])
    found = answered(asked(kam, found), director)
    assert (found.state, figures(jd)) == (S.APPROVED, ["1000.00", "0.00", "0.00"])
    found = services.commit_expense(actor=kam, expense_id=found.id, amount=950, on=TODAY)
    assert (found.state, figures(jd)) == (S.COMMITTED, ["1000.00", "950.00", "0.00"])
    found = proved(kam, found)
    assert (found.state, found.proofs) == (S.PROVED, 1)
    found = post(finance, found)
    assert (found.state, figures(jd)) == (S.POSTED, ["1000.00", "950.00", "900.00"])
    found = services.pay_expense(actor=finance, expense_id=found.id, on=TODAY, payment="SEPA-1")
    assert (found.state, found.payment, found.actual) == (S.PAID, "SEPA-1", Money(900, "CNY"))
    assert [one.kind.value for one in postings_of(found.id)] == [
        "planned", "committed", "actual",
    ]  # fmt: skip


def test_a_correction_is_a_reversal(kam, jd, director, finance):
    found = post(finance, proved(kam, committed(kam, director, jd)))
    back = services.correct_expense(actor=finance, expense_id=found.id, reason="Wrong invoice")
    assert (back.state, back.actual, figures(jd)) == (
        S.PROVED, None, ["1000.00", "1000.00", "0.00"],
    )  # fmt: skip
    post(finance, back, amount=880, document="F-2")
    assert figures(jd) == ["1000.00", "1000.00", "880.00"]
    rows = postings_of(found.id)
    assert [one.amount.amount for one in rows[2:]] == [900, -900, 880]
    assert (rows[3].reverses, rows[3].reason) == (rows[2].id, "Wrong invoice")


def test_a_posting_never_changes(kam, jd, director):
    found = committed(kam, director, jd)
    with pytest.raises(DatabaseError), transaction.atomic():
        models.ExpensePosting.objects.filter(expense_id=found.id).update(amount=1)


def test_a_cancellation_takes_everything_back(kam, jd, director):
    found = committed(kam, director, jd)
    with pytest.raises(Invalid, match="Say why"):
        services.cancel_expense(actor=kam, expense_id=found.id, reason=" ")
    gone = services.cancel_expense(actor=kam, expense_id=found.id, reason="Store closed")
    assert (gone.state, figures(jd)) == (S.CANCELLED, ["0.00", "0.00", "0.00"])
    with pytest.raises(Conflict):
        services.commit_expense(actor=kam, expense_id=found.id, amount=1, on=TODAY)


def test_a_change_loses_the_approval_and_its_plan(kam, jd, director):
    found = answered(asked(kam, planned(kam, jd)), director)
    changed = services.edit_expense(
        actor=kam, expense_id=found.id, expected_version=found.version, entry=entry(jd, amount=2000)
    )
    assert (changed.state, figures(jd)[0]) == (S.PLANNED, "0.00")


def test_the_author_never_approves(kam, jd, director, make_actor):
    mine = asked(kam, planned(kam, jd))
    request = latest(SubjectKind.EXPENSE, str(mine.id))
    with pytest.raises(NotAllowed):
        approvals.decide(actor=kam, request_id=request.id, approve=True)
    both = make_actor("both", "kam", "director")
    shared_with(jd, both)
    other = planned(both, jd, title="By both")
    asked(kam, other)  # the kam asks for what somebody else wrote
    assert answered(other, both).state is S.PLANNED
    assert figures(jd)[0] == "0.00"
    assert answered(mine, director).state is S.APPROVED
    services.take_decision(request_id=request.id)
    assert figures(jd)[0] == "1000.00"


def test_nothing_is_posted_without_proof_of_service(kam, jd, director, finance):
    service = Deliverable(is_service=True, what="12 facings", first=TODAY, last=TODAY)
    found = committed(kam, director, jd, service=service)
    with pytest.raises(NotAllowed, match="No proof of service") as caught:
        post(finance, found)
    assert caught.value.data["rule"] == "R-09"
    with pytest.raises(NotAllowed):  # proof is there, the note on its fair value is not
        post(finance, proved(kam, found))
    assert figures(jd)[2] == "0.00"
    assert stored_expense(found.id).state is S.PROVED


def test_an_unproved_expense_is_not_posted_at_all(kam, jd, director, finance):
    with pytest.raises(Conflict):
        post(finance, committed(kam, director, jd))
    assert figures(jd)[2] == "0.00"


@pytest.mark.parametrize(
    ("transfer", "rule", "said"),
    [
        ({"recipient_id": ""}, "R-15", "Transfer of value fields missing."),
        ({"consent": False}, "R-15", "Transfer of value fields missing."),
        ({"hospitality_per_person": 61}, "R-16", "Over the limit of"),
    ],
)
def test_transfers_of_value_are_stopped(
    kam, jd, director, finance, make_actor, transfer, rule, said
):
    whole = Transfer(
        recipient=RecipientKind.HCP, recipient_id="RPPS-1", recipient_country="FR",
        category="event", consent=True, hospitality_per_person=60,
    )  # fmt: skip
    given = dataclasses.replace(whole, **transfer)
    officer = make_actor("officer", "compliance")
    found = asked(kam, planned(kam, jd, transfer=given, currency="EUR"))
    found = answered(found, director, officer)
    assert found.state is S.APPROVED
    found = services.commit_expense(actor=kam, expense_id=found.id, amount=1000, on=TODAY)
    found = proved(kam, found)
    with pytest.raises(NotAllowed) as caught:
        post(finance, found)
    assert (caught.value.data["rule"], said in caught.value.message) == (rule, True)
    assert stored_expense(found.id).state is S.PROVED
    good = asked(kam, planned(kam, jd, transfer=whole, currency="EUR"))
    good = answered(good, director, officer)
    good = services.commit_expense(actor=kam, expense_id=good.id, amount=1000, on=TODAY)
    assert post(finance, proved(kam, good)).state is S.POSTED


@pytest.mark.parametrize("amount", [0, -1, 1001])
def test_no_more_than_was_approved_is_committed(kam, jd, director, amount):
    found = answered(asked(kam, planned(kam, jd)), director)
    with pytest.raises(Invalid, match="was approved"):
        services.commit_expense(actor=kam, expense_id=found.id, amount=amount, on=TODAY)
    assert figures(jd)[1] == "0.00"


def test_no_more_than_was_committed_is_posted(kam, jd, director, finance):
    found = proved(kam, committed(kam, director, jd))
    with pytest.raises(Invalid, match="is committed"):
        post(finance, found, amount=1001)
    with pytest.raises(NotAllowed):
        post(kam, found)


def test_a_closed_period_refuses(kam, jd, director, finance):
    start = date(TODAY.year - 1, 1, 1)
    early = answered(asked(kam, planned(kam, jd, on=start)), director)
    late = asked(kam, planned(kam, jd, on=start))
    close_period(
        actor=finance, ledger="expense", label="January", start=start,
        end=date(TODAY.year - 1, 2, 1),
    )  # fmt: skip
    entries, postings = AuditEntry.objects.count(), models.ExpensePosting.objects.count()
    with pytest.raises(Conflict, match="closed"):
        services.commit_expense(actor=kam, expense_id=early.id, amount=5, on=start)
    with pytest.raises(Conflict, match="closed"):
        asked(kam, planned(kam, jd, on=start))
    assert answered(late, director).state is S.PLANNED
    assert models.ExpensePosting.objects.count() == postings
    assert AuditEntry.objects.count() > entries


def test_marketing_plans_for_every_account(marketing, jd, director):
    found = answered(asked(marketing, planned(marketing, jd)), director)
    assert found.state is S.APPROVED
    assert expenses_for(marketing)[0].title == "Shelf display"


def test_foreign_is_missing(kam, other_kam, jd):
    found, entries = planned(kam, jd), AuditEntry.objects.count()
    for call in (
        lambda: planned(other_kam, jd),
        lambda: asked(other_kam, found),
        lambda: proved(other_kam, found),
        lambda: services.cancel_expense(actor=other_kam, expense_id=found.id, reason="x"),
    ):
        with pytest.raises(NotFound):
            call()
    assert (AuditEntry.objects.count(), expenses_for(other_kam)) == (entries, ())


def test_a_campaign_of_another_account_is_refused(kam, jd):
    other = account(kam, code="TM")
    theirs = services.create_campaign(
        actor=kam, entry=CampaignEntry(account_id=other.id, name="X", starts=TODAY, last=TODAY)
    )
    with pytest.raises(Invalid, match="another account"):
        planned(kam, jd, campaign_id=theirs.id)


def test_a_budget_is_held_against_the_ledger(kam, jd, director, finance):
    services.set_budget(
        actor=kam, account_id=jd.id, category="Display", year=TODAY.year, amount=5000,
        currency="CNY",
    )  # fmt: skip
    post(finance, proved(kam, committed(kam, director, jd)))
    answered(asked(kam, planned(kam, jd, category="Event", amount=300)), director)
    display, event = budget_lines(kam, jd.id, TODAY.year, "CNY")
    assert (display.category, display.left) == ("Display", Money(4000, "CNY"))
    assert (display.committed.value, display.actual.value) == (1000, 900)
    assert (event.category, event.budget, event.planned.value) == ("Event", None, 300)
