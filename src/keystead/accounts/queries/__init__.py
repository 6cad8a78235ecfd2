"""Reads of the accounts room, and the one door to an account for a person."""

from keystead.accounts.queries.attention import StaleProfile, stale_profiles
from keystead.accounts.queries.details import (
    identifiers_for,
    measures_for,
    measures_of_all,
    merges_for,
    profile_for,
    profile_questions,
    team_for,
)
from keystead.accounts.queries.dimension import (
    account_currencies,
    account_dimension,
    account_keys,
)
from keystead.accounts.queries.door import (
    account_by_code,
    account_for,
    account_to_write,
    accounts_for,
    family_ids,
    may_see,
    may_write,
    of_family,
    opened,
    restrict,
    scope_for,
)
from keystead.accounts.queries.groups import (
    readable_groups,
    writable_groups,
)
from keystead.accounts.queries.handovers import handovers_for, owner_name
from keystead.accounts.queries.labels import label_of, labels_of
from keystead.accounts.queries.listing import (
    all_found,
    find_accounts,
    search_accounts,
    values_in_use,
)
from keystead.accounts.queries.sharing import (
    people_who_could,
    shares_for,
    who_sees,
    why_visible,
)
from keystead.accounts.queries.sheets import (
    accounts_csv,
    accounts_template,
    accounts_workbook,
)
from keystead.accounts.queries.team import people_for_team, team_table
from keystead.accounts.queries.territories import (
    accounts_by_territory,
    territories,
    territory,
)
from keystead.accounts.queries.tree import (
    ancestors,
    descendants,
    families_below,
    groups_of,
    members_of,
    new_members,
    parent_edges,
)

__all__ = [
    "StaleProfile",
    "account_by_code",
    "account_currencies",
    "account_dimension",
    "account_for",
    "account_keys",
    "account_to_write",
    "accounts_by_territory",
    "accounts_csv",
    "accounts_for",
    "accounts_template",
    "accounts_workbook",
    "all_found",
    "ancestors",
    "descendants",
    "families_below",
    "family_ids",
    "find_accounts",
    "groups_of",
    "handovers_for",
    "identifiers_for",
    "label_of",
    "labels_of",
    "may_see",
    "may_write",
    "measures_for",
    "measures_of_all",
    "members_of",
    "merges_for",
    "new_members",
    "of_family",
    "opened",
    "owner_name",
    "parent_edges",
    "people_for_team",
    "people_who_could",
    "profile_for",
    "profile_questions",
    "readable_groups",
    "restrict",
    "scope_for",
    "search_accounts",
    "shares_for",
    "stale_profiles",
    "team_for",
    "team_table",
    "territories",
    "territory",
    "values_in_use",
    "who_sees",
    "why_visible",
    "writable_groups",
]
