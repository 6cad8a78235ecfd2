"""Capabilities of the roles, derived from the permission matrix. Rows: ``accounts.queries``."""

from __future__ import annotations

import dataclasses

from keystead.kit.access.matrix import MATRIX, ROLE_ORDER, Cell


@dataclasses.dataclass(frozen=True)
class Need:
    """A cell of the matrix that opens a capability: object, one of the rights, scope, condition.

    ``besides`` is a condition that the cell must not have.
    """

    name: str
    rights: str
    scope: str = ""
    condition: str = ""
    besides: str = ""

    def met_by(self, cell: Cell) -> bool:
        return (
            any(right in cell.rights for right in self.rights)
            and (not self.scope or cell.scope in self.scope)
            and (not self.condition or self.condition in cell.conditions)
            and (not self.besides or self.besides not in cell.conditions)
        )


# Any of the needs opens the capability.
NEEDS: dict[str, tuple[Need, ...]] = {
    "accounts.view": (Need("profile", "r"),),
    "accounts.edit": (Need("profile", "w"),),
    "accounts.merge": (Need("profile", "w", scope="TA"),),
    "catalog.edit": (Need("sales", "w"),),
    "ledger.view": (Need("raw_files", "r"),),
    "ledger.import": (Need("raw_files", "w"),),
    "ledger.undo": (Need("raw_files", "w"),),
    "metrics.view": (Need("sales", "r"),),
    "metrics.cost": (Need("terms", "r"),),
    "scorecards.view": (Need("plan", "r"),),
    "scorecards.edit": (Need("profile", "w"),),
    "audit.view": (Need("trail", "r"),),
    "audit.export": (Need("trail", "x"),),
    "users.manage": (Need("users", "w"),),
    "access.review": (Need("users", "r", condition="access_review"),),
    "access.break_glass": (Need("users", "w", condition="no_business_data"),),
    "reference.edit": (Need("raw_files", "w", scope="A"), Need("period", "a", condition="close")),
    "export.data": (Need("sales", "x"),),
    "approvals.view": tuple(Need(name, "sa") for name in MATRIX),
    "policies.edit": (Need("terms", "a", condition="above_limit"),),
    "compliance.view": (Need("terms", "a", condition="policy_flags"),),
    "compliance.decide": (Need("terms", "a", condition="policy_flags"),),
    "periods.close": (Need("period", "a", condition="close"),),
    "notes.view": (Need("notes", "r", besides="with_reason"),),
    "notes.edit": (Need("notes", "w"),),
    "notes.inspect": (Need("notes", "r", condition="with_reason"),),
    "stakeholders.view": (Need("profile", "r"),),
    "stakeholders.edit": (Need("profile", "w"),),
    "terms.edit": (Need("terms", "w"),),
    "agreements.view": (Need("terms", "r"),),
    "agreements.edit": (Need("terms", "w"),),
    # A renewal shows what a contract is worth; it is planned by those who write the account's plan.
    "pipeline.view": (Need("terms", "r"),),
    "pipeline.edit": (Need("plan", "w"),),
    "pipeline.approve": (Need("plan", "a"),),
    # A score tells of claims, payment and renewals.
    "health.view": (Need("terms", "r"),),
    "health.edit": (Need("plan", "w"),),
    "health.rules": (Need("plan", "a"),),
    # Deductions reach the account manager or the receivables desk of finance, whoever is first.
    "claims.edit": (Need("terms", "w"), Need("terms", "a", condition="above_limit")),
    "campaigns.view": (Need("campaign", "r"),),
    "campaigns.edit": (Need("campaign", "w"),),
    "budgets.edit": (Need("budget", "w", scope="OTA"),),
    "campaigns.post": (Need("budget", "a", condition="close_period"),),
    "accruals.post": (Need("budget", "w", condition="close_period"),),
    "settlements.edit": (Need("terms", "w"), Need("budget", "w", condition="close_period")),
    "settlements.pay": (Need("budget", "w", condition="close_period"),),
    "forecasting.view": (Need("forecast", "r"),),
    "forecasting.edit": (Need("forecast", "w"), Need("forecast", "r", condition="lock")),
    # Who runs the cycle: opens it, starts the engine, begins the review.
    "forecasting.run": (Need("forecast", "w", condition="consensus"),),
    "forecasting.lock": (
        Need("forecast", "w", condition="consensus"),
        Need("forecast", "r", condition="lock"),
    ),
    "negotiation.view": (Need("terms", "r"),),
    "negotiation.edit": (Need("terms", "w"),),
    # Our limits, weights, estimates and prices: who makes the deal, and who approves it.
    "negotiation.private": (Need("terms", "wa"),),
    # A review is prepared by who writes the account's plan, and approved by who approves plans.
    "reviews.view": (Need("plan", "r"),),
    "reviews.edit": (Need("plan", "w"),),
    "reviews.approve": (Need("plan", "a"),),
    "planning.view": (Need("plan", "r"),),
    "planning.edit": (Need("plan", "w"),),
    "planning.approve": (Need("plan", "a"),),
    # Budgets and costs of a plan: who reads the money of the account.
    "planning.budgets": (Need("budget", "r"),),
    "shares.view": (Need("sharing", "rw"),),
    "shares.edit": (Need("sharing", "w"),),
    # Where usage is fetched from, for all accounts.
    "usage.sources": (Need("raw_files", "w", scope="A"),),
    "territories.edit": (Need("sharing", "w", scope="A"),),
}
EVERYBODY = frozenset({"profile.self"})
CAPABILITIES: frozenset[str] = frozenset(NEEDS) | EVERYBODY

# Beyond the matrix, each with its reason; the page of the matrix shows them.
# The story of the product begins with a key account manager who drops in this morning's files:
# the ledger takes from them only what belongs to their own accounts.
ADDED: dict[str, frozenset[str]] = {"kam": frozenset({"ledger.import", "ledger.undo"})}

ROLES: dict[str, frozenset[str]] = {
    role: EVERYBODY
    | ADDED.get(role, frozenset())
    | {
        capability
        for capability, needs in NEEDS.items()
        if any(need.met_by(MATRIX[need.name][role]) for need in needs)
    }
    for role in ROLE_ORDER
}

# What an administrator may do besides while the glass is broken: read, and nothing else. Private
# notes are about people, so they stay closed.
BREAK_GLASS: frozenset[str] = frozenset(
    {
        "accounts.view",
        "metrics.view",
        "metrics.cost",
        "scorecards.view",
        "ledger.view",
        "agreements.view",
    }
)
GLASS_OBJECTS: frozenset[str] = frozenset({"profile", "sales", "terms", "plan", "raw_files"})

# Field groups: fields of a visible row that not everybody who sees the row may see.
# name: (object of the matrix, capability to read, capability to write)
FIELD_GROUPS: dict[str, tuple[str, str, str]] = {
    "cost_and_margin": ("terms", "metrics.cost", "ledger.import"),
    "private_notes": ("notes", "notes.view", "notes.edit"),
    "terms": ("terms", "metrics.cost", "terms.edit"),
}


def capabilities_of(roles: frozenset[str]) -> frozenset[str]:
    """Return what the roles allow together; an unknown role allows nothing.

    >>> "ledger.import" in capabilities_of(frozenset({"kam"}))
    True
    >>> capabilities_of(frozenset({"admin"})) & {"accounts.view"}
    frozenset()
    """
    allowed: set[str] = set()
    for role in roles:
        allowed |= ROLES.get(role, frozenset())
    return frozenset(allowed)
