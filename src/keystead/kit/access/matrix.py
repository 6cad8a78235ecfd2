"""The permission matrix: what each role may do with each kind of object, on which rows.

One cell is a scope, rights and conditions. Scope: ``O`` own or shared accounts, ``T`` the team
and the teams below, ``A`` all; ``own`` the person's own acts or campaigns; empty where rows do not
hang on accounts. Rights: ``r`` read, ``w`` write, ``s`` submit, ``a`` approve, ``x`` export.
A role that has no cell may do nothing. Capabilities and row scope derive from this table
(``rules.py``), the page of the matrix shows it, and nothing else grants a right.
"""

from __future__ import annotations

import dataclasses

ROLE_ORDER = (
    "viewer",
    "kam",
    "director",
    "sales_ops",
    "marketing",
    "finance",
    "compliance",
    "admin",
)
SCOPES = ("", "own", "O", "T", "A")  # from the narrowest
RIGHTS = "rwsax"


@dataclasses.dataclass(frozen=True)
class Cell:
    """What one role may do with one kind of object; ``conditions`` are keys of CONDITIONS."""

    scope: str = ""
    rights: str = ""
    conditions: tuple[str, ...] = ()


def _c(scope: str = "", rights: str = "", *conditions: str) -> Cell:
    return Cell(scope, rights, conditions)


_NONE = Cell()

# In the order of ROLE_ORDER.
_ROWS: dict[str, tuple[Cell, ...]] = {
    "profile": (
        _c("O", "r"),
        _c("O", "rw"),
        _c("T", "rw"),
        _c("A", "rw"),
        _c("A", "r", "no_private_notes"),
        _c("A", "r", "no_private_notes"),
        _c("A", "r"),
        _NONE,
    ),
    "notes": (
        _NONE,
        _c("O", "rw"),
        _c("T", "r"),
        _NONE,
        _NONE,
        _NONE,
        _c("A", "r", "with_reason", "trailed"),
        _NONE,
    ),
    "sales": (
        _c("O", "r"),
        _c("O", "rx"),
        _c("T", "rx"),
        _c("A", "rwx", "import"),
        _c("A", "r"),
        _c("A", "rx"),
        _c("A", "r"),
        _NONE,
    ),
    "terms": (
        _NONE,
        _c("O", "rws"),
        _c("T", "ra", "to_limit"),
        _c("A", "r"),
        _NONE,
        _c("A", "ra", "above_limit"),
        _c("A", "ra", "policy_flags"),
        _NONE,
    ),
    "budget": (
        _NONE,
        _c("O", "rws", "pnl_read"),
        _c("T", "ra"),
        _c("A", "r"),
        _c("own", "rws", "own_campaigns"),
        _c("A", "rwa", "close_period"),
        _c("A", "r"),
        _NONE,
    ),
    "forecast": (
        _c("O", "r"),
        _c("O", "rws"),
        _c("T", "rwa"),
        _c("A", "rw", "consensus"),
        _c("A", "rw", "own_lines"),
        _c("A", "r", "lock"),
        _c("A", "r"),
        _NONE,
    ),
    "campaign": (
        _c("O", "r"),
        _c("O", "rws"),
        _c("T", "ra"),
        _c("A", "r"),
        _c("A", "rws"),
        _c("A", "r"),
        _c("A", "ra", "must"),
        _NONE,
    ),
    "plan": (
        _c("O", "r"),
        _c("O", "rwx"),
        _c("T", "rwax"),
        _c("A", "r"),
        _c("A", "r"),
        _c("A", "r"),
        _c("A", "r"),
        _NONE,
    ),
    "sharing": (
        _NONE,
        _c("O", "w", "read_share", "ends_by_date"),
        _c("T", "w"),
        _c("A", "w"),
        _NONE,
        _NONE,
        _c("A", "r"),
        _NONE,
    ),
    "period": (
        _NONE,
        _NONE,
        _NONE,
        _c("", "s"),
        _NONE,
        _c("", "a", "close", "reopen_needs_both"),
        _c("", "a", "reopen"),
        _NONE,
    ),
    "trail": (
        _c("own", "r", "own_acts"),
        _c("own", "r", "own_acts"),
        _c("T", "r"),
        _NONE,
        _NONE,
        _c("A", "r", "money"),
        _c("A", "rx"),
        _c("", "", "verify_only"),
    ),
    "users": (
        _NONE,
        _NONE,
        _NONE,
        _NONE,
        _NONE,
        _NONE,
        _c("", "r", "access_review"),
        _c("", "rw", "no_business_data"),
    ),
    "raw_files": (
        _NONE,
        _c("O", "r"),
        _c("T", "r"),
        _c("A", "rwx"),
        _NONE,
        _c("A", "r"),
        _c("A", "r"),
        _NONE,
    ),
}

MATRIX: dict[str, dict[str, Cell]] = {
    name: dict(zip(ROLE_ORDER, cells, strict=True)) for name, cells in _ROWS.items()
}

# A condition that closes a field group to whoever holds the role, whatever other roles open:
# the sum of grants opens rows, the strictest rule wins for fields.
CLOSES: dict[str, str] = {"no_private_notes": "notes"}


def cell_of(role: str, name: str) -> Cell:
    """Return the cell of a role and an object; an unknown role may do nothing.

    >>> cell_of("kam", "sales").rights
    'rx'
    """
    return MATRIX[name].get(role, _NONE)


def scope_in(roles: frozenset[str], name: str, right: str) -> str:
    """Return the widest scope in which the roles together hold a right; empty for none.

    >>> scope_in(frozenset({"kam", "marketing"}), "profile", "r")
    'A'
    >>> scope_in(frozenset({"kam", "marketing"}), "profile", "w")
    'O'
    >>> scope_in(frozenset({"kam", "marketing"}), "notes", "r")
    ''
    """
    closed = {
        CLOSES[condition]
        for role in roles
        for other in MATRIX
        for condition in cell_of(role, other).conditions
        if condition in CLOSES
    }
    if name in closed:
        return ""
    held = [cell_of(role, name) for role in roles]
    found = [cell.scope for cell in held if right in cell.rights]
    return max(found, key=SCOPES.index, default="")
