"""The permission matrix as a page: what each role may do, and what the reader may."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext, pgettext_lazy

from keystead.governance.forms import ROLE_NAMES
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.access.matrix import MATRIX, RIGHTS, ROLE_ORDER, Cell
from keystead.kit.access.rules import ADDED
from keystead.kit.ui import tables

OBJECT_NAMES = {
    "profile": _lazy("Account profile, contacts"),
    "notes": _lazy("Stakeholder map, private notes"),
    "sales": _lazy("Sell-in, sell-out, stock, prices"),
    "terms": _lazy("Contract, price, margin, rebate terms"),
    "budget": _lazy("Budget, expense, account P&L"),
    "forecast": _lazy("Forecast"),
    "campaign": _lazy("Campaign, HCP activity"),
    "plan": _lazy("QBR deck, account plan"),
    "sharing": _lazy("Sharing, handover"),
    "period": _lazy("Period close / reopen"),
    "trail": _lazy("Audit trail"),
    "users": _lazy("Users, roles, SSO, backup, jobs"),
    "raw_files": _lazy("Raw import files"),
}
CONDITION_NAMES = {
    "no_private_notes": _lazy("no private notes"),
    "with_reason": _lazy("with reason"),
    "trailed": _lazy("trailed"),
    "import": _lazy("import"),
    "to_limit": _lazy("to limit"),
    "above_limit": _lazy("above limit"),
    "policy_flags": _lazy("policy flags"),
    "pnl_read": _lazy("P&L r"),
    "own_campaigns": _lazy("own campaigns"),
    "close_period": _lazy("close period"),
    "consensus": _lazy("consensus"),
    "own_lines": _lazy("own lines"),
    "lock": _lazy("lock"),
    "must": _lazy("must"),
    "read_share": _lazy("read share"),
    "ends_by_date": _lazy("ends by date"),
    "close": pgettext_lazy("period", "close"),
    "reopen": pgettext_lazy("period", "reopen"),
    "reopen_needs_both": _lazy("reopen needs finance + compliance"),
    "own_acts": _lazy("own acts"),
    "money": pgettext_lazy("area", "money"),
    "verify_only": _lazy("verify only"),
    "access_review": _lazy("access review"),
    "no_business_data": _lazy("no business data"),
}
SCOPE_NAMES = {
    "O": _lazy("own or shared accounts"),
    "T": _lazy("the team and the teams below"),
    "A": pgettext_lazy("scope", "all accounts"),
}
RIGHT_NAMES = {
    "r": _lazy("read"),
    "w": _lazy("write"),
    "s": _lazy("submit"),
    "a": pgettext_lazy("right", "approve"),
    "x": _lazy("export"),
}
ADDED_NAMES = {
    "ledger.import": _lazy("imports files, as far as their rows are of the own accounts"),
    "ledger.undo": _lazy("undoes an import of the own"),
}


@policy("profile.self")
def roles(request: HttpRequest) -> HttpResponse:
    """Show the matrix with the reader's roles marked, and their rights in words first."""
    actor = actor_of(request)
    mine = [role for role in ROLE_ORDER if role in actor.roles]
    added = [
        (ROLE_NAMES[role], ", ".join(str(ADDED_NAMES.get(name, name)) for name in sorted(names)))
        for role, names in ADDED.items()
    ]
    context = {
        "table": _table(mine),
        "mine": _in_words(actor),
        "role_names": [str(ROLE_NAMES[role]) for role in mine],
        "letters": [*SCOPE_NAMES.items(), *RIGHT_NAMES.items()],
        "added": added,
    }
    return render(request, "governance/roles.html", context)


def _table(mine: list[str]) -> tables.Table:
    columns = [
        tables.Column("object", pgettext("matter", "What"), sortable=False),
        *(tables.Column(role, str(ROLE_NAMES[role]), sortable=False) for role in ROLE_ORDER),
    ]
    rows = [
        {
            "object": str(OBJECT_NAMES[name]),
            **{
                role: tables.Cell(
                    letters(cell) or "–",
                    sub=conditions(cell),
                    tone="mine" if role in mine else "",
                )
                for role, cell in cells.items()
            },
        }
        for name, cells in MATRIX.items()
    ]
    return tables.Table(
        columns, rows, _("Permission matrix"), sortable=False, tall=True, id="role-matrix"
    )


def letters(cell: Cell) -> str:
    """Return scope and rights in the letters of the matrix.

    >>> letters(Cell("O", "rws"))
    'O r w s'
    """
    scope = cell.scope if len(cell.scope) == 1 else ""
    return " ".join(part for part in (scope, *cell.rights) if part)


def conditions(cell: Cell) -> str:
    """Return the conditions of a cell in the reader's language."""
    return ", ".join(str(CONDITION_NAMES[name]) for name in cell.conditions)


def _in_words(actor: Actor) -> list[tuple[str, list[str]]]:
    found = []
    for name, cells in MATRIX.items():
        lines = []
        for role in ROLE_ORDER:
            cell = cells[role]
            if role not in actor.roles or not (cell.rights or cell.conditions):
                continue
            rights = ", ".join(str(RIGHT_NAMES[key]) for key in RIGHTS if key in cell.rights)
            where = str(SCOPE_NAMES.get(cell.scope, ""))
            parts = [part for part in (rights, where, conditions(cell)) if part]
            lines.append(" · ".join(parts))
        if lines:
            found.append((str(OBJECT_NAMES[name]), list(dict.fromkeys(lines))))
    return found
