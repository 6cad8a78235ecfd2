"""What the names in a scope stand for, read from the catalog and the account tree."""

from __future__ import annotations

from collections.abc import Iterable

from keystead.accounts.queries import account_dimension, descendants
from keystead.agreements.calc.naming import Named
from keystead.agreements.types import AgreementVersion, Scope, Selection
from keystead.catalog.queries import group_spans, product_dimension


def named_in(versions: Iterable[AgreementVersion], *, months: int = 0) -> Named:
    """Return what the scopes of versions name: groups by month, accounts with all below them.

    A group counts as it was in the month of a line. ``months``: the groups that many months
    later (-12: the months a year before are compared with what is in the group now).
    """
    scopes = {scope for version in versions for scope in scopes_of(version)}
    chosen = [one for scope in scopes for one in (scope.include, scope.exclude)]
    return named_by(chosen, months=months)


def named_by(chosen: Iterable[Selection], *, months: int = 0) -> Named:
    """Return what selections name; see ``named_in``. Only what is asked for is read."""
    held = tuple(chosen)
    groups = group_spans() if any(one.groups for one in held) else {}
    wanted = {account for one in held for account in (*one.accounts, *one.ship_tos)}
    heads = _heads("account_id") if wanted else {}
    below = {}
    for account in sorted({account for one in held for account in one.accounts}):
        head = heads.get(account, account)
        below[account] = frozenset({head, *descendants(head)})
    return Named(
        {code: tuple(span.moved(months) for span in spans) for code, spans in groups.items()},
        below,
        _heads("product_id") if any(one.products for one in held) else {},
        heads,
    )


def scopes_of(version: AgreementVersion) -> tuple[Scope, ...]:
    """Return every scope that a version speaks of."""
    found = [version.scope]
    for one in version.conditions:
        found += [one.scope, *([one.focus] if one.focus else [])]
        found += [gate.focus for gate in one.gates if gate.focus]
        found += [target.scope for target in one.targets if target.scope]
    found += [gate.focus for gate in version.gates if gate.focus]
    found += [target.scope for target in version.targets if target.scope]
    return tuple(found)


def _heads(name: str) -> dict[int, int]:
    """Return each merged id with the one it lives on in."""
    table = account_dimension() if name == "account_id" else product_dimension()
    pairs = zip(table[name].to_pylist(), table["canonical_id"].to_pylist(), strict=True)
    return {own: head for own, head in pairs if head is not None and head != own}
