"""Each model that people edit: create, change, permission, audit, conflict."""

from keystead.accounts.tests.factories import account
from keystead.kit.testing.pack import RoomPack
from keystead.planning import models, services
from keystead.planning.tests.factories import (
    D,
    action,
    action_entry,
    asked,
    claim,
    claim_entry,
    initiative,
    initiative_entry,
    input_entry,
    objective,
    objective_entry,
    plan,
)
from keystead.planning.types.whitespace import CellEntry


class _Pack(RoomPack):
    def prepare(self):
        self.account = account(self.writer)
        self.plan = plan(self.writer, self.account, 2026)


class TestPlanPack(_Pack):
    model = models.PlanRow

    def create(self, actor):
        return plan(actor, self.account, 2027).id

    def change(self, actor, pk, version):
        services.edit_plan(
            actor=actor, plan_id=pk, expected_version=version, headline="Other",
            currency="EUR", owner_id=None,
        )  # fmt: skip


class _Line(_Pack):
    def edit(self, actor, pk, version, entry):
        services.edit_line(actor=actor, line_id=pk, entry=entry, expected_version=version)


class TestClaimPack(_Line):
    model = models.ClaimRow

    def create(self, actor):
        return claim(actor, self.plan).id

    def change(self, actor, pk, version):
        self.edit(actor, pk, version, claim_entry(text="Open twelve shops"))


class TestObjectivePack(_Line):
    model = models.ObjectiveRow

    def create(self, actor):
        return objective(actor, self.plan).id

    def change(self, actor, pk, version):
        self.edit(actor, pk, version, objective_entry(title="Sell far more"))


class TestInitiativePack(_Line):
    model = models.InitiativeRow

    def create(self, actor):
        return initiative(actor, self.plan).id

    def change(self, actor, pk, version):
        self.edit(actor, pk, version, initiative_entry(title="Train the nurses"))


class TestActionPack(_Pack):
    model = models.ActionRow

    def create(self, actor):
        return action(actor, self.account).id

    def change(self, actor, pk, version):
        entry = action_entry(title="Send it again")
        services.edit_action(actor=actor, action_id=pk, entry=entry, expected_version=version)


class TestInputPack(_Pack):
    model = models.InputRow

    def create(self, actor):
        return asked(actor, self.plan, self.writer).id

    def change(self, actor, pk, version):
        entry = input_entry(self.writer, question="Which one?")
        services.edit_input(actor=actor, input_id=pk, entry=entry, expected_version=version)


class TestCellPack(_Pack):
    model = models.CellRow

    def set(self, actor, potential, version=None):
        entry = CellEntry(account_id=self.account.id, brand="Acu", potential=D(potential))
        return services.set_cell(
            actor=actor, entry=entry, currency="EUR", expected_version=version
        ).id

    def create(self, actor):
        return self.set(actor, 100)

    def change(self, actor, pk, version):
        self.set(actor, 200, version)
