"""Storage of governance."""

from keystead.governance.models.acknowledgements import Acknowledgement, StatementRow
from keystead.governance.models.approvals import (
    ApprovalDecision,
    ApprovalDelegation,
    ApprovalPolicy,
    ApprovalRequestRow,
)
from keystead.governance.models.compliance import ComplianceRuleRow, RuleHit
from keystead.governance.models.outbound import ReleaseRow
from keystead.governance.models.periods import PeriodLockRow

__all__ = [
    "Acknowledgement",
    "ApprovalDecision",
    "ApprovalDelegation",
    "ApprovalPolicy",
    "ApprovalRequestRow",
    "ComplianceRuleRow",
    "PeriodLockRow",
    "ReleaseRow",
    "RuleHit",
    "StatementRow",
]
