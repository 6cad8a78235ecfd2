"""Pure decisions of the accounts room."""

from keystead.accounts.rules.fields import clean_account, fold
from keystead.accounts.rules.freshness import freshness_of
from keystead.accounts.rules.identifiers import clean_identifier, identifier_key
from keystead.accounts.rules.tree import Edge, ascend, cycle_through, doubled_parent, roots_of

__all__ = [
    "Edge",
    "ascend",
    "clean_account",
    "clean_identifier",
    "cycle_through",
    "doubled_parent",
    "fold",
    "freshness_of",
    "identifier_key",
    "roots_of",
]
