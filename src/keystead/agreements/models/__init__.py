"""Storage of the agreements room."""

from keystead.agreements.models.accruals import (
    AccrualRow,
    PartnerVolumeRow,
    ReadingRow,
)
from keystead.agreements.models.agreements import Agreement, AgreementVersion, SignedTerms
from keystead.agreements.models.claims import Claim, ClaimEvidence, ClaimMatch
from keystead.agreements.models.documents import AgreementDocument
from keystead.agreements.models.funds import Fund, FundEntry
from keystead.agreements.models.library import TermsTemplate
from keystead.agreements.models.settlements import Settlement, SettlementRow
from keystead.agreements.models.templates import ContractTemplate

__all__ = [
    "AccrualRow",
    "Agreement",
    "AgreementDocument",
    "AgreementVersion",
    "Claim",
    "ClaimEvidence",
    "ClaimMatch",
    "ContractTemplate",
    "Fund",
    "FundEntry",
    "PartnerVolumeRow",
    "ReadingRow",
    "Settlement",
    "SettlementRow",
    "SignedTerms",
    "TermsTemplate",
]
