"""Groups and accounts in scopes as what they stand for among the sales an offer is tried on."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

from keystead.agreements.rules.marking import gettext_noop as _
from keystead.agreements.types import (
    AgreementVersion,
    Condition,
    Gate,
    Scope,
    Selection,
    Target,
    Terms,
    TransactionPoint,
)
from keystead.profitability.types.offers import Sold

NOBODY: Final = -1


@dataclasses.dataclass(frozen=True)
class Approximation:
    """What an answer takes for granted about a condition: the sentence is for people."""

    condition: str
    text: str


def scoped(version: AgreementVersion, rows: Sequence[Sold]) -> AgreementVersion:
    """Return a version whose scopes name only products and accounts of the rows."""
    return dataclasses.replace(
        version,
        scope=_scope(version.scope, rows),
        conditions=tuple(_condition(one, rows) for one in version.conditions),
        gates=tuple(_focus(one, rows) for one in version.gates),
        targets=tuple(_target(one, rows) for one in version.targets),
    )


def approximations(terms: Terms, shifting: frozenset[str]) -> tuple[Approximation, ...]:
    """Return what cannot be known ahead: payments, orders, groups that change within the term."""
    found = []
    for one in terms.conditions:
        if one.paid_only:
            text = _("Pays only what is paid: every invoice is taken as paid within the term.")
            found.append(Approximation(one.key, text))
        if one.transaction_point is not TransactionPoint.INVOICED:
            text = _("Counts at another point than the invoice: it is taken at the invoice.")
            found.append(Approximation(one.key, text))
        named = {name for scope in _scopes(one) for name in _groups(scope)}
        if named & shifting:
            text = _("A product group changes within the term: it is taken as at its beginning.")
            found.append(Approximation(one.key, text))
    return tuple(found)


def names_channels(terms: Terms) -> bool:
    """Say whether some scope or price of the terms tells channels apart."""
    scopes = [terms.scope, *(gate.focus for gate in terms.gates if gate.focus)]
    scopes += [scope for one in terms.conditions for scope in _scopes(one)]
    return any(scope.include.channels or scope.exclude.channels for scope in scopes) or any(
        row.channel for row in terms.prices
    )


def _scopes(one: Condition) -> list[Scope]:
    found = [one.scope, *([one.focus] if one.focus else [])]
    found += [gate.focus for gate in one.gates if gate.focus]
    return [*found, *(target.scope for target in one.targets if target.scope)]


def _groups(scope: Scope) -> tuple[str, ...]:
    return (*scope.include.groups, *scope.exclude.groups)


def _condition(one: Condition, rows: Sequence[Sold]) -> Condition:
    if not any(_names(scope) for scope in _scopes(one)):
        return one
    return dataclasses.replace(
        one,
        scope=_scope(one.scope, rows),
        focus=None if one.focus is None else _scope(one.focus, rows),
        gates=tuple(_focus(gate, rows) for gate in one.gates),
        targets=tuple(_target(target, rows) for target in one.targets),
    )


def _focus(gate: Gate, rows: Sequence[Sold]) -> Gate:
    return gate if gate.focus is None else dataclasses.replace(gate, focus=_scope(gate.focus, rows))


def _target(target: Target, rows: Sequence[Sold]) -> Target:
    if target.scope is None:
        return target
    return dataclasses.replace(target, scope=_scope(target.scope, rows))


def _scope(scope: Scope, rows: Sequence[Sold]) -> Scope:
    if not _names(scope):
        return scope
    return Scope(_selection(scope.include, rows), _selection(scope.exclude, rows))


def _names(scope: Scope) -> bool:
    return any(one.groups or one.accounts for one in (scope.include, scope.exclude))


def _selection(chosen: Selection, rows: Sequence[Sold]) -> Selection:
    products, accounts = chosen.products, chosen.accounts
    if chosen.groups:
        inside = {row.product_id for row in rows if not row.groups.isdisjoint(chosen.groups)}
        products = tuple(sorted({*products, *inside})) or (NOBODY,)
    if chosen.accounts:
        below = {row.account_id for row in rows if not row.above.isdisjoint(chosen.accounts)}
        accounts = tuple(sorted({*accounts, *below}))
    return dataclasses.replace(chosen, products=products, groups=(), accounts=accounts)
