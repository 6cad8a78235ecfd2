"""Each model that people edit: create, change, permission, audit, conflict."""

import dataclasses

from keystead.accounts.tests.factories import account
from keystead.kit.testing.pack import RoomPack
from keystead.stakeholders import models, services
from keystead.stakeholders.tests.factories import TODAY, entry, met, person, role
from keystead.stakeholders.types import (
    AffiliationEntry,
    AssessmentEntry,
    CadenceEntry,
    InteractionEntry,
    RoleEntry,
    RoleKind,
    TieEntry,
    TieKind,
    TouchKind,
)


class _Pack(RoomPack):
    def prepare(self):
        self.account = account(self.writer)
        self.person = person(self.writer, self.account)
        self.other = person(self.writer, self.account, "Paul Martin")


class TestPersonPack(_Pack):
    model = models.Person

    def create(self, actor):
        return person(actor, self.account, "Anne Petit").id

    def change(self, actor, pk, version):
        changed = entry(self.account, "Anne Petit", title="Dr")
        services.edit_person(actor=actor, person_id=pk, expected_version=version, entry=changed)


class TestAffiliationPack(_Pack):
    model = models.Affiliation

    def set(self, actor, **values):
        given = AffiliationEntry(job_title="Adviser", organisation="ABES", **values.pop("more", {}))
        return services.set_affiliation(
            actor=actor, person_id=self.person.id, entry=given, **values
        )

    def create(self, actor):
        return self.set(actor)

    def change(self, actor, pk, version):
        self.set(actor, affiliation_id=pk, expected_version=version, more={"last": TODAY})


class TestRolePack(_Pack):
    model = models.RoleHeld

    def create(self, actor):
        return role(actor, self.person, RoleKind.LEGAL).id

    def change(self, actor, pk, version):
        changed = RoleEntry(account_id=self.account.id, role=RoleKind.LEGAL, evidence="Her mail")
        services.edit_role(actor=actor, role_id=pk, expected_version=version, entry=changed)


class TestAssessmentPack(_Pack):
    model = models.Assessment
    opinion = AssessmentEntry(account_id=0, power=3, interest=2, stance=1)

    def assess(self, actor, power, version=None):
        given = dataclasses.replace(self.opinion, account_id=self.account.id, power=power)
        return services.assess(
            actor=actor, person_id=self.person.id, entry=given, expected_version=version
        )

    def create(self, actor):
        return self.assess(actor, 3).id

    def change(self, actor, pk, version):
        self.assess(actor, 5, version)


class TestTiePack(_Pack):
    model = models.Tie

    def entry(self, weight=2):
        return TieEntry(
            account_id=self.account.id, from_id=self.person.id, to_id=self.other.id,
            kind=TieKind.REPORTS_TO, weight=weight,
        )  # fmt: skip

    def create(self, actor):
        return services.tie(actor=actor, entry=self.entry()).id

    def change(self, actor, pk, version):
        services.edit_tie(
            actor=actor, tie_id=pk, expected_version=version, entry=self.entry(weight=3)
        )


class TestInteractionPack(_Pack):
    model = models.Interaction

    def create(self, actor):
        return met(actor, self.person).id

    def change(self, actor, pk, version):
        changed = InteractionEntry(
            account_id=self.account.id, kind=TouchKind.CALL, on=TODAY, subject="Price",
            people=(self.person.id, self.other.id),
        )  # fmt: skip
        services.edit_interaction(
            actor=actor, interaction_id=pk, expected_version=version, entry=changed
        )


class TestCadencePack(_Pack):
    model = models.Cadence

    def set(self, actor, days, version=None):
        given = CadenceEntry(
            account_id=self.account.id, every_days=days, owner_id=self.writer.user_id
        )
        return services.set_cadence(
            actor=actor, person_id=self.person.id, entry=given, expected_version=version
        )

    def create(self, actor):
        return self.set(actor, 30).id

    def change(self, actor, pk, version):
        self.set(actor, 60, version)
