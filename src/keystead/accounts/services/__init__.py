"""What people do with accounts. Keyword-only, ``actor`` first, one audit row each."""

from keystead.accounts.services.accounts import AccountValues, create_account, edit_account
from keystead.accounts.services.bulk import import_accounts
from keystead.accounts.services.handovers import cancel_handover, hand_over
from keystead.accounts.services.identifiers import (
    add_identifier,
    edit_identifier,
    remove_identifier,
)
from keystead.accounts.services.many import create_accounts
from keystead.accounts.services.measures import remove_measure, set_measure
from keystead.accounts.services.memberships import (
    add_membership,
    end_membership,
    remove_membership,
)
from keystead.accounts.services.merges import merge_accounts, unmerge_accounts
from keystead.accounts.services.profile import (
    define_profile_field,
    edit_profile_field,
    inspect_notes,
    review_profile,
    set_profile,
)
from keystead.accounts.services.sharing import end_share, may_share_freely, share_account
from keystead.accounts.services.team import assign_team, end_team
from keystead.accounts.services.territories import (
    add_territory,
    change_territory,
    end_territory,
)

__all__ = [
    "AccountValues",
    "add_identifier",
    "add_membership",
    "add_territory",
    "assign_team",
    "cancel_handover",
    "change_territory",
    "create_account",
    "create_accounts",
    "define_profile_field",
    "edit_account",
    "edit_identifier",
    "edit_profile_field",
    "end_membership",
    "end_share",
    "end_team",
    "end_territory",
    "hand_over",
    "import_accounts",
    "inspect_notes",
    "may_share_freely",
    "merge_accounts",
    "remove_identifier",
    "remove_measure",
    "remove_membership",
    "review_profile",
    "set_measure",
    "set_profile",
    "share_account",
    "unmerge_accounts",
]
