"""Storage of the accounts room."""

from keystead.accounts.models.account import Account, AccountIdentifier, AccountMerge
from keystead.accounts.models.facts import AccountMeasure, ProfileField, ProfileValue
from keystead.accounts.models.links import AccountMembership, AccountTeamMember
from keystead.accounts.models.sharing import AccountHandover, AccountShare, Territory

__all__ = [
    "Account",
    "AccountHandover",
    "AccountIdentifier",
    "AccountMeasure",
    "AccountMembership",
    "AccountMerge",
    "AccountShare",
    "AccountTeamMember",
    "ProfileField",
    "ProfileValue",
    "Territory",
]
