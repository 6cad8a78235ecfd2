"""The pack of funds; what moves in them is tested with the expenses that move it."""

from datetime import timedelta

from keystead.accounts.tests.factories import account
from keystead.agreements import models, services
from keystead.agreements.tests.claims_house import TODAY, D
from keystead.agreements.types.funds import FundHead, FundKind
from keystead.kit.testing.pack import RoomPack


class TestFundPack(RoomPack):
    model = models.Fund
    reader_roles = ("viewer",)

    def prepare(self):
        self.account = account(self.writer)

    def head(self, **changes):
        given = {
            "account_id": self.account.id, "name": "Co-op", "kind": FundKind.FIXED,
            "currency": "CNY", "budget": D(100), "starts": TODAY,
            "expires": TODAY + timedelta(days=30),
        }  # fmt: skip
        return FundHead(**{**given, **changes})

    def create(self, actor):
        return services.create_fund(actor=actor, head=self.head()).id

    def change(self, actor, pk, version):
        changed = self.head(budget=D(200))
        services.edit_fund(actor=actor, fund_id=pk, expected_version=version, head=changed)
