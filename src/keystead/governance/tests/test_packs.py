"""The test pack for what people edit in governance: the matrix and the rules."""

from keystead.governance.models import ApprovalPolicy, ComplianceRuleRow
from keystead.governance.services import approvals, compliance
from keystead.kit.testing.pack import RoomPack


class TestApprovalPolicy(RoomPack):
    model = ApprovalPolicy
    writer_roles = ("finance",)
    reader_roles = ("kam",)
    scoped = False

    def create(self, actor):
        row = {"kind": "claim", "name": "Claims", "steps": [{"roles": ["finance"]}]}
        return approvals.save_policy(actor=actor, row=row)

    def change(self, actor, pk, version):
        row = {"name": "All claims", "steps": [{"roles": ["finance"]}]}
        approvals.save_policy(actor=actor, row=row, policy_id=pk, version=version)


class TestComplianceRule(RoomPack):
    model = ComplianceRuleRow
    writer_roles = ("compliance",)
    reader_roles = ("kam",)
    scoped = False
    values = {
        "context": "text",
        "level": "warn",
        "trigger": {"field": "text", "phrases": ["hold the price"]},
        "message": "Careful.",
    }

    def create(self, actor):
        return compliance.save_rule(
            actor=actor, rule_id="X-01", values=self.values, why="Counsel, May"
        )

    def change(self, actor, pk, version):
        compliance.save_rule(
            actor=actor,
            rule_id="X-01",
            values={**self.values, "level": "block"},
            why="Counsel, June",
            version=version,
        )
